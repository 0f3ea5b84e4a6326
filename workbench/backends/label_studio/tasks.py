"""The tasks of a server: written in batches while the next is prepared, read a page ahead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic_core import to_json

from workbench.backends.label_studio.wire import ATTEMPTS, Wire, may_pass
from workbench.core.errors import BackendError

BATCH = 500
"""Tasks in one import: the best size measured."""
_LARGEST = 50_000_000
"""Bytes in one import: the server refuses 250 MB and answers 500 to it."""
_KEYS_AT_ONCE = 200
PAGE = 100
T = TypeVar("T")
Task = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A task as the bytes that are sent, with its key."""

    key: str
    body: bytes


def prepare(task: Mapping[str, Any]) -> Prepared:
    """Write a task as JSON, once."""
    return Prepared(str(task["data"]["key"]), to_json(task))


def import_batches(
    wire: Wire, project_id: int, batches: Iterable[Sequence[Prepared]]
) -> Iterator[tuple[dict[str, int], bool]]:
    """Push batches, each while the next is made; yield their task ids by key.

    A batch whose answer is lost is looked for on the server before it is sent again, which the
    second value tells of.
    """
    yield from _run_ahead(lambda batch: _land(wire, project_id, batch), _cut(batches))


def iter_pages(wire: Wire, project_id: int, params: Mapping[str, Any]) -> Iterator[list[Task]]:
    """Yield a project's tasks by id in pages, each read while the one before is worked on.

    Each page asks for the tasks after the last one seen, so that tasks that are added or deleted
    meanwhile neither hide others nor show them twice.
    """

    def read(after: int) -> list[Task]:
        query = _write_query("tasks:id", "greater", "Number", after)
        where = {"project": project_id, "query": query, "page_size": PAGE, **params}
        answer = wire.read("api/tasks/", where, f"read the tasks of project {project_id}")
        tasks: list[Task] = answer.get("tasks") or []
        return sorted(tasks, key=lambda task: int(task["id"]))

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(read, 0)
        while page := coming.result():
            coming = pool.submit(read, int(page[-1]["id"]))
            yield page


def find_tasks(wire: Wire, project_id: int, keys: Iterable[str]) -> dict[str, list[int]]:
    """Return the ids of all tasks that the server has of these keys, oldest first."""
    found: dict[str, list[int]] = {}
    wanted = list(keys)
    for at in range(0, len(wanted), _KEYS_AT_ONCE):
        part = wanted[at : at + _KEYS_AT_ONCE]
        query = _write_query("tasks:data.key", "in_list", "String", part)
        where = {
            "project": project_id,
            "query": query,
            "fields": "task_only",
            "include": "id,data",
            # Twice as many, so that tasks that are there twice are all seen.
            "page_size": 2 * _KEYS_AT_ONCE,
        }
        answer = wire.read("api/tasks/", where, f"look for tasks in project {project_id}")
        for task in sorted(answer.get("tasks") or [], key=lambda task: int(task["id"])):
            found.setdefault(str(task["data"]["key"]), []).append(int(task["id"]))
    return found


def find_newest(wire: Wire, project_id: int, since: str) -> str:
    """Return when a project's task last changed, `since` where none did after it."""
    query: dict[str, Any] = {"ordering": ["-tasks:updated_at"]}
    if since:
        query |= {"filters": _write_filters("tasks:updated_at", "greater", "Datetime", since)}
    where = {
        "project": project_id,
        "query": json.dumps(query),
        "fields": "task_only",
        "include": "id,updated_at",
        "page_size": 1,
    }
    answer = wire.read("api/tasks/", where, f"watch project {project_id}")
    # The one form of a time that the server's own filter reads is the one that it writes.
    return str(answer["tasks"][0]["updated_at"]) if answer.get("tasks") else since


def _write_query(field: str, operator: str, type_: str, value: object) -> str:
    filters = _write_filters(field, operator, type_, value)
    return json.dumps({"filters": filters, "ordering": ["tasks:id"]})


def _write_filters(field: str, operator: str, type_: str, value: object) -> dict[str, Any]:
    item = {"filter": f"filter:{field}", "operator": operator, "type": type_, "value": value}
    return {"conjunction": "and", "items": [item]}


def _cut(batches: Iterable[Sequence[Prepared]]) -> Iterator[Sequence[Prepared]]:
    """Cut batches that would be more bytes than the server takes."""
    for batch in batches:
        part: list[Prepared] = []
        size = 0
        for task in batch:
            if part and (len(part) == BATCH or size + len(task.body) > _LARGEST):
                yield part
                part, size = [], 0
            part.append(task)
            size += len(task.body)
        if part:
            yield part


def _run_ahead(work: Callable[[T], Any], items: Iterable[T]) -> Iterator[Any]:
    """Work on each item in a thread while the next one is made, and yield the results in order.

    The next item waits at the thread before a result is yielded, so that what is done with the
    result holds up nothing. After a failure, or once nobody asks for more, no item is begun.
    """
    is_over = False

    def begin(item: T) -> Any:
        nonlocal is_over
        if is_over:
            return None
        try:
            return work(item)
        except BaseException:
            is_over = True
            raise

    with ThreadPoolExecutor(1) as pool:
        running: Future[Any] | None = None
        try:
            for item in items:
                following = pool.submit(begin, item)
                if running is not None:
                    yield running.result()
                running = following
            if running is not None:
                yield running.result()
        finally:
            is_over = True


def _land(wire: Wire, project_id: int, batch: Sequence[Prepared]) -> tuple[dict[str, int], bool]:
    """Import a batch and tell whether it took more than one attempt."""
    landed: dict[str, int] = {}
    for attempt in range(1, ATTEMPTS + 1):
        try:
            landed |= _import(wire, project_id, [t for t in batch if t.key not in landed])
            return landed, attempt > 1
        except BackendError as error:
            if attempt == ATTEMPTS or not may_pass(error):
                raise
            wire.wait(error, attempt)
            there = find_tasks(wire, project_id, [task.key for task in batch])
            landed = {key: ids[0] for key, ids in there.items()}
            if len(landed) == len(batch):
                break
    return landed, True


def _import(wire: Wire, project_id: int, batch: Sequence[Prepared]) -> dict[str, int]:
    body = b"[" + b",".join(task.body for task in batch) + b"]"
    doing = f"push {len(batch)} tasks into project {project_id}"
    params = {"return_task_ids": "true"}
    answer = wire.write(f"api/projects/{project_id}/import", body, doing, params)
    ids = answer.get("task_ids") or []
    if len(ids) != len(batch):
        raise BackendError(
            f"{doing}: the server took {len(ids)} of them; run the push again, what has landed is "
            "not pushed twice"
        )
    return {task.key: int(id_) for task, id_ in zip(batch, ids, strict=True)}
