"""Back a project's store up and restore it: one file, verified, for SQLite and PostgreSQL alike."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from workbench.core.errors import StoreError
from workbench.project import Project
from workbench.store.connection import open_snapshot
from workbench.store.copying import Snapshot, list_tables, replace_rows

FORMAT = 1
CONTENTS = "backup.json"
_LARGEST_CONTENTS = 1_000_000
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
    RuntimeError,
)
"""What reading a damaged file raises, whichever byte of it was changed."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: its file, the store's newest number in it, and how many rows it holds."""

    path: Path
    sequence: int
    rows: int
    revision: str

    def to_record(self) -> dict[str, Any]:
        """Write what it is as plain JSON."""
        return {**asdict(self), "path": str(self.path)}


def backup(project: Project, path: str | Path, *, progress: bool = True) -> Backup:
    """Copy the working database, raw payloads included, into one file, and check the file.

    Others may go on working: it holds the store as it was at one moment. In a folder the file is
    named by the store's newest number. Releases and seeds are files in the project and not in
    it, nor are credentials. Raises StoreError where the file is there already.
    """
    target = Path(path)
    with open_snapshot(project.engine) as connection:
        snapshot = Snapshot(connection)
        if target.is_dir():
            target /= f"workbench-{snapshot.sequence}.zip"
        if target.exists():
            raise StoreError(f"{target} is there already; name another file")
        target.parent.mkdir(parents=True, exist_ok=True)
        work = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            _write(work, snapshot, progress)
            _check(work)
            work.rename(target)
        finally:
            work.unlink(missing_ok=True)
    return read_backup(target)


def restore(
    project: Project, path: str | Path, *, replace: bool = False, progress: bool = True
) -> Backup:
    """Fill the project's store from a backup, after every row of it was checked.

    It is all there afterwards, or nothing is. `replace` lets what the store holds go. Raises
    StoreError where the file is no backup or was changed, or where the store is not empty.
    """
    source = Path(path)
    contents = _check(source)
    bar = tqdm(
        total=sum(row["rows"] for row in contents["tables"].values()),
        desc="restore",
        unit="row",
        delay=1,
        disable=not progress,
    )
    with zipfile.ZipFile(source) as archive, bar:
        rows = {name: _count(_read(archive, name), bar) for name in contents["tables"]}
        replace_rows(project.engine, rows, str(contents["revision"]), replace=replace)
    return _describe(source, contents)


def read_backup(path: str | Path) -> Backup:
    """Say what a backup holds, after checking all of it; raises StoreError where it was changed."""
    return _describe(Path(path), _check(Path(path)))


def _write(path: Path, snapshot: Snapshot, progress: bool) -> None:
    tables = {}
    bar = tqdm(total=snapshot.count(), desc="backup", unit="row", delay=1, disable=not progress)
    with path.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, bar:
            for name in list_tables():
                digest, rows = hashlib.sha256(), 0
                with archive.open(_name(name), "w", force_zip64=True) as entry:
                    for line in _count(snapshot.iter_rows(name), bar):
                        entry.write(line)
                        digest.update(line)
                        rows += 1
                tables[name] = {"rows": rows, "sha256": digest.hexdigest()}
            contents = {
                "format": FORMAT,
                "revision": snapshot.revision,
                "sequence": snapshot.sequence,
                "tables": tables,
            }
            archive.writestr(CONTENTS, json.dumps(contents, sort_keys=True, indent=2))
        file.flush()
        os.fsync(file.fileno())


def _check(path: Path) -> dict[str, Any]:
    """Read a backup's contents and hold every table against its hash and its count.

    Nothing is unpacked into a folder, and only the names that are known are read.
    """
    if not path.is_file():
        raise StoreError(f"there is no backup {path}")
    try:
        with zipfile.ZipFile(path) as archive:
            contents = _read_contents(archive)
            wrong = [
                name
                for name, row in contents["tables"].items()
                if _measure(_read(archive, name)) != (row["rows"], row["sha256"])
            ]
    except _DAMAGE as error:
        raise StoreError(f"{path} is no backup, or was damaged: {error}") from None
    if wrong:
        raise StoreError(f"{path} was changed: {', '.join(wrong)} are not what was backed up")
    return contents


def _read_contents(archive: zipfile.ZipFile) -> dict[str, Any]:
    if archive.getinfo(CONTENTS).file_size > _LARGEST_CONTENTS:
        raise ValueError(f"its {CONTENTS} is too large")
    contents: dict[str, Any] = json.loads(archive.read(CONTENTS))
    if contents.get("format") != FORMAT:
        raise StoreError(
            f"the backup has the format {contents.get('format')!r}, and {FORMAT} is known; "
            "update the workbench"
        )
    strange = set(contents["tables"]) - set(list_tables())
    expected = {CONTENTS, *(_name(name) for name in contents["tables"])}
    if strange or sorted(archive.namelist()) != sorted(expected):
        raise ValueError("it holds other files than its tables")
    return contents


def _measure(lines: Iterable[bytes]) -> tuple[int, str]:
    digest, rows = hashlib.sha256(), 0
    for line in lines:
        digest.update(line)
        rows += 1
    return rows, digest.hexdigest()


def _read(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    with archive.open(_name(table)) as entry:
        yield from entry


def _count(lines: Iterable[bytes], bar: tqdm[Any]) -> Iterator[bytes]:
    for line in lines:
        bar.update()
        yield line


def _name(table: str) -> str:
    return f"{table}.jsonl"


def _describe(path: Path, contents: Mapping[str, Any]) -> Backup:
    rows = sum(int(row["rows"]) for row in contents["tables"].values())
    return Backup(path, int(contents["sequence"]), rows, str(contents["revision"]))
