"""Changes: what a release has that the one before had not, label by label."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.adapters.records import read_layer
from workbench.analysis.adjudication.trust import name_label
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.stance import Stance
from workbench.releases.files import (
    GOLD,
    MANIFEST,
    SPLITS,
    order_versions,
    parse_lines,
    read_folder,
    split_version,
)


@dataclass
class _Side:
    """One release as the other is compared with it."""

    scheme: str = ""
    splits: Mapping[str, str] = field(default_factory=dict)
    items: dict[str, tuple[str, str]] = field(default_factory=dict)


def compare_releases(folder: Path, version: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Compare a release's files with the highest version below it in the folder.

    `changed` items have the id they had and another status, speaker, or contested flag; a
    corrected label is one item removed and one added.
    """
    before = [v for v in order_versions(folder) if split_version(v) < split_version(version)]
    previous = before[-1] if before else None
    old = _read_side(read_folder(folder / previous)) if previous else _Side()
    new = _read_side(files)
    rows = {
        "added": sorted(new.items.keys() - old.items.keys()),
        "removed": sorted(old.items.keys() - new.items.keys()),
        "changed": sorted(
            i for i in new.items.keys() & old.items.keys() if new.items[i] != old.items[i]
        ),
    }
    labels: dict[str, Counter[str]] = {}
    for what, ids in rows.items():
        for item_id in ids:
            label = (new.items.get(item_id) or old.items[item_id])[0]
            labels.setdefault(label, Counter())[what] += 1
    moved = {
        a: [old.splits[a], new.splits[a]]
        for a in sorted(new.splits.keys() & old.splits.keys())
        if new.splits[a] != old.splits[a]
    }
    articles = {
        "added": sorted(new.splits.keys() - old.splits.keys()),
        "removed": sorted(old.splits.keys() - new.splits.keys()),
    }
    return {
        "version": version,
        "previous": previous,
        "suggested": _suggest(previous, old, new, articles, rows, moved),
        "scheme_changed": previous is not None and old.scheme != new.scheme,
        "articles": articles,
        "splits": moved,
        "labels": {label: dict(sorted(counts.items())) for label, counts in sorted(labels.items())},
        "items": rows if previous else {},
    }


def _suggest(
    previous: str | None,
    old: _Side,
    new: _Side,
    articles: Mapping[str, Any],
    rows: Mapping[str, Any],
    moved: Mapping[str, Any],
) -> str | None:
    """Suggest a version: the first number for what breaks consumers, the second for more data."""
    if previous is None:
        return None
    major, minor, patch = split_version(previous)
    if old.scheme != new.scheme or moved or articles["removed"]:
        return f"{major + 1}.0.0"
    if articles["added"]:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if any(rows.values()) else previous


def _read_side(files: Mapping[str, bytes]) -> _Side:
    side = _Side(str(json.loads(files[MANIFEST]).get("scheme", "")) if MANIFEST in files else "")
    side.splits = json.loads(files[SPLITS])
    for record in parse_lines(files[GOLD]):
        layer = read_layer(record)
        side.scheme = side.scheme or layer.scheme
        for item in layer.items:
            item_id = identify(layer.text_sha256, item)
            side.items[item_id] = (name_label(item), _describe(layer, item_id, item))
    return side


def _describe(layer: Layer, item_id: str, item: Item) -> str:
    verdict = layer.verdicts.get(item_id)
    status = item.status if isinstance(item, Stance) else ""
    speaker = getattr(item, "speaker", None)
    where = speaker.offsets if speaker else None
    return f"{status} {where} {bool(verdict and verdict.contested)}"
