"""Quarantine: what could not be taken in, kept with the reason until somebody looks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from workbench.core.errors import StoreError
from workbench.core.identity import digest
from workbench.store.journal import append, dump
from workbench.store.schema import quarantine, releasings


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An entry: where it came from, why it was not taken in, and all of it."""

    id: str
    source: str
    reason: str
    payload: Any
    is_open: bool


def add_quarantine(
    connection: Connection, payload: Any, *, reason: str, source: str, at: str
) -> str:
    """Keep what can't be taken in and return its id; the same from the same source is kept once."""
    entry_id = f"quarantine:{digest(source, reason, payload)}"
    known = select(quarantine.c.seq).where(quarantine.c.id == entry_id)
    if connection.execute(known).first() is None:
        connection.execute(
            insert(quarantine).values(
                seq=append(connection, "quarantine", at=at),
                id=entry_id,
                source=source,
                reason=reason,
                payload=dump(payload),
            )
        )
    return entry_id


def list_quarantine(
    connection: Connection,
    state: Literal["open", "closed", "all"] = "open",
    *,
    upto: int | None = None,
) -> list[Quarantined]:
    """Return the entries, oldest first, as of a sequence number."""
    closings = select(releasings.c.id)
    query = select(quarantine).order_by(quarantine.c.seq)
    if upto is not None:
        closings = closings.where(releasings.c.seq <= upto)
        query = query.where(quarantine.c.seq <= upto)
    closed = set(connection.execute(closings).scalars())
    entries = [
        Quarantined(row.id, row.source, row.reason, json.loads(row.payload), row.id not in closed)
        for row in connection.execute(query)
    ]
    return [entry for entry in entries if state == "all" or entry.is_open == (state == "open")]


def close_quarantine(connection: Connection, entry_id: str, *, reason: str, at: str) -> None:
    """Close an entry for a reason; raises StoreError where there is none of that id."""
    known = select(quarantine.c.seq).where(quarantine.c.id == entry_id)
    if connection.execute(known).first() is None:
        raise StoreError(
            f"no quarantine entry has the id {entry_id!r}; list them: workbench doctor"
        )
    closed = select(releasings.c.seq).where(releasings.c.id == entry_id)
    if connection.execute(closed).first() is None:
        seq = append(connection, "releasing", at=at)
        connection.execute(insert(releasings).values(seq=seq, id=entry_id, reason=reason))
