"""Rounds and their plans: rows are only added."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, insert, select

from workbench.adapters.records import Record, read_scheme
from workbench.core.errors import RoundError
from workbench.core.round import Assignment, Round
from workbench.core.scheme import Scheme
from workbench.store.changes import find_amended_scheme, find_amendments, find_joined
from workbench.store.journal import append, append_many, dump
from workbench.store.schema import assignments, closings, projects, rounds


@dataclass(frozen=True, slots=True)
class PushedProject:
    """A Label Studio project of a round: whose it is, and on which server."""

    round: str
    annotator: str
    server: str
    project_id: int
    marker: str

    @property
    def url(self) -> str:
        """Where people open it: a page of the server, or a folder."""
        page = "/data" if "://" in self.server else ""
        return f"{self.server}/projects/{self.project_id}{page}"


def add_round(connection: Connection, rnd: Round, scheme: Record, *, at: str) -> None:
    """Store a new round with the whole scheme that it is annotated under."""
    seq = append(connection, "round", at=at)
    values = {"name": rnd.name, "record": dump(asdict(rnd)), "scheme": dump(scheme)}
    connection.execute(insert(rounds).values(seq=seq, **values))


def list_rounds(connection: Connection) -> list[Round]:
    """Return all rounds, oldest first, each as it stands now."""
    query = select(rounds.c.record).order_by(rounds.c.seq)
    records = connection.execute(query).scalars().all()
    return [_amend(connection, _read_round(record)) for record in records]


def get_round(connection: Connection, name: str) -> Round:
    """Return a round as it stands now; raises RoundError that lists those there are."""
    record = connection.execute(select(rounds.c.record).where(rounds.c.name == name)).scalar()
    if record is None:
        known = ", ".join(rnd.name for rnd in list_rounds(connection)) or "none yet"
        raise RoundError(f"there is no round {name!r}; there are: {known}")
    return _amend(connection, _read_round(record))


def get_round_scheme(connection: Connection, name: str) -> Scheme:
    """Return the scheme that a round is annotated under now."""
    get_round(connection, name)
    record = find_amended_scheme(connection, name) or (
        connection.execute(select(rounds.c.scheme).where(rounds.c.name == name)).scalar_one()
    )
    return read_scheme(json.loads(record))


def close_round(connection: Connection, name: str, *, at: str) -> None:
    """Close a round: nothing more is taken in."""
    get_round(connection, name)
    if not is_closed(connection, name):
        seq = append(connection, "closing", at=at)
        connection.execute(insert(closings).values(seq=seq, round=name))


def is_closed(connection: Connection, name: str) -> bool:
    """Tell whether a round was closed."""
    return (
        connection.execute(select(closings.c.seq).where(closings.c.round == name)).first()
        is not None
    )


def add_assignments(connection: Connection, rows: Iterable[Assignment], *, at: str) -> int:
    """Add rows of a plan, and count those that were new; a row that is there stays as it is."""
    rows = list(rows)
    query = select(assignments.c.key).where(assignments.c.round.in_({row.round for row in rows}))
    known = set(connection.execute(query).scalars())
    new = [row for row in rows if row.key not in known]
    seqs = append_many(connection, "assignment", len(new), at=at)
    values = [
        {
            "seq": seq,
            "key": row.key,
            "round": row.round,
            "annotator": row.annotator,
            "position": row.position,
            "record": dump(asdict(row)),
        }
        for seq, row in zip(seqs, new, strict=True)
    ]
    if values:
        connection.execute(insert(assignments), values)
    return len(new)


def find_assignments(
    connection: Connection, round_name: str, annotator: str | None = None
) -> list[Assignment]:
    """Return a round's plan, by annotator and position."""
    query = select(assignments.c.record).where(assignments.c.round == round_name)
    if annotator is not None:
        query = query.where(assignments.c.annotator == annotator)
    query = query.order_by(assignments.c.annotator, assignments.c.position)
    return [Assignment(**json.loads(record)) for record in connection.execute(query).scalars()]


def add_project(connection: Connection, project: PushedProject, *, at: str) -> None:
    """Record which Label Studio project holds whose tasks of a round."""
    seq = append(connection, "project", at=at)
    connection.execute(insert(projects).values(seq=seq, **asdict(project)))


def find_projects(connection: Connection, round_name: str) -> list[PushedProject]:
    """Return the Label Studio projects of a round, by annotator."""
    columns = (getattr(projects.c, name) for name in PushedProject.__slots__)
    query = select(*columns).where(projects.c.round == round_name).order_by(projects.c.annotator)
    return [PushedProject(*row) for row in connection.execute(query)]


def _amend(connection: Connection, rnd: Round) -> Round:
    """Return a round with who joined it, under the scheme of its newest change, all of it asked."""
    joined = find_joined(connection, rnd.name)
    rnd = replace(rnd, annotators=tuple(dict.fromkeys((*rnd.annotators, *joined))))
    changes = find_amendments(connection, rnd.name)
    if not changes:
        return rnd
    scheme = read_scheme(json.loads(find_amended_scheme(connection, rnd.name) or "{}"))
    now = changes[-1]
    return replace(rnd, scheme=now.scheme, guideline=now.guideline, asked=scheme.asked)


def _read_round(record: str) -> Round:
    values = json.loads(record)
    for name in ("asked", "annotators"):
        values[name] = tuple(values[name])
    return Round(**values)
