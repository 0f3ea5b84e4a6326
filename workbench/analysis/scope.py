"""Scope: what was shown and asked; outside it things are missing, never negative."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workbench.core.layer import Layer, Passage
from workbench.core.offsets import Offsets
from workbench.core.quote import QUOTE
from workbench.core.span import MENTION


def share_scope(a: Iterable[Passage], b: Iterable[Passage]) -> tuple[Passage, ...]:
    """Return what both sides were shown and asked."""
    shared = []
    others = list(b)
    for one in a:
        for other in others:
            start, end = max(one.start, other.start), min(one.end, other.end)
            asked = tuple(sorted(set(one.asked) & set(other.asked)))
            if start < end and asked:
                shared.append(Passage(start, end, asked))
    return tuple(shared)


def is_asked(label: str, offsets: Offsets, scope: Iterable[Passage]) -> bool:
    """Tell whether one passage shows all of the offsets and asks for the label."""
    return any(
        passage.start <= offsets[0] and offsets[1] <= passage.end and label in passage.asked
        for passage in scope
    )


def asks_for(layer: Layer, labels: Iterable[str]) -> bool:
    """Tell whether one of a layer's passages asks for one of the labels."""
    wanted = set(labels)
    return any(wanted & set(passage.asked) for passage in layer.passages)


def restrict(layer: Layer, scope: Iterable[Passage]) -> Layer:
    """Keep the entities, quotes and stances that the scope shows and asks for.

    MENTIONs are outside entity scores and go; clusters stay, since ends are matched by them.
    """
    scope = tuple(scope)
    return replace(
        layer,
        spans=tuple(
            s for s in layer.spans if s.label != MENTION and is_asked(s.label, s.offsets, scope)
        ),
        quotes=tuple(q for q in layer.quotes if is_asked(QUOTE, q.offsets, scope)),
        stances=tuple(s for s in layer.stances if is_asked(s.polarity, s.offsets, scope)),
    )


def unite_passages(layers: Sequence[Layer]) -> tuple[Passage, ...]:
    """Unite what was submitted: the suggestion set is kept where all of them saw the same one."""
    found: dict[Offsets, list[Passage]] = {}
    for layer in layers:
        for passage in layer.passages:
            found.setdefault((passage.start, passage.end), []).append(passage)
    united = []
    for offsets, passages in sorted(found.items()):
        asked = tuple(sorted({label for passage in passages for label in passage.asked}))
        sets = {passage.suggested_by for passage in passages}
        united.append(Passage(*offsets, asked, sets.pop() if len(sets) == 1 else None))
    return tuple(united)
