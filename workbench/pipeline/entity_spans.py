"""Entities on a Doc: nested spans with the rule that made each and a confidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from workbench.core.offsets import Offsets

_INNER = ("GPE", "NORP", "ORG", "PERSON", "DATE")
"""What is marked inside a longer name; regions and issues there are part of it."""
GROUP = "entities"
MENTIONS = "mentions"


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """An entity by tokens, `start` to `end` half-open, with what found it."""

    start: int
    end: int
    label: str
    rule: str
    score: float


def read_entities(doc: Doc) -> list[Found]:
    """Return the entities that earlier components found."""
    if GROUP not in doc.spans:
        return []
    group = doc.spans[GROUP]
    scores = group.attrs.get("scores") or [0.0] * len(group)
    return [
        Found(span.start, span.end, span.label_, span.id_, score)
        for span, score in zip(group, scores, strict=True)
    ]


def write_entities(doc: Doc, found: Iterable[Found]) -> None:
    """Write entities into the Doc's group; the outermost become `doc.ents`.

    Of entities that cross, the surer one stays; of those with the same words, the surer label; of
    one inside another of the same label, the longer.
    Tokens of page furniture stay blocked for the model.
    """
    kept: list[Found] = []
    beside: defaultdict[int, list[Found]] = defaultdict(list)
    for entity in sorted(set(found), key=_rank):
        tokens = range(entity.start, entity.end)
        near = [other for number in tokens for other in beside.get(number, ())]
        if all(_is_nested(entity, other) for other in near):
            kept.append(entity)
            for number in tokens:
                beside[number].append(entity)
    kept.sort(key=lambda e: (e.start, -e.end))
    spans = [Span(doc, e.start, e.end, label=e.label, span_id=e.rule) for e in kept]
    doc.spans[GROUP] = spans
    doc.spans[GROUP].attrs["scores"] = [e.score for e in kept]
    if MENTIONS not in doc.spans:
        doc.spans[MENTIONS] = []
        doc.spans[MENTIONS].attrs["scores"] = []
    doc.set_ents(filter_spans(spans), blocked=find_masked(doc), default="outside")


def find_masked(doc: Doc) -> list[Span]:
    """Return the runs of tokens that lie in page furniture."""
    regions: list[Offsets] = [(start, end) for start, end in doc._.masked]
    runs: list[Span] = []
    for start, end in regions:
        run = doc.char_span(start, end, alignment_mode="expand")
        if run is not None and run.end > run.start:
            runs.append(run)
    return runs


def _rank(e: Found) -> tuple[float, int, int, str]:
    return (-e.score, e.start - e.end, e.start, e.label)


def _is_nested(a: Found, b: Found) -> bool:
    """Tell whether two entities can both stand: apart, or one inside another of other label."""
    if (a.start, a.end) == (b.start, b.end):
        return False
    if a.end <= b.start or b.end <= a.start:
        return True
    inner, outer = (a, b) if b.start <= a.start and a.end <= b.end else (b, a)
    inside = outer.start <= inner.start and inner.end <= outer.end
    return inside and a.label != b.label and (inner.label in _INNER or outer.label == "ROLE")
