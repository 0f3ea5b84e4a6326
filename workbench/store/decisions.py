"""Decisions: the latest of a conflict counts, earlier ones stay; what is taken back stays too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from workbench.adapters.records import read_decision, write_decision
from workbench.core.decision import Decision
from workbench.core.errors import RoundError
from workbench.store.journal import append, dump
from workbench.store.schema import decisions, journal

_UNDO = "undo"


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it lies in the store: its number, its time, and whether it is as it was."""

    seq: int
    at: str
    decision: Decision
    is_intact: bool


def add_decision(connection: Connection, decision: Decision, *, at: str) -> int:
    """Store a decision and return its sequence number."""
    record = dump(write_decision(decision))
    return _insert(connection, decision.conflict, decision.round, record, at)


def undo_decision(
    connection: Connection, conflict: str, *, author: str, reason: str, at: str
) -> Decision:
    """Take the standing decision of a conflict back and return it; the one before it counts again.

    Raises RoundError where none stands.
    """
    rounds = connection.execute(select(decisions.c.round).where(decisions.c.conflict == conflict))
    name = rounds.scalars().first()
    standing = list_decisions(connection, name).get(conflict) if name is not None else None
    if name is None or standing is None:
        raise RoundError(f"no decision of {conflict!r} stands, so there is none to take back")
    record = dump({"action": _UNDO, "conflict": conflict, "author": author, "reason": reason})
    _insert(connection, conflict, name, record, at)
    return standing.decision


def find_decisions(
    connection: Connection, round_name: str, *, upto: int | None = None
) -> dict[str, Decision]:
    """Return a round's standing decisions by conflict id, as of a sequence number."""
    found = list_decisions(connection, round_name, upto=upto)
    return {conflict: stored.decision for conflict, stored in found.items()}


def list_decisions(
    connection: Connection,
    round_name: str | None = None,
    *,
    upto: int | None = None,
    conflicts: Collection[str] | None = None,
) -> dict[str, StoredDecision]:
    """Return standing decisions as they are stored: of a round, of some conflicts, or all."""
    query = select(
        decisions.c.seq, decisions.c.conflict, decisions.c.record, decisions.c.sha256, journal.c.at
    ).join(journal, journal.c.seq == decisions.c.seq)
    if round_name is not None:
        query = query.where(decisions.c.round == round_name)
    if upto is not None:
        query = query.where(decisions.c.seq <= upto)
    if conflicts is not None:
        query = query.where(decisions.c.conflict.in_(conflicts))
    stacks: dict[str, list[StoredDecision]] = {}
    for seq, conflict, text, digest, at in connection.execute(query.order_by(decisions.c.seq)):
        record = json.loads(text)
        stack = stacks.setdefault(conflict, [])
        if record.get("action") == _UNDO:
            if stack:
                stack.pop()
            continue
        intact = hashlib.sha256(text.encode("utf-8")).hexdigest() == digest
        stack.append(StoredDecision(seq, at, read_decision(record), intact))
    return {conflict: stack[-1] for conflict, stack in stacks.items() if stack}


def list_reasons(connection: Connection, round_name: str) -> set[str]:
    """Return why anything was ever decided in a round, what was taken back included."""
    query = select(decisions.c.record).where(decisions.c.round == round_name)
    rows = connection.execute(query).scalars()
    return {str(json.loads(record).get("reason", "")) for record in rows}


def find_changed(
    connection: Connection, round_name: str, since: int
) -> tuple[int, dict[str, None]]:
    """Return the newest sequence number among a round's decisions, and what was decided since."""
    query = select(decisions.c.seq, decisions.c.conflict).where(
        decisions.c.round == round_name, decisions.c.seq > since
    )
    rows = connection.execute(query.order_by(decisions.c.seq)).all()
    return (rows[-1].seq if rows else since), {row.conflict: None for row in rows}


def _insert(connection: Connection, conflict: str, round_name: str, record: str, at: str) -> int:
    seq = append(connection, "decision", at=at)
    digest = hashlib.sha256(record.encode("utf-8")).hexdigest()
    connection.execute(
        insert(decisions).values(
            seq=seq, conflict=conflict, round=round_name, record=record, sha256=digest
        )
    )
    return seq
