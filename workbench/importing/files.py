"""Import what somebody else made: predictions, annotations or gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from workbench.core.article import SPLITS, Split
from workbench.core.errors import SettingsError, SourceError
from workbench.core.layer import LAYER_KINDS, Layer, LayerKind
from workbench.core.span import MENTION
from workbench.exchange.annotated import Annotated
from workbench.exchange.archives import unpacked
from workbench.exchange.sidecar import ENDING
from workbench.importing.annotated import Texts, list_asked
from workbench.importing.intake import Intake
from workbench.importing.labels import SAME, LabelRow, map_labels
from workbench.importing.records import take_records
from workbench.ingestion import LARGEST_FILE
from workbench.plugins import load_plugin
from workbench.project import Project

MAPPING = ".mapping.toml"
"""What the mapping of an export is called: its name with this ending."""
_SPLIT_NAMES: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "dev": "dev",
    "devel": "dev",
    "development": "dev",
    "valid": "dev",
    "validation": "dev",
    "val": "dev",
    "testa": "dev",
    "test": "test",
    "testb": "test",
    "eval": "test",
}


@dataclass(frozen=True)
class Imported:
    """What an import took in, what it made of the labels, what it quarantined and why.

    `articles` counts the new texts, `edges` and `unaligned` the edges by name and the names that
    their texts do not hold.
    """

    layers: tuple[Layer, ...]
    quarantined: tuple[tuple[str, str], ...]
    articles: int = 0
    labels: tuple[LabelRow, ...] = ()
    edges: int = 0
    unaligned: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Count them."""
        return f"Imported({len(self.layers)} layers, {len(self.quarantined)} quarantined)"

    @property
    def has_foreign_labels(self) -> bool:
        """Whether a label is not the scheme's own, so that the mapping is worth a look."""
        return any(row.how != SAME for row in self.labels)

    def to_record(self) -> dict[str, Any]:
        """Write the import as plain JSON."""
        return {
            "layers": len(self.layers),
            "articles": self.articles,
            "labels": [
                {"name": row.name, "n": row.n, "label": row.label, "how": row.how}
                for row in self.labels
            ],
            "edges": self.edges,
            "unaligned": list(self.unaligned),
            "quarantined": [{"id": entry, "reason": reason} for entry, reason in self.quarantined],
        }


def import_layers(
    project: Project,
    path: str | Path,
    *,
    format: str = "jsonl",  # noqa: A002 - the option's name
    as_: LayerKind,
    author: str = "",
    split: str = "",
    rights: str = "",
    mapping: str | Path | None = None,
    new_labels: bool = False,
) -> Imported:
    """Take in the layers of a file, folder or zip archive as predictions, annotations or gold.

    A format that carries texts brings its articles along, with the splits that it states or that
    its files are named by, else `split`; of one that holds layers alone, each joins an article by
    the hash of its text. What does not fit is quarantined with the reason, and the rest goes in.
    `mapping` is a TOML file that says what foreign labels are here, `new_labels` adds those that
    have no counterpart to the scheme. Raises SourceError where the file can't be read at all, or
    needs a mapping, which is then drafted.
    """
    source = Path(path)
    if not source.exists():
        raise SourceError(f"there is no file {source}")
    if as_ not in LAYER_KINDS:
        raise SourceError(f"--as {as_!r} is none of {', '.join(LAYER_KINDS)}")
    plugin = load_plugin("formats", format.replace("-", "_"))
    intake = Intake(project, as_, author or f"import:{source.stem}")
    if hasattr(plugin, "read_layers"):
        try:
            take_records(intake, plugin.read_layers(source), source=source.name, split=split)
        except OSError as error:
            raise SourceError(f"{source} can't be read: {error.strerror}") from None
        except SourceError as error:
            raise SourceError(f"{source.name}: {error}") from None
        return Imported(tuple(intake.layers), tuple(intake.quarantined))
    if not hasattr(plugin, "read_annotated"):
        raise SourceError(f"the format {format!r} holds articles and no layers")
    if split and split not in SPLITS:
        raise SettingsError(f"the split {split!r} is none of {', '.join(SPLITS)}")
    stated = _read_mapping(project, plugin, source, mapping)
    texts = _import_texts(
        intake, plugin, source, split=split, rights=rights, stated=stated, new_labels=new_labels
    )
    return Imported(
        tuple(intake.layers),
        tuple(intake.quarantined),
        texts.articles,
        tuple(texts.labels),
        texts.edges,
        tuple(texts.unaligned),
    )


