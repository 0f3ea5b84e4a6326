"""Open the working database: SQLite by default, PostgreSQL by URL, migrated to this schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from workbench.core.errors import StoreError

LOCK_WAIT = 30
"""Seconds that a writer waits for another one."""
_SNAPSHOT = "workbench_snapshot"
_MIGRATION_LOCK = 7_264_001


def open_store(url: str) -> Engine:
    """Open the database and bring its schema to this version.

    SQLite runs with a write-ahead log and full synchronisation, so that what was committed
    outlives a crash. Raises StoreError where it can't be reached, is locked, or was made by a
    newer version.
    """
    parsed = _parse(url)
    place = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    try:
        engine = create_engine(parsed, **_options(parsed))
        if parsed.get_backend_name() == "sqlite":
            _prepare_sqlite(engine)
        migrate(engine)
    except ModuleNotFoundError as error:
        raise StoreError(f"{place} needs the package {error.name!r}; install it") from None
    except DBAPIError as error:
        raise StoreError(f"the store {place} can't be opened: {_first_line(error)}") from None
    return engine


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        parsed.get_backend_name()
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError):
        raise StoreError(
            "the store's URL is none; write sqlite:///FILE or postgresql://USER@HOST/DATABASE"
        ) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"a store is SQLite or PostgreSQL, not {parsed.get_backend_name()!r}")
    return parsed


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": LOCK_WAIT}}
    return {"pool_pre_ping": True}


def _prepare_sqlite(engine: Engine) -> None:
    """Set the journal's mode, and let every transaction begin as a writer's.

    pysqlite begins transactions late and as a reader's, which then can't become a writer's when
    another process wrote in between; beginning at once avoids that (SQLAlchemy's own recipe).
    """

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get(_SNAPSHOT)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def open_snapshot(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees the store as it is now, whatever others write meanwhile.

    It keeps nobody from writing, and is for reading alone.
    """
    options: dict[str, Any] = {_SNAPSHOT: True, "stream_results": True, "yield_per": 500}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def get_revision(connection: Connection) -> str:
    """Return the revision of the schema that a store has, empty where it has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def list_revisions() -> list[str]:
    """Return the schema's revisions, newest first."""
    return [revision.revision for revision in _read_script()[1].walk_revisions()]


def open_old_store(path: Path, revision: str) -> Engine:
    """Make an empty SQLite store of an older revision, which `migrate` brings to this one."""
    engine = create_engine(f"sqlite:///{path}")
    _prepare_sqlite(engine)
    migrate(engine, revision)
    return engine


def migrate(engine: Engine, target: str = "head") -> None:
    """Bring a store's schema to a revision, in one transaction."""
    config, script = _read_script()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two processes that open a new store at once must not both create its tables.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        present = MigrationContext.configure(connection).get_current_revision()
        if present == script.get_current_head():
            return
        known = {revision.revision for revision in script.walk_revisions()}
        if present is not None and present not in known:
            raise StoreError(
                f"the store was made by a newer version of the workbench (schema {present}); "
                "update the workbench"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def _read_script() -> tuple[Config, ScriptDirectory]:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config, ScriptDirectory.from_config(config)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().split("\n")[0]
