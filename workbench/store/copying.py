"""Copies of the whole store, row by row: the same whichever database it is in."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, delete, func, insert, select, text

from workbench.core.errors import StoreError
from workbench.store.connection import (
    get_revision,
    list_revisions,
    migrate,
    open_old_store,
    open_snapshot,
)
from workbench.store.journal import chunk, dump, latest_seq
from workbench.store.schema import journal, metadata

Rows = Mapping[str, Iterable[bytes]]
"""Tables by name, each as lines of JSON."""


class Snapshot:
    """The store as it is at one moment: its revision, its newest number, and all its rows."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.revision = get_revision(connection)
        self.sequence = latest_seq(connection)

    def count(self) -> int:
        """Count all rows."""
        counts = (select(func.count()).select_from(t) for t in metadata.sorted_tables)
        return sum(int(self._connection.execute(query).scalar_one()) for query in counts)

    def iter_rows(self, table: str) -> Iterator[bytes]:
        """Yield a table's rows as lines of JSON, by their numbers."""
        found = metadata.tables[table]
        for row in self._connection.execute(select(found).order_by(*found.primary_key)):
            yield dump(dict(row._mapping)).encode() + b"\n"


def list_tables() -> list[str]:
    """Return the tables' names, those first that others point to."""
    return [table.name for table in metadata.sorted_tables]


def replace_rows(engine: Engine, rows: Rows, revision: str, *, replace: bool = False) -> int:
    """Fill an empty store with rows that a snapshot gave, in one transaction; count them.

    Rows of an older revision are brought to this one first. With `replace` what the store holds
    goes; without, StoreError is raised where it holds anything, or the rows are of a newer
    version of the workbench.
    """
    known = list_revisions()
    if revision not in known:
        raise StoreError(
            f"it was made by a newer version of the workbench (schema {revision}); "
            "update the workbench"
        )
    if revision == known[0]:
        return _fill(engine, rows, replace)
    with tempfile.TemporaryDirectory() as folder:
        old = open_old_store(Path(folder) / "old.sqlite", revision)
        try:
            _fill_old(old, rows)
            migrate(old)
            with open_snapshot(old) as connection:
                snapshot = Snapshot(connection)
                renewed = {name: snapshot.iter_rows(name) for name in list_tables()}
                return _fill(engine, renewed, replace)
        finally:
            old.dispose()


def _fill(engine: Engine, rows: Rows, replace: bool) -> int:
    count = 0
    with engine.begin() as connection:
        if latest_seq(connection) and not replace:
            raise StoreError(
                "the project's store is not empty, and nothing was put into it; restore into a "
                "new project, or let what is there go with --replace"
            )
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
        for table in metadata.sorted_tables:
            for part in chunk(map(_read_row, rows.get(table.name, ()))):
                connection.execute(insert(table), part)
                count += len(part)
        if connection.dialect.name == "postgresql":
            newest = max(1, latest_seq(connection))
            sequence = f"pg_get_serial_sequence('{journal.name}', 'seq')"
            connection.execute(text(f"SELECT setval({sequence}, :n)"), {"n": newest})
    return count


def _fill_old(engine: Engine, rows: Rows) -> None:
    """Fill a store of an older revision, whose tables are read from itself."""
    found = MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        for table in found.sorted_tables:
            for part in chunk(map(_read_row, rows.get(table.name, ()))):
                connection.execute(insert(table), part)


def _read_row(line: bytes) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(line)
    return row
