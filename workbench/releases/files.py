"""A release's files: three JSON truths and the manifest, byte for byte the same each time."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.adapters.records import read_article, read_layer, write_article, write_layer
from workbench.core.article import Article
from workbench.core.errors import ReleaseError
from workbench.core.layer import Layer
from workbench.core.release import Release

ARTICLES = "articles.jsonl"
GOLD = "gold.jsonl"
SPLITS = "splits.json"
MANIFEST = "manifest.json"
TRUTHS = (ARTICLES, GOLD, SPLITS)
_VERSION = re.compile(r"\d+\.\d+\.\d+")


def check_version(version: str) -> str:
    """Return a version's name; raises ReleaseError unless it is three numbers with dots."""
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"the version {version!r} is none; write three numbers, as in 0.1.0")
    return version


def dump_truths(
    articles: Iterable[Article], gold: Iterable[Layer], splits: Mapping[str, str]
) -> dict[str, bytes]:
    """Write the three truths as bytes: sorted by article id, sorted keys, one line a record."""
    return {
        ARTICLES: _dump_lines(write_article(a) for a in sorted(articles, key=lambda a: a.id)),
        GOLD: _dump_lines(write_layer(x) for x in sorted(gold, key=lambda x: x.article_id)),
        SPLITS: _dump(dict(splits)) + b"\n",
    }


def dump_manifest(manifest: Mapping[str, Any]) -> bytes:
    """Write the manifest as indented JSON."""
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=2)
    return f"{text}\n".encode()


def hash_files(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return each file's SHA-256 in hexadecimal."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a release's files so that the folder is there whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = folder.with_name(f".{folder.name}.{os.getpid()}")
    work.mkdir()
    for name, data in files.items():
        with (work / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    work.rename(folder)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Read a release's files as they are; raises ReleaseError that lists the missing ones."""
    if not folder.is_dir():
        known = (
            sorted(p.name for p in folder.parent.glob("[0-9]*")) if folder.parent.exists() else []
        )
        there = ", ".join(known) or "none yet"
        raise ReleaseError(f"there is no release {folder.name!r}; there are: {there}")
    missing = [name for name in (*TRUTHS, MANIFEST) if not (folder / name).is_file()]
    if missing:
        raise ReleaseError(f"the release {folder} lacks {', '.join(missing)}; restore it from git")
    return {name: (folder / name).read_bytes() for name in (*TRUTHS, MANIFEST)}


def parse_release(version: str, files: Mapping[str, bytes]) -> Release:
    """Make a release of its files."""
    return Release(
        version,
        tuple(read_article(record) for record in _parse_lines(files[ARTICLES])),
        tuple(read_layer(record) for record in _parse_lines(files[GOLD])),
        json.loads(files[SPLITS]),
        json.loads(files[MANIFEST]),
    )


def read_release(folder: Path) -> Release:
    """Read a release that lies in a folder named by its version."""
    return parse_release(folder.name, read_folder(folder))


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _dump_lines(records: Iterable[Any]) -> bytes:
    # U+2028 and the like are no line breaks in JSON lines: only \n is.
    return b"".join(_dump(record) + b"\n" for record in records)


def _parse_lines(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.split(b"\n") if line]
