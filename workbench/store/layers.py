"""Layers: a changed one is a new revision under the same key, and earlier ones stay."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select

from workbench.adapters.records import read_layer, write_layer
from workbench.analysis.adjudication.probes import MARK
from workbench.core.errors import StoreError
from workbench.core.layer import Layer, LayerKey, LayerKind
from workbench.store.journal import append_many, chunk, dump
from workbench.store.schema import layers

_KEY = (layers.c.article_id, layers.c.author, layers.c.kind, layers.c.round)


def add_layer(connection: Connection, layer: Layer, *, at: str) -> int:
    """Store a layer and return its sequence number; one equal to the latest revision is kept."""
    return add_layers(connection, [layer], at=at)[0]


def add_layers(connection: Connection, added: Sequence[Layer], *, at: str) -> list[int]:
    """Store layers and return their sequence numbers, as `add_layer` does for one."""
    return [
        seq
        for part in chunk(added)
        for run in _cut_at_repeats(part)
        for seq in _add_run(connection, run, at)
    ]


def _cut_at_repeats(part: Sequence[Layer]) -> Iterator[list[Layer]]:
    """Cut layers so that no key occurs twice in a run: the first must be stored by then."""
    run: dict[LayerKey, Layer] = {}
    for layer in part:
        if layer.key in run:
            yield list(run.values())
            run = {}
        run[layer.key] = layer
    if run:
        yield list(run.values())


def _add_run(connection: Connection, run: Sequence[Layer], at: str) -> list[int]:
    latest = _find_latest(connection, run)
    made = {layer.key: _make_row(layer, latest.get(layer.key)) for layer in run}
    new = [row for row in made.values() if row is not None]
    if new:
        seqs = append_many(connection, "layer", len(new), at=at)
        connection.execute(
            insert(layers), [{**row, "seq": seq} for seq, row in zip(seqs, new, strict=True)]
        )
    fresh = iter(seqs if new else ())
    return [latest[key].seq if row is None else next(fresh) for key, row in made.items()]


@dataclass(frozen=True, slots=True)
class _Revision:
    seq: int
    number: int
    sha256: str


def _find_latest(connection: Connection, part: Sequence[Layer]) -> dict[LayerKey, _Revision]:
    columns = (*_KEY, layers.c.seq, layers.c.revision, layers.c.sha256)
    query = select(*columns).where(
        layers.c.article_id.in_({layer.article_id for layer in part}),
        layers.c.author.in_({layer.author for layer in part}),
        layers.c.kind.in_({layer.kind for layer in part}),
        layers.c.round.in_({layer.round for layer in part}),
    )
    rows = connection.execute(query.order_by(layers.c.revision))
    return {
        (article_id, author, kind, round_name): _Revision(seq, number, sha256)
        for article_id, author, kind, round_name, seq, number, sha256 in rows
    }


def _make_row(layer: Layer, latest: _Revision | None) -> dict[str, Any] | None:
    """Return what is to be stored of a layer, None where the latest revision equals it."""
    record = dump(write_layer(layer))
    digest = hashlib.sha256(record.encode("utf-8")).hexdigest()
    if latest is not None and latest.sha256 == digest:
        return None
    article_id, author, kind, round_name = layer.key
    return {
        "article_id": article_id,
        "author": author,
        "kind": kind,
        "round": round_name,
        "revision": 1 if latest is None else latest.number + 1,
        "sha256": digest,
        "record": record,
    }


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
    seqs = find_newest_seqs(connection, kind, author=author)
    found = get_layers(connection, seqs.values())
    return {article_id: found[seq] for article_id, seq in seqs.items()}


def find_newest_seqs(
    connection: Connection, kind: LayerKind, *, author: str | None = None
) -> dict[str, int]:
    """Return the number of the layer of a kind that was stored last for each article.

    Predictions with probes in them are nobody's work and are passed over.
    """
    query = select(layers.c.article_id, func.max(layers.c.seq)).where(layers.c.kind == kind)
    query = query.where(layers.c.author.not_like(f"%{MARK}"))
    if author is not None:
        query = query.where(layers.c.author == author)
    query = query.group_by(layers.c.article_id).order_by(layers.c.article_id)
    return {str(article_id): int(seq) for article_id, seq in connection.execute(query)}


def find_seqs(connection: Connection, kind: LayerKind, round_name: str) -> dict[LayerKey, int]:
    """Return the numbers of a round's latest revisions of a kind by their keys, sorted."""
    query = select(*_KEY, func.max(layers.c.seq)).group_by(*_KEY).order_by(*_KEY)
    rows = connection.execute(query.where(layers.c.kind == kind, layers.c.round == round_name))
    return {(a, author, k, r): int(seq) for a, author, k, r, seq in rows}


def get_layer(connection: Connection, seq: int) -> Layer:
    """Return the layer that took that sequence number; raises StoreError where none did."""
    record = connection.execute(select(layers.c.record).where(layers.c.seq == seq)).scalar()
    if record is None:
        raise StoreError(f"no layer has the sequence number {seq}; was the store restored?")
    return read_layer(json.loads(record))


def get_layers(connection: Connection, seqs: Iterable[int]) -> dict[int, Layer]:
    """Return layers by their sequence numbers; a number that is no layer's is left out."""
    query = select(layers.c.seq, layers.c.record)
    found: dict[int, Layer] = {}
    for part in chunk(seqs):
        for seq, record in connection.execute(query.where(layers.c.seq.in_(part))):
            found[int(seq)] = read_layer(json.loads(record))
    return found


def list_revisions(connection: Connection, key: LayerKey) -> list[tuple[int, Layer]]:
    """Return every revision of a key with its sequence number, oldest first."""
    query = select(layers.c.seq, layers.c.record).where(_of_key(key)).order_by(layers.c.revision)
    return [(seq, read_layer(json.loads(record))) for seq, record in connection.execute(query)]


def _of_key(key: LayerKey) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(_KEY, key, strict=True)))
