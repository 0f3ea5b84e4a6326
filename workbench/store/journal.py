"""The journal: the one sequence of numbers that every append takes."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, func, insert, select

from workbench.store.schema import journal


def append(connection: Connection, what: str, *, at: str) -> int:
    """Take the next sequence number for an append of that kind at that time."""
    result = connection.execute(insert(journal).values(what=what, at=at))
    return int(result.inserted_primary_key[0])  # type: ignore[index]  # one row was inserted


def latest_seq(connection: Connection) -> int:
    """Return the newest sequence number, 0 in an empty store."""
    return int(connection.execute(select(func.max(journal.c.seq))).scalar() or 0)


def dump(value: Any) -> str:
    """Write JSON the same way each time: sorted keys, no spaces, text as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