def _import_texts(
    intake: Intake,
    plugin: ModuleType,
    source: Path,
    *,
    split: str,
    rights: str,
    stated: str,
    new_labels: bool,
) -> Texts:
    """Read all files, map the labels of all of them, and take in each."""
    project = intake.project
    rights = rights or str(project.setting("project", "rights", ""))
    rights = rights or f"as the source of {source.name} states"
    with unpacked(source) as place:
        files = list(_read_files(plugin, place, stated))
        is_folder = place.is_dir()
    rows = [row for _, found in files for row in found if isinstance(row, Annotated)]
    counts = Counter(s.label for row in rows for s in row.layer.spans if s.label != MENTION)
    # A format that drafts its own mapping has used it already.
    own = "" if hasattr(plugin, "draft_mapping") else stated
    table = map_labels(project, counts, stated=own, new=new_labels)
    texts = Texts(intake, rights, table, list_asked(row.layer for row in rows))
    for file, found in files:
        # Of a folder the names say the splits, of one file whoever imports it.
        _take_file(texts, file, found, split, _find_split(file) if is_folder or not split else None)
    return texts


def _take_file(
    texts: Texts,
    file: Path,
    found: Sequence[Annotated | SourceError],
    split: str,
    own: Split | None,
) -> None:
    """Take in one file, whose `own` split is the one that its name states."""
    for error in found:
        if isinstance(error, SourceError):
            texts.intake.quarantine(None, str(error), file.name)
    if split and own and split != own:
        texts.intake.quarantine(None, f"the file is of the split {own}", file.name)
        return
    rows = [row for row in found if isinstance(row, Annotated)]
    texts.take(rows, source=file.name, split=own or split or None, only=split)  # type: ignore[arg-type]  # one of SPLITS


def _read_mapping(
    project: Project, plugin: ModuleType, source: Path, mapping: str | Path | None
) -> str:
    """Read the mapping that an import needs or was given; a missing one is drafted.

    Raises SourceError that says where the draft lies.
    """
    place = Path(mapping) if mapping is not None else source.with_name(source.name + MAPPING)
    if place.is_file() and (mapping is not None or hasattr(plugin, "draft_mapping")):
        return _read_named(place)
    draft = ""
    if hasattr(plugin, "draft_mapping"):
        if not source.is_file() or source.suffix.lower() == ".zip":
            raise SourceError(f"{source} is no single export; name one file, or its --map")
        labels = [*project.scheme.names_of("entity", "mention", "quote", "polarity")]
        try:
            draft = plugin.draft_mapping(source, labels)
        except (SourceError, OSError) as error:
            raise SourceError(f"{source.name}: {error}") from None
    elif mapping is not None:
        raise SourceError(f"there is no mapping {place}")
    if draft:
        place.write_text(draft, encoding="utf-8", newline="\n")
        raise SourceError(
            f"{source.name} was labelled by another configuration, so nothing was taken in yet: a "
            f"draft of the mapping is in {place}; check it and run the same import again"
        )
    return ""


def _read_named(place: Path) -> str:
    """Read a file of text; raises SourceError with its name where it is no UTF-8."""
    try:
        return place.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{place.name}: it is not UTF-8 (byte {error.start}); save it as UTF-8 text"
        ) from None


def _read_files(
    plugin: ModuleType, place: Path, mapping: str
) -> Iterator[tuple[Path, list[Annotated | SourceError]]]:
    """Read a file, or each file or folder of the format in a folder; unreadable ones are errors."""
    options = {"mapping": mapping} if mapping and hasattr(plugin, "draft_mapping") else {}
    files = _list_files(plugin, place)
    if not files:
        raise SourceError(f"{place.name} holds no file of the format")
    for file in files:
        try:
            if file.is_file() and file.stat().st_size > LARGEST_FILE:
                raise SourceError(f"it has more than {LARGEST_FILE:,} bytes; cut it")
            yield file, list(plugin.read_annotated(file, **options))
        except (SourceError, OSError) as error:
            if len(files) == 1:
                raise SourceError(f"{file.name}: {error}") from None
            yield file, [SourceError(str(error))]


def _list_files(plugin: ModuleType, place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if getattr(plugin, "FOLDER", False):
        folders = [p for p in sorted(place.rglob("*")) if p.is_dir() and not p.is_symlink()]
        return [
            folder
            for folder in (place, *folders)
            if any(p.suffix in plugin.ENDINGS for p in folder.iterdir())
        ]
    return [
        file
        for file in sorted(place.rglob("*"))
        if file.is_file()
        and not file.is_symlink()
        and file.suffix.lower() in plugin.ENDINGS
        and not file.name.endswith(ENDING)
    ]


def _find_split(file: Path) -> Split | None:
    """Return the split that a file's or folder's name states: `train`, `valid`, `eng.testa`."""
    parts: Sequence[str] = file.name.lower().replace("_", ".").replace("-", ".").split(".")
    return next((_SPLIT_NAMES[part] for part in parts if part in _SPLIT_NAMES), None)
