"""Chance-corrected agreement of two annotators, and of any number who judged every unit."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal

import numpy as np

from workbench.analysis.coefficients.coefficient import (
    NO_UNITS,
    NO_VARIATION,
    TOO_FEW_CODERS,
    Coefficient,
    undefined,
)
from workbench.analysis.coefficients.distances import Distance, is_missing, read_values
from workbench.analysis.intervals import Floats, find_interval, number_documents, resample
from workbench.core.errors import RatingError

Weights = Literal["linear", "quadratic"]
_Expect = Callable[[Floats, Floats, Floats], Floats]


def cohen_kappa(
    a: Sequence[Any],
    b: Sequence[Any],
    weights: Weights | Distance | None = None,
    *,
    order: Sequence[Any] | None = None,
    documents: Sequence[Hashable] | None = None,
    interval: bool = False,
    seed: int = 0,
) -> Coefficient:
    """Return Cohen's kappa of two annotators (Cohen 1960), weighted on request (Cohen 1968).

    Weights are `linear` or `quadratic` in the places of the values, sorted or as `order` has
    them, or a function that says how far two values are apart. Units with a None do not count.
    Raises RatingError for lists of unequal length and for words without an order.
    """
    return _compare(
        (a, b), _expect_cohen, weights=weights, order=order, resampling=(documents, interval, seed)
    )


def scott_pi(
    a: Sequence[Any],
    b: Sequence[Any],
    *,
    documents: Sequence[Hashable] | None = None,
    interval: bool = False,
    seed: int = 0,
) -> Coefficient:
    """Return Scott's pi of two annotators (Scott 1955): chance from both's values together."""

    def expect(rows: Floats, columns: Floats, apart: Floats) -> Floats:
        both = (rows + columns) / 2
        chance: Floats = np.einsum("bi,bj,ij->b", both, both, apart)
        return chance

    return _compare((a, b), expect, resampling=(documents, interval, seed))


def gwet_ac1(
    a: Sequence[Any],
    b: Sequence[Any],
    *,
    order: Sequence[Any] | None = None,
    documents: Sequence[Hashable] | None = None,
    interval: bool = False,
    seed: int = 0,
) -> Coefficient:
    """Return Gwet's AC1 of two annotators (Gwet 2008), which rare values do not pull down.

    Chance depends on how many values there are: those that occur, or those that `order` names.
    """

    def expect(rows: Floats, columns: Floats, apart: Floats) -> Floats:
        both = (rows + columns) / 2
        chance: Floats = (both * (1 - both)).sum(axis=1) / max(1, len(apart) - 1)
        return np.where((both > 0).sum(axis=1) > 1, 1 - chance, 0.0)

    return _compare((a, b), expect, order=order, resampling=(documents, interval, seed))


def fleiss_kappa(
    units_by_raters: Sequence[Sequence[Any]],
    *,
    documents: Sequence[Hashable] | None = None,
    interval: bool = False,
    seed: int = 0,
) -> Coefficient:
    """Return Fleiss' kappa of units × raters (Fleiss 1971).

    Raters may differ from unit to unit, but each unit needs as many; a None makes it undefined.
    """
    judged = {sum(not is_missing(x) for x in unit) for unit in units_by_raters}
    if not judged:
        return undefined(NO_UNITS)
    if len(judged) > 1:
        return undefined(
            f"units have {min(judged)} to {max(judged)} ratings, and Fleiss' kappa needs as many "
            "for each; Krippendorff's alpha does not",
            len(units_by_raters),
        )
    raters = judged.pop()
    if raters < 2:
        return undefined(TOO_FEW_CODERS, len(units_by_raters))
    kept = [[x for x in unit if not is_missing(x)] for unit in units_by_raters]
    columns = list(zip(*kept, strict=True))
    codes, domain = read_values(columns, "nominal")
    counts = np.stack([(codes == value).sum(axis=0) for value in range(len(domain))], axis=1)
    alike = (counts * (counts - 1)).sum(axis=1, keepdims=True) / (raters * (raters - 1))
    numbers, groups = number_documents(documents, len(counts))
    table = np.zeros((groups, len(domain) + 2))
    np.add.at(table, numbers, np.hstack([counts / raters, alike, np.ones((len(counts), 1))]))

    def measure(weights: Floats) -> tuple[Floats, Floats, Floats]:
        sums = weights @ table
        observed = sums[:, -2] / sums[:, -1]
        chance = ((sums[:, :-2] / sums[:, -1:]) ** 2).sum(axis=1)
        return _correct(1 - observed, 1 - chance), observed, chance

    return _finish(measure, (len(counts), groups), interval, seed)


def _compare(
    ratings: tuple[Sequence[Any], Sequence[Any]],
    expect: _Expect,
    *,
    weights: Weights | Distance | None = None,
    order: Sequence[Any] | None = None,
    resampling: tuple[Sequence[Hashable] | None, bool, int],
) -> Coefficient:
    """Correct two annotators' disagreement by what `expect` makes of their values."""
    documents, interval, seed = resampling
    codes, domain = read_values(
        ratings, "ordinal" if isinstance(weights, str) else "nominal", order
    )
    both = (codes >= 0).all(axis=0) if codes.size else np.zeros(0, dtype=bool)
    n = int(both.sum())
    if not n:
        return undefined(NO_UNITS)
    apart = _weigh(domain, weights)
    numbers, groups = number_documents(documents, codes.shape[1])
    tables = np.zeros((groups, len(domain), len(domain)))
    np.add.at(tables, (numbers[both], codes[0][both], codes[1][both]), 1)
    return _measure_tables(tables, expect, apart, resampling=(interval, seed))


