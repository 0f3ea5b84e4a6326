"""kill -9 in a release, a decision or a migration leaves the old state or the new one."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import insert, text

import workbench as wb
from workbench.project import Project
from workbench.releases.files import order_versions
from workbench.releases.verification import check_files
from workbench.store.connection import get_revision, list_revisions, open_old_store, open_store
from workbench.store.decisions import list_decisions
from workbench.store.schema import journal

pytestmark = pytest.mark.slow
KILLS = 40 if os.environ.get("WORKBENCH_THOROUGH") == "1" else 6
RELEASE = """
import sys
from workbench.project import open_project
from workbench.releases.build import release
project = open_project(sys.argv[1])
project.engine, project.scheme
print("ready", flush=True)
n = int(sys.argv[2])
while True:
    release(project, f"0.{n}.0")
    print(n, flush=True)
    n += 1
"""
DECIDE = """
import sys
from workbench.gold.adjudication import settle
from workbench.gold.decisions import decide
from workbench.project import open_project
project = open_project(sys.argv[1])
unit = settle(project, "r").agreed[-1]
print("ready", flush=True)
n = int(sys.argv[2])
while True:
    decide(project, unit, "reject", reason=str(n))
    print(n, flush=True)
    n += 1
"""
OPEN = """
import sys
from workbench.store.connection import open_store
print("ready", flush=True)
open_store(sys.argv[1])
print(1, flush=True)
"""


def run_and_kill(code: str, *arguments: str, seconds: float) -> list[int]:
    """Run a child that acknowledges numbers, kill it after a while, and return those."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    return [int(line) for line in rest.split("\n")[:-1] if line.isdigit()]


def test_a_killed_release_is_whole_or_not_there(settled: Project) -> None:
    generator = random.Random(7)
    acknowledged: set[str] = set()
    for kill in range(KILLS):
        numbers = run_and_kill(
            RELEASE, str(settled.root), str(100 * kill), seconds=generator.uniform(0.0, 0.8)
        )
        acknowledged |= {f"0.{n}.0" for n in numbers}
    there = order_versions(settled.releases)

    assert acknowledged <= set(there)
    for version in there:
        assert check_files(settled.releases / version) == [], version
    wb.release(settled, "1.0.0")
    assert wb.verify(settled, "1.0.0", rebuild=True).ok


def test_a_killed_decision_stands_or_was_never_made(settled: Project) -> None:
    generator = random.Random(11)
    for kill in range(KILLS):
        before = 1000 * kill
        numbers = run_and_kill(
            DECIDE, str(settled.root), str(before), seconds=generator.uniform(0.0, 0.3)
        )
        with settled.store() as connection:
            stored = list_decisions(connection)
            reasons = {
                int(row.decision.reason) for row in stored.values() if row.decision.reason.isdigit()
            }
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert all(row.is_intact for row in stored.values())
        if numbers:
            assert max(reasons) in (numbers[-1], numbers[-1] + 1)
    still_open = {conflict.id for conflict in wb.adjudicate(settled, "r").conflicts}
    assert not still_open & stored.keys()


def test_a_killed_migration_leaves_the_old_schema_or_the_new(tmp_path: Path) -> None:
    source = tmp_path / "old.sqlite"
    old = open_old_store(source, "0001")
    with old.begin() as connection:
        for seq in range(1, 3000):
            connection.execute(insert(journal).values(seq=seq, what="decision", at="t"))
            connection.execute(
                text(
                    "INSERT INTO decisions (seq, conflict, round, record) VALUES (:n, :n, 'r', :n)"
                ),
                {"n": seq},
            )
    old.dispose()
    generator, head, seen = random.Random(13), list_revisions()[0], set()
    for kill in range(KILLS):
        path = tmp_path / f"{kill}.sqlite"
        shutil.copy(source, path)
        run_and_kill(OPEN, f"sqlite:///{path}", seconds=generator.uniform(0.0, 0.35))
        # Opened as it lies, by SQLite alone.
        with sqlite3.connect(path) as found:
            (revision,) = found.execute("SELECT version_num FROM alembic_version").fetchone()
            columns = {row[1] for row in found.execute("PRAGMA table_info(decisions)")}
            assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert (revision, "sha256" in columns) in (("0001", False), (head, True))
        seen.add(revision)
        store = open_store(f"sqlite:///{path}")
        with store.begin() as connection:
            assert get_revision(connection) == head
            rows = connection.execute(text("SELECT record, sha256 FROM decisions")).all()
        store.dispose()
        assert len(rows) == 2999
        assert all(hashlib.sha256(str(r).encode()).hexdigest() == digest for r, digest in rows)
    assert "0001" in seen
