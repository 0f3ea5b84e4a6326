"""Alpha, kappa, pi, AC1 and Fleiss' kappa: published values, oracles, and what has no value."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.metrics import masi_distance
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as oracle_fleiss

from workbench.analysis import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    scott_pi,
)
from workbench.analysis.coefficients.coefficient import Coefficient
from workbench.analysis.coefficients.distances import masi
from workbench.core.errors import RatingError

N = None

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C and D: four observers.
KRIPPENDORFF_2011 = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]


@pytest.mark.parametrize(
    ("metric", "published"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_alpha_equals_krippendorff_2011_with_missing_data(metric: Any, published: float) -> None:
    found = krippendorff_alpha(KRIPPENDORFF_2011, metric)

    assert found.value == pytest.approx(published, abs=0.0005)
    assert found.n == 11  # the twelfth unit has one value only


@pytest.mark.parametrize(
    ("first", "second", "published"),
    [
        ("0100000010", "1110010000", 0.095),  # section A, binary
        ("aabbdcccedda", "babbbccceddd", 0.692),  # section B, nominal
    ],
)
def test_alpha_equals_krippendorff_2011_for_two_observers(
    first: str, second: str, published: float
) -> None:
    assert krippendorff_alpha([first, second]).value == pytest.approx(published, abs=0.0005)


# Hayes and Krippendorff, Answering the call for a standard reliability measure for coding data,
# Communication Methods and Measures 1 (2007), table 1: five observers, forty units.
HAYES_2007 = [
    ["112-2", "1101-", "2333-", "-00-0", "000-0", "000-0", "102-1", "1-20-", "222-2", "2111-"],
    ["-100-", "0000-", "1222-", "33223", "111-1", "111-1", "212-2", "1233-", "1101-", "000-0"],
    ["0011-", "00-00", "2333-", "0000-", "12-22", "0111-", "00010", "1212-", "1122-", "112-2"],
    ["110-0", "2121-", "22-22", "3222-", "222-2", "223-2", "222-2", "22-12", "2222-", "111-1"],
]


def test_ordinal_alpha_equals_hayes_and_krippendorff_2007() -> None:
    units = [unit for row in HAYES_2007 for unit in row]
    ratings = [[None if u[i] == "-" else int(u[i]) for u in units] for i in range(5)]

    found = krippendorff_alpha(ratings, "ordinal")

    assert found.value == pytest.approx(0.7598, abs=0.00005)
    assert found.n == 40


def spread(table: dict[tuple[str, str], int]) -> tuple[list[str], list[str]]:
    """Write a table of counts out as two lists of labels."""
    pairs = [pair for pair, count in table.items() for _ in range(count)]
    return [a for a, _ in pairs], [b for _, b in pairs]


# Artstein and Poesio, Inter-coder agreement for computational linguistics, CL 34 (2008), page 558
# (STAT and IREQ) and page 568 (with CHCK, for weighted coefficients).
ARTSTEIN_TWO = spread(
    {("STAT", "STAT"): 20, ("IREQ", "STAT"): 20, ("STAT", "IREQ"): 10, ("IREQ", "IREQ"): 50}
)
ARTSTEIN_THREE = spread(
    {
        ("STAT", "STAT"): 46,
        ("IREQ", "STAT"): 6,
        ("IREQ", "IREQ"): 32,
        ("IREQ", "CHCK"): 6,
        ("CHCK", "CHCK"): 10,
    }
)


def halve_checks(a: str, b: str) -> float:
    """Count a confusion with CHCK as half as bad as another (Artstein and Poesio 2008)."""
    if a == b:
        return 0.0
    return 0.5 if "CHCK" in (a, b) else 1.0


@pytest.mark.parametrize(
    ("found", "published"),
    [
        (scott_pi(*ARTSTEIN_TWO), 0.341),
        (cohen_kappa(*ARTSTEIN_TWO), 0.348),
        (scott_pi(*ARTSTEIN_THREE), 0.799),
        (cohen_kappa(*ARTSTEIN_THREE), 0.801),
        (cohen_kappa(*ARTSTEIN_THREE, halve_checks), 0.8163),
        (krippendorff_alpha(ARTSTEIN_THREE), 0.800),
        (krippendorff_alpha(ARTSTEIN_THREE, halve_checks), 0.8156),
    ],
)
def test_coefficients_equal_artstein_and_poesio_2008(found: Coefficient, published: float) -> None:
    assert found.value == pytest.approx(published, abs=0.001)
    assert found.n == 100


def test_observed_and_expected_agreement_are_told() -> None:
    details = cohen_kappa(*ARTSTEIN_TWO).details

    assert details["observed"] == pytest.approx(0.7)
    assert details["expected"] == pytest.approx(0.54)


# Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76 (1971),
# table 1: six raters put thirty patients into five diagnoses.
FLEISS_1971 = """
444444 222555 233335 555555 222444 113333 333355 113334 114444 555555
144444 124444 222333 144444 224445 333335 111455 111112 224444 133555
555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""


