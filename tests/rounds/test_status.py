from __future__ import annotations

from typing import Any

from workbench.rounds.status import PersonStatus, ProjectStatus, RoundStatus
from workbench.rounds.tally import LONGEST, Tally, find_median


def task(article: str, *annotations: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"article_id": article}, "annotations": list(annotations)}


def work(who: int, seconds: float | None = 10.0, **values: Any) -> dict[str, Any]:
    return {"completed_by": who, "lead_time": seconds, "result": [], **values}


DOUBT = {"result": [{"from_name": "doubt"}]}


def make_tally(enough: int, *tasks: dict[str, Any]) -> Tally:
    tally = Tally(enough, {"a", "b", "c"})
    for one in tasks:
        tally.take(one)
    return tally


def test_what_became_of_tasks_is_counted_once_each() -> None:
    tally = make_tally(
        1,
        task("a", work(1, **DOUBT)),
        task("b", work(1, was_cancelled=True)),
        task("c"),
        task("gone", work(1)),
    )

    assert (tally.tasks, tally.done, tally.skipped, tally.doubtful) == (3, 1, 1, 1)
    assert (tally.only_skipped, tally.withdrawn) == (1, 1)
    assert dict(tally.people[1]) == {"done": 1, "skipped": 1, "doubtful": 1}


def test_a_pool_needs_enough_people_and_counts_each() -> None:
    tally = make_tally(
        2,
        task("a", work(1), work({"id": 2, "email": "x"}, 20)),
        task("b", work(1), work(2, was_cancelled=True)),
    )

    assert (tally.done, tally.skipped, tally.only_skipped) == (1, 1, 0)
    assert tally.people[2] == {"done": 1, "skipped": 1, "doubtful": 0}
    assert tally.list_times() == [15, 10]
    assert tally.list_times(2) == [20]


def test_an_articles_time_is_that_of_all_its_passages_once_all_are_done() -> None:
    tally = make_tally(1, task("a", work(1, 30)), task("a", work(1, 40)), task("b", work(1, 5)))
    tally.take(task("b"))

    assert tally.list_times() == [70]
    assert find_median(tally.list_times()) == 70
    assert find_median([]) is None


def test_a_page_that_was_left_open_is_capped_and_no_time_is_none() -> None:
    tally = make_tally(1, task("a", work(1, 10 * LONGEST)), task("b", work(1, None)))

    assert tally.list_times() == [LONGEST, 0]


def test_the_total_has_a_time_too() -> None:
    rows = [ProjectStatus(n, "u", name, 2, 1, 0, 0, 1, n) for n, name in ((10, "ana"), (20, "ben"))]
    named = RoundStatus("r", tuple(rows), seconds=15)
    pool = RoundStatus(
        "r",
        (ProjectStatus(1, "u", None, 4, 1, 0, 0, 3, 9),),
        (PersonStatus("ana", 1, 0, 0, 9),),
        seconds=9,
    )

    assert named.list_rows()[-1] == ("all", 4, 2, 0, 0, 2, 15)
    assert RoundStatus("r", (rows[0],)).list_rows() == [("ana", 2, 1, 0, 0, 1, 10)]
    assert pool.list_rows() == [
        ("ana", None, 1, 0, 0, None, 9),
        ("all", 4, 1, 0, 0, 3, 9),
    ]
    assert RoundStatus("r", pool.projects).list_rows() == [("pool", 4, 1, 0, 0, 3, None)]
    assert list(pool.to_frame()["annotator"]) == ["ana", "all"]
