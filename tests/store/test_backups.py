"""Backups: whole, checked, consistent while others write, and the same in both databases."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, text

import workbench as wb
from workbench.backups import read_backup
from workbench.core.article import Article
from workbench.core.errors import StoreError
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.store.articles import add_article, find_articles
from workbench.store.connection import migrate, open_old_store
from workbench.store.journal import latest_seq
from workbench.store.layers import add_layer, find_layers
from workbench.store.schema import journal

Make = Callable[[str], Project]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make a project whose store is at a URL, SQLite in its folder by default."""
    projects = []

    def made(name: str, url: str = "") -> Project:
        project = wb.init(tmp_path / name)
        variables = {"WORKBENCH_STORE_URL": url} if url else {}
        projects.append(Project(project.root, project.settings, variables))
        return projects[-1]

    yield made
    for project in projects:
        project.engine.dispose()


def fill(project: Project, count: int, start: int = 0) -> None:
    for n in range(start, start + count):
        article = Article(f"a{n}", f"text number {n} \u2028 💩")
        with project.store() as connection:
            add_article(connection, article, at="t")
            layer = Layer(article.id, article.text_sha256, "person:x", "annotation", "r")
            add_layer(connection, layer, at="t")


def test_a_backup_goes_through_either_database_and_back(
    make: Make, store_url: str, tmp_path: Path
) -> None:
    source, middle, last = make("a"), make("b", store_url), make("c")  # type: ignore[call-arg]
    fill(source, 30)

    first = wb.backup(source, tmp_path / "1.zip", progress=False)
    wb.restore(middle, first.path, progress=False)
    second = wb.backup(middle, tmp_path / "2.zip", progress=False)
    wb.restore(last, second.path, progress=False)

    assert (first.sequence, first.rows) == (60, 120)
    with source.store() as a, middle.store() as b, last.store() as c:
        assert find_articles(a) == find_articles(b) == find_articles(c)
        assert find_layers(a) == find_layers(b) == find_layers(c)
    with zipfile.ZipFile(first.path) as one, zipfile.ZipFile(second.path) as other:
        assert all(one.read(name) == other.read(name) for name in one.namelist())
    fill(middle, 2, start=100)
    with middle.store() as connection:
        assert latest_seq(connection) == 64


def test_a_store_that_holds_something_is_left_alone(make: Make, tmp_path: Path) -> None:
    source, target = make("a"), make("b")
    fill(source, 3)
    fill(target, 1, start=50)
    path = wb.backup(source, tmp_path, progress=False).path

    assert path.name == "workbench-6.zip"
    with pytest.raises(StoreError, match="not empty.*--replace"):
        wb.restore(target, path, progress=False)
    with target.store() as connection:
        assert [article.id for article in find_articles(connection)] == ["a50"]
    wb.restore(target, path, replace=True, progress=False)
    with target.store() as connection:
        assert [article.id for article in find_articles(connection)] == ["a0", "a1", "a2"]
    with pytest.raises(StoreError, match="there already"):
        wb.backup(source, path, progress=False)


def test_a_damaged_backup_is_refused_at_every_byte(make: Make, tmp_path: Path) -> None:
    source, target = make("a"), make("b")
    fill(source, 5)
    path = wb.backup(source, tmp_path / "1.zip", progress=False).path
    data = path.read_bytes()
    generator = random.Random(3)
    whole = 0
    for _ in range(60):
        at = generator.randrange(len(data))
        damaged = bytearray(data)
        damaged[at] ^= 1 << generator.randrange(8)
        other = tmp_path / "2.zip"
        other.write_bytes(damaged)
        try:
            found = read_backup(other)
        except StoreError:
            continue
        whole += 1
        # A flipped bit in a header that says nothing of the rows leaves them as they were.
        assert (found.sequence, found.rows) == (10, 20)
        wb.restore(target, other, replace=True, progress=False)
        with source.store() as a, target.store() as b:
            assert find_layers(a) == find_layers(b)
    assert whole < 30
    with pytest.raises(StoreError, match="no backup"):
        wb.restore(target, Path(__file__), replace=True, progress=False)