def test_fleiss_kappa_equals_fleiss_1971() -> None:
    found = fleiss_kappa(FLEISS_1971.split())

    assert found.value == pytest.approx(0.430, abs=0.0005)
    assert found.details["observed"] == pytest.approx(0.5556, abs=0.0005)
    assert found.details["expected"] == pytest.approx(0.2201, abs=0.0005)
    assert found.n == 30


def test_ac1_follows_gwet_2008_where_kappa_turns_negative() -> None:
    # Gwet, Computing inter-rater reliability in the presence of high agreement, BJMSP 61 (2008).
    # 118 of 125 units are alike; the values are derived here from his definition.
    a, b = spread({("+", "+"): 118, ("+", "-"): 5, ("-", "+"): 2})
    share = (123 + 120) / 250
    chance = 2 * share * (1 - share)

    assert gwet_ac1(a, b).value == pytest.approx((118 / 125 - chance) / (1 - chance))
    assert gwet_ac1(a, b).value == pytest.approx(0.9408, abs=0.00005)
    assert cohen_kappa(a, b).value == pytest.approx(-0.0234, abs=0.00005)


@pytest.mark.parametrize(("cells", "kappa"), [((40, 9, 6, 45), 0.70), ((80, 10, 5, 5), 0.32)])
def test_prevalence_moves_kappa_as_feinstein_and_cicchetti_1990_show(
    cells: tuple[int, int, int, int], kappa: float
) -> None:
    # High agreement but low kappa, J Clin Epidemiol 43 (1990): both agree on 85 of 100.
    a, b = spread(dict(zip([("y", "y"), ("y", "n"), ("n", "y"), ("n", "n")], cells, strict=True)))

    assert cohen_kappa(a, b).value == pytest.approx(kappa, abs=0.005)
    assert gwet_ac1(a, b).value > 0.69  # type: ignore[operator]  # it is defined here


LABELS = st.sampled_from("abcd")
PAIRS = st.lists(st.tuples(LABELS, LABELS), min_size=2, max_size=40)


def is_varied(rows: list[tuple[str, str]]) -> bool:
    return len({x for row in rows for x in row}) > 1


@given(PAIRS.filter(is_varied))
def test_two_annotators_agree_with_nltk_and_scikit_learn(rows: list[tuple[str, str]]) -> None:
    a, b = [x for x, _ in rows], [y for _, y in rows]
    task = AnnotationTask([(c, i, row[c]) for i, row in enumerate(rows) for c in (0, 1)])

    assert cohen_kappa(a, b).value == pytest.approx(cohen_kappa_score(a, b))
    assert scott_pi(a, b).value == pytest.approx(task.pi())
    assert krippendorff_alpha([a, b]).value == pytest.approx(task.alpha())


@given(st.lists(st.tuples(*[st.integers(1, 5)] * 2), min_size=2, max_size=40))
def test_weighted_kappa_agrees_with_scikit_learn(rows: list[tuple[int, int]]) -> None:
    a, b = [x for x, _ in rows], [y for _, y in rows]
    for weights in ("linear", "quadratic"):
        ours = cohen_kappa(a, b, weights, order=[1, 2, 3, 4, 5])  # type: ignore[arg-type]
        if ours.value is None:
            assert len({*a, *b}) == 1
        else:
            oracle = cohen_kappa_score(a, b, weights=weights, labels=[1, 2, 3, 4, 5])
            assert ours.value == pytest.approx(oracle)


