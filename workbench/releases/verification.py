"""Verify a release: its hashes, its invariants, and that the store builds it again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.adapters.records import read_layer
from workbench.core.article import Article
from workbench.core.errors import ReleaseError, WorkbenchError
from workbench.core.layer import Layer, check_layer
from workbench.project import Project
from workbench.releases.build import select_gold
from workbench.releases.choice import Choice
from workbench.releases.files import (
    ARTICLES,
    GOLD,
    LINES,
    MANIFEST,
    SPLITS,
    TRUTHS,
    check_version,
    dump_manifest,
    hash_files,
    hash_lines,
    parse_lines,
    parse_release,
    read_folder,
)
from workbench.releases.records import RECORDS
from workbench.releases.textfree import SURFACES

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading files that anybody may have changed raises."""


@dataclass(frozen=True)
class Verification:
    """What was checked of a release, and every problem that was found."""

    version: str
    checked: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_record(self) -> dict[str, Any]:
        """Write the verification as plain JSON."""
        return {
            "version": self.version,
            "ok": self.ok,
            "checked": list(self.checked),
            "problems": list(self.problems),
        }


def verify(project: Project, version: str, *, rebuild: bool = False) -> Verification:
    """Check a release's hashes, offsets, splits and gold; `rebuild` builds it again as of then.

    Every problem names the file, and in JSON Lines the line. Raises ReleaseError where there is
    no release of that version.
    """
    folder = project.releases / check_version(version)
    if not folder.is_dir():
        read_folder(folder)  # which tells the versions that there are
    problems = check_files(folder)
    checked = ["hashes"]
    try:
        files = read_folder(folder)
        manifest = json.loads(files[MANIFEST])
        problems += _check_content(version, files, project)
        checked.append("content")
        if rebuild:
            problems += _rebuild(project, version, files, manifest)
            checked.append("rebuild")
    except (WorkbenchError, *_UNREADABLE) as error:
        problems.append(f"its files can't be read: {error}")
    return Verification(version, tuple(checked), tuple(dict.fromkeys(problems)))


def check_files(folder: Path) -> list[str]:
    """Name every file and line that is not as the manifest says, missing, or not its own."""
    path = folder / MANIFEST
    if not path.is_file():
        return [f"{MANIFEST} is missing; restore it from git"]
    data = path.read_bytes()
    try:
        manifest = json.loads(data)
        stated: dict[str, str] = dict(manifest["files"])
        is_whole = dump_manifest(manifest) == data
    except _UNREADABLE:
        return [f"{MANIFEST} was changed: it can't be read"]
    problems = [] if is_whole else [f"{MANIFEST} was changed: its digest is not its content's"]
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}
    problems += [f"{name} is missing" for name in sorted(stated.keys() - there)]
    extra = sorted(there - stated.keys() - {MANIFEST})
    problems += [f"{name} is no file of this release" for name in extra]
    problems += [
        f"{p.relative_to(folder).as_posix()}/ is no folder of this release"
        for p in sorted(folder.rglob("*"))
        if p.is_dir()
    ]
    files = {name: (folder / name).read_bytes() for name in sorted(stated.keys() & there)}
    changed = [name for name, digest in hash_files(files).items() if stated[name] != digest]
    lines = _read_lines(files.get(LINES, b""))
    for name in changed:
        where = _find_lines(files[name], name, lines)
        problems.append(f"{name} was changed{where}: its hash is not the manifest's")
    return problems


def _read_lines(data: bytes) -> Mapping[str, Sequence[str]]:
    try:
        found = json.loads(data)
    except _UNREADABLE:
        return {}
    return found if isinstance(found, dict) else {}


