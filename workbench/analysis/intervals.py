"""Intervals by bootstrap: documents are drawn again, for items of one document hang together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.core.interval import Interval

RESAMPLES = 1000
"""Bootstrap samples of one interval."""
_CELLS = 5_000_000
"""So many numbers are drawn at once, or a hundred thousand units would take a gigabyte."""
Floats = NDArray[np.float64]


def resample(n: int, seed: int, measure: Callable[[Floats], Floats]) -> Floats:
    """Return what a measure comes to in each resample of n documents.

    `measure` gets how often each document was drawn, resamples × documents, and answers with a
    value, or a row of them, for each resample. All measures of a report that stand on as many
    documents stand on the same resamples.
    """
    rows = max(1, _CELLS // n)
    if rows >= RESAMPLES:
        return measure(_draw(n, seed))
    generator = np.random.default_rng(seed)
    sizes = [min(rows, RESAMPLES - done) for done in range(0, RESAMPLES, rows)]
    return np.concatenate([measure(_draw_rows(n, size, generator)) for size in sizes])


@lru_cache(maxsize=4)
def _draw(n: int, seed: int) -> Floats:
    weights = _draw_rows(n, RESAMPLES, np.random.default_rng(seed))
    weights.setflags(write=False)
    return weights


def _draw_rows(n: int, rows: int, generator: np.random.Generator) -> Floats:
    return generator.multinomial(n, np.full(n, 1 / n), size=rows).astype(np.float64)


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
