"""Gamma and its alignment: values worked out, each choice tried, what has no value."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis import gamma
from workbench.analysis.coefficients.unit_alignment import Dissimilarity, align_units

Unit = tuple[int, int, str]

THREE = {
    "one": [(1, 5, "a"), (10, 14, "b")],
    "two": [(2, 6, "a"), (11, 15, "b")],
    "three": [(1, 4, "a"), (9, 14, "c")],
}
# Mathet, Widlöcher and Métivier's own illustration of three annotators, as the reference
# implementation pygamma-agreement has it among its tests, with its values.
ALEX_PAUL_SUZAN = {
    "Alex": [
        (2, 9, "1"),
        (11, 17, "2"),
        (24, 30, "5"),
        (32, 36, "6"),
        (36, 44, "6"),
        (44, 60, "7"),
    ],
    "Paul": [(2, 9, "1"), (11, 17, "3"), (19, 25, "5"), (32, 44, "6")],
    "Suzan": [
        (2, 9, "1"),
        (11, 17, "4"),
        (21, 27, "5"),
        (32, 36, "6"),
        (36, 40, "6"),
        (40, 44, "6"),
    ],
}


def apart(a: Unit, b: Unit, alpha: float = 1.0, beta: float = 1.0) -> float:
    """Work out the dissimilarity of two units (Mathet et al. 2015, sections 4.2 to 4.4)."""
    off = abs(a[0] - b[0]) + abs(a[1] - b[1])
    length = (a[1] - a[0]) + (b[1] - b[0])
    return alpha * (off / length) ** 2 + beta * (a[2] != b[2])


def test_the_disorder_of_three_annotators_is_as_worked_out_by_hand() -> None:
    # Mathet, Widlöcher and Métivier, The unified and holistic method gamma, CL 41 (2015). Their
    # paper prints no such table; this follows their definitions. Both columns align fully:
    # (1/16 + 1/49 + 9/49) / 3 and (1/16 + 82/81 + 10/9) / 3, over two units for each annotator.
    first = (1 / 16 + 1 / 49 + 9 / 49) / 3
    second = (1 / 16 + 82 / 81 + 10 / 9) / 3

    found = gamma(THREE)

    assert found.details["observed"] == pytest.approx((first + second) / 2)
    # pygamma-agreement 0.5.9 gives 0.408756435 in single precision.
    assert found.details["observed"] == pytest.approx(0.408756435, abs=1e-6)
    assert found.value == pytest.approx(1 - found.details["observed"] / found.details["expected"])


@pytest.mark.parametrize(
    ("first", "second", "printed"),
    [
        ((4, 14), (40, 44), 22.2),
        ((4, 14), (4, 14), 0.0),
        ((4, 14), (20, 25), 3.2),
        ((4, 14), (14, 24), 1.0),
        ((20, 30), (20, 25), 0.11),
        ((20, 25), (14, 24), 0.22),
    ],
)
def test_the_distance_of_places_equals_mathet_et_al_2015(
    first: tuple[int, int], second: tuple[int, int], printed: float
) -> None:
    # Figure 10 of the paper, as pygamma-agreement quotes it among its tests.
    found = Dissimilarity().measure([(*first, "a"), (*second, "a")])

    places = len(str(printed).split(".")[1])
    assert round(float(found[0, 1]), places) == printed


def test_the_distance_of_places_does_not_see_the_scale() -> None:
    # Figure 20 of the same paper.
    small, large = (
        Dissimilarity().measure([(0, 7 * k, "a"), (0, 10 * k, "a")])[0, 1] for k in (1, 3)
    )

    assert small == pytest.approx(large)


def test_gamma_equals_the_reference_implementation() -> None:
    found = gamma(ALEX_PAUL_SUZAN, alpha=3, beta=1, delta_empty=1, n_samples=300)

    assert found.details["observed"] == pytest.approx(0.96, abs=0.01)
    assert 0.44 <= (found.value or 0) <= 0.47
    low, high = found.details["expected_interval"]
    assert low < found.details["expected"] < high


def test_parameters_seed_and_samples_are_told() -> None:
    details = gamma(THREE, 2, 0.5, 1.5, 40, 9).details

    assert {k: details[k] for k in ("alpha", "beta", "delta_empty", "n_samples", "seed")} == {
        "alpha": 2,
        "beta": 0.5,
        "delta_empty": 1.5,
        "n_samples": 40,
        "seed": 9,
    }
    assert gamma(THREE, seed=9) == gamma(THREE, seed=9)
    assert gamma(THREE, seed=9) != gamma(THREE, seed=8)


def try_all(units: list[tuple[int, Unit]], annotators: int, empty: float) -> float:
    """Return the least cost over every partition of units, at most one of each annotator."""
    if not units:
        return 0.0
    pairs = annotators * (annotators - 1) / 2
    first, rest = units[0], units[1:]
    best = float("inf")
    for size in range(annotators):
        for others in combinations(rest, size):
            group = [first, *others]
            if len({owner for owner, _ in group}) < len(group):
                continue
            within = sum(apart(a, b) * empty for (_, a), (_, b) in combinations(group, 2))
            missing = pairs - len(group) * (len(group) - 1) / 2
            left = [unit for unit in rest if unit not in others]
            cost = (within + missing * empty) / pairs + try_all(left, annotators, empty)
            best = min(best, cost)
    return best


@st.composite
def annotations(draw: st.DrawFn) -> list[list[Unit]]:
    """Draw two to four annotators' units, six at most in all, overlapping as they like."""
    unit = st.builds(
        lambda start, long, label: (start, start + long, label),
        st.integers(0, 25),
        st.integers(1, 8),
        st.sampled_from("xy"),
    )
    most = draw(st.integers(2, 4))
    return [
        sorted(draw(st.lists(unit, max_size=6 // most + (most == 2), unique=True)))
        for _ in range(most)
    ]


@given(annotations(), st.sampled_from([0.5, 1.0, 2.0]))
def test_the_best_alignment_is_the_best_of_all(units: list[list[Unit]], empty: float) -> None:
    flat = [(owner, unit) for owner, each in enumerate(units) for unit in each]

    groups, cost = align_units(units, Dissimilarity(1, 1, empty))

    assert cost == pytest.approx(try_all(flat, len(units), empty))
    assert sorted(unit for group in groups for unit in group) == list(range(len(flat)))


def test_programming_and_trying_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(4)
    for _ in range(30):
        units = [
            sorted(
                (int(s), int(s + generator.integers(2, 9)), "xy"[int(generator.integers(2))])
                for s in generator.choice(40, 5, replace=False)
            )
            for _ in range(3)
        ]
        costs = []
        for tried in (0, 15):
            monkeypatch.setattr("workbench.analysis.coefficients.unit_alignment._TRIED", tried)
            costs.append(align_units(units, Dissimilarity())[1])

        assert costs[0] == pytest.approx(costs[1])


def test_cutting_the_text_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(8)
    for n in (2, 3, 4):
        units = [
            sorted(
                (int(s), int(s + generator.integers(2, 30)), "xy"[int(generator.integers(2))])
                for s in generator.choice(600, 20, replace=False)
            )
            for _ in range(n)
        ]
        for alpha in (0.5, 1, 3):
            costs = []
            for block in (1, 10_000):
                monkeypatch.setattr("workbench.analysis.coefficients.unit_alignment._BLOCK", block)
                costs.append(align_units(units, Dissimilarity(alpha))[1])

            assert costs[0] == pytest.approx(costs[1])


def test_nested_units_align_with_their_equals() -> None:
    units: list[Any] = [[(0, 20, "QUOTE"), (5, 9, "GPE")], [(0, 21, "QUOTE"), (5, 9, "GPE")]]

    groups, _ = align_units(units, Dissimilarity())

    assert groups == [(0, 2), (1, 3)]


def test_gamma_is_one_for_equals_and_low_for_strangers() -> None:
    generator = np.random.default_rng(2)

    def draw() -> list[Unit]:
        starts = sorted(generator.choice(950, 25, replace=False))
        return [(int(s), int(s) + 9, "xyz"[int(generator.integers(3))]) for s in starts]

    same = draw()
    strangers = [{"a": draw(), "b": draw()} for _ in range(10)]

    assert gamma({"a": same, "b": same}).value == 1
    assert abs(gamma(strangers, length=[1000] * 10, n_samples=50).value or 1) < 0.1


def test_documents_are_pooled_and_drawn_again_for_the_interval() -> None:
    good = {"a": [(0, 5, "x"), (40, 50, "y")], "b": [(0, 5, "x"), (40, 50, "y")]}
    bad = {"a": [(0, 5, "x"), (40, 50, "y")], "b": [(2, 8, "y"), (70, 80, "x")]}
    documents = [good] * 12 + [bad] * 4

    found = gamma(documents, length=[100] * 16, n_samples=60, interval=True)

    assert found.n == 64
    assert found.interval is not None
    assert found.interval[0] < (found.value or 0) < found.interval[1]
    assert gamma(good, length=100, interval=True).interval is None


@pytest.mark.parametrize("units", [{}, {"a": [(0, 5, "x")]}, {"a": [], "b": []}])
def test_what_is_undefined_is_none_with_a_reason(units: dict[str, Any]) -> None:
    found = gamma(units)

    assert found.value is None
    assert len(found.reason) > 10
    assert found.details["n_samples"] == 30
