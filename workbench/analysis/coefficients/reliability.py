"""Krippendorff's alpha for units that several annotators judged, of any scale."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.coefficients.coefficient import (
    NO_UNITS,
    NO_VARIATION,
    TOO_FEW_CODERS,
    Coefficient,
    undefined,
)
from workbench.analysis.coefficients.distances import Distance, measure_distances, read_values
from workbench.analysis.intervals import Floats, find_interval, number_documents, resample

Metric = Literal["nominal", "ordinal", "interval", "ratio", "jaccard", "masi"]
_BATCH = 4_000_000


def krippendorff_alpha(
    ratings: Sequence[Sequence[Any]],
    metric: Metric | Distance = "nominal",
    *,
    order: Sequence[Any] | None = None,
    documents: Sequence[Hashable] | None = None,
    interval: bool = False,
    seed: int = 0,
) -> Coefficient:
    """Return Krippendorff's alpha of annotators × units (Krippendorff 2011).

    `None` and NaN are missing; units with fewer than two values do not count, and `n` is the
    number of those that do. `order` names the values of an ordinal scale from low to high; without
    it numbers are sorted. For `jaccard` and `masi` (Passonneau 2006, with 2/3 and 1/3) each value
    is a set. A metric may also be a function of two values. An interval draws documents again,
    which `documents` names for each unit; without it each unit is its own.
    Raises RatingError for ragged ratings and values that do not fit the metric.
    """
    codes, domain = read_values(ratings, metric, order)
    if len(codes) < 2:
        return undefined(TOO_FEW_CODERS)
    pairable = (codes >= 0).sum(axis=0) >= 2
    n = int(pairable.sum())
    if not n:
        return undefined(NO_UNITS, metric=_name(metric))
    numbers, groups = number_documents(documents, codes.shape[1])
    coincidences = _count(codes, numbers, groups, domain)
    distances = measure_distances(domain, metric)
    value, observed, expected = coincidences.measure(np.ones((1, groups)), distances)
    if not np.isfinite(value[0]):
        return undefined(NO_VARIATION, n, metric=_name(metric))
    found = None
    if interval and len(np.unique(numbers[pairable])) > 1:
        drawn = resample(groups, seed, lambda weights: coincidences.measure(weights, distances)[0])
        found = find_interval(drawn)
    return Coefficient(
        float(value[0]),
        n,
        found,
        details={
            "metric": _name(metric),
            "observed": float(observed[0]),
            "expected": float(expected[0]),
        },
    )


@dataclass(frozen=True)
class _Coincidences:
    """How often two values met in one unit, for each document: documents × pairs of values."""

    table: Any
    pairs: NDArray[np.intp]
    values: int

    def measure(
        self, weights: Floats, distances: Callable[[Floats], tuple[Any, Any]]
    ) -> tuple[Floats, Floats, Floats]:
        """Return alpha, observed and expected disagreement for each row of document weights."""
        step = max(1, _BATCH // max(1, len(self.pairs), self.values))
        parts = [
            self._measure(weights[i : i + step], distances) for i in range(0, len(weights), step)
        ]
        alpha, observed, expected = (np.concatenate(column) for column in zip(*parts, strict=True))
        return alpha, observed, expected

    def _measure(
        self, weights: Floats, distances: Callable[[Floats], tuple[Any, Any]]
    ) -> tuple[Floats, Floats, Floats]:
        met = weights @ self.table
        first, second = self.pairs.T
        counts = np.zeros((len(met), self.values))
        present, starts = np.unique(first, return_index=True)
        counts[:, present] = np.add.reduceat(met, starts, axis=1)
        total = counts.sum(axis=1)
        between, among = distances(counts)
        observed = (met * between(first, second)).sum(axis=1)
        expected = among(counts)
        varied = (counts > 0).sum(axis=1) > 1
        with np.errstate(divide="ignore", invalid="ignore"):
            observed, expected = observed / total, expected / (total * (total - 1))
            alpha = np.where(varied & (expected > 0), 1 - observed / expected, np.nan)
        return alpha, observed, expected


def _count(
    codes: NDArray[np.intp], numbers: NDArray[np.intp], groups: int, domain: Sequence[Any]
) -> _Coincidences:
    """Count coincidences: each pair of values in a unit of m values weighs 1 / (m - 1)."""
    from scipy.sparse import csr_array

    size = len(domain)
    judged = (codes >= 0).sum(axis=0)
    rows, keys, weights = [], [], []
    for i in range(len(codes)):
        for j in range(len(codes)):
            if i == j:
                continue
            both = (codes[i] >= 0) & (codes[j] >= 0)
            rows.append(numbers[both])
            keys.append(codes[i][both] * size + codes[j][both])
            weights.append(1 / (judged[both] - 1))
    unique, columns = np.unique(np.concatenate(keys), return_inverse=True)
    place = (np.concatenate(rows), columns)
    table = csr_array((np.concatenate(weights), place), shape=(groups, len(unique)))
    return _Coincidences(table, np.stack((unique // size, unique % size), axis=1), size)


def _name(metric: Metric | Distance) -> str:
    return metric if isinstance(metric, str) else getattr(metric, "__name__", "own")
