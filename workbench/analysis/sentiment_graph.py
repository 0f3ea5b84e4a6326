"""Sentiment Graph F1 (Barnes et al. 2021): stances weighed by how far their words overlap."""

from __future__ import annotations

from workbench.analysis.scores import Counts
from workbench.core.layer import Layer
from workbench.core.stance import Stance

_Words = frozenset[int]
_Tuple = tuple[str, _Words, _Words, _Words]


def count_graph(a: Layer, b: Layer) -> tuple[Counts, Counts]:
    """Return the counts for precision and those for recall of one article.

    Each stance takes its best partner of the same polarity whose holder, target and cue all
    overlap; the weight is the mean share of its own characters that are shared. An empty end
    overlaps an empty one.
    """
    one, other = ([_read(stance) for stance in layer.stances] for layer in (a, b))
    precise = sum(max((_weigh(x, y) for y in other), default=0.0) for x in one)
    complete = sum(max((_weigh(y, x) for x in one), default=0.0) for y in other)
    return Counts(precise, len(one), 0), Counts(complete, 0, len(other))


def _read(stance: Stance) -> _Tuple:
    return (
        stance.polarity,
        frozenset(i for span in stance.holders for i in range(*span.offsets)),
        frozenset(i for span in stance.targets for i in range(*span.offsets)),
        frozenset(i for cue in stance.cue for i in range(*cue)),
    )


def _weigh(x: _Tuple, y: _Tuple) -> float:
    if x[0] != y[0]:
        return 0.0
    shares = []
    for mine, theirs in zip(x[1:], y[1:], strict=True):
        if bool(mine) != bool(theirs) or (mine and not mine & theirs):
            return 0.0
        shares.append(len(mine & theirs) / len(mine) if mine else 1.0)
    return sum(shares) / 3