def test_a_backup_with_a_strange_file_in_it_is_refused(make: Make, tmp_path: Path) -> None:
    source = make("a")
    path = wb.backup(source, tmp_path / "1.zip", progress=False).path
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../outside.txt", "x")

    with pytest.raises(StoreError, match="other files"):
        wb.restore(source, path, progress=False)
    assert not (tmp_path.parent / "outside.txt").exists()


def test_a_backup_of_an_older_schema_is_brought_to_this_one(make: Make, tmp_path: Path) -> None:
    target = make("b")
    old = open_old_store(tmp_path / "old.sqlite", "0002")
    with old.begin() as connection:
        connection.execute(insert(journal).values(seq=1, what="decision", at="t"))
        connection.execute(
            text("INSERT INTO decisions (seq, conflict, round, record) VALUES (1, 'c', 'r', '{}')")
        )

    from workbench.store.copying import list_tables

    # What backup writes of a store of that schema, made of the rows alone.
    rows = dict.fromkeys(list_tables()[:0], b"") | {
        "journal": b'{"at":"t","seq":1,"what":"decision"}\n',
        "decisions": b'{"conflict":"c","record":"{}","round":"r","seq":1}\n',
    }
    tables = {
        name: {"rows": 1, "sha256": hashlib.sha256(data).hexdigest()} for name, data in rows.items()
    }
    path = tmp_path / "old.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in rows.items():
            archive.writestr(f"{name}.jsonl", data)
        contents = {"format": 1, "revision": "0002", "sequence": 1, "tables": tables}
        archive.writestr("backup.json", json.dumps(contents))

    wb.restore(target, path, progress=False)

    with target.store() as connection:
        digest = connection.execute(text("SELECT sha256 FROM decisions")).scalar_one()
    assert digest == hashlib.sha256(b"{}").hexdigest()
    migrate(old)
    with old.connect() as connection:
        assert connection.execute(text("SELECT sha256 FROM decisions")).scalar_one() == digest
    old.dispose()


WRITER = """
import sys
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.store.articles import add_article
from workbench.store.connection import open_store
from workbench.store.layers import add_layer
engine = open_store(sys.argv[1])
n = 0
while True:
    article = Article(f"w{n}", f"text of the writer {n}")
    with engine.begin() as connection:
        add_article(connection, article, at="t")
        layer = Layer(article.id, article.text_sha256, "person:x", "annotation", "r")
        add_layer(connection, layer, at="t")
    print(n, flush=True)
    n += 1
"""


@pytest.mark.slow
def test_a_backup_is_consistent_while_somebody_writes(
    make: Make, store_url: str, tmp_path: Path
) -> None:
    source = make("a", store_url)  # type: ignore[call-arg]
    fill(source, 200)
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, store_url], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    sizes = []
    for n in range(5):
        path = wb.backup(source, tmp_path / f"{n}.zip", progress=False).path
        with zipfile.ZipFile(path) as archive:
            rows = [
                archive.read(f"{name}.jsonl").count(b"\n")
                for name in ("articles", "layers", "journal")
            ]
        assert rows[0] == rows[1]
        assert rows[2] == 2 * rows[0]
        sizes.append(rows[0])
        time.sleep(0.1)
    assert child.poll() is None
    child.kill()
    child.wait()
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]


RESTORER = """
import sys
from workbench.project import open_project
import workbench as wb
project = open_project(sys.argv[1])
project.engine
print("ready", flush=True)
wb.restore(project, sys.argv[2], replace=True, progress=False)
print("done", flush=True)
"""


@pytest.mark.slow
def test_a_killed_restore_leaves_the_old_or_the_new(make: Make, tmp_path: Path) -> None:
    source, target = make("a"), make("b")
    fill(source, 400)
    fill(target, 1, start=900)
    path = wb.backup(source, tmp_path / "1.zip", progress=False).path
    before = wb.backup(target, tmp_path / "0.zip", progress=False).path
    generator = random.Random(5)
    seen = set()
    for _ in range(12):
        wb.restore(target, before, replace=True, progress=False)
        child = subprocess.Popen(
            [sys.executable, "-c", RESTORER, str(target.root), str(path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(generator.uniform(0.0, 0.15))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        with target.store() as connection:
            count = len(find_articles(connection))
        assert count in (1, 400)
        seen.add(count)
    assert 1 in seen
