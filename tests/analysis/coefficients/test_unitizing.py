"""Alpha for unitizing, old and new: published values, definitions worked out, what has no value."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis import alpha_u, cu_alpha, ku_alpha, u_alpha
from workbench.analysis.coefficients.continua import keep_outermost
from workbench.analysis.coefficients.unitizing import _differ
from workbench.core.errors import RatingError
from workbench.core.span import Span

# Krippendorff, Content Analysis: An Introduction to Its Methodology (2004), page 254: two
# observers on a continuum from 150 to 450, here moved to 0.
KRIPPENDORFF_2004 = {
    "i": [(75, 145, "c"), (220, 250, "c"), (30, 90, "k"), (150, 200, "k")],
    "j": [(70, 150, "c"), (205, 225, "c"), (250, 270, "c"), (30, 90, "k"), (150, 200, "k")],
}


def test_alpha_u_equals_krippendorff_2004() -> None:
    found = alpha_u(KRIPPENDORFF_2004, 300)

    assert found.value == pytest.approx(0.8591, abs=0.0005)
    assert found.details["labels"]["c"] == pytest.approx(0.7286, abs=0.0001)
    assert found.details["labels"]["k"] == 1
    assert found.n == 9


@pytest.mark.parametrize(
    ("unit", "other", "published"),
    [
        # Krippendorff 2004, page 252: how far a unit of 6 from 5 on is from another; beside a
        # gap it counts with the square of its length.
        ((5, 11), (4, 6), 26),
        ((5, 11), (5, 7), 16),
        ((5, 11), (6, 8), 10),
        ((5, 11), (7, 9), 8),
        ((5, 11), (6, 10), 2),
        ((5, 11), (5, 11), 0),
        ((5, 11), (2, 4), 40),
        # page 254
        ((225, 295), (220, 300), 50),
        ((370, 400), (355, 375), 850),
    ],
)
def test_differences_equal_krippendorff_2004(
    unit: tuple[int, int], other: tuple[int, int], published: int
) -> None:
    assert _differ([unit], [other], 500) == published


# Krippendorff, On the reliability of unitizing contiguous data, Sociological Methodology 25
# (1995), page 57, panel C (Gerret and Gill), on a continuum of 24.
PANEL_C = {
    "Gerret": [(2, 8), (10, 12), (14, 18), (20, 22)],
    "Gill": [(0, 2), (4, 8), (10, 14), (16, 18), (20, 22)],
}


@pytest.mark.parametrize(
    ("length", "published"), [(12, 0.494), (120, 0.663), (1200, 0.677), (12000, 0.678)]
)
def test_alpha_u_equals_krippendorff_1995_at_every_resolution(
    length: int, published: float
) -> None:
    # The formula of 2004 mends a sign of 1995, hence the tolerance.
    factor = length / 24
    units = {
        name: [(int(s * factor), int(e * factor), "C") for s, e in each]
        for name, each in PANEL_C.items()
    }

    assert alpha_u(units, length).value == pytest.approx(published, abs=0.02)


LENGTH = 30


@st.composite
def continua(draw: st.DrawFn, labels: str = "xyz") -> dict[str, list[tuple[int, int, str]]]:
    """Draw two to four annotators' units, none of which overlap in one annotator."""
    found = {}
    for name in "abcd"[: draw(st.integers(2, 4))]:
        cuts = sorted(draw(st.sets(st.integers(0, LENGTH), max_size=8)))
        pairs = pairwise(cuts)
        found[name] = [
            (start, end, draw(st.sampled_from(labels)))
            for start, end in pairs
            if draw(st.booleans())
        ]
    return found


def color(units: list[tuple[int, int, str]]) -> list[tuple[str, int]]:
    """Say for each code point its label, and which unit it is part of."""
    points = [("", -1)] * LENGTH
    for number, (start, end, label) in enumerate(units):
        points[start:end] = [(label, number)] * (end - start)
    return points


