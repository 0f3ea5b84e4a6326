"""The task ledger: the intent before a push, the confirmation after, and what was shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workbench.store.journal import append, dump
from workbench.store.schema import assignments, suggestions, tasks


@dataclass(frozen=True, slots=True)
class PushedTask:
    """A task's row in the ledger; `task_id` is None until the server confirmed it."""

    key: str
    project_id: int
    suggestion_set: str
    task_id: int | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a task shows: the prediction's sequence number, and what its regions stand for."""

    suggestion_set: str
    key: str
    layer_seq: int
    notes: Mapping[str, Any]


def intend_tasks(
    connection: Connection, keys: Iterable[str], project_id: int, suggestion_set: str, *, at: str
) -> None:
    """Record that tasks are about to be pushed; an intent that stands is left as it is."""
    keys = list(keys)
    known = set(connection.execute(select(tasks.c.key).where(tasks.c.key.in_(keys))).scalars())
    for key in keys:
        if key not in known:
            connection.execute(
                insert(tasks).values(
                    seq=append(connection, "task", at=at),
                    key=key,
                    project_id=project_id,
                    suggestion_set=suggestion_set,
                )
            )


def confirm_tasks(connection: Connection, task_ids: Mapping[str, int]) -> None:
    """Record the ids that the server gave to tasks."""
    for key, task_id in task_ids.items():
        connection.execute(update(tasks).where(tasks.c.key == key).values(task_id=task_id))


def set_suggestion_set(connection: Connection, keys: Iterable[str], suggestion_set: str) -> None:
    """Record which suggestion set tasks show from now on."""
    statement = update(tasks).where(tasks.c.key.in_(list(keys)))
    connection.execute(statement.values(suggestion_set=suggestion_set))


def find_tasks(connection: Connection, round_name: str) -> list[PushedTask]:
    """Return the ledger's rows of a round."""
    query = (
        select(tasks.c.key, tasks.c.project_id, tasks.c.suggestion_set, tasks.c.task_id)
        .join(assignments, assignments.c.key == tasks.c.key)
        .where(assignments.c.round == round_name)
        .order_by(tasks.c.seq)
    )
    return [PushedTask(*row) for row in connection.execute(query)]


def add_suggestions(connection: Connection, rows: Iterable[Suggestion], *, at: str) -> None:
    """Record what tasks show in a suggestion set; a row that stands is left as it is."""
    for row in rows:
        if get_suggestion(connection, row.suggestion_set, row.key) is None:
            connection.execute(
                insert(suggestions).values(
                    seq=append(connection, "suggestion", at=at),
                    suggestion_set=row.suggestion_set,
                    key=row.key,
                    layer_seq=row.layer_seq,
                    notes=dump(row.notes),
                )
            )


def get_suggestion(connection: Connection, suggestion_set: str, key: str) -> Suggestion | None:
    """Return what a task shows in a suggestion set, None where it shows nothing."""
    query = select(suggestions.c.layer_seq, suggestions.c.notes).where(
        suggestions.c.suggestion_set == suggestion_set, suggestions.c.key == key
    )
    row = connection.execute(query).first()
    return None if row is None else Suggestion(suggestion_set, key, row[0], json.loads(row[1]))
