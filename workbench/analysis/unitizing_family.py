"""The family of alphas for unitizing of 2016: all of it, the labels of what overlaps, one label.

Krippendorff, Mathet, Bouvry and Widlöcher (2016), On the reliability of unitizing textual
continua, Quality & Quantity 50. Stretches weigh by their length, gaps between units are a value of
their own, and units of one annotator may not overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from workbench.analysis.coefficient import (
    NO_SPANS,
    NO_VARIATION,
    OVERLAPPING,
    TOO_FEW_CODERS,
    Coefficient,
    undefined,
)
from workbench.analysis.continua import Continuum, Units, find_overlap, read_continua
from workbench.analysis.intervals import Floats, draw_weights, find_interval, number_documents

_GAP = 0
"""The code of what nobody marked; labels follow it."""


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
    measure = measure_marking if binary else measure_everything
    return measure(read_continua(units, length), interval=interval, seed=seed)


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
    return measure_coding(read_continua(units, length), interval=interval, seed=seed)


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
    return measure_labels(read_continua(units, length), interval=interval, seed=seed)


@dataclass(frozen=True)
class _Sums:
    """Sums over documents, a row for each resample: coincidences, and squares of unit lengths."""

    met: Floats
    squares: Floats
    common: Floats

    @property
    def all(self) -> tuple[Floats, Floats]:
        """Observed coincidences of all values, and those expected by chance (equation 4)."""
        values = self.met.sum(axis=2)
        total = values.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = total / _leave_room(total**2 - self.squares.sum(axis=1))
            expected = values[:, :, None] * values[:, None, :] * scale[:, None, None]
            _take_off(expected, self.squares * scale[:, None])
        return self.met, expected

    @property
    def overlapping(self) -> tuple[Floats, Floats]:
        """The same, of labels where units overlap (equation 10)."""
        met = self.met[:, 1:, 1:]
        values = met.sum(axis=2)
        total = values.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = 1 / _leave_room(total - self.common.sum(axis=1) / total)
            expected = values[:, :, None] * values[:, None, :] * scale[:, None, None]
            _take_off(expected, self.common[:, 1:] * scale[:, None])
        return met, expected


def _leave_room(pairs: Floats) -> Floats:
    """Return how much there is for chance to pair, NaN where there is one unit and no other."""
    return np.where(pairs > 1e-9, pairs, np.nan)


def _take_off(expected: Floats, squares: Floats) -> None:
    """Take off what comes of pairing a unit with itself."""
    place = np.arange(expected.shape[1])
    expected[:, place, place] -= squares


@dataclass(frozen=True)
class _Table:
    """What the family is made of, a row for each document; values are the gap and the labels."""

    labels: tuple[str, ...]
    met: Floats
    squares: Floats
    common: Floats

    def sum(self, weights: Floats) -> _Sums:
        """Sum up documents for each row of weights."""
        size = len(self.labels) + 1
        met = (weights @ self.met.reshape(len(self.met), -1)).reshape(-1, size, size)
        return _Sums(met, weights @ self.squares, weights @ self.common)


_Formula = Callable[[_Sums], tuple[Floats, Floats]]
"""Sums → the alpha of each resample, and its coverage."""


def measure_everything(
    continua: Sequence[Continuum], *, interval: bool = False, seed: int = 0
) -> Coefficient:
    """Return u-alpha of continua."""
    return _measure(continua, _everything, interval=interval, seed=seed)


def measure_marking(
    continua: Sequence[Continuum], *, interval: bool = False, seed: int = 0
) -> Coefficient:
    """Return |u-alpha of continua: marked or not, whatever the label."""
    return _measure(continua, _marking, interval=interval, seed=seed)


def measure_coding(
    continua: Sequence[Continuum], *, interval: bool = False, seed: int = 0
) -> Coefficient:
    """Return cu-alpha of continua, with its coverage."""
    return _measure(continua, _coding, interval=interval, seed=seed)


def measure_labels(
    continua: Sequence[Continuum], *, interval: bool = False, seed: int = 0
) -> dict[str, Coefficient]:
    """Return (k)u-alpha of continua for each label, with its coverage."""
    labels = sorted({unit[2] for c in continua for each in c for unit in each})
    table, reason, n = _tabulate(continua)
    if table is None:
        return {label: undefined(reason, n) for label in labels}
    found = {}
    for place, label in enumerate(table.labels):

        def of_label(sums: _Sums, place: int = place) -> tuple[Floats, Floats]:
            return _label(sums, place)

        count = sum(unit[2] == label for c in continua for each in c for unit in each)
        found[label] = _finish(table, of_label, count, interval=interval, seed=seed)
    return found


def _everything(sums: _Sums) -> tuple[Floats, Floats]:
    met, expected = sums.all
    total = met.sum(axis=(1, 2))
    return _correct(total - _agreed(met), total - _agreed(expected)), np.ones(len(met))


def _marking(sums: _Sums) -> tuple[Floats, Floats]:
    met, expected = sums.all
    observed, chance = (x[:, _GAP, 1:].sum(axis=1) for x in (met, expected))
    return _correct(observed, chance), np.ones(len(met))


def _coding(sums: _Sums) -> tuple[Floats, Floats]:
    met, expected = sums.overlapping
    total = met.sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = total / sums.met.sum(axis=(1, 2))
    return _correct(total - _agreed(met), total - _agreed(expected)), coverage


def _label(sums: _Sums, place: int) -> tuple[Floats, Floats]:
    met, expected = sums.overlapping
    there, chance = met[:, place].sum(axis=1), expected[:, place].sum(axis=1)
    observed, by_chance = there - met[:, place, place], chance - expected[:, place, place]
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = there / sums.met[:, place + 1].sum(axis=1)
        return _correct(observed / there, by_chance / _leave_room(chance)), coverage


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
    continua: Sequence[Continuum],
    formula: _Formula,
    *,
    interval: bool,
    seed: int,
) -> Coefficient:
    table, reason, n = _tabulate(continua)
    if table is None:
        return undefined(reason, n)
    return _finish(table, formula, n, interval=interval, seed=seed)


def _finish(table: _Table, formula: _Formula, n: int, *, interval: bool, seed: int) -> Coefficient:
    groups = len(table.met)
    value, coverage = (float(x[0]) for x in formula(table.sum(np.ones((1, groups)))))
    details = {"coverage": coverage if np.isfinite(coverage) else None}
    if not np.isfinite(value):
        reason = NO_VARIATION if coverage > 0 else "no units of two annotators overlap"
        return Coefficient(None, n, reason=reason, details=details)
    found = None
    if interval and groups > 1:
        found = find_interval(formula(table.sum(draw_weights(groups, seed)))[0])
    return Coefficient(value, n, found, details=details)


def _tabulate(continua: Sequence[Continuum]) -> tuple[_Table | None, str, int]:
    """Return sums for each document, or the reason why there are none, and how many units."""
    continua = [continuum for continuum in continua if len(continuum.annotators) > 1]
    n = sum(continuum.n for continuum in continua)
    if not continua:
        return None, TOO_FEW_CODERS, n
    if not n:
        return None, NO_SPANS, n
    where = find_overlap(continua)
    if where:
        return None, f"{OVERLAPPING} ({where})", n
    labels = tuple(sorted({unit[2] for c in continua for each in c for unit in each}))
    numbers, groups = number_documents([c.document for c in continua], len(continua))
    size = len(labels) + 1
    table = _Table(
        labels,
        np.zeros((groups, size, size)),
        np.zeros((groups, size)),
        np.zeros((groups, size)),
    )
    code = {label: i + 1 for i, label in enumerate(labels)}
    for continuum, number in zip(continua, numbers, strict=True):
        _add(table, continuum, number, code)
    return table, "", n


def _add(table: _Table, continuum: Continuum, number: int, code: dict[str, int]) -> None:
    """Add a continuum to its document's sums."""
    m, long = len(continuum.annotators), continuum.length
    cuts = np.unique([0, long, *(p for each in continuum for unit in each for p in unit[:2])])
    steps = np.diff(cuts)
    values = np.zeros((m, len(steps)), dtype=np.intp)
    stretches = []
    for row, each in zip(values, continuum, strict=True):
        places = [(*np.searchsorted(cuts, unit[:2]), code[unit[2]]) for unit in each]
        stretches.append(places)
        for first, last, value in places:
            row[first:last] = value
    for i, j in permutations(range(m), 2):
        np.add.at(table.met[number], (values[i], values[j]), steps / (m - 1))
        reached = np.concatenate([[0], np.cumsum(steps * (values[j] > 0))])
        for first, last, value in stretches[i]:
            table.common[number, value] += (reached[last] - reached[first]) ** 2 / (m - 1)
    for row, each in zip(values, continuum, strict=True):
        # Gaps have no structure of their own: each of their code points stands for itself.
        table.squares[number, _GAP] += steps[row == _GAP].sum()
        for start, end, label in each:
            table.squares[number, code[label]] += (end - start) ** 2