def work_out(units: dict[str, list[tuple[int, int, str]]]) -> dict[str, Any]:
    """Work the family out from its definition, code point by code point."""
    rows = [color(each) for each in units.values()]
    m = len(rows)
    met: Counter[tuple[str, str]] = Counter()
    own: Counter[str] = Counter()
    common: Counter[str] = Counter()
    for a, b in permutations(rows, 2):
        met.update((x[0], y[0]) for x, y in zip(a, b, strict=True))
        reached = Counter(x for x, y in zip(a, b, strict=True) if x[0] and y[0])
        for (label, _), size in reached.items():
            common[label] += size**2
    for row in rows:
        for (label, _), size in Counter(row).items():
            own[label] += size**2 if label else size
    labels = sorted({label for label, _ in met})
    real = [label for label in labels if label]
    o = {(c, k): met[c, k] / (m - 1) for c in labels for k in labels}
    n = {c: sum(o[c, k] for k in labels) for c in labels}
    total = m * LENGTH
    e = {
        (c, k): total * (n[c] * n[k] - (c == k) * own[c]) / (total**2 - sum(own.values()))
        for c in labels
        for k in labels
    }
    found: dict[str, Any] = {
        "u": divide(total - sum(o[c, c] for c in labels), total - sum(e[c, c] for c in labels)),
        "|u": divide(
            sum(o["", c] for c in real) if "" in n else 0,
            sum(e["", c] for c in real) if "" in n else 0,
        ),
    }
    there = {c: sum(o[c, k] for k in real) for c in real}
    size = sum(there.values())
    found["coverage"] = size / total
    if not size:
        return {**found, "cu": None, "ku": dict.fromkeys(real)}
    scale = size - sum(common.values()) / (m - 1) / size
    if scale < 1e-7:  # one unit meets one unit, and chance has nothing to pair
        return {**found, "cu": None, "ku": dict.fromkeys(real)}
    star = {
        (c, k): (there[c] * there[k] - (c == k) * common[c] / (m - 1)) / scale
        for c in real
        for k in real
    }
    found["cu"] = divide(size - sum(o[c, c] for c in real), size - sum(star[c, c] for c in real))
    found["ku"] = {}
    for k in real:
        chance = sum(star[c, k] for c in real)
        by_chance = chance - star[k, k]
        found["ku"][k] = (
            divide((there[k] - o[k, k]) / there[k], by_chance / chance)
            if there[k] and chance > 1e-7  # else chance would need a unit to meet itself
            else None
        )
    return found


def divide(observed: float, expected: float) -> float | None:
    return 1 - observed / expected if expected > 1e-7 else None


def assert_same(found: float | None, expected: float | None) -> None:
    if expected is None:
        assert found is None
    else:
        assert found == pytest.approx(expected, abs=1e-6)


@given(continua())
def test_the_family_equals_its_definition(units: dict[str, list[tuple[int, int, str]]]) -> None:
    # Krippendorff, Mathet, Bouvry and Widlöcher, On the reliability of unitizing textual continua:
    # further developments, Quality & Quantity 50 (2016), equations 1, 4, 5, 6, 10, 11 and 13b.
    expected = work_out(units) if any(units.values()) else None
    if expected is None:
        assert u_alpha(units, LENGTH).value is None
        return

    assert_same(u_alpha(units, LENGTH).value, expected["u"])
    assert_same(u_alpha(units, LENGTH, binary=True).value, expected["|u"])
    assert_same(cu_alpha(units, LENGTH).value, expected["cu"])
    assert cu_alpha(units, LENGTH).details["coverage"] == pytest.approx(expected["coverage"])
    by_label = ku_alpha(units, LENGTH)
    assert sorted(by_label) == sorted(expected["ku"])
    for label, value in expected["ku"].items():
        assert_same(by_label[label].value, value)


def sections(units: list[tuple[int, int, str]], label: str) -> list[tuple[int, int, bool]]:
    """Cut an annotator's continuum into units of a label and the gaps around them."""
    marked = sorted((s, e) for s, e, name in units if name == label)
    cut, reached = [], 0
    for start, end in marked:
        if start > reached:
            cut.append((reached, start - reached, False))
        cut.append((start, end - start, True))
        reached = end
    if reached < LENGTH:
        cut.append((reached, LENGTH - reached, False))
    return cut


def work_out_2004(units: dict[str, list[tuple[int, int, str]]]) -> float | None:
    """Work alpha for unitizing out section by section, as Krippendorff 2004 writes it."""
    m = len(units)
    observed = expected = 0.0
    for label in {unit[2] for each in units.values() for unit in each}:
        rows = [sections(each, label) for each in units.values()]
        for a, b in permutations(rows, 2):
            for start, long, is_unit in a:
                for other, size, other_is_unit in b:
                    off = start - other
                    if is_unit and other_is_unit and -long < off < size:
                        observed += off**2 + (off + long - size) ** 2
                    elif is_unit and not other_is_unit and size - long >= off >= 0:
                        observed += long**2
                    elif not is_unit and other_is_unit and long - size >= -off >= 0:
                        observed += size**2
        every = [section for row in rows for section in row]
        n = sum(is_unit for *_, is_unit in every)
        total = 0.0
        for _, long, is_unit in every:
            if is_unit:
                total += (n - 1) / 3 * (2 * long**3 - 3 * long**2 + long)
                room = sum(s - long + 1 for _, s, u in every if not u and s >= long)
                total += long**2 * room
        within = sum(long * (long - 1) for _, long, is_unit in every if is_unit)
        expected += 2 / LENGTH * total / (m * LENGTH * (m * LENGTH - 1) - within)
    observed /= m * (m - 1) * LENGTH**2
    return 1 - observed / expected if expected > 0 else None


