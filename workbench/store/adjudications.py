"""What adjudication rests on beside decisions: each round's policy, links, probes and reviews."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workbench.core.policy import Policy
from workbench.store.journal import append, dump
from workbench.store.schema import adjudications, links, probes, reviews


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A correction: two ends, each offsets or a name, that are (`must`) or are not one referent.

    An empty `article_id` is every article.
    """

    article_id: str
    first: tuple[int, int] | str
    second: tuple[int, int] | str
    kind: str
    author: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoredProbe:
    """A seeded wrong suggestion: what was put in, how it is wrong, and what stood there before."""

    round: str
    article_id: str
    item: str
    kind: str
    label: str
    record: dict[str, Any]
    before: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Review:
    """A review task: which article, what it shows, and of which layers that was merged."""

    key: str
    round: str
    article_id: str
    layers: str
    record: dict[str, Any]
    project_id: int
    task_id: int | None = None


def set_policy(connection: Connection, round_name: str, policy: Policy, *, at: str) -> None:
    """Record under which policy a round is adjudicated from now on."""
    if get_policy(connection, round_name) == policy:
        return
    seq = append(connection, "adjudication", at=at)
    values = {"round": round_name, "policy": dump(asdict(policy))}
    connection.execute(insert(adjudications).values(seq=seq, **values))


def get_policy(connection: Connection, round_name: str) -> Policy | None:
    """Return the policy that a round was adjudicated under last, None before the first time."""
    query = select(adjudications.c.policy).where(adjudications.c.round == round_name)
    record = connection.execute(query.order_by(adjudications.c.seq.desc())).scalars().first()
    return None if record is None else Policy(**json.loads(record))


def add_link(connection: Connection, link: StoredLink, *, at: str) -> int:
    """Store a correction and return its sequence number."""
    seq = append(connection, "link", at=at)
    values = {"article_id": link.article_id, "record": dump(asdict(link))}
    connection.execute(insert(links).values(seq=seq, **values))
    return seq


def find_links(connection: Connection, *, upto: int | None = None) -> list[StoredLink]:
    """Return the standing corrections: the latest of two ends counts, one taken back is gone."""
    query = select(links.c.record).order_by(links.c.seq)
    if upto is not None:
        query = query.where(links.c.seq <= upto)
    found: dict[str, StoredLink] = {}
    for text in connection.execute(query).scalars():
        record = json.loads(text)
        ends = [tuple(end) if isinstance(end, list) else end for end in
                (record.pop("first"), record.pop("second"))]  # fmt: skip
        link = StoredLink(first=ends[0], second=ends[1], **record)
        found[dump([link.article_id, *sorted(map(str, ends))])] = link
    return [link for link in found.values() if link.kind != "none"]


def add_probes(connection: Connection, rows: Iterable[StoredProbe], *, at: str) -> None:
    """Record seeded wrong suggestions; one that is known stays as it is."""
    for row in rows:
        known = select(probes.c.seq).where(probes.c.round == row.round, probes.c.item == row.item)
        if connection.execute(known).first() is None:
            connection.execute(
                insert(probes).values(
                    seq=append(connection, "probe", at=at),
                    round=row.round,
                    article_id=row.article_id,
                    item=row.item,
                    record=dump(asdict(row)),
                )
            )


def find_probes(
    connection: Connection, round_name: str | None = None, *, upto: int | None = None
) -> list[StoredProbe]:
    """Return the seeded wrong suggestions of a round, or of all of them."""
    query = select(probes.c.record).order_by(probes.c.seq)
    if round_name is not None:
        query = query.where(probes.c.round == round_name)
    if upto is not None:
        query = query.where(probes.c.seq <= upto)
    return [StoredProbe(**json.loads(text)) for text in connection.execute(query).scalars()]


def add_review(connection: Connection, review: Review, *, at: str) -> None:
    """Record that a review task is about to be pushed; an intent that stands is left as it is."""
    known = select(reviews.c.seq).where(reviews.c.key == review.key)
    if connection.execute(known).first() is None:
        values = {**asdict(review), "record": dump(review.record)}
        seq = append(connection, "review", at=at)
        connection.execute(insert(reviews).values(seq=seq, **values))


def confirm_review(connection: Connection, key: str, task_id: int) -> None:
    """Record the id that the server gave to a review task."""
    connection.execute(update(reviews).where(reviews.c.key == key).values(task_id=task_id))


def find_reviews(connection: Connection, round_name: str) -> list[Review]:
    """Return a round's review tasks, oldest first."""
    query = select(reviews).where(reviews.c.round == round_name).order_by(reviews.c.seq)
    found = []
    for row in connection.execute(query):
        values = {name: getattr(row, name) for name in Review.__slots__}
        found.append(Review(**{**values, "record": json.loads(row.record)}))
    return found
