"""Reviews: what an article looks like before somebody reviews it, and what the review decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from workbench.analysis.adjudication.settlement import Settled
from workbench.core.decision import Action, Conflict, Decision, name_added
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.offsets import overlap
from workbench.core.quote import Quote
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance

Settle = Callable[[Mapping[str, Decision]], Settled]
"""Settles one article under decisions."""
_ROUNDS = 20


def merge_before_review(settle: Settle, decisions: Mapping[str, Decision]) -> Layer:
    """Return gold as it would be if every open conflict went to its commonest reading.

    Probes are left out. It is what a reviewer is shown, and nothing of it is decided by that.
    """
    supposed = dict(decisions)
    for _ in range(_ROUNDS):
        settled = settle(supposed)
        if not settled.conflicts:
            break
        for conflict in settled.conflicts:
            best = max(conflict.candidates, key=lambda c: len(c.authors))
            item = None if conflict.kind == "probe" else best.item
            action: Action = "reject" if item is None else "accept"
            supposed[conflict.id] = _decide(conflict, action, item, "")
    return settled.gold


def read_review(
    settle: Settle, decisions: Mapping[str, Decision], reviewed: Layer, *, reason: str
) -> list[Decision]:
    """Return the decisions that make gold what a reviewer left.

    Open conflicts are answered, agreements that the reviewer changed are overruled, and what the
    reviewer marked anew is added. Running it again on what it decided decides nothing more.
    """
    known = dict(decisions)
    made: dict[str, Decision] = {}
    for _ in range(_ROUNDS):
        settled = settle(known)
        found = [
            _decide(unit, *answer(unit, reviewed, _list_others(settled, unit)), reason)
            for unit in (*settled.conflicts, *_find_overruled(settled, reviewed))
        ]
        found = [d for d in found if d.conflict not in made]
        if not found:
            break
        made |= {decision.conflict: decision for decision in found}
        known |= made
    settled = settle(known)
    there = {_describe(settled.gold, item) for item in settled.gold.items}
    for item in reviewed.items:
        is_mention = isinstance(item, Span) and item.label == MENTION
        if not is_mention and _describe(reviewed, item) not in there:
            decision = _add(settled.gold, item, reason)
            made[decision.conflict] = decision
    author = reviewed.author
    return [replace(decision, author=author) for decision in made.values()]


def answer(
    conflict: Conflict, right: Layer, taken: Collection[str] = ()
) -> tuple[Action, Item | None]:
    """Say what a layer says of a conflict: accept a reading, write the right one, or reject.

    `taken` are the ids of items that stand for something else and are no answer.
    """
    known = {identify(right.text_sha256, item): item for item in right.items}
    for candidate in conflict.candidates:
        found = known.get(identify(right.text_sha256, candidate.item))
        if found is not None and _list_particulars(found) == _list_particulars(candidate.item):
            return "accept", candidate.item
    near = [
        (_share(item, c.item), -number, item)
        for c in conflict.candidates
        for number, item in enumerate(_list_like(right, c.item))
        if identify(right.text_sha256, item) not in taken
    ]
    best = max(near, key=lambda row: row[:2], default=None)
    return ("write", best[2]) if best is not None and best[0] > 0 else ("reject", None)


def _find_overruled(settled: Settled, reviewed: Layer) -> list[Conflict]:
    """Find the units that the policy settled and that the reviewer left otherwise."""
    left = {_describe(reviewed, item) for item in reviewed.items}
    gold = {identify(settled.gold.text_sha256, item): item for item in settled.gold.items}
    found = []
    for unit in settled.agreed:
        item = gold.get(settled.taken.get(unit.id, ""))
        # What nobody's vote put into gold is overruled where the reviewer has one of its readings.
        readings = [candidate.item for candidate in unit.candidates]
        has_reading = any(_describe(reviewed, reading) in left for reading in readings)
        is_left = item is not None and _describe(settled.gold, item) in left
        if (item is not None and not is_left) or (item is None and has_reading):
            found.append(unit)
    return found


def _list_others(settled: Settled, unit: Conflict) -> set[str]:
    """Return the ids that belong to other units than this one."""
    sha = unit.text_sha256
    mine = {identify(sha, candidate.item) for candidate in unit.candidates}
    mine.add(settled.taken.get(unit.id, ""))
    others = {identify(sha, item) for item in settled.gold.items}
    others |= {identify(sha, c.item) for other in settled.conflicts for c in other.candidates}
    return others - mine


def _decide(conflict: Conflict, action: Action, item: Item | None, reason: str) -> Decision:
    return Decision(
        conflict.id,
        conflict.article_id,
        conflict.round,
        action,
        "",
        item,
        reason,
        conflict.kind,
        conflict.candidates,
        conflict.absent,
    )


def _add(gold: Layer, item: Item, reason: str) -> Decision:
    name = name_added(gold.text_sha256, gold.round, item)
    return Decision(name, gold.article_id, gold.round, "write", "", item, reason, "added")


def _describe(layer: Layer, item: Item) -> tuple[str, object]:
    """Return what must be equal for two items to be the same, the id among it."""
    return identify(layer.text_sha256, item), _list_particulars(item)


def _list_particulars(item: Item) -> object:
    """Return what an item says beyond its id.

    Ends and speakers are told apart by their offsets alone there; gold brings along each entity
    that it points to, so that their labels count here.
    """
    if isinstance(item, Stance):
        ends: tuple[Span, ...] = (*item.holders, *item.targets)
    else:
        ends = (item.speaker,) if isinstance(item, Quote) and item.speaker else ()
    status = item.status if isinstance(item, Stance) else ""
    return status, frozenset((e.offsets, "" if e.label == MENTION else e.label) for e in ends)


def _list_like(layer: Layer, item: Item) -> Sequence[Item]:
    if isinstance(item, Span):
        return [span for span in layer.spans if span.label != MENTION]
    return layer.quotes if isinstance(item, Quote) else layer.stances


def _share(a: Item, b: Item) -> float:
    """Return how far two items overlap; of stances, their cues; a like label decides ties."""
    if isinstance(a, Stance) and isinstance(b, Stance):
        shared = float(sum(overlap(x, y) for x in a.cue for y in b.cue))
        return shared and shared + 0.4 * (a.polarity == b.polarity) + 0.2 * (
            {x.offsets for x in a.targets} == {x.offsets for x in b.targets}
        )
    shared = float(overlap(a.offsets, b.offsets))
    longest = max(a.offsets[1], b.offsets[1]) - min(a.offsets[0], b.offsets[0])
    return shared and shared / longest + 0.1 * (getattr(a, "label", 0) == getattr(b, "label", 1))
