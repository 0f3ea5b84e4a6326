"""Verify a release: its hashes, its invariants, and that the store builds it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.layer import check_layer
from workbench.core.release import Release
from workbench.project import Project
from workbench.releases.build import select_gold
from workbench.releases.files import (
    MANIFEST,
    TRUTHS,
    check_version,
    hash_files,
    parse_release,
    read_folder,
)


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

    Raises ReleaseError where the release or one of its files is not there.
    """
    files = read_folder(project.releases / check_version(version))
    manifest = json.loads(files[MANIFEST])
    truths = {name: files[name] for name in TRUTHS}
    problems = [
        f"{name} was changed: its hash is not the manifest's"
        for name, digest in hash_files(truths).items()
        if manifest["files"].get(name) != digest
    ]
    checked = ["hashes"]
    try:
        problems += _check_content(parse_release(version, files), project)
        checked.append("content")
    except (WorkbenchError, ValueError, KeyError) as error:
        problems.append(f"its files can't be read: {error}")
    if rebuild:
        checked.append("rebuild")
        again = select_gold(project, version, upto=int(manifest["sequence"]))
        problems += [
            f"{name} comes out otherwise when it is built again from the store"
            for name in (*TRUTHS, MANIFEST)
            if again[name] != files[name]
        ]
    return Verification(version, tuple(checked), tuple(problems))


def _check_content(release: Release, project: Project) -> list[str]:
    articles = {article.id: article for article in release.articles}
    kinds = project.scheme.kinds
    problems = []
    for layer in release.gold:
        if layer.article_id not in articles:
            problems.append(f"the gold of {layer.article_id!r} has no article")
            continue
        found = check_layer(layer, articles[layer.article_id], kinds)
        problems += [f"{layer.article_id}: {problem}" for problem in found]
        problems += [
            f"{layer.article_id}: an incomplete stance at {stance.offsets[0]}"
            for stance in layer.stances
            if stance.is_incomplete
        ]
    groups: dict[str, set[str]] = {}
    for article in release.articles:
        groups.setdefault(article.group, set()).add(release.splits[article.id])
    problems += [f"the group {g} lies in several splits" for g, s in groups.items() if len(s) > 1]
    return problems
