"""Conflicts between layers, and the decisions that close them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from workbench.core.identity import digest, identify
from workbench.core.layer import Item

ConflictKind = Literal[
    "boundary",
    "label",
    "missing",
    "speaker",
    "holder",
    "target",
    "polarity",
    "swap",
    "cue",
    "status",
    "incomplete",
    "too few",
    "suggested",
    "review",
    "check",
    "audit",
    "probe",
    "agreed",
    "added",
]
"""What is open: a difference (`boundary` to `status`), a record that lacks an end, too few people,
an agreement that the policy does not trust (`suggested` to `probe`); `agreed` and `added` are no
conflicts but what a reviewer overrules or adds."""
Action = Literal["accept", "merge", "write", "reject", "contested"]
ACTIONS: tuple[Action, ...] = ("accept", "merge", "write", "reject", "contested")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a conflict: an item and the authors who marked exactly it."""

    item: Item
    authors: tuple[str, ...]


@dataclass(frozen=True)  # without slots, so that the id, which lists ask for often, is kept
class Conflict:
    """What the policy leaves open: the readings, and who was asked and marked nothing."""

    article_id: str
    text_sha256: str
    round: str
    kind: ConflictKind
    candidates: tuple[Candidate, ...]
    absent: tuple[str, ...] = ()

    @cached_property
    def id(self) -> str:
        """`conflict:<16 hex>` over readings and votes: other votes reopen it, a re-run does not.

        Status and speaker are attributes outside an item's id and are hashed beside it.
        """
        rows = [
            [identify(self.text_sha256, c.item), *_attributes(c.item), sorted(c.authors)]
            for c in self.candidates
        ]
        return f"conflict:{digest(self.text_sha256, self.round, sorted(rows), sorted(self.absent))}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about one conflict, and why.

    `item` is the accepted, merged or written reading, None where it was rejected. `kind`,
    `readings` and `absent` keep the conflict as it stood: who had marked what.
    """

    conflict: str
    article_id: str
    round: str
    action: Action
    author: str
    item: Item | None = None
    reason: str = ""
    kind: str = ""
    readings: tuple[Candidate, ...] = ()
    absent: tuple[str, ...] = ()


def name_added(text_sha256: str, round_name: str, item: Item) -> str:
    """Name the decision that adds an item which nobody had marked."""
    added = digest(text_sha256, round_name, "added", identify(text_sha256, item))
    return f"conflict:{added}"


def _attributes(item: Item) -> list[str]:
    speaker = getattr(item, "speaker", None)
    where = "" if speaker is None else f"{speaker.start}-{speaker.end}"
    return [str(getattr(item, "status", "")), where]
