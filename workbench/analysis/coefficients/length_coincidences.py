"""Coincidences of lengths: how long two annotators gave a stretch the same value, or another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from workbench.analysis.coefficients.coefficient import NO_SPANS, OVERLAPPING, TOO_FEW_CODERS
from workbench.analysis.coefficients.continua import Continuum, find_overlap
from workbench.analysis.intervals import Floats, number_documents

GAP = 0
"""The code of what nobody marked; labels follow it."""


@dataclass(frozen=True)
class LengthSums:
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
            scale = total / leave_room(total**2 - self.squares.sum(axis=1))
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
            scale = 1 / leave_room(total - self.common.sum(axis=1) / total)
            expected = values[:, :, None] * values[:, None, :] * scale[:, None, None]
            _take_off(expected, self.common[:, 1:] * scale[:, None])
        return met, expected


def leave_room(pairs: Floats) -> Floats:
    """Return how much there is for chance to pair, NaN where there is one unit and no other."""
    return np.where(pairs > 1e-9, pairs, np.nan)


def _take_off(expected: Floats, squares: Floats) -> None:
    """Take off what comes of pairing a unit with itself."""
    place = np.arange(expected.shape[1])
    expected[:, place, place] -= squares


@dataclass(frozen=True)
class LengthTable:
    """Coincidences and squares, a row for each document; values are the gap and the labels.

    Where the continua allow none, `reason` says why. `counts` is the number of units of a label.
    """

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    met: Floats
    squares: Floats
    common: Floats
    reason: str = ""

    @property
    def n(self) -> int:
        """How many units there are."""
        return sum(self.counts)

    def sum(self, weights: Floats) -> LengthSums:
        """Sum up documents for each row of weights."""
        size = len(self.labels) + 1
        met = (weights @ self.met.reshape(len(self.met), -1)).reshape(-1, size, size)
        return LengthSums(met, weights @ self.squares, weights @ self.common)


def tabulate_lengths(continua: Sequence[Continuum]) -> LengthTable:
    """Tabulate the continua that two and more annotators share, a row for each document."""
    marked = [unit[2] for continuum in continua for each in continuum for unit in each]
    labels = tuple(sorted(set(marked)))
    shared = [continuum for continuum in continua if len(continuum.annotators) > 1]
    numbers, groups = number_documents([c.document for c in shared], len(shared))
    size = len(labels) + 1
    empty = (np.zeros((groups, size, size)), np.zeros((groups, size)), np.zeros((groups, size)))
    counts = tuple(marked.count(label) for label in labels)
    where = find_overlap(shared)
    reason = "" if not where else f"{OVERLAPPING} ({where})"
    if not shared or not marked:
        reason = NO_SPANS if shared else TOO_FEW_CODERS
    table = LengthTable(labels, counts, *empty, reason)
    if not reason:
        code = {label: i + 1 for i, label in enumerate(labels)}
        for continuum, number in zip(shared, numbers, strict=True):
            _add(table, continuum, int(number), code)
    return table


def _add(table: LengthTable, continuum: Continuum, number: int, code: dict[str, int]) -> None:
    """Add a continuum to its document's sums."""
    m, long = len(continuum.annotators), continuum.length
    cuts = sorted({0, long, *(p for each in continuum for unit in each for p in unit[:2])})
    place = {cut: i for i, cut in enumerate(cuts)}
    steps = np.diff(np.array(cuts, dtype=np.float64))
    values = np.zeros((m, len(steps)), dtype=np.intp)
    for row, each in zip(values, continuum, strict=True):
        for start, end, label in each:
            row[place[start] : place[end]] = code[label]
    for i, j in permutations(range(m), 2):
        np.add.at(table.met[number], (values[i], values[j]), steps / (m - 1))
        reached = [0.0, *np.cumsum(steps * (values[j] > GAP)).tolist()]
        for start, end, label in continuum.units[i]:
            common = reached[place[end]] - reached[place[start]]
            table.common[number, code[label]] += common**2 / (m - 1)
    for row, each in zip(values, continuum, strict=True):
        # Gaps have no structure of their own: each of their code points stands for itself.
        table.squares[number, GAP] += steps[row == GAP].sum()
        for start, end, label in each:
            table.squares[number, code[label]] += (end - start) ** 2