@given(st.lists(st.lists(LABELS, min_size=4, max_size=4), min_size=2, max_size=30))
def test_fleiss_kappa_agrees_with_statsmodels(units: list[list[str]]) -> None:
    ours = fleiss_kappa(units)
    if ours.value is None:
        assert len({x for unit in units for x in unit}) == 1
        return
    table, _ = aggregate_raters(np.array(units))

    assert ours.value == pytest.approx(oracle_fleiss(table))


RATINGS = st.integers(2, 4).flatmap(
    lambda coders: st.lists(
        st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=coders, max_size=coders),
        min_size=1,
        max_size=15,
    )
)


def work_out_alpha(units: list[list[Any]], apart: Callable[[Any, Any], float]) -> float | None:
    """Work alpha out from its definition, rating by rating."""
    found = [[x for x in unit if x is not None] for unit in units]
    found = [unit for unit in found if len(unit) > 1]
    values = [x for unit in found for x in unit]
    n = len(values)
    if len(set(values)) < 2:
        return None
    observed = sum(apart(x, y) / (len(u) - 1) for u in found for x in u for y in u) / n
    expected = sum(apart(x, y) for x in values for y in values) / (n * (n - 1))
    return 1 - observed / expected


@given(RATINGS)
def test_alpha_equals_its_definition_for_any_number_of_annotators(units: list[list[Any]]) -> None:
    ratings = list(zip(*units, strict=True))
    values = [
        x for unit in units if sum(y is not None for y in unit) > 1 for x in unit if x is not None
    ]

    def apart_in_order(x: int, y: int) -> float:
        low, high = min(x, y), max(x, y)
        between = sum(low <= v <= high for v in values)
        return float(x != y and between - (values.count(x) + values.count(y)) / 2) ** 2

    for metric, apart in (
        ("nominal", lambda x, y: float(x != y)),
        ("interval", lambda x, y: float(x - y) ** 2),
        ("ratio", lambda x, y: ((x - y) / (x + y)) ** 2 if x + y else 0.0),
        ("ordinal", apart_in_order),
    ):
        ours = krippendorff_alpha(ratings, metric)  # type: ignore[arg-type]
        expected = work_out_alpha(units, apart)
        if expected is None:
            assert ours.value is None
        else:
            assert ours.value == pytest.approx(expected)


SETS = st.frozensets(st.sampled_from("abc"), max_size=3)


@given(st.lists(st.tuples(SETS, SETS, SETS), min_size=2, max_size=12))
def test_alpha_of_sets_equals_its_definition_with_masi_and_jaccard(units: list[Any]) -> None:
    ratings = list(zip(*units, strict=True))
    for metric, apart in (
        ("masi", masi),
        ("jaccard", lambda a, b: 1 - len(a & b) / len(a | b) if a | b else 0.0),
    ):
        expected = work_out_alpha([list(unit) for unit in units], apart)
        ours = krippendorff_alpha(ratings, metric)  # type: ignore[arg-type]
        if expected is None:
            assert ours.value is None
        else:
            assert ours.value == pytest.approx(expected)


@given(SETS.filter(bool), SETS.filter(bool))
def test_masi_is_that_of_passonneau_which_nltk_rounds(a: frozenset[str], b: frozenset[str]) -> None:
    # Passonneau, Measuring agreement on set-valued items for semantic and pragmatic annotation,
    # LREC 2006.
    assert masi(a, b) == pytest.approx(masi_distance(a, b), abs=0.004)


@pytest.mark.parametrize(
    "found",
    [
        krippendorff_alpha([["a", "a"], ["a", "a"]]),
        krippendorff_alpha([["a", "b"]]),
        krippendorff_alpha([]),
        krippendorff_alpha([["a", N], [N, "b"]]),
        krippendorff_alpha([[math.nan, "a"], ["a", math.nan]]),
        cohen_kappa(["a"], ["a"]),
        cohen_kappa([], []),
        cohen_kappa([N], ["a"]),
        scott_pi("aa", "aa"),
        gwet_ac1("aa", "aa"),
        fleiss_kappa([]),
        fleiss_kappa([["a"], ["b"]]),
        fleiss_kappa([["a", "a"], ["a", "a"]]),
        fleiss_kappa([["a", "a"], ["a", N]]),
    ],
)
def test_what_is_undefined_is_none_with_a_reason(found: Coefficient) -> None:
    assert found.value is None
    assert found.interval is None
    assert len(found.reason) > 10
    assert found.to_record()["reason"] == found.reason


