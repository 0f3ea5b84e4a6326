"""How far two sides agree on quotations: the words quoted, and who says them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbench.analysis.scoring.matching import match
from workbench.analysis.scoring.scores import Counts
from workbench.analysis.scoring.stances import Referents, ends_match
from workbench.core.layer import Layer
from workbench.core.offsets import contains, overlap
from workbench.core.quote import Quote

_WORD = re.compile(r"\w+")


def count_quoted_words(a: Layer, b: Layer, text: str) -> Counts:
    """Count the words of a text that both sides, one and the other have inside quotations."""
    one, other = (_list_words(layer.quotes, text) for layer in (a, b))
    return Counts(len(one & other), len(one), len(other))


def count_speakers(a: Layer, b: Layer) -> tuple[int, int]:
    """Return how many overlapping quotations have the same speaker, and how many there are."""
    referents = Referents(a), Referents(b)
    pairs = match(a.quotes, b.quotes, lambda x, y: float(overlap(x.offsets, y.offsets)))
    right = 0
    for i, j, _ in pairs:
        one, other = a.quotes[i].speaker, b.quotes[j].speaker
        if one is None or other is None:
            right += one is other
            continue
        ends = referents[0].find(one), referents[1].find(other)
        right += all(any(ends_match(x, y) for y in ends[1]) for x in ends[0])
    return right, len(pairs)


def _list_words(quotes: Iterable[Quote], text: str) -> set[tuple[int, int]]:
    words = [match.span() for match in _WORD.finditer(text)]
    return {word for quote in quotes for word in words if contains(quote.offsets, word)}
