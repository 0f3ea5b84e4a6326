"""Trust: which agreements a policy doubts, because everybody saw the same suggestion."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.analysis.proportions import wilson
from workbench.core.decision import ConflictKind, Decision
from workbench.core.layer import Item
from workbench.core.policy import Policy
from workbench.core.quote import QUOTE
from workbench.core.span import Span

REVIEWED_ENOUGH = 50
"""Stances that must have been decided before `guarded` takes any without a person."""
AUDITED_ENOUGH = 20
"""Audits of a label before its error rate counts."""
TOLERATED = 0.02
"""The share of audited items that may turn out wrong."""
EXPECTED = 0.01
"""The share of wrong items that an accepted suggestion may be expected to have."""
PRECISION = 0.85
"""The share of suggestions taken to be right where none were measured."""


@dataclass(frozen=True)
class Evidence:
    """What is known beyond the layers: what was suggested, which of it was seeded, who catches it.

    `shown` maps a model to the ids of the items that it suggested; `probes` are the ids of seeded
    wrong ones; `catch_rates` is the share of probes that people corrected, and `tallies` how many
    audited or reviewed items there were and how many were changed, both by label.
    """

    shown: Mapping[str, Collection[str]] = field(default_factory=dict)
    probes: Collection[str] = ()
    catch_rates: Mapping[str, float] = field(default_factory=dict)
    tallies: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def expect_error(precision: float, catch_rate: float, people: int) -> float:
    """Return the share of wrong items among suggestions that `people` all left untouched.

    A wrong suggestion survives where nobody catches it: (1-p)(1-c)^n of (1-p)(1-c)^n + p.
    """
    survived = (1 - precision) * (1 - catch_rate) ** people
    return survived / (survived + precision) if survived + precision else 0.0


def find_doubt(
    policy: Policy, evidence: Evidence, item_id: str, item: Item, *, people: int, untouched: bool
) -> ConflictKind | None:
    """Say why an agreement needs a person, None where the policy takes it.

    `untouched` says that everybody saw the item as a suggestion and left it as it was.
    `unanimous` draws its audits from those; `guarded` takes none of them unless the label's
    probes say that errors are caught, looks through all stances until enough were reviewed, and
    audits what is left.
    """
    if item_id in evidence.probes:
        return "probe"
    if policy.name == "unanimous":
        drawn = untouched and _is_drawn(policy, item_id)
        return "audit" if drawn else None
    if policy.name != "guarded":
        return None
    label = name_label(item)
    if untouched:
        caught = evidence.catch_rates.get(label)
        if caught is None or expect_error(PRECISION, caught, people) >= EXPECTED:
            return "suggested"
    decided, changed = evidence.tallies.get(label, (0, 0))
    is_bad = decided >= AUDITED_ENOUGH and changed / decided > TOLERATED
    is_new = not isinstance(item, Span) and label != QUOTE and decided < REVIEWED_ENOUGH
    if is_bad or is_new:
        return "review"
    return "audit" if _is_drawn(policy, item_id) else None


def name_label(item: Item) -> str:
    """Return the label under which an item is asked for: its own, QUOTE, or the polarity."""
    if isinstance(item, Span):
        return item.label
    return str(getattr(item, "polarity", QUOTE))


def tally_decisions(decisions: Iterable[Decision]) -> dict[str, tuple[int, int]]:
    """Count by label what was looked at though all agreed, and what of it was changed."""
    found: dict[str, tuple[int, int]] = {}
    for decision in decisions:
        if decision.kind in ("audit", "review", "suggested") and decision.readings:
            label = name_label(decision.readings[0].item)
            decided, changed = found.get(label, (0, 0))
            found[label] = (decided + 1, changed + was_changed(decision))
    return found


def was_changed(decision: Decision) -> bool:
    """Tell whether a decision took none of the readings as it was."""
    kept = [_normal(reading.item) for reading in decision.readings]
    return decision.item is None or _normal(decision.item) not in kept


def report_audit(decisions: Iterable[Decision]) -> dict[str, Any]:
    """Report how many agreements on a suggestion were audited, and the share that was wrong.

    The interval is Wilson's (1927) at 95%; without an audit both are null, with the reason.
    """
    audits = [decision for decision in decisions if decision.kind == "audit"]
    wrong = sum(was_changed(decision) for decision in audits)
    if not audits:
        reason = "no audit was decided yet"
        return {"audited": 0, "wrong": 0, "error": None, "interval": None, "reason": reason}
    interval = list(wilson(wrong, len(audits)))
    error = wrong / len(audits)
    return {"audited": len(audits), "wrong": wrong, "error": error, "interval": interval}


def _normal(item: Item) -> tuple[object, ...]:
    """Leave out what is derived: a stance's speaker follows from the quotes around it."""
    if isinstance(item, Span):
        return ("span", item)
    parts = [getattr(item, name, None) for name in ("cue", "holders", "targets", "status")]
    speaker = getattr(item, "speaker", None) if not hasattr(item, "cue") else None
    return (name_label(item), item.offsets, getattr(item, "by_author", None), speaker, *parts)


def _is_drawn(policy: Policy, item_id: str) -> bool:
    drawn = hashlib.sha256(f"audit {policy.seed} {item_id}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64 < policy.audit
