"""An amendment: a change of a round's scheme after labelling began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.core.layer import Layer
from workbench.core.span import Span


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a round is annotated under from a moment on, and what old labels mean since.

    `labels` maps each label that is gone to the one that it means now, empty where it means
    nothing any more; it holds for older work too. `asked` is what was asked *before*, and `last`
    the newest annotation of each Label Studio project that was submitted under it.
    """

    round: str
    scheme: str
    guideline: str
    asked: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    last: Mapping[int, int] = field(default_factory=dict, hash=False)


def find_asked(
    amendments: Sequence[Amendment], asked: tuple[str, ...], project_id: int, annotation_id: int
) -> tuple[str, ...]:
    """Return what an annotation was asked: the labels of the screen that it was submitted on.

    `asked` is what the round asks now. A label that was renamed since counts under its new name.
    """
    for number, amendment in enumerate(amendments):
        if annotation_id <= amendment.last.get(project_id, 0):
            names = compose(amendments[number:])
            now = {names.get(label, label) for label in amendment.asked}
            return tuple(sorted(now & set(asked)))
    return asked


def compose(amendments: Sequence[Amendment]) -> dict[str, str]:
    """Return what each label that is gone means after all these changes."""
    names: dict[str, str] = {}
    for amendment in amendments:
        names = {old: amendment.labels.get(new, new) for old, new in names.items()}
        names |= {old: new for old, new in amendment.labels.items() if old not in names}
        # A name that comes back means itself again.
        names = {old: new for old, new in names.items() if old != new}
    return names


def rename_layer(layer: Layer, names: Mapping[str, str]) -> Layer:
    """Return a layer with its labels as they are called now; spans of dropped labels go.

    Polarities, MENTION and QUOTE belong to every scheme and are never renamed.
    """
    if not names:
        return layer

    def rename(span: Span | None) -> Span | None:
        label = names.get(span.label, span.label) if span else ""
        return replace(span, label=label) if span and label else None

    def keep(spans: Sequence[Span]) -> tuple[Span, ...]:
        renamed = (rename(span) for span in spans)
        return tuple(dict.fromkeys(span for span in renamed if span is not None))

    stances = tuple(
        replace(
            stance,
            holders=keep(stance.holders),
            targets=keep(stance.targets),
            speaker=rename(stance.speaker),
        )
        for stance in layer.stances
    )
    quotes = tuple(replace(quote, speaker=rename(quote.speaker)) for quote in layer.quotes)
    return replace(layer, spans=keep(layer.spans), quotes=quotes, stances=stances)


def rename_notes(notes: Any, names: Mapping[str, str]) -> Any:
    """Return what a ledger keeps of a task's regions with the labels as they are called now."""
    if isinstance(notes, Mapping):
        if set(notes) == {"start", "end", "label"}:
            return {**notes, "label": names.get(notes["label"], notes["label"])}
        return {key: rename_notes(value, names) for key, value in notes.items()}
    if isinstance(notes, list):
        kept = [rename_notes(value, names) for value in notes]
        return [x for x in kept if not (isinstance(x, dict) and x.get("label") == "")]
    return notes
