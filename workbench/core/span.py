"""A span: half-open code-point offsets and a label."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.core.offsets import Offsets

MENTION = "MENTION"
"""The label of what is no entity but is pointed to by a stance or a quote."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A labelled piece of an article's text; score and rule do not take part in equality.

    `score` is a confidence from 0 to 1; `rule` names what in an extractor made the span.
    """

    start: int
    end: int
    label: str
    score: float | None = field(default=None, compare=False)
    rule: str | None = field(default=None, compare=False)

    @property
    def offsets(self) -> Offsets:
        """The half-open pair `(start, end)`."""
        return (self.start, self.end)
