"""Doubt orders a queue by who is careless, not by counted heads alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.adjudication.doubt import (
    NOTHING,
    Diagnosis,
    diagnose,
    measure_doubt,
    order_conflicts,
)
from workbench.core.article import hash_text
from workbench.core.decision import Candidate, Conflict
from workbench.core.span import Span

SHA = hash_text("a text")
CAREFUL = ("person:ana", "person:ben", "person:dina")
CLEO = "person:cleo"


def make_unit(at: int, marks: dict[str, Span | None]) -> Conflict:
    """Make what people marked at one place, None for those who marked nothing."""
    readings = dict.fromkeys(span for span in marks.values() if span is not None)
    return Conflict(
        f"a{at // 100:02}", SHA, "r", "agreed" if len(readings) == 1 else "label",
        tuple(Candidate(s, tuple(a for a, x in marks.items() if x == s)) for s in readings),
        tuple(author for author, span in marks.items() if span is None),
    )  # fmt: skip


def simulate(n: int = 300, seed: int = 3) -> Iterator[Conflict]:
    """Make a round in which cleo misses a third and takes every other ORG for a GPE."""
    draw = random.Random(seed)
    for at in range(n):
        span = Span(at * 10, at * 10 + 5, "ORG" if at % 2 else "PERSON")
        marks: dict[str, Span | None] = {a: span if draw.random() < 0.96 else None for a in CAREFUL}
        wrong = Span(span.start, span.end, "GPE")
        said = wrong if span.label == "ORG" and draw.random() < 0.5 else span
        marks[CLEO] = None if draw.random() < 0.33 else said
        if any(marks.values()):
            yield make_unit(at, marks)
        if draw.random() < 0.2:
            alone = Span(at * 10 + 6, at * 10 + 9, "EVENT")
            yield make_unit(at, {**dict.fromkeys(CAREFUL), CLEO: alone})


def pick(found: list[Diagnosis], author: str) -> Diagnosis:
    (row,) = [x for x in found if x.author == author]
    return row


def test_a_planted_careless_annotator_is_found_and_their_errors_named() -> None:
    found = diagnose(simulate())
    cleo = pick(found, CLEO)
    planted = Counter(
        (next(c.item.label for c in unit.candidates if CLEO not in c.authors or len(c.authors) > 1),
         next((c.item.label for c in unit.candidates if CLEO in c.authors), NOTHING))
        for unit in simulate() if unit.candidates[0].authors != (CLEO,)
    )  # fmt: skip
    labels = {label: sum(n for (x, _), n in planted.items() if x == label) for label, _ in planted}
    right = sum(n for (label, said), n in planted.items() if label == said)

    assert cleo.missed == pytest.approx(1 - right / planted.total(), abs=0.02)
    assert cleo.added is not None
    assert cleo.added > 0.8
    for label, said in (("ORG", "GPE"), ("PERSON", NOTHING)):
        share = planted[label, said] / labels[label]
        assert share > 0.2
        assert cleo.confusion[label][said] == pytest.approx(share, abs=0.02)
    confused = cleo.find_confused()
    assert confused is not None
    assert confused[:2] == ("ORG", "GPE")
    for author in CAREFUL:
        row = pick(found, author)
        assert row.missed is not None
        assert row.missed < 0.1
        assert row.added is not None
        assert row.added < 0.05
        assert row.right is not None
        assert cleo.right is not None
        assert row.right > cleo.right + 0.2
        assert sum(row.confusion["ORG"].values()) == pytest.approx(1, abs=1e-4)


def test_two_careful_people_against_each_other_are_the_most_doubtful() -> None:
    one, other = Span(5000, 5005, "ORG"), Span(5000, 5005, "PERSON")
    split = make_unit(500, {"person:ana": one, "person:ben": other})
    careless = make_unit(501, {"person:ana": one, CLEO: None})
    units = [*simulate(), split, careless]
    doubts = measure_doubt(units)

    assert order_conflicts([careless, split], doubts) == (split, careless)
    assert doubts[split.id] > doubts[careless.id] + 0.2
    outvoted = [u for u in units if u.candidates[0].item.label == "EVENT"]  # type: ignore[union-attr]
    assert max(doubts[unit.id] for unit in outvoted) < 0.05
    assert set(doubts) == {unit.id for unit in units}


def test_two_annotators_have_no_diagnosis_and_go_by_shares() -> None:
    span = Span(0, 5, "ORG")
    both = make_unit(2, {"person:ana": span, "person:ben": span})
    alone = make_unit(1, {"person:ana": span, "person:ben": None})

    rows = diagnose([both, alone])

    assert [(r.author, r.judged, r.right) for r in rows] == [
        ("person:ana", 2, None), ("person:ben", 2, None)
    ]  # fmt: skip
    assert all("fewer than 3 annotators" in row.reason for row in rows)
    assert measure_doubt([both, alone]) == {both.id: 0.0, alone.id: 0.5}
    assert measure_doubt([]) == {}
    assert diagnose([]) == []


def test_a_figure_that_rests_on_nothing_is_none() -> None:
    units = [
        make_unit(at, {
            **dict.fromkeys(CAREFUL, Span(at, at + 1, "ORG")),
            CLEO: Span(at, at + 1, "ORG") if at % 2 else None,
        })
        for at in range(40)
    ]  # fmt: skip

    cleo = pick(diagnose(units), CLEO)

    assert cleo.missed == pytest.approx(0.5, abs=0.03)
    assert cleo.added is None
    assert set(cleo.confusion) == {"ORG"}


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_depends_on_nothing_but_the_votes(draw: random.Random) -> None:
    units = list(simulate(40))
    shuffled = [*units, *units[:5]]
    draw.shuffle(shuffled)

    assert measure_doubt(shuffled) == measure_doubt(units)
    assert diagnose(shuffled) == diagnose(units)
    doubts = measure_doubt(units)
    assert order_conflicts(set(shuffled), doubts) == order_conflicts(units, doubts)


def test_equal_doubt_goes_by_article_and_place() -> None:
    span = [Span(start, start + 2, "ORG") for start in (30, 4, 9)]
    units = [
        make_unit(at, {"person:ana": s, "person:ben": None})
        for at, s in zip((100, 200, 100), span, strict=True)
    ]

    ordered = order_conflicts(units, measure_doubt(units))

    assert [(c.article_id, c.candidates[0].item.offsets[0]) for c in ordered] == [
        ("a01", 9), ("a01", 30), ("a02", 4)
    ]  # fmt: skip
