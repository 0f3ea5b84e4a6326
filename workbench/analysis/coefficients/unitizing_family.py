"""The family of alphas for unitizing of 2016: all of it, the labels of what overlaps, one label.

Krippendorff, Mathet, Bouvry and Widlöcher (2016), On the reliability of unitizing textual
continua, Quality & Quantity 50. Stretches weigh by their length, gaps between units are a value of
their own, and units of one annotator may not overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from workbench.analysis.coefficients.coefficient import NO_VARIATION, Coefficient, undefined
from workbench.analysis.coefficients.continua import Units, read_continua
from workbench.analysis.coefficients.length_coincidences import (
    GAP,
    LengthSums,
    LengthTable,
    leave_room,
    tabulate_lengths,
)
from workbench.analysis.intervals import Floats, find_interval, resample

_Formula = Callable[[LengthSums], tuple[Floats, Floats]]
"""Sums → the alpha of each resample, and its coverage."""


def u_alpha(
    units: Units | Sequence[Units],
    length: int | Sequence[int],
    *,
    binary: bool = False,
    interval: bool = False,
    seed: int = 0,
) -> Coefficient:
    """Return alpha of everything: which stretches are marked, and how (equation 5).

    With `binary` only whether they are marked counts (equation 6). `units` and `length` are as in
    `alpha_u`.
    """
    table = tabulate_lengths(read_continua(units, length))
    formula = _marking if binary else _everything
    return _measure(table, formula, table.n, interval=interval, seed=seed)


def cu_alpha(
    units: Units | Sequence[Units],
    length: int | Sequence[int],
    *,
    interval: bool = False,
    seed: int = 0,
) -> Coefficient:
    """Return alpha of the labels where units of two annotators overlap (equation 11).

    `details` says which share of the continuum that is: `coverage`.
    """
    table = tabulate_lengths(read_continua(units, length))
    return _measure(table, _coding, table.n, interval=interval, seed=seed)


def ku_alpha(
    units: Units | Sequence[Units],
    length: int | Sequence[int],
    *,
    interval: bool = False,
    seed: int = 0,
) -> dict[str, Coefficient]:
    """Return alpha of each label where its units overlap those of another annotator (13b).

    `details` says which share of what the label marks that is: `coverage`.
    """
    table = tabulate_lengths(read_continua(units, length))
    return measure_labels(table, interval=interval, seed=seed)


def measure_family(
    table: LengthTable, *, interval: bool = False, seed: int = 0
) -> dict[str, Coefficient]:
    """Return the alphas over all labels by name; |u_alpha is that of marked or not."""
    formulas = {"u_alpha": _everything, "|u_alpha": _marking, "cu_alpha": _coding}
    return {
        name: _measure(table, formula, table.n, interval=interval, seed=seed)
        for name, formula in formulas.items()
    }


def measure_labels(
    table: LengthTable, *, interval: bool = False, seed: int = 0
) -> dict[str, Coefficient]:
    """Return the alpha of each label."""
    return {
        label: _measure(table, partial(_label, place=place), n, interval=interval, seed=seed)
        for place, (label, n) in enumerate(zip(table.labels, table.counts, strict=True))
    }


def _everything(sums: LengthSums) -> tuple[Floats, Floats]:
    met, expected = sums.all
    total = met.sum(axis=(1, 2))
    return _correct(total - _agreed(met), total - _agreed(expected)), np.ones(len(met))


def _marking(sums: LengthSums) -> tuple[Floats, Floats]:
    met, expected = sums.all
    observed, chance = (x[:, GAP, 1:].sum(axis=1) for x in (met, expected))
    return _correct(observed, chance), np.ones(len(met))


def _coding(sums: LengthSums) -> tuple[Floats, Floats]:
    met, expected = sums.overlapping
    total = met.sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = total / sums.met.sum(axis=(1, 2))
    return _correct(total - _agreed(met), total - _agreed(expected)), coverage


def _label(sums: LengthSums, place: int) -> tuple[Floats, Floats]:
    met, expected = sums.overlapping
    there, chance = met[:, place].sum(axis=1), expected[:, place].sum(axis=1)
    observed, by_chance = there - met[:, place, place], chance - expected[:, place, place]
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = there / sums.met[:, place + 1].sum(axis=1)
        return _correct(observed / there, by_chance / leave_room(chance)), coverage


def _agreed(matrix: Floats) -> Floats:
    agreed: Floats = np.einsum("bii->b", matrix)
    return agreed


def _correct(observed: Floats, expected: Floats) -> Floats:
    """Return one minus observed over expected disagreement, NaN where none is expected."""
    with np.errstate(invalid="ignore"):
        expected = np.where(expected > 1e-9, expected, np.nan)
    corrected: Floats = 1 - observed / expected
    return corrected


def _measure(
    table: LengthTable, formula: _Formula, n: int, *, interval: bool, seed: int
) -> Coefficient:
    if table.reason:
        return undefined(table.reason, n)
    groups = len(table.met)
    value, coverage = (float(x[0]) for x in formula(table.sum(np.ones((1, groups)))))
    details = {"coverage": coverage if np.isfinite(coverage) else None}
    if not np.isfinite(value):
        reason = NO_VARIATION if coverage > 0 else "no units of two annotators overlap"
        return Coefficient(None, n, reason=reason, details=details)
    found = None
    if interval and groups > 1:
        drawn = resample(groups, seed, lambda weights: formula(table.sum(weights))[0])
        found = find_interval(drawn)
    return Coefficient(value, n, found, details=details)
