"""Decisions: the latest of a conflict counts, earlier ones stay."""

from __future__ import annotations

import json

from sqlalchemy import Connection, insert, select

from workbench.adapters.records import read_decision, write_decision
from workbench.core.decision import Decision
from workbench.store.journal import append, dump
from workbench.store.schema import decisions


def add_decision(connection: Connection, decision: Decision, *, at: str) -> int:
    """Store a decision and return its sequence number."""
    seq = append(connection, "decision", at=at)
    connection.execute(
        insert(decisions).values(
            seq=seq,
            conflict=decision.conflict,
            round=decision.round,
            record=dump(write_decision(decision)),
        )
    )
    return seq


def find_decisions(
    connection: Connection, round_name: str, *, upto: int | None = None
) -> dict[str, Decision]:
    """Return a round's decisions by conflict id, as of a sequence number."""
    query = select(decisions.c.record).where(decisions.c.round == round_name)
    if upto is not None:
        query = query.where(decisions.c.seq <= upto)
    rows = connection.execute(query.order_by(decisions.c.seq)).scalars()
    found = (read_decision(json.loads(record)) for record in rows)
    return {decision.conflict: decision for decision in found}
