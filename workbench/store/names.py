"""Things kept under a name, queues and models: the latest of a name counts, earlier ones stay."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from workbench.core.errors import StoreError
from workbench.store.journal import append, dump
from workbench.store.schema import models, queues


def add_queue(connection: Connection, name: str, record: dict[str, Any], *, at: str) -> None:
    """Keep a queue of articles under a name."""
    _add(connection, queues, name, record, at)


def get_queue(connection: Connection, name: str) -> dict[str, Any]:
    """Return the queue of that name; raises StoreError that lists those there are."""
    return _get(connection, queues, "queue", name)


CURRENT = "current"
"""The name under which the promoted model is recorded, each promotion anew."""


def find_model_record(connection: Connection, name: str) -> dict[str, Any] | None:
    """Return the latest record of the model of that name, None where there is none."""
    query = select(models.c.record).where(models.c.name == name).order_by(models.c.seq.desc())
    record = connection.execute(query).scalars().first()
    return None if record is None else dict(json.loads(record))


def add_model(connection: Connection, name: str, record: dict[str, Any], *, at: str) -> None:
    """Record a trained model: where it lies, what it was made of, how good it is."""
    _add(connection, models, name, record, at)


def get_model(connection: Connection, name: str) -> dict[str, Any]:
    """Return the record of the model of that name; raises StoreError that lists those there are."""
    return _get(connection, models, "model", name)


def list_model_names(connection: Connection) -> list[str]:
    """Return the names of the models, in the order in which they were first recorded."""
    query = select(models.c.name).order_by(models.c.seq)
    return list(dict.fromkeys(connection.execute(query).scalars()))


def _add(connection: Connection, table: Table, name: str, record: dict[str, Any], at: str) -> None:
    seq = append(connection, table.name[:-1], at=at)
    connection.execute(insert(table).values(seq=seq, name=name, record=dump(record)))


def _get(connection: Connection, table: Table, what: str, name: str) -> dict[str, Any]:
    query = select(table.c.record).where(table.c.name == name).order_by(table.c.seq.desc())
    record = connection.execute(query).scalars().first()
    if record is None:
        known = sorted(set(connection.execute(select(table.c.name)).scalars()))
        raise StoreError(f"no {what} is named {name!r}; there are: {', '.join(known) or 'none'}")
    found: dict[str, Any] = json.loads(record)
    return found
