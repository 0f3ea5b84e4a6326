"""Abandoned work goes to somebody else, in the arm that it was planned in."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.rounds.abandoned import list_abandoned
from workbench.simulation import annotate_round
from workbench.store.rounds import find_assignments

pytestmark = pytest.mark.studio


def test_what_was_left_undone_goes_to_somebody_who_joins(
    connected: Project, server: Server, tiny_gold: dict[str, Layer]
) -> None:
    drafts = wb.preannotate(connected, progress=False)
    everything = ["cairo", "lima", "oslo"]
    two = ["simulated:eve", "simulated:fay"]
    pushed = wb.push(
        connected, "left", everything, drafts, annotators=two, overlap=1, progress=False
    )
    with connected.store() as connection:
        theirs = find_assignments(connection, "left", "simulated:eve")
        before = find_assignments(connection, "left")

    assert list_abandoned(connected, "left", "simulated:eve", server=server) == theirs
    done = wb.reissue(connected, "left", giver="simulated:eve", taker="simulated:gil")

    assert (done.added, done.tasks) == (len(theirs), pushed.tasks + len(theirs))
    with connected.store() as connection:
        rows = find_assignments(connection, "left", "simulated:gil")
        assert [r for r in find_assignments(connection, "left") if r.annotator in two] == before
    assert [(r.article_id, r.arm) for r in rows] == [(r.article_id, r.arm) for r in theirs]
    shown = {
        task["data"]["article_id"]: bool([p for p in task["predictions"] if p["score"]])
        for task in server.iter_tasks(done.projects[-1].project_id)
    }
    assert shown == {row.article_id: row.arm == "suggested" for row in rows}

    annotate_round(connected, "left", tiny_gold, server, progress=False)
    pulled = wb.pull(connected, "left", progress=False)
    assert {layer.author for layer in pulled} == {*two, "simulated:gil"}
    with pytest.raises(RoundError, match="nothing undone"):
        wb.reissue(connected, "left", giver="simulated:eve", taker="simulated:gil")
    with pytest.raises(RoundError, match="no annotator 'zoe'"):
        wb.reissue(connected, "left", giver="zoe", taker="simulated:gil")
