from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import RoundError
from workbench.core.round import Round
from workbench.rounds.plan import Planned, make_plan


def make_round(**values: object) -> Round:
    settings = {"annotators": ("ana", "ben", "cleo"), "overlap": 2.0, "blind": 0.0, "seed": 7}
    return Round("r", "s", "g", ("PERSON",), **{**settings, **values})  # type: ignore[arg-type]


def passages(n: int, test: int = 0) -> list[Planned]:
    return [Planned(f"a{i}", f"{i:064x}", (0, 10), i < test) for i in range(n)]


@given(st.integers(0, 30), st.floats(1, 3), st.floats(0, 1), st.integers(0, 99))
def test_a_plan_is_balanced_seeded_and_keyed_once(
    n: int, overlap: float, blind: float, seed: int
) -> None:
    rnd = make_round(overlap=overlap, blind=blind, seed=seed)

    plan = make_plan(rnd, passages(n))

    assert plan == make_plan(rnd, passages(n))
    assert len({row.key for row in plan}) == len(plan)
    load = Counter(row.annotator for row in plan)
    assert max(load.values(), default=0) - min((load[a] for a in rnd.annotators), default=0) <= 1
    per_passage = Counter(row.article_id for row in plan)
    assert all(int(overlap) <= count <= int(overlap) + 1 for count in per_passage.values())


def test_fractional_overlap_gives_that_share_a_second_annotator() -> None:
    plan = make_plan(make_round(overlap=1.3), passages(400))

    assert 0.25 < len(plan) / 400 - 1 < 0.35


def test_test_articles_are_always_blind() -> None:
    plan = make_plan(make_round(), passages(10, test=4))

    assert {row.article_id for row in plan if row.arm == "blind"} == {"a0", "a1", "a2", "a3"}


def test_more_articles_only_add_rows() -> None:
    rnd = make_round(blind=0.5)
    first = make_plan(rnd, passages(6))

    added = make_plan(rnd, passages(9), first)

    assert {row.article_id for row in added} == {"a6", "a7", "a8"}


def test_a_pool_has_one_row_a_passage_and_nobody_named() -> None:
    plan = make_plan(make_round(annotators=(), overlap=2), passages(3))

    assert [row.annotator for row in plan] == ["", "", ""]


def test_an_impossible_round_is_told_everything_at_once() -> None:
    with pytest.raises(RoundError, match=r"overlap is 4.*blind share is 2"):
        make_plan(make_round(overlap=4, blind=2), passages(1))
