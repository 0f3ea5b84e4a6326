"""Cells: stretches of an article that the same annotators were shown and asked the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.analysis.coefficients.continua import Continuum, Unit, keep_outermost
from workbench.analysis.scope import restrict, share_scope
from workbench.core.layer import Layer, Passage


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch with the layers of all who submitted it, cut down to what all were asked."""

    article_id: str
    passage: Passage
    layers: tuple[Layer, ...]

    @property
    def annotators(self) -> tuple[str, ...]:
        """Who submitted it."""
        return tuple(layer.author for layer in self.layers)


def find_cells(layers: Sequence[Layer]) -> list[Cell]:
    """Cut an article where the set of its annotators changes, and keep what two and more share."""
    cuts = sorted({p for layer in layers for x in layer.passages for p in (x.start, x.end)})
    cells = []
    for start, end in pairwise(cuts):
        by_author = {layer.author: layer for layer in layers if _find_passage(layer, start, end)}
        there = [(x, _find_passage(x, start, end)) for _, x in sorted(by_author.items())]
        if len(there) < 2:
            continue
        asked = set.intersection(*(set(passage.asked) for _, passage in there if passage))
        passage = Passage(start, end, tuple(sorted(asked)))
        if asked:
            cut = tuple(restrict(layer, (passage,)) for layer, _ in there)
            cells.append(Cell(layers[0].article_id, passage, cut))
    return cells


def _find_passage(layer: Layer, start: int, end: int) -> Passage | None:
    return next((x for x in layer.passages if x.start <= start and end <= x.end), None)


def make_continuum(
    cell: Cell, list_units: Callable[[Layer], Iterable[Unit]], *, outermost: bool = False
) -> Continuum:
    """Make a continuum of a cell, its offsets counted from the cell's start."""
    start = cell.passage.start
    units = []
    for layer in cell.layers:
        found = sorted((s - start, e - start, label) for s, e, label in list_units(layer))
        units.append(keep_outermost(found) if outermost else tuple(found))
    length = cell.passage.end - start
    return Continuum(cell.annotators, tuple(units), length, cell.article_id)


def list_entities(layer: Layer) -> list[Unit]:
    """Return a layer's entities as units."""
    return [(span.start, span.end, span.label) for span in layer.spans]


def list_cues(layer: Layer) -> list[Unit]:
    """Return the pieces of a layer's cues as units, each once, labelled with their polarity."""
    return sorted({(s, e, stance.polarity) for stance in layer.stances for s, e in stance.cue})


def share_arms(
    a: Layer, b: Layer, *, people: tuple[bool, bool] = (True, True)
) -> dict[str, tuple[Passage, ...]]:
    """Return what two layers share, by whether suggestions were seen there.

    `suggested` where all people among the two saw some, `blind` where none did, else `mixed`.
    """
    shared: dict[str, list[Passage]] = {}
    for one in a.passages:
        for other in b.passages:
            seen = {
                passage.suggested_by is not None
                for passage, is_person in ((one, people[0]), (other, people[1]))
                if is_person
            }
            arm = "mixed" if len(seen) > 1 else "suggested" if True in seen else "blind"
            shared.setdefault(arm, []).extend(share_scope((one,), (other,)))
    return {arm: tuple(passages) for arm, passages in sorted(shared.items()) if passages}