def test_full_agreement_is_one_and_full_swap_is_minus_one() -> None:
    assert cohen_kappa("abab", "abab").value == 1
    assert scott_pi("abab", "baba").value == -1
    assert gwet_ac1("abab", "baba").value == -1


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda: krippendorff_alpha([[1, 2], [1]]), "[1, 2] units"),
        (lambda: krippendorff_alpha([["a"], ["b"]], "interval"), "'a' is none"),
        (lambda: krippendorff_alpha([["a"], ["b"]], "ordinal"), "order="),
        (lambda: krippendorff_alpha([["ab"], ["b"]], "masi"), "is a text"),
        (lambda: krippendorff_alpha([[1], [-1]], "ratio"), "begins at 0"),
        (lambda: krippendorff_alpha([[1], [2]], "euclid"), "nominal, ordinal"),  # type: ignore[arg-type]
        (lambda: krippendorff_alpha([["a"], ["b"]], "ordinal", order=["a"]), "'b'"),
        (lambda: cohen_kappa([1], [2], "cubic"), "linear, quadratic"),  # type: ignore[arg-type]
        (lambda: cohen_kappa(["a"], []), "[0, 1] units"),
        (lambda: krippendorff_alpha([[["a"]], [["b"]]]), "see jaccard"),
    ],
)
def test_ratings_that_do_not_fit_are_refused(call: Callable[[], Any], names: str) -> None:
    with pytest.raises(RatingError) as caught:
        call()

    assert names in str(caught.value)


def test_a_declared_order_makes_words_ordinal() -> None:
    order = ["OPPOSE", "NEUTRAL", "SUPPORT"]
    near = [
        ["OPPOSE", "NEUTRAL", "SUPPORT", "SUPPORT"],
        ["OPPOSE", "NEUTRAL", "SUPPORT", "NEUTRAL"],
    ]
    far = [near[0], [*near[1][:3], "OPPOSE"]]

    values = [krippendorff_alpha(x, "ordinal", order=order).value for x in (near, far)]

    assert values[0] > values[1]  # type: ignore[operator]  # both are defined


def test_an_interval_covers_the_value_and_draws_documents() -> None:
    generator = np.random.default_rng(3)
    a = [str(x) for x in generator.integers(3, size=300)]
    b = [x if generator.random() < 0.8 else "0" for x in a]
    documents = [i // 30 for i in range(300)]

    for call in (
        lambda **k: krippendorff_alpha([a, b], **k),
        lambda **k: cohen_kappa(a, b, **k),
        lambda **k: scott_pi(a, b, **k),
        lambda **k: gwet_ac1(a, b, **k),
        lambda **k: fleiss_kappa(list(zip(a, b, strict=True)), **k),
    ):
        found = call(interval=True, documents=documents, seed=5)
        assert found.interval is not None
        assert found.interval[0] < found.value < found.interval[1]  # type: ignore[operator]
        assert found == call(interval=True, documents=documents, seed=5)
        assert call(interval=True, documents=["one"] * 300).interval is None
        assert call().interval is None


def test_a_data_frame_is_annotators_by_units() -> None:
    frame = pd.DataFrame(KRIPPENDORFF_2011, index=list("abcd"))

    assert krippendorff_alpha(frame).value == pytest.approx(0.743, abs=0.0005)  # type: ignore[arg-type]  # duck-typed


def test_an_interval_of_many_units_is_drawn_in_parts() -> None:
    generator = np.random.default_rng(0)
    a = generator.integers(2, size=6000)
    b = np.where(generator.random(6000) < 0.9, a, 1 - a)

    found = krippendorff_alpha([a.tolist(), b.tolist()], interval=True)

    assert found.interval is not None
    low, high = found.interval
    # The standard error of alpha is about twice that of the share of agreement, .9 of 6000.
    assert 0.02 < high - low < 0.04


def test_alpha_of_many_ratings_is_quick_enough_to_use() -> None:
    generator = np.random.default_rng(0)
    ratings = [list(map(float, generator.integers(500, size=20_000))) for _ in range(3)]

    for metric in ("interval", "ordinal", "nominal"):
        assert abs(krippendorff_alpha(ratings, metric).value or 0) < 0.05  # type: ignore[arg-type]
