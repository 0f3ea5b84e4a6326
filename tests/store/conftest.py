"""Both databases: SQLite in a file, and a real PostgreSQL server that the session starts."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from workbench.store.connection import open_store

MISSING = "PostgreSQL server not found; apt-get install postgresql"


def find_binaries() -> Path | None:
    """Return the folder of Debian's server programs, newest first, or of those on PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    return debian[0].parent if debian else Path(on_path).parent if on_path else None


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL server on loopback in a folder of its own, and end it by its id."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="workbench-postgres-"))
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        # The server refuses to run as root.
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    options = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder, **user}
    init = [binaries / "initdb", "-D", data, "-U", "workbench", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*init, "--no-sync", "--locale=C.UTF-8"], **options)  # type: ignore[call-overload]
    settings = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    command = [
        binaries / "postgres",
        "-D",
        data,
        *settings,
        "-c",
        f"unix_socket_directories={folder}",
    ]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=folder, **user)  # type: ignore[call-overload]
    url = f"postgresql+psycopg://workbench@127.0.0.1:{port}/postgres"
    for _ in range(100):
        try:
            with create_engine(url).connect():
                break
        except Exception:  # noqa: BLE001 - whatever it is, it is not up yet
            subprocess.run(["sleep", "0.1"], check=True)
    yield url
    server.terminate()
    server.wait(30)
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    name = f"test_{uuid.uuid4().hex}"
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    return url.rsplit("/", 1)[0].replace("+psycopg", "") + f"/{name}"


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """Open an empty store."""
    opened = open_store(store_url)
    yield opened
    opened.dispose()
