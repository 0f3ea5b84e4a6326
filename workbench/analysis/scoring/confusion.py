"""What was taken for what: labels at the same offsets, polarities of matched stances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from workbench.core.offsets import Offsets
from workbench.core.span import MENTION, Span

Confusion = Mapping[tuple[str, str], int]
"""How often each label of gold met each label that was found; pairs are (gold, found)."""


def confuse_labels(gold: Iterable[Span], found: Iterable[Span]) -> Counter[tuple[str, str]]:
    """Count which labels entities of the same offsets have on the two sides.

    Where several lie on the same offsets, equal labels meet first and the rest in alphabetical
    order. What only one side has is no confusion, and a MENTION is no entity.
    """
    theirs = _group(found)
    counts: Counter[tuple[str, str]] = Counter()
    for offsets, labels in _group(gold).items():
        others = theirs.get(offsets, Counter())
        equal = labels & others
        counts.update({(label, label): n for label, n in equal.items()})
        rest = (sorted((side - equal).elements()) for side in (labels, others))
        counts.update(zip(*rest, strict=False))
    return counts


def select_confused(confusion: Confusion) -> dict[tuple[str, str], int]:
    """Keep the labels that were taken for another one, or another one for them."""
    mixed = {label for pair in confusion for label in pair if pair[0] != pair[1]}
    return {pair: n for pair, n in confusion.items() if mixed.issuperset(pair)}


def _group(spans: Iterable[Span]) -> dict[Offsets, Counter[str]]:
    groups: dict[Offsets, Counter[str]] = {}
    for span in spans:
        if span.label != MENTION:
            groups.setdefault(span.offsets, Counter())[span.label] += 1
    return groups
