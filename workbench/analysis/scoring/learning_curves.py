"""Learning curves: what more gold would probably add, read honestly from repeated trainings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

_LAST = 3
"""The points at the right end that the slope is read from: curves flatten."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What doubling the gold would add in F1, with its 95% interval, and the sentence for it.

    `gain` and `interval` are None where there are too few repeats or sizes to tell.
    """

    gain: float | None
    interval: tuple[float, float] | None
    sentence: str

    def to_record(self) -> dict[str, Any]:
        """Write the reading as plain JSON."""
        interval = None if self.interval is None else list(self.interval)
        return {"gain": self.gain, "interval": interval, "sentence": self.sentence}


def read_curve(runs: Sequence[Sequence[tuple[int, float]]], what: str) -> Reading:
    """Read what doubling would add from several runs, each its sizes and F1 at each.

    The slope over the logarithm of the size is fitted to each run's last three sizes; the interval
    is Student's over the runs.
    """
    slopes = [slope for run in runs if (slope := _fit_slope(run)) is not None]
    if len(slopes) < 2:
        reason = "there are too few repeats or sizes to read a slope"
        return Reading(None, None, f"{what}: cannot tell yet: {reason}")
    gain = mean(slopes)
    low, high = find_interval(slopes)
    points = f"{100 * gain:+.1f} points of F1 ({100 * low:+.1f} to {100 * high:+.1f})"
    if low > 0:
        said = f"twice the gold of this kind would probably add {points}"
    elif high < 0.01:
        said = f"more gold of this kind would probably add little: {points} for twice as much"
    else:
        said = f"cannot tell yet: twice the gold gave {points}, which includes nothing at all"
    return Reading(gain, (low, high), f"{what}: {said}")


def find_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return Student's 95% interval of the mean; a single value is its own."""
    if len(values) < 2:
        return values[0], values[0]
    from scipy.stats import t

    centre, error = mean(values), stdev(values) / math.sqrt(len(values))
    reach = float(t.ppf(0.975, len(values) - 1)) * error
    return centre - reach, centre + reach


def _fit_slope(run: Sequence[tuple[int, float]]) -> float | None:
    """Return the least-squares slope of F1 over log2 of the size, None with fewer than two."""
    points = sorted({size: value for size, value in run if size > 0}.items())[-_LAST:]
    if len(points) < 2:
        return None
    xs = [math.log2(size) for size, _ in points]
    ys = [value for _, value in points]
    centre = mean(xs)
    spread = sum((x - centre) ** 2 for x in xs)
    return sum((x - centre) * y for x, y in zip(xs, ys, strict=True)) / spread
