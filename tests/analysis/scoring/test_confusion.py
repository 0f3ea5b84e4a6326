"""Confusion counts labels that meet at the same offsets, and nothing else."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.scoring.confusion import confuse_labels, select_confused
from workbench.core.span import Span

SPANS = st.lists(
    st.builds(
        lambda start, length, label: Span(start, start + length, label),
        st.integers(0, 3),
        st.integers(1, 2),
        st.sampled_from(["GPE", "LOC", "ORG", "MENTION"]),
    ),
    unique=True,
)


def test_labels_are_counted_as_worked_out_by_hand() -> None:
    gold = [Span(0, 5, "PERSON"), Span(6, 9, "ORG"), Span(6, 9, "LOC"), Span(10, 12, "GPE")]
    found = [Span(0, 5, "PERSON"), Span(6, 9, "GPE"), Span(6, 9, "ORG"), Span(10, 11, "GPE")]

    counts = confuse_labels(gold, [*found, Span(20, 21, "MENTION")])

    assert counts == {("PERSON", "PERSON"): 1, ("ORG", "ORG"): 1, ("LOC", "GPE"): 1}
    assert select_confused({**counts, ("GPE", "GPE"): 4}) == {("LOC", "GPE"): 1, ("GPE", "GPE"): 4}


@given(SPANS, SPANS)
def test_sides_are_exchangeable_and_equal_spans_are_on_the_diagonal(
    one: list[Span], other: list[Span]
) -> None:
    there, back = confuse_labels(one, other), confuse_labels(other, one)

    assert there == {(b, a): n for (a, b), n in back.items()}
    same = Counter(s.label for s in set(one) & set(other) if s.label != "MENTION")
    assert {a: n for (a, b), n in there.items() if a == b} == same
    assert not select_confused(confuse_labels(one, one))
