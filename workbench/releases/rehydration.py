"""Rehydrate: put the texts back into a release that was cut without them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.adapters.records import read_layer
from workbench.core.article import Article
from workbench.core.errors import ReleaseError
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.releases.files import (
    ARTICLES,
    GOLD,
    MANIFEST,
    SPLITS,
    check_version,
    dump_manifest,
    dump_truths,
    hash_files,
    parse_lines,
    read_folder,
    write_folder,
)
from workbench.releases.textfree import SURFACES, list_lost, restore_layer
from workbench.releases.verification import check_files
from workbench.store.articles import find_articles


@dataclass(frozen=True)
class Rehydrated:
    """Where the release with texts lies, what is in it, and what could not be put back."""

    version: str
    folder: Path
    articles: tuple[str, ...]
    missing: tuple[str, ...]
    problems: tuple[str, ...]

    def __repr__(self) -> str:
        """Count the articles."""
        return (
            f"Rehydrated({self.version!r}: {len(self.articles)} articles, {len(self.missing)} "
            f"missing, in {self.folder})"
        )

    def to_record(self) -> dict[str, Any]:
        """Write the outcome as plain JSON."""
        return {
            "version": self.version,
            "folder": str(self.folder),
            "articles": list(self.articles),
            "missing": list(self.missing),
            "problems": list(self.problems),
        }


def rehydrate(project: Project, version: str, *, out: str | Path | None = None) -> Rehydrated:
    """Put the texts that the project has back into a release, and verify every span.

    The texts are those of the project's articles, so ingest them first. The release itself stays
    as it is; what comes of it goes into `out`, by default `data/rehydrated/VERSION`. An article
    whose text is another one is left out, and each item whose words moved is named. Raises
    ReleaseError where the release was changed, has its texts, or none of them is here.
    """
    source = project.releases / check_version(version)
    files = read_folder(source)
    changed = check_files(source)
    if changed:
        raise ReleaseError(f"the release {version} was changed", changed)
    manifest = json.loads(files[MANIFEST])
    if manifest.get("text") is not False:
        raise ReleaseError(f"the release {version} has its texts; there is nothing to put back")
    folder = Path(out) if out is not None else project.root / "data" / "rehydrated" / version
    if folder.exists():
        raise ReleaseError(f"{folder} is there already; name another folder with --out")
    articles, gold, missing, problems = _join(project, files)
    if not articles:
        raise ReleaseError(
            f"none of the {len(missing)} texts of {version} is in the project; ingest them first",
            problems,
        )
    splits = json.loads(files[SPLITS])
    kept = {article.id for article in articles}
    truths = dump_truths(articles, gold, {a: s for a, s in splits.items() if a in kept})
    record = {
        **{k: v for k, v in manifest.items() if k not in ("files", "digest")},
        "text": True,
        "rehydrated_from": manifest["digest"],
        "missing": sorted(missing),
        "files": hash_files(truths),
    }
    write_folder(folder, {**truths, MANIFEST: dump_manifest(record)})
    return Rehydrated(version, folder, tuple(sorted(kept)), tuple(missing), tuple(problems))


def _join(
    project: Project, files: Mapping[str, bytes]
) -> tuple[list[Article], list[Layer], list[str], list[str]]:
    """Join rows and texts by hash; what is left is missing, and why is told item by item."""
    with project.store() as connection:
        stored = find_articles(connection)
    by_hash = {article.text_sha256: article for article in stored}
    by_id = {article.id: article for article in stored}
    gold = {x.article_id: x for x in map(read_layer, parse_lines(files[GOLD]))}
    surfaces: dict[str, dict[str, str]] = {}
    for row in parse_lines(files[SURFACES]):
        surfaces.setdefault(row["article_id"], {})[row["item"]] = row["sha256"]
    articles, layers, missing, problems = [], [], [], []
    for row in parse_lines(files[ARTICLES]):
        name = row["id"]
        found = by_hash.get(row["text_sha256"]) or by_id.get(name)
        layer, known = gold.get(name), surfaces.get(name, {})
        if found is None or layer is None:
            missing.append(name)
            problems.append(f"article {name!r}: its text is not in the project")
            continue
        lost = list_lost(layer, found.text, known)
        if found.text_sha256 != row["text_sha256"] or lost:
            missing.append(name)
            shown = f": {', '.join(lost)}" if lost else ""
            problems.append(
                f"article {name!r}: the project has another text; {len(lost)} of {len(known)} "
                f"items do not read as they did{shown}"
            )
            continue
        articles.append(_complete(row, found))
        layers.append(restore_layer(layer, found.text))
    return articles, layers, missing, problems


def _complete(row: Mapping[str, Any], found: Article) -> Article:
    """Make the released article again: its row, with text, title and meta of the project's."""
    values = {k: v for k, v in row.items() if k not in ("text_sha256", "length", "masked")}
    masked = tuple((int(start), int(end)) for start, end in row["masked"])
    return Article(text=found.text, title=found.title, meta=found.meta, masked=masked, **values)
