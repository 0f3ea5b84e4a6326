"""Counts and the scores made of them: precision, recall, F1, with intervals by bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.analysis import intervals
from workbench.analysis.intervals import find_interval, resample

RESAMPLES = intervals.RESAMPLES
"""Bootstrap samples of one interval."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What matched, what one side has and what the other side has; matches may be partial."""

    matched: float = 0.0
    predicted: float = 0.0
    gold: float = 0.0

    def __add__(self, other: Counts) -> Counts:
        """Add up the counts of two documents."""
        return Counts(
            self.matched + other.matched, self.predicted + other.predicted, self.gold + other.gold
        )


@dataclass(frozen=True, slots=True)
class Score:
    """A value with its interval and n; where it is undefined, None and the reason."""

    value: float | None
    n: int = 0
    precision: float | None = None
    recall: float | None = None
    interval: tuple[float, float] | None = None
    reason: str = ""

    def to_record(self) -> dict[str, Any]:
        """Write the score as plain JSON."""
        record: dict[str, Any] = {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.value,
            "n": self.n,
            "interval": None if self.interval is None else list(self.interval),
        }
        return {**record, "reason": self.reason} if self.reason else record


def score_counts(counts: Counts) -> Score:
    """Make precision, recall and F1 of counts (micro average); undefined where nothing is there."""
    n = round(counts.gold)
    precision = counts.matched / counts.predicted if counts.predicted else None
    recall = counts.matched / counts.gold if counts.gold else None
    if not counts.predicted and not counts.gold:
        return Score(None, 0, reason="neither side has any item")
    f1 = 2 * counts.matched / (counts.predicted + counts.gold)
    return Score(f1, n, precision, recall)


def score_documents(documents: Sequence[Counts], *, seed: int = 0) -> Score:
    """Score the sum over documents, with a 95% percentile interval (Efron 1979).

    Documents are what is drawn again: items of one document are not independent. With fewer than
    two documents there is no interval.
    """
    total = score_counts(sum(documents, Counts()))
    if total.value is None or len(documents) < 2:
        return total
    table = np.array([(d.matched, d.predicted + d.gold) for d in documents], dtype=float)
    sums = resample(len(documents), seed, lambda weights: weights @ table)
    with np.errstate(invalid="ignore"):
        values = 2 * sums[:, 0] / sums[:, 1]
    return replace(total, interval=find_interval(values))
