"""The calibrated regression: what it keeps, and that folds never see what they judge."""

from __future__ import annotations

import random

import numpy as np
import pytest

from workbench.pipeline.learning.carrier import RegressionCarrier
from workbench.pipeline.learning.regression import Regression, choose_threshold, fit_regression


def draw_rows(n: int, seed: int = 0) -> tuple[list[dict[str, float]], list[bool], list[str]]:
    generator = random.Random(seed)
    rows, right, groups = [], [], []
    for i in range(n):
        good = generator.random() < 0.4
        sign = generator.random() < (0.8 if good else 0.2)
        rows.append({"sign": float(sign), f"noise={generator.randrange(9)}": 1.0})
        right.append(good)
        groups.append(f"article-{i // 10}")
    return rows, right, groups


def test_it_learns_what_tells_and_gives_chances() -> None:
    fitted = fit_regression(*draw_rows(600), seed=1)

    assert fitted is not None
    low, high = fitted.regression.predict([{"sign": 0.0}, {"sign": 1.0}])
    assert low == pytest.approx(0.14, abs=0.08)
    assert high == pytest.approx(0.73, abs=0.1)
    assert low < fitted.regression.threshold < high


def test_held_out_chances_know_nothing_of_their_own_article() -> None:
    rows, right, groups = draw_rows(400)
    telling = [{**row, f"only={group}": 1.0} for row, group in zip(rows, groups, strict=True)]
    leaky = [
        {**row, f"answer={i}": float(r)} for i, (row, r) in enumerate(zip(rows, right, strict=True))
    ]

    plain = fit_regression(rows, right, groups, seed=1)
    for changed in (telling, leaky):
        other = fit_regression(changed, right, groups, seed=1)
        assert plain is not None
        assert other is not None
        hits = np.asarray(right)
        better = other.held_out[hits].mean() - plain.held_out[hits].mean()
        assert better < 0.05


def test_the_same_seed_gives_the_same_numbers() -> None:
    one, other = (fit_regression(*draw_rows(200), seed=3) for _ in range(2))

    assert one is not None
    assert other is not None
    assert one.regression.to_record() == other.regression.to_record()


def test_one_article_or_one_kind_of_answer_teaches_nothing() -> None:
    rows, right, groups = draw_rows(50)

    assert fit_regression(rows, right, ["a"] * 50, seed=1) is None
    assert fit_regression(rows, [True] * 50, groups, seed=1) is None


def test_the_threshold_is_the_one_of_the_best_f1() -> None:
    chances, hits = np.array([0.9, 0.8, 0.6, 0.3]), np.array([True, True, False, True])

    assert choose_threshold(chances, hits) < 0.3
    assert choose_threshold(chances[:3], hits[:3]) == pytest.approx(0.7)


def test_what_was_learnt_travels_with_the_component() -> None:
    fitted = fit_regression(*draw_rows(100), seed=1)
    assert fitted is not None
    carrier = RegressionCarrier({"a": fitted.regression, "b": Regression()})

    back = RegressionCarrier().from_bytes(carrier.to_bytes())

    assert back.regressions == carrier.regressions
    rows = draw_rows(20, seed=9)[0]
    assert back.regressions["a"].predict(rows).tolist() == fitted.regression.predict(rows).tolist()
