from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import RoundError
from workbench.core.round import Assignment, Round
from workbench.rounds.plan import Planned, find_share, make_plan, plan_joiner


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


def test_a_joiner_gets_passages_that_fewest_have_and_no_row_changes() -> None:
    rnd = make_round(annotators=("ana", "ben"), overlap=1.5)
    before = make_plan(rnd, passages(20, test=3))
    tests = {"a0", "a1", "a2"}

    added = plan_joiner(rnd, before, "dan", find_share(before), tests=tests)

    share = find_share(before)
    assert len(added) == share == round(len(before) / 2)
    assert added == plan_joiner(rnd, before, "dan", share, tests=tests)
    people = Counter(row.article_id for row in before)
    alone = {article_id for article_id, count in people.items() if count == 1}
    assert {row.article_id for row in added[: len(alone)]} == alone
    assert [row.position for row in added] == list(range(share))
    assert all(row.arm == "blind" for row in added if row.article_id in tests)
    assert len({row.article_id for row in plan_joiner(rnd, before, "eve", 99, tests=tests)}) == 20


@given(st.data())
def test_whatever_happens_to_a_round_no_passage_is_shown_to_anybody_in_two_arms(
    data: st.DataObject,
) -> None:
    """Articles come, people join, work is given on, steps are repeated: arms stay as drawn."""
    rnd = make_round(
        blind=data.draw(st.floats(0, 1)), overlap=data.draw(st.sampled_from([1, 1.5, 2.0]))
    )
    tests = {"a0", "a3", "a7"}
    known: list[Planned] = []
    plan: list[Assignment] = []
    for step in data.draw(
        st.lists(st.sampled_from(["articles", "join", "reissue", "again"]), max_size=8)
    ):
        before = list(plan)
        if step == "articles":
            new = [
                Planned(f"a{n}", f"{n:064x}", (0, 10), f"a{n}" in tests)
                for n in range(len(known), len(known) + data.draw(st.integers(1, 4)))
            ]
            known += new
            plan += make_plan(rnd, known, plan)
        elif step == "join":
            name = data.draw(st.sampled_from(["dan", "eve"]))
            plan += plan_joiner(rnd, plan, name, data.draw(st.integers(0, 5)), tests=tests)
            rnd = replace(rnd, annotators=tuple(dict.fromkeys((*rnd.annotators, name))))
        elif step == "reissue" and plan:
            giver, taker = data.draw(st.permutations([*rnd.annotators, "zoe"]))[:2]
            has = {row.text_sha256 for row in plan if row.annotator == taker}
            theirs = [row for row in plan if row.annotator == giver]
            plan += [replace(r, annotator=taker) for r in theirs if r.text_sha256 not in has]
        else:
            assert make_plan(rnd, known, plan) == []

        assert plan[: len(before)] == before
    places = Counter((row.text_sha256, row.start, row.annotator) for row in plan)
    assert set(places.values()) <= {1}
    assert len({row.key for row in plan}) == len(plan)
    assert all(row.arm == "blind" for row in plan if row.article_id in tests)


def test_the_blind_share_is_kept_and_falls_apart_for_each_person() -> None:
    rnd = make_round(blind=0.25, overlap=3)
    plan = make_plan(rnd, passages(400))

    for name in rnd.annotators:
        arms = Counter(row.arm for row in plan if row.annotator == name)
        assert 0.18 < arms["blind"] / 400 < 0.32
    by_passage: dict[str, set[str]] = {}
    for row in plan:
        by_passage.setdefault(row.article_id, set()).add(row.arm)
    assert sum(len(arms) == 2 for arms in by_passage.values()) > 100


def test_an_unknown_unit_or_an_empty_window_is_told() -> None:
    with pytest.raises(RoundError, match=r"unit 'page' is none of.*a window has 0 sentences"):
        make_plan(make_round(unit="page", window=0), passages(1))