def _find_lines(data: bytes, name: str, lines: Mapping[str, Sequence[str]]) -> str:
    """Name the lines that differ from those that were written, if that can be told."""
    known = lines.get(name)
    if not isinstance(known, list):
        return ""
    present = hash_lines({name: data})[name]
    rest = data.rsplit(b"\n", 1)[-1]
    if len(present) != len(known) or rest:
        first = next(
            (n for n, (a, b) in enumerate(zip(present, known, strict=False), 1) if a != b),
            min(len(present), len(known)) + 1,
        )
        return f" from line {first} on ({len(present)} lines instead of {len(known)})"
    differ = [str(n) for n, (a, b) in enumerate(zip(present, known, strict=True), 1) if a != b]
    return f" in line {', '.join(differ)}" if differ else ""


def _rebuild(
    project: Project, version: str, files: Mapping[str, bytes], manifest: Mapping[str, Any]
) -> list[str]:
    """Build what only the store decides again, as of the release's sequence number."""
    choice = Choice(
        str(manifest["scheme"]),
        tuple(manifest["rounds"]),
        tuple(manifest["imports"]),
        tuple(manifest["left_out"]),
        str(manifest["rights"]),
    )
    again = select_gold(
        project,
        version,
        choice,
        text=bool(manifest["text"]),
        upto=int(manifest["sequence"]),
    )
    names = [name for name in (*TRUTHS, *RECORDS, SURFACES) if name in again]
    problems = [name for name in names if again[name] != files.get(name)]
    # Agreement rests on the versions of numerical libraries, which are no part of the truth.
    ours, theirs = (
        {key: value for key, value in record.items() if key not in ("files", "digest")}
        for record in (json.loads(again[MANIFEST]), dict(manifest))
    )
    if ours != theirs:
        problems.append(MANIFEST)
    return [
        f"{name} comes out otherwise when it is built again from the store" for name in problems
    ]


def _check_content(version: str, files: Mapping[str, bytes], project: Project) -> list[str]:
    manifest = json.loads(files[MANIFEST])
    splits = json.loads(files[SPLITS])
    if manifest.get("text") is False:
        rows = parse_lines(files[ARTICLES])
        # Offsets are held against blanks of the text's length; the hash stands for the text.
        articles = [Article(row["id"], " " * row["length"], group=row["group"]) for row in rows]
        gold = [read_layer(record) for record in parse_lines(files[GOLD])]
        blanks = {article.id: article.text_sha256 for article in articles}
        hashes = {row["id"]: row["text_sha256"] for row in rows}
        wrong = [x.article_id for x in gold if hashes.get(x.article_id) != x.text_sha256]
        problems = [f"the gold of {name!r} is of another text" for name in wrong]
        gold = [_move(x, blanks[x.article_id]) for x in gold if x.article_id in blanks]
    else:
        release = parse_release(version, files)
        articles, gold, problems = list(release.articles), list(release.gold), []
    problems += list(_check_gold(articles, gold, project))
    problems += list(_check_splits(articles, splits))
    return problems


def _move(layer: Layer, text_sha256: str) -> Layer:
    return replace(layer, text_sha256=text_sha256)


def _check_gold(
    articles: Sequence[Article], gold: Sequence[Layer], project: Project
) -> Iterator[str]:
    known = {article.id: article for article in articles}
    kinds = project.scheme.kinds
    for layer in gold:
        if layer.article_id not in known:
            yield f"the gold of {layer.article_id!r} has no article"
            continue
        for problem in check_layer(layer, known[layer.article_id], kinds):
            yield f"{layer.article_id}: {problem}"
        for stance in layer.stances:
            if stance.is_incomplete:
                yield f"{layer.article_id}: an incomplete stance at {stance.offsets[0]}"


def _check_splits(articles: Sequence[Article], splits: Mapping[str, str]) -> Iterator[str]:
    groups: dict[str, set[str]] = {}
    for article in articles:
        if article.id not in splits:
            raise ReleaseError(f"{SPLITS} has no split for {article.id!r}")
        groups.setdefault(article.group or article.id, set()).add(splits[article.id])
    for group, found in groups.items():
        if len(found) > 1:
            yield f"the group {group} lies in several splits"
