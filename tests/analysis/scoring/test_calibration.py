"""Calibration on values worked out by hand, and what must hold for any scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.scoring.calibration import (
    ENOUGH,
    Calibration,
    fit_calibration,
    measure_reliability,
)

SCORES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=300)


def draw_overconfident(n: int, seed: int = 0) -> tuple[list[float], list[bool]]:
    generator = np.random.default_rng(seed)
    chances = generator.uniform(0.05, 0.95, n)
    right = generator.uniform(size=n) < chances
    logits = 3 * np.log(chances / (1 - chances)) + 1
    return (1 / (1 + np.exp(-logits))).tolist(), right.tolist()


@pytest.mark.parametrize(("n", "method"), [(ENOUGH - 50, "temperature"), (800, "isotonic")])
def test_calibration_takes_overconfidence_away_from_scores_it_never_saw(
    n: int, method: str
) -> None:
    calibration = fit_calibration(*draw_overconfident(n))
    scores, right = draw_overconfident(2000, seed=1)

    before = measure_reliability(scores, right).ece
    after = measure_reliability(calibration.apply(scores).tolist(), right).ece

    assert calibration.method == method
    assert before is not None
    assert after is not None
    assert before > 0.12
    assert after < before / 2


@given(SCORES)
def test_calibration_keeps_the_order_and_stays_between_0_and_1(
    rows: list[tuple[float, bool]],
) -> None:
    calibration = fit_calibration([s for s, _ in rows], [r for _, r in rows])
    scores = np.linspace(0, 1, 50)

    chances = calibration.apply(scores)

    assert (np.diff(chances) >= -1e-12).all()
    assert ((chances >= 0) & (chances <= 1)).all()
    assert Calibration.from_record(calibration.to_record()) == calibration


def test_items_that_are_all_right_teach_nothing() -> None:
    assert fit_calibration([0.2, 0.9], [True, True]).apply([0.3]).tolist() == [0.3]


def test_reliability_is_counted_as_worked_out_by_hand() -> None:
    table = measure_reliability([0.95, 0.91, 0.12, 1.0], [True, False, False, True])

    assert [(b.n, b.right) for b in table.bins] == [(1, 0.0), (3, pytest.approx(2 / 3))]
    high = abs((0.95 + 0.91 + 1.0) / 3 - 2 / 3)
    assert table.ece == pytest.approx((1 * 0.12 + 3 * high) / 4)


def test_without_scores_there_is_a_reason_and_no_number() -> None:
    record = measure_reliability([], []).to_record()

    assert (record["ece"], record["n"]) == (None, 0)
    assert record["reason"]
