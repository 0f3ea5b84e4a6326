"""Referents: the people, bodies and things of one article while its clusters are being made."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.analysis.references.names import Words, clean_name
from workbench.core.span import Span


@dataclass(eq=False, slots=True)
class Referent:
    """One person, body or thing: the numbers of its mentions and what is known of it.

    `name` is the longest form seen; `titles` are the offices held with their country; `members`
    is filled for what a plural mention stands for.
    """

    family: str
    name: Words
    mentions: list[int] = field(default_factory=list)
    titles: list[tuple[Words, str | None]] = field(default_factory=list)
    members: list[Referent] = field(default_factory=list)
    merged_into: Referent | None = None

    def root(self) -> Referent:
        """Return the referent that this one was merged into, or itself."""
        referent = self
        while referent.merged_into is not None:
            referent = referent.merged_into
        return referent


class Referents:
    """The referents of an article, and which one each of its mentions belongs to."""

    def __init__(
        self,
        text: str,
        mentions: Sequence[Span],
        registry: Mapping[str, str],
        apart: Iterable[tuple[int, int]],
    ) -> None:
        self.text = text
        self.mentions = mentions
        self.registry = registry
        self.referents: list[Referent] = []
        self.of: dict[int, Referent] = {}
        self._clean = [clean_name(text[span.start : span.end]) for span in mentions]
        self._apart: defaultdict[int, set[int]] = defaultdict(set)
        for first, second in apart:
            self._apart[first].add(second)
            self._apart[second].add(first)

    def words(self, number: int) -> str:
        """Return the words of a mention as they stand."""
        span = self.mentions[number]
        return self.text[span.start : span.end]

    def clean(self, number: int) -> str:
        """Return a mention without article, possessive and dots in capitals."""
        return self._clean[number]

    def canonical(self, number: int) -> str:
        """Return the registry's name for a mention, or the mention without its article."""
        return self.registry.get(self._clean[number], self._clean[number])

    def labelled(self, label: str) -> list[int]:
        """Return the numbers of the mentions with that label, in text order."""
        return [number for number, span in enumerate(self.mentions) if span.label == label]

    def place(self, number: int, fitting: Sequence[Referent], family: str, name: Words) -> Referent:
        """Add a mention to the fitting referent that was mentioned last, or to a new one."""
        allowed = [r for r in fitting if r.mentions and self._may_join(number, r)]
        if len(allowed) == 1:
            referent = allowed[0]
        elif allowed:
            referent = min(allowed, key=lambda r: self._distance(number, r))
        else:
            referent = Referent(family, name)
            self.referents.append(referent)
        self.add(number, referent)
        return referent

    def add(self, number: int, referent: Referent) -> None:
        """Put a mention into a referent; a correction that forbids it makes a new one instead."""
        if not self._may_join(number, referent):
            referent = Referent(referent.family, referent.name)
            self.referents.append(referent)
        insort(referent.mentions, number)
        self.of[number] = referent

    def merge(self, first: Referent, second: Referent) -> None:
        """Make two referents one; the first keeps its name."""
        if first is second:
            return
        for number in second.mentions:
            self.of[number] = first
        first.mentions = sorted(first.mentions + second.mentions)
        first.titles += second.titles
        first.members = first.members or second.members
        second.mentions = []
        second.merged_into = first

    def _may_join(self, number: int, referent: Referent) -> bool:
        apart = self._apart.get(number)
        return not apart or apart.isdisjoint(referent.mentions)

    def _distance(self, number: int, referent: Referent) -> tuple[bool, int]:
        """Order referents: the nearest mentioned before comes first, then the nearest after."""
        at = bisect_left(referent.mentions, number)
        if at:
            return (False, number - referent.mentions[at - 1])
        return (True, referent.mentions[0] - number)
