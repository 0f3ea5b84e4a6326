"""The task ledger: the intent before a push, the confirmation after, and what was shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from workbench.adapters.records import read_layer
from workbench.core.layer import Layer
from workbench.store.journal import append_many, chunk, dump
from workbench.store.schema import assignments, layers, suggestions, tasks


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
    for part in chunk(dict.fromkeys(keys)):
        query = select(tasks.c.key).where(tasks.c.key.in_(part))
        known = set(connection.execute(query).scalars())
        new = [key for key in part if key not in known]
        seqs = append_many(connection, "task", len(new), at=at)
        shared = {"project_id": project_id, "suggestion_set": suggestion_set}
        values = [{"seq": seq, "key": key, **shared} for seq, key in zip(seqs, new, strict=True)]
        if values:
            connection.execute(insert(tasks), values)


def confirm_tasks(connection: Connection, task_ids: Mapping[str, int]) -> None:
    """Record the ids that the server gave to tasks."""
    rows = [{"of": key, "id": task_id} for key, task_id in task_ids.items()]
    if rows:
        statement = update(tasks).where(tasks.c.key == bindparam("of"))
        connection.execute(statement.values(task_id=bindparam("id")), rows)


def set_suggestion_set(connection: Connection, keys: Iterable[str], suggestion_set: str) -> None:
    """Record which suggestion set tasks show from now on."""
    for part in chunk(keys):
        statement = update(tasks).where(tasks.c.key.in_(part))
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
    for part in chunk(rows):
        query = select(suggestions.c.suggestion_set, suggestions.c.key)
        query = query.where(suggestions.c.key.in_([row.key for row in part]))
        known = {tuple(row) for row in connection.execute(query)}
        once = {(row.suggestion_set, row.key): row for row in reversed(part)}
        new = [row for place, row in once.items() if place not in known]
        seqs = append_many(connection, "suggestion", len(new), at=at)
        values = [
            {**asdict(row), "seq": seq, "notes": dump(row.notes)}
            for seq, row in zip(seqs, new, strict=True)
        ]
        if values:
            connection.execute(insert(suggestions), values)


def get_suggestion(connection: Connection, suggestion_set: str, key: str) -> Suggestion | None:
    """Return what a task shows in a suggestion set, None where it shows nothing."""
    return find_suggestions(connection, [key]).get((suggestion_set, key))


def find_suggestions(
    connection: Connection, keys: Iterable[str]
) -> dict[tuple[str, str], Suggestion]:
    """Return what tasks show, by suggestion set and key."""
    columns = (getattr(suggestions.c, name) for name in Suggestion.__slots__)
    query = select(*columns)
    found: dict[tuple[str, str], Suggestion] = {}
    for part in chunk(keys):
        for set_, key, seq, notes in connection.execute(query.where(suggestions.c.key.in_(part))):
            found[set_, key] = Suggestion(set_, key, seq, json.loads(notes))
    return found


def find_shown(connection: Connection, round_name: str) -> list[Layer]:
    """Return every prediction that a round's tasks have shown, in the order they were stored."""
    query = (
        select(layers.c.record)
        .where(
            layers.c.seq.in_(
                select(suggestions.c.layer_seq)
                .join(assignments, assignments.c.key == suggestions.c.key)
                .where(assignments.c.round == round_name)
            )
        )
        .order_by(layers.c.seq)
    )
    return [read_layer(json.loads(record)) for record in connection.execute(query).scalars()]
