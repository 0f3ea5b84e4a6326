"""Layers: a changed one is a new revision under the same key, and earlier ones stay."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select

from workbench.adapters.records import read_layer, write_layer
from workbench.core.errors import StoreError
from workbench.core.layer import Layer, LayerKey, LayerKind
from workbench.store.journal import append, dump
from workbench.store.schema import layers

_KEY = (layers.c.article_id, layers.c.author, layers.c.kind, layers.c.round)


def add_layer(connection: Connection, layer: Layer, *, at: str) -> int:
    """Store a layer and return its sequence number; one equal to the latest revision is kept."""
    record = dump(write_layer(layer))
    digest = hashlib.sha256(record.encode("utf-8")).hexdigest()
    latest = connection.execute(
        select(layers.c.seq, layers.c.revision, layers.c.sha256)
        .where(_of_key(layer.key))
        .order_by(layers.c.revision.desc())
        .limit(1)
    ).first()
    if latest is not None and latest.sha256 == digest:
        return int(latest.seq)
    seq = append(connection, "layer", at=at)
    article_id, author, kind, round_name = layer.key
    connection.execute(
        insert(layers).values(
            seq=seq,
            article_id=article_id,
            author=author,
            kind=kind,
            round=round_name,
            revision=1 if latest is None else latest.revision + 1,
            sha256=digest,
            record=record,
        )
    )
    return seq


def find_layers(
    connection: Connection,
    *,
    kind: LayerKind | None = None,
    round: str | None = None,  # noqa: A002 - the design's word for it
    author: str | None = None,
    article_ids: Iterable[str] | None = None,
    upto: int | None = None,
) -> list[Layer]:
    """Return the latest revisions, as of a sequence number, sorted by their keys."""
    newest = select(func.max(layers.c.seq)).group_by(*_KEY)
    for column, value in (
        (layers.c.kind, kind),
        (layers.c.round, round),
        (layers.c.author, author),
    ):
        if value is not None:
            newest = newest.where(column == value)
    if upto is not None:
        newest = newest.where(layers.c.seq <= upto)
    query = select(layers.c.article_id, layers.c.record).where(layers.c.seq.in_(newest))
    wanted = None if article_ids is None else set(article_ids)
    rows = connection.execute(query.order_by(*_KEY))
    return [
        read_layer(json.loads(record))
        for article_id, record in rows
        if wanted is None or article_id in wanted
    ]


def find_newest(
    connection: Connection, kind: LayerKind, *, author: str | None = None
) -> dict[str, Layer]:
    """Return the layer of a kind that was stored last for each article, whoever made it."""
    newest = select(func.max(layers.c.seq)).where(layers.c.kind == kind)
    if author is not None:
        newest = newest.where(layers.c.author == author)
    newest = newest.group_by(layers.c.article_id)
    query = select(layers.c.article_id, layers.c.record).where(layers.c.seq.in_(newest))
    rows = connection.execute(query.order_by(layers.c.article_id))
    return {article_id: read_layer(json.loads(record)) for article_id, record in rows}


def get_layer(connection: Connection, seq: int) -> Layer:
    """Return the layer that took that sequence number; raises StoreError where none did."""
    record = connection.execute(select(layers.c.record).where(layers.c.seq == seq)).scalar()
    if record is None:
        raise StoreError(f"no layer has the sequence number {seq}; was the store restored?")
    return read_layer(json.loads(record))


def list_revisions(connection: Connection, key: LayerKey) -> list[tuple[int, Layer]]:
    """Return every revision of a key with its sequence number, oldest first."""
    query = select(layers.c.seq, layers.c.record).where(_of_key(key)).order_by(layers.c.revision)
    return [(seq, read_layer(json.loads(record))) for seq, record in connection.execute(query)]


def _of_key(key: LayerKey) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(_KEY, key, strict=True)))
