"""Intervals by bootstrap: documents are drawn again, for items of one document hang together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
"""Bootstrap samples of one interval."""
Floats = NDArray[np.float64]
Interval = tuple[float, float]


@lru_cache(maxsize=4)
def draw_weights(n: int, seed: int) -> Floats:
    """Return how often each of n documents is drawn in each resample: resamples × documents.

    Drawn once for each n and seed, so that all measures of a report stand on the same resamples.
    """
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(np.float64)
    weights.setflags(write=False)
    return weights


def find_interval(values: Floats) -> Interval | None:
    """Return the 95% percentile interval (Efron 1979) of a measure's values over resamples.

    Resamples in which the measure is undefined (NaN) are left out; where they are the half of
    all there is no interval.
    """
    defined = values[np.isfinite(values)]
    if not len(values) or len(defined) <= len(values) / 2:
        return None
    low, high = np.percentile(defined, (2.5, 97.5))
    return (float(low), float(high))


def number_documents(documents: Sequence[Hashable] | None, n: int) -> tuple[NDArray[np.intp], int]:
    """Return the number of each unit's document, and how many; without them each is its own."""
    if documents is None:
        return np.arange(n), n
    numbers: dict[Hashable, int] = {}
    found = [numbers.setdefault(document, len(numbers)) for document in documents]
    return np.array(found, dtype=np.intp), len(numbers)
