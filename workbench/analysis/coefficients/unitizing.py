"""Krippendorff's alpha for unitizing as it was defined first: which stretches people marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.coefficients.coefficient import (
    NO_SPANS,
    NO_VARIATION,
    OVERLAPPING,
    TOO_FEW_CODERS,
    Coefficient,
    undefined,
)
from workbench.analysis.coefficients.continua import Continuum, Units, find_overlap, read_continua
from workbench.analysis.intervals import Floats, find_interval, number_documents, resample

_Stretch = tuple[int, int]


def alpha_u(
    units: Units | Sequence[Units],
    length: int | Sequence[int],
    *,
    interval: bool = False,
    seed: int = 0,
) -> Coefficient:
    """Return alpha for unitizing over all labels (Krippendorff 2004, Content Analysis, 12.4).

    `units` maps annotators to (start, end, label), in a text of `length`; a list of them with a
    list of lengths is many documents, and then an interval can be had. Units of different labels
    may overlap, those of one label and annotator may not. `details` has the value of each label.
    """
    return measure_alpha_u(read_continua(units, length), interval=interval, seed=seed)


def measure_alpha_u(
    continua: Sequence[Continuum], *, interval: bool = False, seed: int = 0
) -> Coefficient:
    """Return alpha for unitizing of continua; resamples draw their documents again."""
    continua = [continuum for continuum in continua if len(continuum.annotators) > 1]
    n = sum(continuum.n for continuum in continua)
    if not continua:
        return undefined(TOO_FEW_CODERS)
    if not n:
        return undefined(NO_SPANS)
    where = find_overlap(continua, within_label=True)
    if where:
        return undefined(f"{OVERLAPPING} ({where})", n)
    labels = sorted({unit[2] for continuum in continua for each in continuum for unit in each})
    numbers, groups = number_documents([c.document for c in continua], len(continua))
    tables = [_tabulate(continua, label, numbers, groups) for label in labels]
    one = [table.measure(np.ones((1, groups))) for table in tables]
    observed = np.array([float(found[0]) for found, _ in one])
    expected = np.array([float(chance[0]) for _, chance in one])
    if not expected.sum() > 0:
        return undefined(NO_VARIATION, n)
    found = None
    if interval and groups > 1:
        found = find_interval(resample(groups, seed, lambda weights: _measure(tables, weights)))
    return Coefficient(
        float(1 - observed.sum() / expected.sum()),
        n,
        found,
        details={
            "labels": {
                label: float(1 - o / e) if e > 0 else None
                for label, o, e in zip(labels, observed, expected, strict=True)
            }
        },
    )


@dataclass(frozen=True)
class _Label:
    """What one label's alpha is made of, a row for each document.

    `sums` are: observed differences, length, annotators × length, units, and over units the
    squared length times annotators' share, the cubic term, l (l - 1). `squares` and `room` are,
    for each length of a unit that occurs, l² times how many and the room for it in gaps.
    """

    sums: Floats
    squares: Floats
    room: Floats

    def measure(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return observed and expected disagreement for each row of document weights."""
        different, length, judged, n, cubic, within = (weights @ self.sums).T
        placed = (weights @ self.squares) * (weights @ self.room)
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = different / length**2
            numerator = (n - 1) / 3 * cubic + placed.sum(axis=1)
            expected = 2 / length * numerator / (judged * (judged - 1) - within)
        return observed, expected


def _measure(tables: Sequence[_Label], weights: Floats) -> Floats:
    """Return alpha over all labels for each row of document weights."""
    drawn = [table.measure(weights) for table in tables]
    with np.errstate(invalid="ignore", divide="ignore"):
        apart: Floats = np.stack([observed for observed, _ in drawn]).sum(axis=0)
        alpha: Floats = 1 - apart / np.stack([expected for _, expected in drawn]).sum(axis=0)
    return alpha


def _tabulate(
    continua: Sequence[Continuum], label: str, numbers: NDArray[np.intp], groups: int
) -> _Label:
    marked = [[[(s, e) for s, e, name in each if name == label] for each in c] for c in continua]
    lengths = sorted({end - start for one in marked for each in one for start, end in each})
    place = {length: i for i, length in enumerate(lengths)}
    sums = np.zeros((groups, 6))
    squares, room = np.zeros((groups, len(lengths))), np.zeros((groups, len(lengths)))
    for continuum, one, number in zip(continua, marked, numbers, strict=True):
        m, long = len(continuum.annotators), continuum.length
        different = sum(_differ(a, b, long) for a, b in combinations(one, 2)) * 2 / (m * (m - 1))
        size = [end - start for each in one for start, end in each]
        gaps = np.array([g[1] - g[0] for each in one for g in _find_gaps(each, long)])
        sums[number] += (
            different,
            long,
            m * long,
            len(size),
            sum(2 * s**3 - 3 * s**2 + s for s in size),
            sum(s * (s - 1) for s in size),
        )
        for s in size:
            squares[number, place[s]] += s * s
        if len(gaps) and lengths:
            fits = gaps[:, None] - np.array(lengths)[None, :] + 1
            room[number] += np.maximum(fits, 0).sum(axis=0)
    return _Label(sums, squares, room)


def _find_gaps(units: Sequence[_Stretch], length: int) -> list[_Stretch]:
    """Return the stretches between, before and after an annotator's units."""
    ends = [0, *(end for _, end in units)]
    starts = [*(start for start, _ in units), length]
    return [(end, start) for end, start in zip(ends, starts, strict=True) if end < start]


def _differ(a: Sequence[_Stretch], b: Sequence[_Stretch], length: int) -> float:
    """Sum up how far the units of two annotators differ, in squared code points.

    Units that overlap differ by the squares of what either end is off; a unit that lies wholly in
    the other's gap by the square of its length.
    """
    different = 0.0
    for start, end in a:
        for other_start, other_end in b:
            if start < other_end and other_start < end:
                different += (start - other_start) ** 2 + (end - other_end) ** 2
    for units, others in ((a, b), (b, a)):
        gaps = _find_gaps(others, length)
        for start, end in units:
            if any(gap[0] <= start and end <= gap[1] for gap in gaps):
                different += (end - start) ** 2
    return different
