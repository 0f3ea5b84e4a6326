"""The labels of an import: which label of the scheme each becomes, or that it is a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workbench.adapters.scheme_markdown import write_label
from workbench.core.errors import SourceError
from workbench.exchange.labels import make_labels, suggest_label
from workbench.exchange.mappings import read_tables
from workbench.project import Project
from workbench.store.layers import add_layer, find_layers
from workbench.store.rounds import list_rounds

_MOST_NEW = 100
"""No scheme that people can learn has more; so many come of a file of another format."""
SAME, MAPPED, ADDED, LEFT_OUT = "same", "mapped", "added to the scheme", "left out"


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A line of the mapping table: a foreign label, how often it occurs, and what it becomes."""

    name: str
    n: int
    label: str
    how: str


def map_labels(
    project: Project, counts: Mapping[str, int], *, stated: str = "", new: bool = False
) -> list[LabelRow]:
    """Choose what each label becomes: as `stated`, as its name tells, else a label of its own.

    `stated` is a mapping as TOML, which then says it all. A label of its own is added to the
    project's scheme where `new` says so or nobody has worked by that scheme yet; otherwise the
    label is left out, for a running round must not change under people's hands. Raises
    SourceError for a mapping to labels that the scheme lacks.
    """
    scheme = project.scheme
    spans = {x.name for x in scheme.labels if x.kind in ("entity", "mention")}
    if stated:
        return _read_stated(counts, stated, spans)
    rows = {}
    for name, n in sorted(counts.items()):
        label = suggest_label(name, spans, scheme.spacy_mapping)
        rows[name] = LabelRow(
            name, n, label, SAME if label == name else MAPPED if label else LEFT_OUT
        )
    unknown = [row.name for row in rows.values() if not row.label]
    if len(unknown) > _MOST_NEW:
        raise SourceError(
            f"{len(unknown)} labels have no counterpart here ({', '.join(unknown[:5])}, …); "
            "is the file of this format? If it is, map them with: --map FILE"
        )
    if unknown and (new or not _is_in_use(project)):
        for name, label in add_labels(project, unknown).items():
            rows[name] = LabelRow(name, counts[name], label, ADDED)
    return list(rows.values())


def add_labels(project: Project, names: list[str]) -> dict[str, str]:
    """Write a file for each new label into the project's scheme; return what each is called."""
    before = project.scheme.hash
    made = make_labels(names, project.scheme)
    for label in made.values():
        path = project.seeds / "scheme" / f"{label.name}.md"
        path.write_text(write_label(label), encoding="utf-8", newline="\n")
    # The scheme was read before; what was added counts from here on.
    project.__dict__.pop("scheme", None)
    _carry_over(project, before)
    return {name: label.name for name, label in made.items()}


def _carry_over(project: Project, before: str) -> None:
    """Put imported gold under the scheme that only adds labels to the one it came in under.

    What each layer was asked stays as it is, so that it says nothing of the new labels.
    """
    scheme = project.scheme
    with project.store() as connection:
        rounds = {rnd.name for rnd in list_rounds(connection)}
        for layer in find_layers(connection, kind="gold"):
            if layer.scheme == before and layer.round not in rounds:
                again = replace(layer, scheme=scheme.hash, guideline=scheme.guideline_hash)
                add_layer(connection, again, at=project.now())


def _read_stated(counts: Mapping[str, int], stated: str, spans: set[str]) -> list[LabelRow]:
    table = read_tables(stated).labels or {}
    wrong = sorted({right for right in table.values() if right and right not in spans})
    if wrong:
        raise SourceError(
            f"the mapping names {', '.join(wrong)}, which the scheme lacks; it has "
            f"{', '.join(sorted(spans))}"
        )
    rows = []
    for name, n in sorted(counts.items()):
        label = table.get(name, "")
        rows.append(LabelRow(name, n, label, MAPPED if label else LEFT_OUT))
    return rows


def _is_in_use(project: Project) -> bool:
    with project.store() as connection:
        return bool(list_rounds(connection) or find_layers(connection))
