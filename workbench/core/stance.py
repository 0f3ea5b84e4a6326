"""A stance: who is for or against whom or what, in which words, and who says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from workbench.core.offsets import Offsets, contains
from workbench.core.quote import Quote
from workbench.core.span import Span

Polarity = Literal["SUPPORT", "OPPOSE", "NEUTRAL", "MIXED"]
POLARITIES: tuple[Polarity, ...] = ("SUPPORT", "OPPOSE", "NEUTRAL", "MIXED")
POLARITY_SIGNS = {"SUPPORT": "▲", "OPPOSE": "▼", "NEUTRAL": "●", "MIXED": "◆"}
"""What tells polarities apart where colour can't, on every screen alike."""

Status = Literal["asserted", "denied", "hypothetical"]
STATUSES: tuple[Status, ...] = ("asserted", "denied", "hypothetical")


@dataclass(frozen=True, slots=True)
class Stance:
    """An n-ary record anchored on the words that show an attitude.

    `cue` holds one or more half-open offset pairs; `holders` and `targets` are spans of the
    layer; `by_author` says that the article's own voice holds it. Cue, holders and targets are
    kept sorted, so that equal records are equal whatever order they were found in.
    """

    cue: tuple[Offsets, ...]
    holders: tuple[Span, ...] = ()
    targets: tuple[Span, ...] = ()
    polarity: Polarity = "NEUTRAL"
    status: Status = "asserted"
    by_author: bool = False
    speaker: Span | None = None
    score: float | None = field(default=None, compare=False)
    rule: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Bring the parts into their one order."""
        object.__setattr__(self, "cue", tuple(sorted(self.cue)))
        object.__setattr__(self, "holders", tuple(sorted(set(self.holders))))
        object.__setattr__(self, "targets", tuple(sorted(set(self.targets))))

    @property
    def offsets(self) -> Offsets:
        """The half-open pair from the cue's first to its last character."""
        return (self.cue[0][0], max(end for _, end in self.cue))

    @property
    def is_incomplete(self) -> bool:
        """Whether the record lacks its holder (and is not the author's own) or its target."""
        return (not self.holders and not self.by_author) or not self.targets


def derive_speaker(cue: tuple[Offsets, ...], quotes: Iterable[Quote]) -> Span | None:
    """Return who speaks the innermost quote around the whole cue, None outside quotes.

    Of quotes of one length the first in the text counts, in whatever order they are given.
    """
    start, end = min(cue)[0], max(end for _, end in cue)
    around = [quote for quote in quotes if contains(quote.offsets, (start, end))]
    if not around:
        return None
    return min(around, key=_rank).speaker


def _rank(quote: Quote) -> tuple[int, int, Offsets]:
    speaker = quote.speaker.offsets if quote.speaker else (-1, -1)
    return (quote.end - quote.start, quote.start, speaker)