@given(continua("xy"))
def test_alpha_u_equals_its_definition(units: dict[str, list[tuple[int, int, str]]]) -> None:
    found = alpha_u(units, LENGTH)
    if not any(units.values()):
        assert found.value is None
        return
    assert_same(found.value, work_out_2004(units))


def test_what_is_undefined_is_none_with_a_reason() -> None:
    nothing: dict[str, list[Any]] = {"a": [], "b": []}
    alone = {"a": [(0, 3, "x")]}
    overlapping = {"a": [(0, 5, "x"), (3, 8, "x")], "b": [(0, 5, "x")]}
    apart = {"a": [(0, 3, "x")], "b": [(10, 13, "y")]}
    whole = {"a": [(0, LENGTH, "x")], "b": [(0, LENGTH, "x")]}

    for units in (nothing, alone, overlapping):
        for call in (alpha_u, u_alpha, cu_alpha):
            found = call(units, LENGTH)
            assert found.value is None
            assert len(found.reason) > 10
    assert "a at 3..8" in u_alpha(overlapping, LENGTH).reason
    assert cu_alpha(apart, LENGTH).value is None
    assert cu_alpha(apart, LENGTH).details["coverage"] == 0
    assert "overlap" in cu_alpha(apart, LENGTH).reason
    assert all(found.value is None for found in ku_alpha(apart, LENGTH).values())
    assert u_alpha(whole, LENGTH, binary=True).value is None


def test_labels_may_nest_in_the_old_alpha_and_the_outermost_is_kept_for_the_new() -> None:
    nested = {"a": [(0, 10, "x"), (2, 5, "y")], "b": [(0, 10, "x"), (2, 5, "y")]}

    assert alpha_u(nested, LENGTH).value == 1
    assert u_alpha(nested, LENGTH).value is None
    assert keep_outermost(nested["a"]) == ((0, 10, "x"),)
    assert keep_outermost([(0, 3, "x"), (0, 8, "y"), (8, 9, "x")]) == ((0, 8, "y"), (8, 9, "x"))


def test_units_may_be_spans_and_must_fit() -> None:
    spans = {"a": [Span(0, 5, "x")], "b": [Span(0, 5, "x")]}

    assert alpha_u(spans, LENGTH).value == 1
    with pytest.raises(RatingError) as caught:
        alpha_u({"a": [(5, 5, "x"), (0, 31, "x")]}, LENGTH)
    assert "5..5" in str(caught.value)
    assert "0..31" in str(caught.value)
    with pytest.raises(RatingError):
        alpha_u([spans, spans], [LENGTH])
    with pytest.raises(RatingError):
        alpha_u({"a": [(0, 3)]}, LENGTH)


@given(st.lists(continua(), min_size=2, max_size=4))
def test_many_documents_are_one_continuum_without_links(documents: list[Any]) -> None:
    """Sums over documents are what one long continuum without gaps at its seams would have."""
    found = u_alpha(documents, [LENGTH] * len(documents), interval=True)
    again = u_alpha(documents[::-1], [LENGTH] * len(documents))

    assert_same(again.value, found.value)
    if found.value is not None and found.interval is not None:
        assert found.interval[0] <= found.interval[1]
    same = u_alpha([documents[0]] * 3, [LENGTH] * 3, interval=True)
    if same.value is not None and same.interval is not None:
        assert same.interval[1] - same.interval[0] == pytest.approx(0, abs=1e-9)


def test_intervals_are_drawn_from_documents() -> None:
    good = {"a": [(0, 5, "x"), (10, 20, "y")], "b": [(0, 5, "x"), (10, 20, "y")]}
    bad = {"a": [(0, 5, "x"), (10, 20, "y")], "b": [(2, 8, "y"), (12, 25, "x")]}
    documents = [good] * 15 + [bad] * 5
    for call in (alpha_u, u_alpha, cu_alpha):
        found = call(documents, [LENGTH] * 20, interval=True)
        assert found.interval is not None
        assert found.interval[0] < found.value < found.interval[1]  # type: ignore[operator]
    labels = ku_alpha(documents, [LENGTH] * 20, interval=True)
    assert all(found.interval is not None for found in labels.values())
