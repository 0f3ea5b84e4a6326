"""A round: what was asked of whom, on which passages, under which scheme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.core.identity import digest

Arm = Literal["suggested", "blind", "review"]
Unit = Literal["article", "paragraph", "window"]
UNITS: tuple[Unit, ...] = ("article", "paragraph", "window")
WINDOW = 5
"""Sentences in a window where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Round:
    """A round's settings, fixed when it is first pushed but for who joins and a changed scheme.

    `annotators` is empty for a pool; `overlap` is how many people see a passage (a fraction gives
    that share of passages one more person); `blind` is the share of passages without suggestions;
    `window` is how many sentences a passage has where the unit is a window; `practice` marks work
    that teaches an annotator and is never made gold.
    """

    name: str
    scheme: str
    guideline: str
    asked: tuple[str, ...]
    annotators: tuple[str, ...] = ()
    overlap: float = 1.0
    blind: float = 0.0
    seed: int = 0
    unit: Unit = "article"
    window: int = WINDOW
    practice: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """One row of a plan: a passage, the arm it is shown in, and who gets it when.

    `annotator` is empty in a pool; `position` orders the tasks of one annotator.
    """

    article_id: str
    text_sha256: str
    start: int
    end: int
    round: str
    arm: Arm
    annotator: str = ""
    position: int = 0

    @property
    def key(self) -> str:
        """The task's key, a hash, so that what Label Studio shows does not give the arm away."""
        return digest(self.text_sha256, self.start, self.end, self.round, self.arm, self.annotator)
