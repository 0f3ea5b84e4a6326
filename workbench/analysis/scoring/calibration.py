"""Calibration: scores made into chances of being right, and how far they are from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ENOUGH = 200
"""Scored items from which isotonic regression is fitted; below, one temperature."""
BINS = 10
_EDGE = 1e-4
_TEMPERATURES = np.geomspace(0.2, 20, 60)

Floats = NDArray[np.float64]
Method = Literal["isotonic", "temperature", "none"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A monotone map from raw scores to chances, as plain numbers that travel with a model.

    isotonic: linear between the points `x` → `y`; temperature: the logit divided by `x[0]` and
    moved by `y[0]`; none: the score as it is. `n` is how many scored items it was fitted on.
    """

    method: Method = "none"
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    n: int = 0

    def apply(self, scores: Sequence[float] | Floats) -> Floats:
        """Return the chance of being right for each score."""
        raw = np.asarray(scores, dtype=float)
        if self.method == "isotonic":
            return np.asarray(np.interp(raw, self.x, self.y), dtype=float)
        if self.method == "temperature":
            return _sigmoid(_logit(raw) / self.x[0] + self.y[0])
        return raw

    def to_record(self) -> dict[str, Any]:
        """Write the calibration as plain JSON."""
        return {"method": self.method, "x": list(self.x), "y": list(self.y), "n": self.n}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Calibration:
        """Read what `to_record` wrote."""
        return cls(record["method"], tuple(record["x"]), tuple(record["y"]), int(record["n"]))


def fit_calibration(scores: Sequence[float], right: Sequence[bool]) -> Calibration:
    """Fit isotonic regression (Zadrozny and Elkan 2002), a temperature where there is little.

    The temperature (Guo et al. 2017) comes with a shift, since a score of rare things is off in
    both. Items of one kind only, all right or all wrong, teach nothing: the scores stay.
    """
    raw, hits = np.asarray(scores, dtype=float), np.asarray(right, dtype=float)
    if len(raw) < 2 or hits.min() == hits.max():
        return Calibration(n=len(raw))
    if len(raw) < ENOUGH:
        # Platt's targets (1999) keep a few lucky items from claiming certainty.
        good, bad = hits.sum(), (1 - hits).sum()
        targets = np.where(hits > 0, (good + 1) / (good + 2), 1 / (bad + 2))
        temperature, shift = _fit_temperature(_logit(raw), targets)
        return Calibration("temperature", (temperature,), (shift,), len(raw))
    from sklearn.isotonic import IsotonicRegression

    # A chance of exactly 0 or 1 claims more than a sample can show.
    edge = 1 / (len(raw) + 2)
    fitted = IsotonicRegression(y_min=edge, y_max=1 - edge, out_of_bounds="clip").fit(raw, hits)
    x, y = fitted.X_thresholds_, fitted.y_thresholds_
    return Calibration("isotonic", tuple(map(float, x)), tuple(map(float, y)), len(raw))


@dataclass(frozen=True, slots=True)
class Bin:
    """The items whose scores lie in `low` to `high`: how many, their mean score, how many right."""

    low: float
    high: float
    n: int
    score: float
    right: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """The reliability table of scored items, and the expected calibration error over it."""

    bins: tuple[Bin, ...]
    ece: float | None
    n: int

    def to_record(self) -> dict[str, Any]:
        """Write the table as plain JSON."""
        rows = [
            {"low": b.low, "high": b.high, "n": b.n, "score": b.score, "right": b.right}
            for b in self.bins
        ]
        record: dict[str, Any] = {"ece": self.ece, "n": self.n, "bins": rows}
        return record if self.n else {**record, "reason": "nothing has a score"}


def measure_reliability(scores: Sequence[float], right: Sequence[bool]) -> Reliability:
    """Compare mean score and share right in ten equal bins (ECE: Naeini et al. 2015)."""
    raw, hits = np.asarray(scores, dtype=float), np.asarray(right, dtype=float)
    if not len(raw):
        return Reliability((), None, 0)
    numbers = np.minimum((raw * BINS).astype(int), BINS - 1)
    bins = []
    for number in range(BINS):
        inside = numbers == number
        if inside.any():
            low, high = number / BINS, (number + 1) / BINS
            mean, share = float(raw[inside].mean()), float(hits[inside].mean())
            bins.append(Bin(low, high, int(inside.sum()), mean, share))
    ece = sum(b.n * abs(b.score - b.right) for b in bins) / len(raw)
    return Reliability(tuple(bins), float(ece), len(raw))


def _fit_temperature(logits: Floats, hits: Floats) -> tuple[float, float]:
    """Return the temperature and shift of the least log loss, by a grid and Newton's steps."""
    best = (np.inf, 1.0, 0.0)
    for temperature in _TEMPERATURES:
        scaled, shift = logits / temperature, 0.0
        for _ in range(12):
            chance = _sigmoid(scaled + shift)
            slope, bend = float((hits - chance).sum()), float((chance * (1 - chance)).sum())
            step = slope / max(bend, 1e-9)
            shift = float(np.clip(shift + np.clip(step, -2, 2), -10, 10))
            if abs(step) < 1e-6:
                break
        chance = np.clip(_sigmoid(scaled + shift), _EDGE, 1 - _EDGE)
        loss = float(-(hits * np.log(chance) + (1 - hits) * np.log(1 - chance)).mean())
        if loss < best[0] - 1e-12:
            best = (loss, float(temperature), shift)
    return best[1], best[2]


def _logit(scores: Floats) -> Floats:
    clipped = np.clip(scores, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=float)


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -60, 60))), dtype=float)
