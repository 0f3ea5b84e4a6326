"""What lineage reads: every revision with its time and whether it still is what was stored."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from workbench.adapters.records import read_layer
from workbench.core.layer import Layer, LayerKind
from workbench.store.payloads import hash_task
from workbench.store.schema import (
    articles,
    assignments,
    decisions,
    journal,
    layers,
    payloads,
    tasks,
)


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """A revision of a layer: its number, its time, and whether its record has its hash."""

    seq: int
    at: str
    layer: Layer
    is_intact: bool


@dataclass(frozen=True, slots=True)
class Submission:
    """When somebody's annotation of a task was last changed on the server, as it told."""

    round: str
    article_id: str
    annotator: str
    at: str
    is_intact: bool


def list_layers(
    connection: Connection,
    *,
    article_id: str | None = None,
    kind: LayerKind | None = None,
    upto: int | None = None,
) -> list[StoredLayer]:
    """Return every revision of every layer, of one article or kind or of all, oldest first."""
    query = select(layers.c.seq, layers.c.sha256, layers.c.record, journal.c.at).join(
        journal, journal.c.seq == layers.c.seq
    )
    if article_id is not None:
        query = query.where(layers.c.article_id == article_id)
    if kind is not None:
        query = query.where(layers.c.kind == kind)
    if upto is not None:
        query = query.where(layers.c.seq <= upto)
    return [
        StoredLayer(seq, at, read_layer(json.loads(record)), _hash(record) == digest)
        for seq, digest, record, at in connection.execute(query.order_by(layers.c.seq))
    ]


def list_submissions(
    connection: Connection, *, article_id: str | None = None, upto: int | None = None
) -> list[Submission]:
    """Return when the annotations of each task were last changed, as the server told it."""
    query = (
        select(
            assignments.c.round,
            assignments.c.annotator,
            assignments.c.record,
            payloads.c.server,
            payloads.c.sha256,
            payloads.c.body,
        )
        .join(tasks, tasks.c.key == assignments.c.key)
        .join(
            payloads,
            (payloads.c.task_id == tasks.c.task_id) & (payloads.c.project_id == tasks.c.project_id),
        )
    )
    if upto is not None:
        query = query.where(payloads.c.seq <= upto)
    found: list[Submission] = []
    for name, who, record, server, digest, body in connection.execute(
        query.order_by(payloads.c.seq)
    ):
        where = json.loads(record)["article_id"]
        if article_id in (None, where):
            task = json.loads(body)
            times = [_read_time(annotation) for annotation in _list_annotations(task)]
            if any(times):
                intact = hash_task(server, task) == digest
                found.append(Submission(name, where, who, max(times), intact))
    return found


def read_article_record(connection: Connection, article_id: str) -> dict[str, Any]:
    """Return an article's record as it lies in the store, unchecked, empty where there is none."""
    query = select(articles.c.record).where(articles.c.id == article_id)
    record = connection.execute(query).scalar()
    return {} if record is None else dict(json.loads(record))


def list_people(connection: Connection, *, upto: int | None = None) -> list[str]:
    """Return everybody who annotated or decided, in the order of what they did first."""
    query = select(layers.c.author, func.min(layers.c.seq)).where(layers.c.kind == "annotation")
    if upto is not None:
        query = query.where(layers.c.seq <= upto)
    rows = connection.execute(query.group_by(layers.c.author))
    first: dict[str, int] = {row.author: row[1] for row in rows}
    decided = select(decisions.c.seq, decisions.c.record)
    if upto is not None:
        decided = decided.where(decisions.c.seq <= upto)
    for seq, record in connection.execute(decided):
        author = json.loads(record).get("author", "")
        first[author] = min(seq, first.get(author, seq))
    return sorted(first, key=lambda author: (first[author], author))


def _list_annotations(task: dict[str, Any]) -> list[Any]:
    found = task.get("annotations")
    return found if isinstance(found, list) else []


def _read_time(annotation: Any) -> str:
    value = annotation.get("updated_at") if isinstance(annotation, dict) else None
    return value if isinstance(value, str) else ""


def _hash(record: str) -> str:
    return hashlib.sha256(record.encode("utf-8")).hexdigest()
