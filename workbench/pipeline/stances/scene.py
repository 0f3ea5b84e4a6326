"""The scene of a Doc: what every tier needs to know when it reads a cue."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from workbench.core.offsets import Offsets
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Polarity, Status
from workbench.pipeline.mentions import Ends
from workbench.pipeline.stances.lexicon import Lexicon

SCORES = {"frame": 0.52, "frame-loose": 0.23, "window": 0.18}
"""The confidence of each tier before any gold: its measured precision on political news."""


@dataclass(slots=True)
class Found:
    """A stance as a tier found it."""

    cue: tuple[Offsets, ...]
    holders: list[Span]
    targets: list[Span]
    polarity: Polarity
    status: Status
    rule: str
    score: float
    by_author: bool = False


@dataclass(slots=True)
class Scene:
    """A Doc with its ends, its lexicon and its quotes."""

    doc: Doc
    ends: Ends
    lexicon: Lexicon
    quotes: Sequence[Quote]
    parsed: bool
    _starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Index the quotes by where they begin."""
        self.quotes = sorted(self.quotes, key=lambda quote: quote.offsets)
        self._starts = [quote.start for quote in self.quotes]

    def quotes_around(self, token: Token) -> list[Quote]:
        """Return the quotes around a token, the innermost first."""
        last = bisect_right(self._starts, token.idx)
        near = self.quotes[max(0, last - 6) : last]
        return sorted(
            (quote for quote in near if token.idx < quote.end), key=lambda q: q.end - q.start
        )

    def find_direct_speaker(self, token: Token) -> Span | None:
        """Return who speaks the direct quotation that a token stands in."""
        for quote in self.quotes_around(token):
            if quote.form == "direct" and quote.speaker is not None:
                return quote.speaker
        return None

    def has(self, token: Token, role: str) -> bool:
        """Tell whether a word has a steering role in the lexicon."""
        return self.lexicon.has(token, role)


def flip(polarity: Polarity) -> Polarity:
    """Turn favour into disfavour and back; what is neutral or mixed stays."""
    if polarity == "SUPPORT":
        return "OPPOSE"
    return "SUPPORT" if polarity == "OPPOSE" else polarity
