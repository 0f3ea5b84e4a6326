"""A release's files, byte for byte the same each time: truths, records, what derives, manifest."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.adapters.records import read_article, read_layer, write_article, write_layer
from workbench.core.article import Article
from workbench.core.errors import ReleaseError
from workbench.core.layer import Layer
from workbench.core.release import Release
from workbench.project import Project

ARTICLES = "articles.jsonl"
GOLD = "gold.jsonl"
SPLITS = "splits.json"
MANIFEST = "manifest.json"
LINES = "lines.json"
TRUTHS = (ARTICLES, GOLD, SPLITS)
"""What a release is: equal truths are the same release."""
REQUIRED = (*TRUTHS, MANIFEST)
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_DIGEST = "digest"


def check_version(version: str) -> str:
    """Return a version's name; raises ReleaseError unless it is three numbers with dots."""
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"the version {version!r} is none; write three numbers, as in 0.1.0")
    return version


def order_versions(folder: Path) -> list[str]:
    """Return the versions that lie in a folder, lowest first."""
    found = [path.name for path in folder.glob("[0-9]*") if _VERSION.fullmatch(path.name)]
    return sorted(found, key=split_version)


def split_version(version: str) -> tuple[int, ...]:
    """Return a version's three numbers."""
    return tuple(int(part) for part in version.split("."))


def dump_truths(
    articles: Iterable[Article], gold: Iterable[Layer], splits: Mapping[str, str]
) -> dict[str, bytes]:
    """Write the three truths as bytes: sorted by article id, sorted keys, one line a record."""
    return {
        ARTICLES: dump_lines(write_article(a) for a in sorted(articles, key=lambda a: a.id)),
        GOLD: dump_lines(write_layer(x) for x in sorted(gold, key=lambda x: x.article_id)),
        SPLITS: _dump(dict(splits)) + b"\n",
    }


def dump_json(value: Any) -> bytes:
    """Write indented JSON, the same each time."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return f"{text}\n".encode()


def dump_manifest(manifest: Mapping[str, Any]) -> bytes:
    """Write the manifest with a digest of itself, so that a change in it shows."""
    rest = {key: value for key, value in manifest.items() if key != _DIGEST}
    return dump_json({**rest, _DIGEST: hashlib.sha256(dump_json(rest)).hexdigest()})


def hash_files(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return each file's SHA-256 in hexadecimal."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}


def hash_lines(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return 16 hexadecimal digits for each line of the JSON Lines among the files."""
    return {
        name: [hashlib.sha256(line).hexdigest()[:16] for line in data.split(b"\n")[:-1]]
        for name, data in sorted(files.items())
        if name.endswith(".jsonl")
    }


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a release's files so that the folder is there whole or not at all.

    What a killed process left half written beside it is cleared away.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    work = folder.with_name(f".{folder.name}.{os.getpid()}")
    work.mkdir()
    for name, data in files.items():
        with (work / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    _sync_folder(work)
    work.rename(folder)
    _sync_folder(folder.parent)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Read a release's files as they are; raises ReleaseError that lists the missing ones."""
    if not folder.is_dir():
        there = ", ".join(order_versions(folder.parent)) or "none yet"
        raise ReleaseError(f"there is no release {folder.name!r}; there are: {there}")
    missing = [name for name in REQUIRED if not (folder / name).is_file()]
    if missing:
        raise ReleaseError(f"the release {folder} lacks {', '.join(missing)}; restore it from git")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def parse_release(version: str, files: Mapping[str, bytes]) -> Release:
    """Make a release of its files; raises ReleaseError where it holds no texts."""
    manifest = json.loads(files[MANIFEST])
    if manifest.get("text") is False:
        raise ReleaseError(
            f"the release {version} holds no texts; put them back with: "
            f"workbench rehydrate {version}"
        )
    return Release(
        version,
        tuple(read_article(record) for record in parse_lines(files[ARTICLES])),
        tuple(read_layer(record) for record in parse_lines(files[GOLD])),
        json.loads(files[SPLITS]),
        manifest,
    )


def read_release(folder: Path) -> Release:
    """Read a release that lies in a folder named by its version."""
    return parse_release(folder.name, read_folder(folder))


def list_versions(project: Project) -> list[str]:
    """Return the versions that a project has released, in the order of their numbers."""
    found = [p.name for p in project.releases.glob("*") if (p / "manifest.json").is_file()]
    return sorted(found, key=lambda name: [(not x.isdigit(), x.zfill(9)) for x in name.split(".")])


def dump_lines(records: Iterable[Any]) -> bytes:
    """Write one compact JSON record a line."""
    # U+2028 and the like are no line breaks in JSON lines: only \n is.
    return b"".join(_dump(record) + b"\n" for record in records)


def parse_lines(data: bytes) -> list[Any]:
    """Read JSON Lines."""
    return [json.loads(line) for line in data.split(b"\n") if line]


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder can't be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
