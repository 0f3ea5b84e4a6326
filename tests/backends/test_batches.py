"""Batches that are sent while the next ones are made."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest

from workbench.backends.label_studio.tasks import _run_ahead
from workbench.core.errors import BackendError


def test_the_next_is_worked_on_while_a_result_is_used() -> None:
    begun = {n: Event() for n in range(3)}

    def work(n: int) -> int:
        begun[n].set()
        return n

    for n in _run_ahead(work, range(3)):
        assert n == 2 or begun[n + 1].wait(10)


def test_after_a_failure_no_batch_is_begun() -> None:
    begun: list[int] = []

    def work(n: int) -> int:
        begun.append(n)
        raise BackendError("away")

    with pytest.raises(BackendError, match="away"):
        list(_run_ahead(work, range(5)))

    assert begun == [0]


def test_whoever_stops_asking_ends_the_work() -> None:
    release, begun = Event(), []

    def make() -> Iterator[int]:
        yield from range(5)

    def work(n: int) -> int:
        begun.append(n)
        assert n == 0 or release.wait(10)
        return n

    results = _run_ahead(work, make())
    assert next(results) == 0
    release.set()
    results.close()  # type: ignore[attr-defined]  # a generator behind an iterator's type

    assert len(begun) <= 2
