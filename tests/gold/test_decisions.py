from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

import workbench as wb
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.core.policy import Policy
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.gold.decisions import add, decide, undo
from workbench.project import Project
from workbench.store.decisions import list_decisions

Annotate = Callable[..., None]


def flip(layer: Layer) -> Layer:
    """Give the first stance the other polarity."""
    first, *rest = layer.stances
    return replace(layer, stances=(replace(first, polarity="MIXED"), *rest))


@pytest.fixture
def disputed(annotate: Annotate, right: dict[str, Layer]) -> None:
    annotate("person:ana", right["lima"])
    annotate("person:ben", flip(right["lima"]))


def test_a_decision_is_taken_back_and_the_one_before_counts_again(
    project: Project, disputed: None
) -> None:
    (conflict,) = wb.adjudicate(project, "r").conflicts
    decide(project, conflict, "accept", item=1)
    decide(project, conflict, "reject", reason="neither")
    (without,) = wb.adjudicate(project, "r").gold

    assert undo(project, conflict).action == "reject"
    (gold,) = wb.adjudicate(project, "r").gold
    assert len(gold.stances) == len(without.stances) + 1
    assert undo(project, conflict.id).action == "accept"
    assert wb.adjudicate(project, "r").conflicts == (conflict,)
    with pytest.raises(RoundError, match="no decision"):
        undo(project, conflict)


def test_a_decision_keeps_who_had_marked_what(project: Project, disputed: None) -> None:
    (conflict,) = wb.adjudicate(project, "r").conflicts
    decided = decide(project, conflict.id, "accept", item=2, reason="r")
    with project.store() as connection:
        stored = list_decisions(connection, "r")[conflict.id]

    assert stored.decision == decided
    assert stored.is_intact
    assert decided.kind == "polarity"
    assert {a for c in decided.readings for a in c.authors} == {"person:ana", "person:ben"}
    (gold,) = wb.adjudicate(project, "r").gold
    (verdict,) = [v for v in gold.verdicts.values() if v.readings and v.conflict]
    assert verdict.conflict == conflict.id
    assert {author for author, _ in verdict.readings} == {"person:ana", "person:ben"}
    with project.store() as connection:
        connection.execute(text("UPDATE decisions SET record = replace(record, '\"r\"', '\"s\"')"))
        assert not any(row.is_intact for row in list_decisions(connection).values())


def test_readings_are_merged(project: Project, annotate: Annotate, right: dict[str, Layer]) -> None:
    layer = replace(right["lima"], stances=(), quotes=(), clusters=())
    first, second = layer.spans[:2]
    hull = Span(first.start, second.end, "EVENT")
    annotate("person:ana", replace(layer, spans=(replace(hull, end=first.end + 1),)))
    annotate("person:ben", replace(layer, spans=(replace(hull, start=first.start + 1),)))
    (conflict,) = wb.adjudicate(project, "r").conflicts

    with pytest.raises(RoundError, match="two readings"):
        decide(project, conflict, "merge", item=[1])
    decide(project, conflict, "merge", item=[1, 2], reason="both")

    (gold,) = wb.adjudicate(project, "r").gold
    assert gold.spans == (hull,)


def test_a_reviewer_overrules_an_agreement_and_adds_what_nobody_marked(
    project: Project, annotate: Annotate, right: dict[str, Layer]
) -> None:
    missing, *rest = right["lima"].stances
    for author in ("person:ana", "person:ben"):
        annotate(author, replace(right["lima"], stances=tuple(rest)))
    outcome = wb.adjudicate(project, "r")
    wrong = next(unit for unit in outcome.agreed if isinstance(unit.candidates[0].item, Span))

    decide(project, wrong, "reject", reason="no entity")
    add(project, "r", "lima", replace(missing, speaker=None), reason="was overlooked")

    (gold,) = wb.adjudicate(project, "r").gold
    assert wrong.candidates[0].item not in gold.spans
    assert missing.cue in {stance.cue for stance in gold.stances}


def test_the_policy_of_a_round_is_remembered(project: Project, disputed: None) -> None:
    annotated = wb.adjudicate(project, "r", policy="single")

    assert annotated.policy == "single"
    assert wb.adjudicate(project, "r").policy == "single"
    with pytest.raises(RoundError, match="no policy named 'most'.*threshold"):
        wb.adjudicate(project, "r", policy=Policy("most", threshold=0.1))  # type: ignore[arg-type]


def test_what_everybody_left_as_it_was_suggested_is_audited_and_the_error_told(
    project: Project, annotate: Annotate, right: dict[str, Layer], draft: Callable[[str], Layer]
) -> None:
    for author in ("person:ana", "person:ben"):
        annotate(author, right["lima"], shown=draft("lima"))
    everything = wb.adjudicate(project, "r", policy=Policy(audit=1.0))
    nothing = wb.adjudicate(project, "r", policy=Policy(audit=0.0))

    assert {c.kind for c in everything.conflicts} == {"audit"}
    assert nothing.conflicts == ()
    assert nothing.audit["error"] is None
    wb.adjudicate(project, "r", policy=Policy(audit=1.0))
    for number, conflict in enumerate(everything.conflicts):
        decide(project, conflict, "reject" if number == 0 else "accept")
    report = wb.adjudicate(project, "r").audit
    assert (report["audited"], report["wrong"]) == (len(everything.conflicts), 1)
    low, high = report["interval"]
    assert 0 < low < report["error"] < high < 1


def test_who_saw_no_suggestion_is_not_audited_and_guarded_takes_it(
    project: Project, annotate: Annotate, right: dict[str, Layer], draft: Callable[[str], Layer]
) -> None:
    annotate("person:ana", right["lima"], shown=draft("lima"))
    annotate("person:ben", right["lima"])
    guarded = wb.adjudicate(project, "r", policy=Policy("guarded", audit=0.0))

    assert wb.adjudicate(project, "r", policy=Policy(audit=1.0)).conflicts == ()
    assert {c.kind for c in guarded.conflicts} == {"review"}
    assert all(isinstance(c.candidates[0].item, Stance) for c in guarded.conflicts)
    annotate("person:ben", right["lima"], shown=draft("lima"), name="other")
    annotate("person:ana", right["lima"], shown=draft("lima"), name="other")
    both = wb.adjudicate(project, "other", policy="guarded")
    assert {c.kind for c in both.conflicts} == {"suggested"}
