"""Paired bootstrap: whether one model is better than another on the very same documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.scoring.scores import RESAMPLES, Counts, score_counts

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """F1 of the second minus that of the first, with a 95% interval over documents.

    `interval` is None with fewer than two documents, `value` where either F1 is undefined.
    `worse` is the share of resamples in which the second is worse.
    """

    value: float | None
    interval: tuple[float, float] | None = None
    worse: float | None = None
    n: int = 0

    def to_record(self) -> dict[str, Any]:
        """Write the difference as plain JSON."""
        interval = None if self.interval is None else list(self.interval)
        return {"difference": self.value, "interval": interval, "worse": self.worse, "n": self.n}


def compare_counts(first: Sequence[Counts], second: Sequence[Counts], *, seed: int) -> Difference:
    """Compare two models by their counts of the same documents, drawn together (Efron 1979)."""
    one, other = (score_counts(sum(rows, Counts())) for rows in (first, second))
    n = round(sum(row.gold for row in second))
    if one.value is None and other.value is None:
        return Difference(None, n=n)
    value = (other.value or 0.0) - (one.value or 0.0)
    if len(first) < 2:
        return Difference(value, n=n)
    size = len(first)
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(size, np.full(size, 1 / size), size=RESAMPLES)
    before, after = (_resample(rows, weights) for rows in (first, second))
    low, high = np.percentile(after - before, (2.5, 97.5))
    worse = float((after < before).mean())
    return Difference(value, (float(low), float(high)), worse, n)


def _resample(rows: Sequence[Counts], weights: NDArray[np.int64]) -> Floats:
    table = np.array([(row.matched, row.predicted + row.gold) for row in rows], dtype=float)
    sums = weights @ table
    found: Floats = np.zeros(len(sums))
    np.divide(2 * sums[:, 0], sums[:, 1], out=found, where=sums[:, 1] > 0)
    return found
