"""Actions: what somebody did with a suggestion."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.core.layer import Item
from workbench.core.offsets import overlap
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance


def find_suggestion(item_id: str, item: Item, suggested: Mapping[str, Item]) -> Item | None:
    """Return the suggestion that an item stands for: the same one, else what overlaps it most.

    `suggested` maps item ids to items.
    """
    if item_id in suggested:
        return suggested[item_id]
    best: tuple[float, Item] | None = None
    for other in suggested.values():
        shared = measure_overlap(item, other) if type(other) is type(item) else 0.0
        if shared > 0 and (best is None or shared > best[0]):
            best = (shared, other)
    return best[1] if best else None


def measure_overlap(a: Item, b: Item) -> float:
    """Return how far two items of a kind overlap, from 0 to 1; of stances, their cues."""
    if isinstance(a, Stance) and isinstance(b, Stance):
        shared = sum(overlap(x, y) for x in a.cue for y in b.cue)
        longest = max(sum(e - s for s, e in stance.cue) for stance in (a, b))
        return shared / longest
    shared = overlap(a.offsets, b.offsets)
    return shared / (max(a.offsets[1], b.offsets[1]) - min(a.offsets[0], b.offsets[0]))


def name_action(suggested: Item | None, marked: Item | None) -> str:
    """Name what became of a suggestion in somebody's hands.

    accepted, added, deleted, not marked, re-labelled, re-bounded, or changed with the parts of
    the record that are other ones.
    """
    if suggested is None or marked is None:
        if suggested is None:
            return "added" if marked is not None else "not marked"
        return "deleted"
    parts = list_changes(suggested, marked)
    if not parts:
        return "accepted"
    if isinstance(marked, (Span, Quote)):
        named = {"label": "re-labelled", "boundary": "re-bounded", "speaker": "other speaker"}
        return " and ".join(named[part] for part in parts)
    return f"changed {', '.join(parts)}"


def list_changes(before: Item, after: Item) -> list[str]:
    """List the parts in which two items of a kind differ."""
    if isinstance(before, Stance) and isinstance(after, Stance):
        rows = {
            "cue": (before.cue, after.cue),
            "holder": ((before.holders, before.by_author), (after.holders, after.by_author)),
            "target": (before.targets, after.targets),
            "polarity": (before.polarity, after.polarity),
            "status": (before.status, after.status),
        }
        return [name for name, (one, other) in rows.items() if one != other]
    parts = []
    if isinstance(before, Span) and isinstance(after, Span) and before.label != after.label:
        parts.append("label")
    if before.offsets != after.offsets:
        parts.append("boundary")
    if isinstance(before, Quote) and isinstance(after, Quote) and before.speaker != after.speaker:
        parts.append("speaker")
    return parts
