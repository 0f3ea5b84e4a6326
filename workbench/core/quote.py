"""A quote: what is said, without the marks, and who says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from workbench.core.offsets import Offsets
from workbench.core.span import Span

QUOTE = "QUOTE"
"""The label that a round asks for when it asks for quotes."""

QuoteForm = Literal["direct", "indirect"]

_OPENING = "\"“„«‘'‹「『"


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody says, directly or indirectly; `speaker` is one of the layer's spans."""

    start: int
    end: int
    speaker: Span | None = None
    form: QuoteForm = "direct"
    score: float | None = field(default=None, compare=False)
    rule: str | None = field(default=None, compare=False)

    @property
    def offsets(self) -> Offsets:
        """The half-open pair `(start, end)` of the content, quotation marks left out."""
        return (self.start, self.end)


def derive_form(text: str, offsets: Offsets) -> QuoteForm:
    """Tell a direct quote from an indirect one by the mark right before its content."""
    before = text[: offsets[0]].rstrip()
    return "direct" if before and before[-1] in _OPENING else "indirect"
