"""What happens to a running round: people join it, and its scheme changes."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from workbench.adapters.records import Record, read_scheme
from workbench.core.amendment import Amendment
from workbench.core.scheme import Scheme
from workbench.store.journal import append, dump
from workbench.store.schema import amendments, joinings, rounds


def join_round(connection: Connection, round_name: str, names: Iterable[str], *, at: str) -> None:
    """Record who joined a round; somebody who is in it already stays."""
    known = find_joined(connection, round_name)
    for name in names:
        if name not in known:
            seq = append(connection, "joining", at=at)
            connection.execute(insert(joinings).values(seq=seq, round=round_name, annotator=name))


def find_joined(connection: Connection, round_name: str) -> tuple[str, ...]:
    """Return who joined a round after it was first pushed, in the order that they came in."""
    query = select(joinings.c.annotator).where(joinings.c.round == round_name)
    return tuple(connection.execute(query.order_by(joinings.c.seq)).scalars())


def amend_round(connection: Connection, change: Amendment, scheme: Record, *, at: str) -> None:
    """Record that a round is annotated under another scheme from now on."""
    record = {
        "scheme": change.scheme,
        "guideline": change.guideline,
        "asked": list(change.asked),
        "labels": dict(change.labels),
        "last": {str(project_id): last for project_id, last in change.last.items()},
    }
    seq = append(connection, "amendment", at=at)
    values = {"round": change.round, "record": dump(record), "scheme": dump(scheme)}
    connection.execute(insert(amendments).values(seq=seq, **values))


def find_amendments(connection: Connection, round_name: str) -> list[Amendment]:
    """Return the changes of a round's scheme, oldest first."""
    query = select(amendments.c.record).where(amendments.c.round == round_name)
    records = connection.execute(query.order_by(amendments.c.seq)).scalars()
    return [_read(round_name, json.loads(record)) for record in records]


def find_amended_scheme(connection: Connection, round_name: str) -> str | None:
    """Return the scheme of a round's newest change as it was stored, None where there is none."""
    query = select(amendments.c.scheme).where(amendments.c.round == round_name)
    found: str | None = connection.execute(query.order_by(amendments.c.seq.desc())).scalar()
    return found


def _read(round_name: str, record: Record) -> Amendment:
    return Amendment(
        round_name,
        record["scheme"],
        record["guideline"],
        tuple(record["asked"]),
        record["labels"],
        {int(project_id): last for project_id, last in record["last"].items()},
    )


def list_schemes(connection: Connection) -> dict[str, Scheme]:
    """Return every scheme that any round was ever annotated under, by its hash."""
    found: dict[str, Scheme] = {}
    for table in (rounds, amendments):
        for record in connection.execute(select(table.c.scheme)).scalars():
            scheme = read_scheme(json.loads(record))
            found[scheme.hash] = scheme
    return found
