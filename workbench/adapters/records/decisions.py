"""Decisions as JSON records."""

from __future__ import annotations

from typing import Any

from workbench.adapters.records.forms import DecisionForm, Record, validate
from workbench.adapters.records.items import read_item, write_item
from workbench.core.decision import Candidate, Decision


def write_decision(decision: Decision) -> Record:
    """Write a decision with the item it chose, if it chose one."""
    return {
        "conflict": decision.conflict,
        "article_id": decision.article_id,
        "round": decision.round,
        "action": decision.action,
        "author": decision.author,
        "item": None if decision.item is None else write_item(decision.item),
        "reason": decision.reason,
        "kind": decision.kind,
        "readings": [
            {"item": write_item(reading.item), "authors": list(reading.authors)}
            for reading in decision.readings
        ],
        "absent": list(decision.absent),
    }


def read_decision(record: Any) -> Decision:
    """Read what `write_decision` wrote; raises SourceError with every breach of the form."""
    form = validate(DecisionForm, record, "decision")
    item = None if form.item is None else read_item(form.item)
    return Decision(
        form.conflict,
        form.article_id,
        form.round,
        form.action,
        form.author,
        item,
        form.reason,
        form.kind,
        tuple(Candidate(read_item(row.item), row.authors) for row in form.readings),
        form.absent,
    )
