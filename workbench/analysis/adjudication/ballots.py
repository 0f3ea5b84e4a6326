"""Votes: who of those asked said the same, and what a policy makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from workbench.analysis.adjudication.readings import StanceComparison
from workbench.core.decision import ConflictKind
from workbench.core.layer import Item
from workbench.core.policy import Policy
from workbench.core.quote import Quote
from workbench.core.span import Span

T = TypeVar("T", bound=Item)


@dataclass(frozen=True)
class Vote(Generic[T]):
    """What the policy takes of a unit: the marks of those who won, nobody's, or a conflict.

    `kind` is None where the policy settles the unit; then an empty `winners` says that most of
    those asked marked nothing.
    """

    winners: Mapping[str, T]
    kind: ConflictKind | None = None


def find_difference(
    comparison: StanceComparison, a: tuple[str, Item], b: tuple[str, Item]
) -> ConflictKind | None:
    """Name how two marks of one unit differ, None where they say the same."""
    (first, x), (second, y) = a, b
    if isinstance(x, Span) and isinstance(y, Span):
        if x == y:
            return None
        return "label" if x.offsets == y.offsets else "boundary"
    if isinstance(x, Quote) and isinstance(y, Quote):
        if x.offsets != y.offsets:
            return "boundary"
        if x.speaker is None and y.speaker is None:
            return None
        if x.speaker is None or y.speaker is None:
            return "speaker"
        return None if comparison.same_end(first, x.speaker, second, y.speaker) else "speaker"
    if isinstance(x, (Span, Quote)) or isinstance(y, (Span, Quote)):
        return "label"
    return comparison.find_difference(first, x, second, y)


def take_vote(
    policy: Policy, comparison: StanceComparison, marks: Mapping[str, T], asked: Sequence[str]
) -> Vote[T]:
    """Let the policy settle one unit, or name why it can't.

    Only people who were asked count, and a policy needs two of them; whoever was asked and marked
    nothing votes for nothing. A tie is a conflict.
    """
    absent = [author for author in asked if author not in marks]
    if len(asked) < 2 and not policy.takes_single:
        return Vote({}, "too few")
    classes = _classify(comparison, marks)
    difference = _name_difference(comparison, classes, bool(absent))
    if difference is None:
        return Vote(classes[0])
    if policy.name not in ("majority", "threshold") or len(asked) < 2:
        return Vote({}, difference)
    needed = 0.5 if policy.name == "majority" else policy.threshold
    for votes in [*classes, {}]:
        size = len([a for a in votes if a in asked]) if votes else len(absent)
        share = size / len(asked)
        enough = share > needed if policy.name == "majority" else share >= needed
        if size >= 2 and enough:
            return Vote(votes)
    return Vote({}, difference)


def _classify(comparison: StanceComparison, marks: Mapping[str, T]) -> list[dict[str, T]]:
    """Group marks that say the same, the largest group first."""
    classes: list[dict[str, T]] = []
    for author, item in sorted(marks.items()):
        for group in classes:
            rows = list(group.items())
            if all(find_difference(comparison, row, (author, item)) is None for row in rows):
                group[author] = item
                break
        else:
            classes.append({author: item})
    return sorted(classes, key=lambda group: (-len(group), sorted(group)))


def _name_difference(
    comparison: StanceComparison, classes: Sequence[Mapping[str, T]], is_missing: bool
) -> ConflictKind | None:
    if is_missing:
        return "missing"
    if len(classes) < 2:
        return None
    first, second = (min(group.items()) for group in classes[:2])
    return find_difference(comparison, first, second) or "boundary"
