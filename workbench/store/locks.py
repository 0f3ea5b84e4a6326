"""Locks between processes: held while a piece of work runs, and gone with their process."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from workbench.core.errors import StoreError

LONGEST = 1800.0
"""Seconds that are waited for another process before it is told."""
_EVERY = 0.2


@contextmanager
def hold_lock(
    engine: Engine,
    name: str,
    *,
    longest: float = LONGEST,
    report: Callable[[str], None] = lambda _: None,
) -> Iterator[None]:
    """Hold a store's lock of that name, waiting for another process that holds it.

    On PostgreSQL it is an advisory lock of the session, which works between machines; beside
    SQLite it is a locked file. Either ends with the process, however that ends. `report` is told
    once that it waits. Raises StoreError after `longest` seconds.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            _wait(lambda: _try_advisory(connection, name), name, longest, report)
            try:
                yield
            finally:
                statement = text("SELECT pg_advisory_unlock(:number)")
                connection.execute(statement, {"number": _number(name)})
        return
    if not engine.url.database or engine.url.database == ":memory:":
        # Nobody else can open a database in memory.
        yield
        return
    lock = FileLock(Path(engine.url.database).parent / f"lock-{_number(name):08x}")
    _wait(lambda: _try_file(lock), name, longest, report)
    try:
        yield
    finally:
        lock.release()


def _wait(
    acquire: Callable[[], bool], name: str, longest: float, report: Callable[[str], None]
) -> None:
    if acquire():
        return
    report(f"waiting for another process that is at work on {name}")
    until = time.monotonic() + longest
    while not acquire():
        if time.monotonic() > until:
            raise StoreError(
                f"another process has been at work on {name} for {longest / 60:.0f} minutes; "
                "end it or wait until it is done, then run this again"
            )
        time.sleep(_EVERY)


def _try_advisory(connection: Connection, name: str) -> bool:
    statement = text("SELECT pg_try_advisory_lock(:number)")
    return bool(connection.execute(statement, {"number": _number(name)}).scalar())


def _try_file(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


def _number(name: str) -> int:
    return zlib.crc32(name.encode())