def measure_kappa(tables: Floats, *, interval: bool = False, seed: int = 0) -> Coefficient:
    """Return Cohen's kappa of one table for each document: documents × values × values."""
    if not tables.sum():
        return undefined(NO_UNITS)
    apart = _weigh(range(tables.shape[1]), None)
    return _measure_tables(tables, _expect_cohen, apart, resampling=(interval, seed))


def _measure_tables(
    tables: Floats, expect: _Expect, apart: Floats, *, resampling: tuple[bool, int]
) -> Coefficient:
    groups, size = tables.shape[:2]
    flat = tables.reshape(groups, -1)

    def measure(drawn: Floats) -> tuple[Floats, Floats, Floats]:
        met = (drawn @ flat).reshape(len(drawn), size, size)
        with np.errstate(invalid="ignore", divide="ignore"):
            met = met / met.sum(axis=(1, 2), keepdims=True)
        observed = (met * apart).sum(axis=(1, 2))
        expected = expect(met.sum(axis=2), met.sum(axis=1), apart)
        return _correct(observed, expected), 1 - observed, 1 - expected

    return _finish(measure, (round(tables.sum()), groups), *resampling)


def _expect_cohen(rows: Floats, columns: Floats, apart: Floats) -> Floats:
    chance: Floats = np.einsum("bi,bj,ij->b", rows, columns, apart)
    return chance


def _correct(observed: Floats, expected: Floats) -> Floats:
    """Return one minus observed over expected disagreement, NaN where none is expected."""
    expected = np.where(expected > 1e-12, expected, np.nan)
    corrected: Floats = 1 - observed / expected
    return corrected


def _finish(
    measure: Callable[[Floats], tuple[Floats, Floats, Floats]],
    size: tuple[int, int],
    interval: bool,
    seed: int,
) -> Coefficient:
    n, groups = size
    value, observed, expected = (float(column[0]) for column in measure(np.ones((1, groups))))
    if not np.isfinite(value):
        return undefined(NO_VARIATION, n, observed=observed)
    found = None
    if interval and groups > 1:
        found = find_interval(resample(groups, seed, lambda weights: measure(weights)[0]))
    return Coefficient(value, n, found, details={"observed": observed, "expected": expected})


def _weigh(domain: Sequence[Any], weights: Weights | Distance | None) -> Floats:
    """Return how far each two values are apart: 0 for the same, 1 for another without weights."""
    size = len(domain)
    if callable(weights):
        return np.array([[weights(x, y) for y in domain] for x in domain], dtype=np.float64)
    places = np.arange(size, dtype=np.float64)
    apart: Floats = np.abs(places[:, None] - places)
    if weights is None:
        return (apart > 0).astype(np.float64)
    if weights not in ("linear", "quadratic"):
        raise RatingError(f"no weights named {weights!r}; there are: linear, quadratic")
    return apart if weights == "linear" else apart**2
