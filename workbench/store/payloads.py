"""Raw payloads: what the server sent, kept before anything is read out of it."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, insert, select

from workbench.store.journal import append, dump
from workbench.store.schema import payloads


def add_payload(
    connection: Connection, task: dict[str, Any], *, server: str, project_id: int, at: str
) -> int:
    """Keep a task as the server sent it and return its sequence number; the same is kept once."""
    digest = hashlib.sha256(f"{server}\n{dump(_drop_ages(task))}".encode()).hexdigest()
    known = connection.execute(select(payloads.c.seq).where(payloads.c.sha256 == digest)).scalar()
    if known is not None:
        return int(known)
    seq = append(connection, "payload", at=at)
    connection.execute(
        insert(payloads).values(
            seq=seq,
            sha256=digest,
            server=server,
            project_id=project_id,
            task_id=int(task["id"]),
            body=dump(task),
        )
    )
    return seq


def _drop_ages(value: Any) -> Any:
    """Leave out the ages ("3 minutes") that the server counts anew for each answer."""
    if isinstance(value, dict):
        return {key: _drop_ages(part) for key, part in value.items() if key != "created_ago"}
    if isinstance(value, list):
        return [_drop_ages(part) for part in value]
    return value
