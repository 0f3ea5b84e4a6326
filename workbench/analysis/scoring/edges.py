"""Edges: who is for or against whom by name, from stances or stated without any words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from workbench.analysis.scope import asks_for, restrict
from workbench.analysis.scoring.scores import Counts
from workbench.analysis.scoring.stances import End, Referents, ends_match
from workbench.core.cluster import AUTHOR, Edge
from workbench.core.layer import Layer, Passage
from workbench.core.span import Span
from workbench.core.stance import POLARITIES, Polarity, Stance

Ends = tuple[End, Polarity, End]


def derive_edges(layer: Layer, text: str = "") -> tuple[Edge, ...]:
    """Return who is for or against whom by name, from asserted stances, each once and sorted."""
    referents = Referents(layer)
    edges = set(layer.edges) if not layer.stances else set()
    for stance in layer.stances:
        edges |= {
            Edge(_name(h, text), stance.polarity, _name(t, text))
            for h, t in _list_ends(stance, referents)
        }
    return _select_whole(edges)


def has_edges_alone(layer: Layer) -> bool:
    """Tell whether a layer states edges, and nobody was asked for stances in words."""
    return bool(layer.edges) and not layer.stances and not asks_for(layer, POLARITIES)


def locate_edges(layer: Layer) -> list[Ends]:
    """Return a layer's stated edges, each end with the mentions that its name has there."""
    mentions = {
        cluster.name: frozenset(m.offsets for m in cluster.mentions) for cluster in layer.clusters
    }
    nowhere: frozenset[tuple[int, int]] = frozenset()

    def find(name: str) -> End:
        return End(None, mentions.get(name, nowhere), name)

    return [(find(e.holder), e.polarity, find(e.target)) for e in layer.edges]


def find_edge_scope(gold: Layer) -> list[Passage]:
    """Return what a gold of edges alone was shown, as if its stances had been asked for."""
    return [replace(passage, asked=tuple(POLARITIES)) for passage in gold.passages]


def name_edges(found: Layer, gold: Layer, text: str = "") -> tuple[Edge, ...]:
    """Return the edges of predictions by the names of a gold of edges alone.

    All stances in what it was shown count. An end has the name of the gold's cluster that shares a
    mention with it, else its own.
    """
    shown = restrict(found, find_edge_scope(gold))
    referents = Referents(shown)
    known = {end for holder, _, target in locate_edges(gold) for end in (holder, target)}
    edges = {
        Edge(_rename(h, known, text), stance.polarity, _rename(t, known, text))
        for stance in shown.stances
        for h, t in _list_ends(stance, referents)
    }
    return _select_whole(edges)


def find_stances_with_edges(found: Layer, gold: Layer) -> set[Stance]:
    """Return the predicted stances of which a stated edge of gold says the same."""
    referents, stated = Referents(found), locate_edges(gold)
    return {
        stance
        for stance in found.stances
        if any(
            sign == stance.polarity and ends_match(h, holder) and ends_match(t, target)
            for h, t in _list_ends(stance, referents)
            for holder, sign, target in stated
        )
    }


def count_edges(a: Iterable[Edge], b: Iterable[Edge]) -> Counts:
    """Count the edges of an article that two sides share."""
    one, other = set(a), set(b)
    return Counts(len(one & other), len(one), len(other))


def _list_ends(stance: Stance, referents: Referents) -> Iterator[tuple[End, End]]:
    """Yield an asserted stance's holder × target pairs."""
    if stance.status != "asserted":
        return
    holders = _find_all(referents, stance.holders)
    if stance.by_author:
        holders.append(End(None, frozenset(), AUTHOR))
    yield from product(holders, _find_all(referents, stance.targets))


def _select_whole(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    # "Suspicious of one another" holds both ways between the two, and not of oneself.
    return tuple(sorted(e for e in edges if e.holder and e.target and e.holder != e.target))


def _find_all(referents: Referents, spans: Iterable[Span]) -> list[End]:
    return [end for span in spans for end in referents.find(span)]


def _name(end: End, text: str) -> str:
    return end.name or (text[end.offsets[0] : end.offsets[1]] if end.offsets else "")


def _rename(end: End, known: Iterable[End], text: str) -> str:
    """Return the first known name, in the alphabet's order, that is of the same referent."""
    own = _name(end, text)
    same = [k.name for k in known if ends_match(end, k) or k.name.casefold() == own.casefold()]
    return min(same, default=own)
