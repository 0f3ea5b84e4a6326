"""A calibrated logistic regression over named features: fitted by scikit-learn, kept as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.scoring.calibration import Calibration, fit_calibration

Features = Mapping[str, float]
Floats = NDArray[np.float64]
FOLDS = 5
_STRENGTHS = (0.03, 0.1, 0.3, 1.0)
"""Inverse strengths of regularisation that the folds choose from, the simplest first."""
_DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class Regression:
    """Weights by feature name, the calibration over them, and the threshold chosen on folds.

    It needs no scikit-learn to predict, so that a saved model opens with any version of it.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    intercept: float = 0.0
    calibration: Calibration = field(default_factory=Calibration)
    threshold: float = _DEFAULT_THRESHOLD

    def predict(self, rows: Sequence[Features]) -> Floats:
        """Return the calibrated chance of each row."""
        return self.calibration.apply(self.score(rows))

    def score(self, rows: Sequence[Features]) -> Floats:
        """Return the chance of each row before calibration."""
        weights = self.weights
        sums = [
            self.intercept + sum(v * weights.get(k, 0.0) for k, v in row.items()) for row in rows
        ]
        return np.asarray(1 / (1 + np.exp(-np.clip(sums, -60, 60))), dtype=float)

    def to_record(self) -> dict[str, Any]:
        """Write the regression as plain data."""
        return {
            "weights": dict(self.weights),
            "intercept": self.intercept,
            "calibration": self.calibration.to_record(),
            "threshold": self.threshold,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Regression:
        """Read what `to_record` wrote."""
        calibration = Calibration.from_record(record["calibration"])
        return cls(record["weights"], record["intercept"], calibration, record["threshold"])


@dataclass(frozen=True)
class Fitted:
    """A fitted regression and the chances that its folds gave to rows they had not seen."""

    regression: Regression
    held_out: Floats


def fit_regression(
    rows: Sequence[Features],
    right: Sequence[bool],
    groups: Sequence[str],
    *,
    seed: int,
    beyond: int = 0,
) -> Fitted | None:
    """Fit on all rows; calibration, strength and threshold come from folds over whole groups.

    `groups` names each row's article: one article never lies on both sides. `beyond` counts the
    right things that no row stands for, so that the threshold is best for F1 over all of them.
    None where rows are all right, all wrong, or of one article.
    """
    hits = np.asarray(right, dtype=bool)
    if len(set(groups)) < 2 or not hits.any() or hits.all():
        return None
    scored = {c: _score_folds(rows, hits, groups, strength=c, seed=seed) for c in _STRENGTHS}
    best = max(_STRENGTHS, key=lambda c: (_likelihood(scored[c], hits), -c))
    raw = scored[best]
    calibration = fit_calibration(raw.tolist(), hits.tolist())
    held_out = calibration.apply(raw)
    weights, intercept = _fit(rows, hits, strength=best, seed=seed)
    threshold = choose_threshold(held_out, hits, beyond)
    return Fitted(Regression(weights, intercept, calibration, threshold), held_out)


def choose_threshold(chances: Floats, hits: NDArray[np.bool_], beyond: int = 0) -> float:
    """Return the threshold of the best F1; among equals, the middle one.

    Chances between two rows make no difference, so the threshold lies half way between them.
    """
    order = np.argsort(-chances, kind="stable")
    sorted_, found = chances[order], np.cumsum(hits[order])
    f1 = 2 * found / (np.arange(1, len(chances) + 1) + hits.sum() + beyond)
    # A threshold between two equal chances can't be drawn.
    last = np.append(np.diff(sorted_) < 0, True)
    f1 = np.where(last, f1, -1.0)
    at = int(np.argmax(f1))
    below = sorted_[at + 1] if at + 1 < len(sorted_) else sorted_[at] / 2
    return float((sorted_[at] + below) / 2)


def _score_folds(
    rows: Sequence[Features],
    hits: NDArray[np.bool_],
    groups: Sequence[str],
    *,
    strength: float,
    seed: int,
) -> Floats:
    """Return for each row the score of a regression that saw no row of its group."""
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    fold = {names[i]: place % FOLDS for place, i in enumerate(order)}
    folds = np.array([fold[group] for group in groups])
    scores = np.full(len(rows), hits.mean(), dtype=float)
    for number in sorted(set(folds)):
        inside, outside = np.flatnonzero(folds == number), np.flatnonzero(folds != number)
        known = hits[outside]
        if not known.any() or known.all():
            continue
        weights, intercept = _fit([rows[i] for i in outside], known, strength=strength, seed=seed)
        fitted = Regression(weights, intercept)
        scores[inside] = fitted.score([rows[i] for i in inside])
    return scores


def _fit(
    rows: Sequence[Features], hits: NDArray[np.bool_], *, strength: float, seed: int
) -> tuple[dict[str, float], float]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer(sort=True)
    matrix = vectorizer.fit_transform([dict(row) for row in rows])
    # DictVectorizer gives 64-bit indices, which liblinear refuses.
    matrix.indices, matrix.indptr = matrix.indices.astype("int32"), matrix.indptr.astype("int32")
    model = LogisticRegression(
        C=strength, class_weight="balanced", solver="liblinear", random_state=seed, max_iter=500
    ).fit(matrix, hits)
    names = vectorizer.get_feature_names_out()
    weights = {str(n): float(w) for n, w in zip(names, model.coef_[0], strict=True) if w}
    return weights, float(model.intercept_[0])


def measure_likelihood(chances: Floats, right: Sequence[bool] | NDArray[np.bool_]) -> float:
    """Return the mean log likelihood of what is right: nearer to 0 is better."""
    clipped = np.clip(chances, 1e-4, 1 - 1e-4)
    return float(np.where(np.asarray(right), np.log(clipped), np.log(1 - clipped)).mean())


def _likelihood(scores: Floats, hits: NDArray[np.bool_]) -> float:
    """Return the likelihood after calibration, which is what the scores are used for."""
    return measure_likelihood(fit_calibration(scores.tolist(), hits.tolist()).apply(scores), hits)
