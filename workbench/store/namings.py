"""Namings: decisions about names, append-only; one that was undone does not count."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from workbench.core.errors import StoreError
from workbench.core.naming import Naming
from workbench.store.journal import append, dump
from workbench.store.schema import namings


def add_naming(connection: Connection, naming: Naming, *, at: str) -> int:
    """Store a decision about names and return its sequence number."""
    return _add(connection, naming.id, dump(asdict(naming)), at)


def undo_naming(connection: Connection, naming_id: str, *, at: str) -> None:
    """Take a decision back; it stays in the store. Raises StoreError where none stands."""
    standing = {naming.id for naming in find_namings(connection)}
    if naming_id not in standing:
        raise StoreError(
            f"no naming {naming_id!r} stands; there are: {', '.join(sorted(standing)) or 'none'}"
        )
    _add(connection, naming_id, "", at)


def find_namings(connection: Connection, *, upto: int | None = None) -> list[Naming]:
    """Return the decisions that stand, oldest first, as of a sequence number."""
    query = select(namings.c.naming, namings.c.record).order_by(namings.c.seq)
    if upto is not None:
        query = query.where(namings.c.seq <= upto)
    standing: dict[str, str] = {}
    for naming_id, record in connection.execute(query):
        standing.pop(naming_id, None)
        if record:
            standing[naming_id] = record
    return [_read(record) for record in standing.values()]


def _add(connection: Connection, naming_id: str, record: str, at: str) -> int:
    seq = append(connection, "naming", at=at)
    connection.execute(insert(namings).values(seq=seq, naming=naming_id, record=record))
    return seq


def _read(record: str) -> Naming:
    form = json.loads(record)
    return Naming(
        form["action"],
        tuple(form["names"]),
        form["into"],
        tuple(form["articles"]),
        form["author"],
        form["reason"],
    )
