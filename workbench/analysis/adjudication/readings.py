"""Readings: what several annotators marked of the same thing, grouped, at most one for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from workbench.core.decision import ConflictKind
from workbench.core.layer import Layer
from workbench.core.offsets import overlap
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance

T = TypeVar("T", Span, Quote, Stance)

NEAR = 80
"""Code points between two cues that may still be meant for one record."""


@dataclass
class Reading(Generic[T]):
    """One thing in the text, as each annotator marked it."""

    marks: dict[str, T] = field(default_factory=dict)


def group_marks(
    marks: Mapping[str, Sequence[T]], weigh: Callable[[str, T, str, T], float]
) -> list[Reading[T]]:
    """Group marks of several authors, the closest first; a weight of 0 keeps two apart.

    Deterministic and independent of the order of authors: ties fall by offsets, then names.
    """
    items = [(author, item) for author in sorted(marks) for item in marks[author]]
    edges = []
    for i, j in _pair_near(items):
        (a, x), (b, y) = items[i], items[j]
        weight = weigh(a, x, b, y) if a != b else 0.0
        if weight > 0:
            edges.append((-weight, i, j))
    groups = {i: {i} for i in range(len(items))}
    for _, i, j in sorted(edges):
        one, other = groups[i], groups[j]
        authors = [items[k][0] for k in one | other]
        if one is not other and len(set(authors)) == len(authors):
            united = one | other
            groups |= dict.fromkeys(united, united)
    unique = {min(group): group for group in groups.values()}
    return [Reading({items[k][0]: items[k][1] for k in sorted(unique[n])}) for n in sorted(unique)]


def _pair_near(items: Sequence[tuple[str, T]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of positions whose items overlap or are near: no others are one thing."""
    order = sorted(range(len(items)), key=lambda n: items[n][1].offsets)
    for at, i in enumerate(order):
        reach = items[i][1].offsets[1] + NEAR
        for j in order[at + 1 :]:
            if items[j][1].offsets[0] > reach:
                break
            yield min(i, j), max(i, j)


def weigh_spans(a: str, x: Span, b: str, y: Span) -> float:
    """Weigh two spans by how far they overlap; the same label adds half as much again."""
    shared = overlap(x.offsets, y.offsets)
    longest = max(x.end, y.end) - min(x.start, y.start)
    return (shared / longest) * (1.5 if x.label == y.label else 1.0) if shared else 0.0


def weigh_quotes(a: str, x: Quote, b: str, y: Quote) -> float:
    """Weigh two quotes by how far they overlap."""
    return overlap(x.offsets, y.offsets) / (max(x.end, y.end) - min(x.start, y.start))


class StanceComparison:
    """Compares stances of several layers: ends by cluster, cues by overlap."""

    def __init__(self, layers: Mapping[str, Layer]) -> None:
        self._mentions: dict[str, dict[tuple[int, int], frozenset[tuple[int, int]]]] = {}
        for author, layer in layers.items():
            found = self._mentions.setdefault(author, {})
            for cluster in layer.clusters:
                mentions = frozenset(m.offsets for m in cluster.mentions)
                found |= dict.fromkeys(mentions, mentions)

    def same_end(self, a: str, x: Span, b: str, y: Span) -> bool:
        """Tell whether two ends are mentions of one cluster in either layer's eyes."""
        one = self._mentions.get(a, {}).get(x.offsets, frozenset((x.offsets,)))
        other = self._mentions.get(b, {}).get(y.offsets, frozenset((y.offsets,)))
        return any(overlap(m, n) for m in one for n in other)

    def same_ends(self, a: str, xs: Sequence[Span], b: str, ys: Sequence[Span]) -> bool:
        """Tell whether each end of one side is one of the other side's, and the reverse."""
        return all(any(self.same_end(a, x, b, y) for y in ys) for x in xs) and all(
            any(self.same_end(a, x, b, y) for x in xs) for y in ys
        )

    def weigh(self, a: str, x: Stance, b: str, y: Stance) -> float:
        """Weigh two stances: by holder, target, polarity, and by how far their cues overlap."""
        shared = sum(overlap(p, q) for p in x.cue for q in y.cue)
        if not shared:
            return self._weigh_apart(a, x, b, y)
        weight = 1.0 + 2 * self.same_ends(a, x.holders, b, y.holders)
        weight += 2 * self.same_ends(a, x.targets, b, y.targets) + (x.polarity == y.polarity)
        return weight + shared / max(_length(x), _length(y))

    def find_difference(self, a: str, x: Stance, b: str, y: Stance) -> ConflictKind | None:
        """Name how two readings of a stance differ, None where they say the same."""
        holders = self.same_ends(a, x.holders, b, y.holders) and x.by_author == y.by_author
        targets = self.same_ends(a, x.targets, b, y.targets)
        if not holders and not targets:
            swapped = self.same_ends(a, x.holders, b, y.targets)
            if swapped and self.same_ends(a, x.targets, b, y.holders):
                return "swap"
        if x.polarity != y.polarity:
            return "polarity"
        if not holders:
            return "holder"
        if not targets:
            return "target"
        if x.status != y.status:
            return "status"
        shared = any(overlap(p, q) for p in x.cue for q in y.cue)
        return None if shared else "cue"

    def _weigh_apart(self, a: str, x: Stance, b: str, y: Stance) -> float:
        """Weigh stances of one holder, target and polarity whose cues are near and share nothing.

        Always less than where cues overlap, so that two records are told apart where both
        people marked both.
        """
        gap = max(x.offsets[0] - y.offsets[1], y.offsets[0] - x.offsets[1])
        if gap > NEAR or x.polarity != y.polarity or x.is_incomplete or y.is_incomplete:
            return 0.0
        same = self.same_ends(a, x.holders, b, y.holders) and x.by_author == y.by_author
        same = same and self.same_ends(a, x.targets, b, y.targets)
        return 1 / (2 + max(gap, 0)) if same else 0.0


def _length(stance: Stance) -> int:
    return sum(end - start for start, end in stance.cue)
