"""Work that does not move is told of, with who has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import workbench as wb
from workbench.project import Project
from workbench.rounds.addresses import find_addresses
from workbench.rounds.stuck import find_stuck
from workbench.widgets import Round

pytestmark = pytest.mark.studio


def test_who_has_not_begun_for_long_is_stuck(connected: Project) -> None:
    drafts = wb.preannotate(connected, ["cairo", "lima"], progress=False)
    wb.push(connected, "stuck", ["cairo", "lima"], drafts, progress=False)
    now = replace(connected, clock=lambda: datetime.now(UTC))
    later = replace(connected, clock=lambda: datetime.now(UTC) + timedelta(hours=30))

    (stuck,) = find_stuck(later, "stuck")

    assert find_stuck(now, "stuck") == []
    assert str(stuck) == "the pool has 2 tasks left and has not begun for 30 h"


def test_the_panel_counts_and_pulls(connected: Project) -> None:
    drafts = wb.preannotate(connected, ["cairo"], progress=False)
    wb.push(connected, "panel", ["cairo"], drafts, progress=False)
    panel = Round(connected, "panel", live=False)
    (address,) = find_addresses(connected, "panel")

    panel.act("pull")
    assert panel._pulling is not None
    assert panel._pulling.wait(60) == "done"
    panel.act("watch")
    assert panel._is_live
    panel.act("watch")

    assert "Pulled 0 layers" in panel.status
    assert "<b>0</b> of 1 tasks done" in panel.html
    assert panel._status.projects[0].url in address.url
    assert not panel._is_live
    panel.close()
