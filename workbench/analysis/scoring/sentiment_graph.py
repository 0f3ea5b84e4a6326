"""Sentiment Graph F1 (Barnes et al. 2021): stances weighed by how far their words overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.scoring.scores import RESAMPLES, Counts, Score
from workbench.core.layer import Layer
from workbench.core.stance import Stance

Floats = NDArray[np.float64]
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


def score_graph(documents: Sequence[tuple[Layer, Layer]], *, seed: int = 0) -> Score:
    """Score predictions against gold: the harmonic mean of both shares, with its interval."""
    rows = [count_graph(found, gold) for found, gold in documents]
    table = np.array(
        [(p.matched, p.predicted, r.matched, r.gold) for p, r in rows], dtype=float
    ).reshape(-1, 4)
    total = table.sum(axis=0, keepdims=True)
    n = int(total[0, 3])
    if not total[0, 1] and not n:
        return Score(None, 0, reason="neither side has any stance")
    precision, recall, f1 = (float(column[0]) for column in _mean(total))
    interval = None
    if len(rows) > 1:
        size = len(rows)
        weights = np.random.default_rng(seed).multinomial(
            size, np.full(size, 1 / size), size=RESAMPLES
        )
        low, high = np.percentile(_mean(weights @ table)[2], (2.5, 97.5))
        interval = (float(low), float(high))
    return Score(
        f1, n, precision if total[0, 1] else None, recall if n else None, interval=interval
    )


def _mean(sums: Floats) -> tuple[Floats, Floats, Floats]:
    zeros = np.zeros(len(sums))
    precision = np.divide(sums[:, 0], sums[:, 1], out=zeros.copy(), where=sums[:, 1] > 0)
    recall = np.divide(sums[:, 2], sums[:, 3], out=zeros.copy(), where=sums[:, 3] > 0)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=zeros.copy(), where=both > 0)
    return precision, recall, f1


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
