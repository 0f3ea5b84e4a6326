"""Export a release to the formats of other tools, with a report of what they could not carry."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from tqdm.auto import tqdm

from workbench.core.article import SPLITS, Article
from workbench.core.errors import SettingsError
from workbench.core.layer import Layer, require_same_text
from workbench.core.release import Release
from workbench.core.scheme import Scheme
from workbench.exchange.annotated import Loss, count_losses
from workbench.plugins import list_plugins, load_plugin
from workbench.project import Project
from workbench.releases.files import check_version, read_release

Rows = Sequence[tuple[Article, Layer]]


@dataclass(frozen=True)
class Exported:
    """What an export wrote, and its alignment report: what the format could not carry."""

    version: str
    format: str
    out: Path
    files: tuple[str, ...]
    held: dict[str, int]
    carried: dict[str, int]
    losses: tuple[dict[str, Any], ...]

    def __repr__(self) -> str:
        """Count what went out."""
        counts = ", ".join(
            f"{n} of {self.held[what]} {what}"
            for what, n in self.carried.items()
            if n or self.held[what]
        )
        return f"Exported({self.version} as {self.format}: {counts})"

    def to_record(self) -> dict[str, Any]:
        """Write the export with its alignment report as plain JSON."""
        return {
            "version": self.version,
            "format": self.format,
            "path": str(self.out),
            "files": list(self.files),
            "alignment": {
                "held": self.held,
                "carried": self.carried,
                "losses": list(self.losses),
            },
        }


def export(
    project: Project,
    version: str,
    format: str,  # noqa: A002 - the option's name
    out: str | Path,
    *,
    progress: bool = True,
) -> Exported:
    """Write a release's gold in another format, and report what the format can't hold.

    `out` is one file where it has the format's ending, else a folder with a file or folder for each
    split. An export that lies there already and is the same is left alone. Raises ReleaseError
    where there is no such release, SettingsError for a place that is taken or can't be used.
    """
    plugin = _load_exporter(format)
    place = _check_place(project, Path(out))
    release = read_release(project.releases / check_version(version))
    held, carried, losses = _carry(plugin, release, progress)
    work = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        files = _write(plugin, carried, work / place.name, project.scheme)
        _put_in_place(work, place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    rows = [row for part in carried.values() for row in part]
    return Exported(
        version,
        format,
        place,
        tuple(files),
        _count(held),
        _count(rows),
        tuple(count_losses(losses)),
    )


def list_exporters() -> list[str]:
    """Name the formats that a release can be exported to."""
    names = list_plugins("formats")
    return [name for name in names if hasattr(load_plugin("formats", name), "write_annotated")]


def _load_exporter(name: str) -> ModuleType:
    plugin = load_plugin("formats", name.replace("-", "_"))
    if not hasattr(plugin, "write_annotated"):
        known = ", ".join(x.replace("_", "-") for x in list_exporters())
        raise SettingsError(f"the format {name!r} can't be written; there are {known}")
    return plugin


def _check_place(project: Project, out: Path) -> Path:
    """Return the place as it is; raises SettingsError where nothing may be written there."""
    place = Path(os.path.abspath(out))  # noqa: PTH100 - links are not followed
    if not place.name:
        raise SettingsError(f"{out} is no name for an export")
    inside = place.resolve().is_relative_to(project.releases.resolve())
    if inside:
        raise SettingsError(f"{out} lies among the releases, which never change; choose another")
    if place.is_symlink():
        raise SettingsError(f"{out} is a link; name the place itself")
    return place


def _carry(
    plugin: ModuleType, release: Release, progress: bool
) -> tuple[list[tuple[Article, Layer]], dict[str, list[tuple[Article, Layer]]], list[Loss]]:
    """Reduce articles to what the format holds; return all, the reduced by split, the losses."""
    held: list[tuple[Article, Layer]] = []
    carried: dict[str, list[tuple[Article, Layer]]] = {}
    losses: list[Loss] = []
    rows = [(split, row) for split in SPLITS for row in release.select(split)]
    for split, (article, layer) in tqdm(
        rows, desc="export", unit="article", delay=1, disable=not progress
    ):
        require_same_text(layer, article)
        held.append((article, layer))
        kept = plugin.carry(article, layer)
        losses += kept.losses
        if kept.layer is not None:
            carried.setdefault(split, []).append((kept.article, kept.layer))
    return held, carried, losses


def _write(
    plugin: ModuleType,
    carried: dict[str, list[tuple[Article, Layer]]],
    target: Path,
    scheme: Scheme,
) -> list[str]:
    """Write into a new working folder what shall lie at the place; return the names."""
    target.parent.mkdir(parents=True)
    endings: Sequence[str] = plugin.ENDINGS
    is_folder = getattr(plugin, "FOLDER", False)
    if not is_folder and target.suffix.lower() in endings:
        rows = [row for part in carried.values() for row in part]
        plugin.write_annotated(rows, target, scheme)
    else:
        target.mkdir()
        for split, rows in carried.items():
            name = split if is_folder else f"{split}{endings[0]}"
            plugin.write_annotated(rows, target / name, scheme)
    work = target.parent
    return sorted(p.relative_to(work).as_posix() for p in work.rglob("*") if p.is_file())


def _put_in_place(work: Path, place: Path) -> None:
    """Move what was written to where it belongs; the same already there is left alone.

    Raises SettingsError where anything else is in the way.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    for made in sorted(work.iterdir()):
        target = place.with_name(made.name)
        if target.is_dir() and made.is_dir() and not any(target.iterdir()):
            target.rmdir()
        if target.exists() or target.is_symlink():
            if _is_same(made, target):
                continue
            raise SettingsError(
                f"{target} is there already with other content; remove it or choose another place"
            )
        made.rename(target)


def _is_same(made: Path, there: Path) -> bool:
    if made.is_file() or there.is_file():
        return made.is_file() and there.is_file() and made.read_bytes() == there.read_bytes()
    return list(_list_contents(made)) == list(_list_contents(there))


def _list_contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _count(rows: Rows) -> dict[str, int]:
    layers = [layer for _, layer in rows]
    counts = {"articles": len(layers)}
    for what in ("spans", "quotes", "stances", "clusters", "edges"):
        counts[what] = sum(len(getattr(layer, what)) for layer in layers)
    return counts
