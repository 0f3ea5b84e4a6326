"""Raw payloads: what the server sent, kept before anything is read out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from workbench.store.journal import append_many, chunk, dump
from workbench.store.schema import payloads

_AGE = "created_ago"


def add_payloads(
    connection: Connection,
    tasks: Sequence[dict[str, Any]],
    *,
    server: str,
    project_id: int,
    at: str,
) -> int:
    """Keep tasks as the server sent them and count those that were new; the same is kept once."""
    bodies = {hash_task(server, task): task for task in tasks}
    known: set[str] = set()
    for part in chunk(bodies):
        query = select(payloads.c.sha256).where(payloads.c.sha256.in_(part))
        known.update(connection.execute(query).scalars())
    new = {digest: task for digest, task in bodies.items() if digest not in known}
    seqs = append_many(connection, "payload", len(new), at=at)
    values = [
        {
            "seq": seq,
            "sha256": digest,
            "server": server,
            "project_id": project_id,
            "task_id": int(task["id"]),
            "updated_at": str(task.get("updated_at") or ""),
            "body": dump(task),
        }
        for seq, (digest, task) in zip(seqs, new.items(), strict=True)
    ]
    if values:
        connection.execute(insert(payloads), values)
    return len(values)


def find_ages(connection: Connection, server: str, project_id: int) -> dict[int, str]:
    """Return for each task of a project when it had last changed, as the server last told."""
    query = (
        select(payloads.c.task_id, func.max(payloads.c.updated_at))
        .where(payloads.c.server == server, payloads.c.project_id == project_id)
        .group_by(payloads.c.task_id)
    )
    return {int(task_id): str(at) for task_id, at in connection.execute(query)}


def hash_task(server: str, task: dict[str, Any]) -> str:
    """Return the hash under which a task is kept: of all that the server said but its ages."""
    return hashlib.sha256(f"{server}\n{dump(_drop_ages(task))}".encode()).hexdigest()


def _drop_ages(task: dict[str, Any]) -> dict[str, Any]:
    """Leave out the ages ("3 minutes") that the server counts anew for each answer."""
    kept = {key: value for key, value in task.items() if key != _AGE}
    for key in ("annotations", "drafts", "predictions"):
        if isinstance(kept.get(key), list):
            kept[key] = [_drop_age(part) for part in kept[key]]
    return kept


def _drop_age(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if key != _AGE}
    if isinstance(kept.get("prediction"), dict):
        kept["prediction"] = _drop_age(kept["prediction"])
    return kept
