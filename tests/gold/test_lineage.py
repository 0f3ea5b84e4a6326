from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

import workbench as wb
from workbench.adapters.records import write_layer
from workbench.core.errors import SourceError
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.core.policy import Policy
from workbench.gold.decisions import decide
from workbench.project import Project

Annotate = Callable[..., None]


@pytest.fixture
def gold(
    project: Project, annotate: Annotate, right: dict[str, Layer], draft: Callable[[str], Layer]
) -> Layer:
    """Settle an article of which ana left all as it was suggested and ben changed two things."""
    layer = right["lima"]
    first, second, *rest = layer.stances
    suggested = replace(
        draft("lima"),
        stances=tuple(replace(s, score=0.5, rule="verb") for s in (first, second, *rest)),
    )
    annotate("person:ana", layer, shown=suggested)
    flipped = replace(layer, stances=(replace(first, polarity="MIXED"), *rest))
    annotate("person:ben", flipped, shown=suggested)
    for conflict in wb.adjudicate(project, "r", policy=Policy(audit=0.0)).conflicts:
        number = 1 + [c.authors[0] for c in conflict.candidates].index("person:ana")
        decide(
            project, conflict, "accept", item=number, reason="the guideline", author="person:eva"
        )
    (layer,) = wb.adjudicate(project, "r").gold
    return layer


def list_ids(layer: Layer) -> list[str]:
    return [identify(layer.text_sha256, item) for item in layer.items]


def test_every_gold_item_resolves(project: Project, gold: Layer) -> None:
    found = [wb.why(project, item_id) for item_id in list_ids(gold)]

    assert [why.problems for why in found] == [()] * len(found)
    for why in found:
        steps = [step["step"] for step in why.to_record()["steps"]]
        assert steps[0] == "article"
        assert steps[-2:] == ["adjudication", "scheme"]
        assert steps.count("action") == 2
        assert "suggestion" in steps


def test_the_steps_say_what_each_person_did(project: Project, gold: Layer) -> None:
    first = next(s for s in gold.stances if s.cue == gold.stances[0].cue)
    flipped = wb.why(project, identify(gold.text_sha256, first))
    actions = {s["by"]: s["action"] for s in flipped.lineage.steps if s["step"] == "action"}
    verdict = next(s for s in flipped.lineage.steps if s["step"] == "adjudication")
    suggestion = next(s for s in flipped.lineage.steps if s["step"] == "suggestion")

    assert actions == {"person:ana": "accepted", "person:ben": "changed polarity"}
    assert (verdict["by"], verdict["kind"], verdict["reason"]) == (
        "person:eva",
        "polarity",
        "the guideline",
    )
    assert verdict["own"] is False
    assert (suggestion["by"], suggestion["rule"], suggestion["score"]) == (
        "model:tiny",
        "verb",
        0.5,
    )
    assert "the guideline" in flipped._repr_html_()
    every = {
        step["action"]
        for item_id in list_ids(gold)
        for step in wb.why(project, item_id).lineage.steps
        if step["step"] == "action"
    }
    assert every == {"accepted", "changed polarity", "deleted"}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE layers SET record = replace(record, 'SUPPORT', 'OPPOSE') WHERE kind = 'gold'", "gold"),
        ("UPDATE layers SET record = replace(record, 'asserted', 'denied') WHERE author = 'person:ana'", "person:ana"),
        ("UPDATE layers SET record = replace(record, '0.5', '0.9') WHERE kind = 'prediction'", "prediction"),
        ("UPDATE decisions SET record = replace(record, 'person:eva', 'person:ivo')", "decision"),
        ("UPDATE articles SET record = replace(record, 'Lima', 'Lema')", "text"),
        ("DELETE FROM decisions", "not in the store"),
        ("DELETE FROM layers WHERE author = 'person:ben'", "person:ben"),
    ],
)  # fmt: skip
def test_a_tampered_step_is_detected(
    project: Project, gold: Layer, statement: str, told: str
) -> None:
    ids = list_ids(gold)
    with project.store() as connection:
        assert connection.execute(text(statement)).rowcount > 0

    problems = []
    for item_id in ids:
        try:
            problems += wb.why(project, item_id).problems
        except SourceError:  # the item itself was changed into another
            problems.append("the gold has no such item")

    assert any(told in problem for problem in problems)


def test_an_unknown_item_is_told(project: Project, gold: Layer) -> None:
    with pytest.raises(SourceError, match="no gold has the item"):
        wb.why(project, "span:0000000000000000")


def test_imported_gold_has_a_lineage_too(project: Project, right: dict[str, Layer]) -> None:
    source = project.root / "theirs.jsonl"
    layer = replace(right["oslo"], clusters=(), passages=())
    source.write_text(json.dumps(write_layer(layer)) + "\n", encoding="utf-8")
    (imported,) = wb.import_layers(project, source, as_="gold").layers

    for item_id in list_ids(imported):
        why = wb.why(project, item_id)
        assert why.problems == ()
        assert why.lineage.steps[-2]["policy"] == "imported"
    assert wb.verify(project, wb.release(project, "0.1.0").version, rebuild=True).problems == ()
