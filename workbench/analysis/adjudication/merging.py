"""One item of several readings: by the policy where they say the same, by a person where not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from workbench.analysis.adjudication.readings import StanceComparison
from workbench.core.layer import Item
from workbench.core.offsets import Offsets
from workbench.core.offsets import merge as merge_offsets
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance

T = TypeVar("T", bound=Item)


def merge_readings(readings: Sequence[Item]) -> Item:
    """Merge readings of one kind into the item that covers them all.

    Spans and quotes become what reaches from the first start to the last end, with the label or
    speaker of the first reading; stances get every cue, holder and target, and the polarity and
    status of the first. Raises ValueError where they are of several kinds.
    """
    first = readings[0]
    if any(type(item) is not type(first) for item in readings):
        raise ValueError("only readings of one kind can be merged")
    if isinstance(first, Stance):
        stances = [item for item in readings if isinstance(item, Stance)]
        return replace(
            first,
            cue=merge_offsets(cue for stance in stances for cue in stance.cue),
            holders=tuple(end for stance in stances for end in stance.holders),
            targets=tuple(end for stance in stances for end in stance.targets),
            by_author=any(stance.by_author for stance in stances),
            score=None,
            rule=None,
        )
    start = min(item.offsets[0] for item in readings)
    end = max(item.offsets[1] for item in readings)
    if isinstance(first, Quote):
        speakers = (item.speaker for item in readings if isinstance(item, Quote))
        speaker = next((found for found in speakers if found is not None), None)
        return replace(first, start=start, end=end, speaker=speaker, score=None, rule=None)
    return replace(first, start=start, end=end, score=None, rule=None)


def unite_equal(comparison: StanceComparison, marks: Mapping[str, T]) -> T:
    """Unite marks that say the same: the shorter cue, and of equal ends the one nearest to it."""
    chosen: Item = min(marks.values(), key=lambda item: item.offsets)
    if isinstance(chosen, Quote):
        quotes = [mark for mark in marks.values() if isinstance(mark, Quote)]
        speakers = [quote.speaker for quote in quotes if quote.speaker]
        anchor = chosen.offsets
        nearest = min(speakers, key=lambda span: measure_distance(span, anchor), default=None)
        return replace(chosen, speaker=nearest, score=None, rule=None)  # type: ignore[return-value]  # marks are of one kind
    if isinstance(chosen, Stance):
        stances = {a: mark for a, mark in marks.items() if isinstance(mark, Stance)}
        return _unite_stances(comparison, stances)  # type: ignore[return-value]  # as above
    return replace(chosen, score=None, rule=None)  # type: ignore[return-value]  # as above


def measure_distance(span: Span, anchor: Offsets) -> tuple[int, Span]:
    """Rank an end by its distance from an anchor, the earlier one first where two are as far."""
    return (max(0, span.start - anchor[1], anchor[0] - span.end), span)


def _unite_stances(comparison: StanceComparison, marks: Mapping[str, Stance]) -> Stance:
    shortest = min(marks.values(), key=lambda s: (sum(e - b for b, e in s.cue), s.cue))
    return replace(
        shortest,
        holders=_choose_ends(comparison, marks, "holders", shortest.offsets),
        targets=_choose_ends(comparison, marks, "targets", shortest.offsets),
        score=None,
        rule=None,
    )


def _choose_ends(
    comparison: StanceComparison, marks: Mapping[str, Stance], role: str, anchor: Offsets
) -> tuple[Span, ...]:
    (first, one), *others = sorted(marks.items())
    chosen = []
    for end in getattr(one, role):
        same = [end]
        for author, stance in others:
            ends: Sequence[Span] = getattr(stance, role)
            same += [x for x in ends if comparison.same_end(first, end, author, x)]
        chosen.append(min(same, key=lambda span: measure_distance(span, anchor)))
    return tuple(chosen)
