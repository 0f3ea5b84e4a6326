"""A round with a careless annotator: whose errors they are, and what is decided first."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

import workbench as wb
from workbench.cli.app import run as run_command
from workbench.core.layer import Layer
from workbench.core.span import MENTION
from workbench.gold.decisions import decide
from workbench.gold.docket import Docket
from workbench.project import Project

Annotate = Callable[..., None]


@pytest.fixture
def careless(annotate: Annotate, right: dict[str, Layer]) -> None:
    """Store three articles of three people: cleo drops all free names, ana one of them."""
    for name, layer in right.items():
        annotate("person:ben", layer)
        annotate("person:cleo", drop(layer, 99))
        annotate("person:ana", drop(layer, 1 if name == "lima" else 0))


def drop(layer: Layer, n: int) -> Layer:
    """Leave out the last of the entities that nothing points to."""
    pointed = {end for s in layer.stances for end in (*s.holders, *s.targets)}
    pointed |= {quote.speaker for quote in layer.quotes if quote.speaker}
    free = [s for s in layer.spans if s.label != MENTION and s not in pointed]
    gone = free[-n:] if n else []
    return replace(layer, spans=tuple(s for s in layer.spans if s not in gone))


def test_the_careless_annotator_is_told_from_the_others(project: Project, careless: None) -> None:
    found = wb.diagnose(project, "r")
    spans = {row.author: row for row in found.rows if row.kind == "spans"}
    ana, ben, cleo = (spans[f"person:{name}"] for name in ("ana", "ben", "cleo"))

    assert cleo.missed is not None
    assert ana.missed is not None
    assert cleo.missed > ana.missed
    assert ben.missed == 0
    assert cleo.confusion
    assert "<table>" in found._repr_html_()
    assert found.to_frame()["annotator"].iloc[0] == "person:ana"
    assert json.loads(json.dumps(found.to_record()))["annotators"][0]["author"] == "person:ana"


def test_the_docket_and_adjudicate_have_one_order_and_keep_it(
    project: Project, careless: None
) -> None:
    outcome = wb.adjudicate(project, "r")
    docket = Docket(project, "r")
    doubts = [outcome.doubts[conflict.id] for conflict in outcome.conflicts]

    assert len(doubts) > 2
    assert doubts == sorted(doubts, reverse=True)
    assert tuple(docket.open) == outcome.conflicts
    record = outcome.to_record()["conflicts"]
    assert [row["doubt"] for row in record] == doubts
    # Ana dropped what cleo did too: one voice against two is what is least sure.
    assert set(outcome.conflicts[0].absent) == {"person:ana", "person:cleo"}

    rest = docket.open[1:]
    docket.decide("accept", item=1)
    assert docket.open == rest
    decide(project, rest[0], "accept", item=1, author="person:other")
    docket.refresh()
    assert docket.open == rest[1:]
    docket.undo()
    assert docket.current == outcome.conflicts[0]
    # A decision is no vote: whoever opens the round anew finds the same order.
    assert tuple(Docket(project, "r").open) == wb.adjudicate(project, "r").conflicts


def test_the_shell_shows_doubt_and_diagnosis(
    project: Project,
    careless: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project.root)

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["workbench", *arguments])
        assert run_command() == 0
        return capsys.readouterr().out

    assert "doubt 0." in run("adjudicate", "r").splitlines()[0]
    assert "person:cleo" in run("diagnose", "r")
    rows = json.loads(run("diagnose", "r", "--json"))["annotators"]
    assert {row["kind"] for row in rows} >= {"spans", "stances"}
