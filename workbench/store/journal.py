"""The journal: the one sequence of numbers that every append takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, func, insert, select

from workbench.store.schema import journal

T = TypeVar("T")
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
AT_ONCE = 500
"""Values in one `IN` list: few enough for every database."""


def append(connection: Connection, what: str, *, at: str) -> int:
    """Take the next sequence number for an append of that kind at that time."""
    result = connection.execute(insert(journal).values(what=what, at=at))
    return int(result.inserted_primary_key[0])  # type: ignore[index]  # one row was inserted


def append_many(connection: Connection, what: str, count: int, *, at: str) -> list[int]:
    """Take the next sequence numbers for that many appends of a kind, in their order."""
    if not count:
        return []
    # The rows are alike, so their order is their numbers'; asking for the order of the parameters
    # would insert them one by one.
    rows = connection.execute(
        insert(journal).returning(journal.c.seq), [{"what": what, "at": at}] * count
    )
    return sorted(int(seq) for seq in rows.scalars())


def latest_seq(connection: Connection) -> int:
    """Return the newest sequence number, 0 in an empty store."""
    return int(connection.execute(select(func.max(journal.c.seq))).scalar() or 0)


def chunk(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Yield values in lists of at most that many."""
    remaining = iter(values)
    while part := list(islice(remaining, size)):
        yield part


def dump(value: Any) -> str:
    """Write JSON the same way each time: sorted keys, no spaces, text as it is."""
    return _ENCODER.encode(value)
