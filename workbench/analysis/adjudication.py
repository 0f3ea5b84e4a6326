"""Adjudication: from layers and decisions to gold and conflicts, without looking at anything else.

Spans and quotations are settled first, then stances, whose ends follow the spans. Order of layers
and repetition change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from workbench.analysis.clusters import make_clusters
from workbench.analysis.readings import (
    Reading,
    StanceComparison,
    group_marks,
    weigh_quotes,
    weigh_spans,
)
from workbench.analysis.scope import is_asked, unite_passages
from workbench.core.article import Article
from workbench.core.decision import Candidate, Conflict, ConflictKind, Decision
from workbench.core.identity import identify
from workbench.core.layer import ADJUDICATION, Item, Layer, Verdict, require_same_text
from workbench.core.offsets import Offsets
from workbench.core.quote import QUOTE, Quote
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance, derive_speaker

T = TypeVar("T", bound=Item)

ADJUDICATED = "adjudicated"
"""The policy recorded on what somebody decided."""


@dataclass(frozen=True)
class Settled:
    """The gold of one article, and the conflicts that are still open."""

    gold: Layer
    conflicts: tuple[Conflict, ...]


def adjudicate(
    article: Article,
    layers: Sequence[Layer],
    decisions: Mapping[str, Decision],
    *,
    policy: str,
    registry: Mapping[str, str],
    fallback_single: bool = False,
) -> Settled:
    """Settle the annotations of one article.

    `unanimous` takes what all who were asked marked alike, two at least; fewer is a conflict
    unless `fallback_single` takes the work of the one person who was asked. `single` takes it in
    any case. Raises StaleTextError for a layer of another text.
    """
    for layer in layers:
        require_same_text(layer, article)
    single = fallback_single or policy == "single"
    settler = _Settler(article, layers, decisions, single)
    settler.settle_spans()
    settler.settle_quotes()
    settler.settle_stances()
    return settler.finish(registry)


@dataclass
class _Settler:
    """What is settled so far of one article."""

    article: Article
    layers: Sequence[Layer]
    decisions: Mapping[str, Decision]
    single: bool
    conflicts: list[Conflict] = field(default_factory=list)
    spans: dict[Span, Verdict] = field(default_factory=dict)
    quotes: dict[Quote, Verdict] = field(default_factory=dict)
    stances: dict[Stance, Verdict] = field(default_factory=dict)
    moved: dict[Span, Span | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_author = {layer.author: layer for layer in self.layers}
        self.round = next((layer.round for layer in self.layers), "")
        self.comparison = StanceComparison(self.by_author)

    def settle_spans(self) -> None:
        """Settle the entities; MENTIONs are never decided alone."""
        marks = {
            author: [span for span in layer.spans if span.label != MENTION]
            for author, layer in self.by_author.items()
        }
        for reading in group_marks(marks, weigh_spans):
            chosen, verdict = self._settle(reading.marks, _name_span_conflict(reading))
            if verdict is not None:
                self.moved |= dict.fromkeys(reading.marks.values(), chosen)
                if chosen is not None:
                    self.spans[chosen] = verdict

    def settle_quotes(self) -> None:
        """Settle the quotations; those of the same words may still differ in the speaker."""
        marks = {author: layer.quotes for author, layer in self.by_author.items()}
        for reading in group_marks(marks, weigh_quotes):
            moved = {author: self._move_speaker(quote) for author, quote in reading.marks.items()}
            kind, merged = self._merge_quotes(moved)
            chosen, verdict = self._settle(moved, kind, merged)
            if verdict is not None and chosen is not None:
                self.quotes[chosen] = verdict

    def settle_stances(self) -> None:
        """Settle the stances, whose ends follow what became of the spans."""
        marks = {
            author: [self._move_ends(stance) for stance in layer.stances]
            for author, layer in self.by_author.items()
        }
        for reading in group_marks(marks, self.comparison.weigh):
            kind, merged = self._merge_stances(reading.marks)
            chosen, verdict = self._settle(reading.marks, kind, merged)
            if verdict is not None and chosen is not None:
                self.stances[chosen] = verdict

    def finish(self, registry: Mapping[str, str]) -> Settled:
        """Make the gold layer of what is settled, with the MENTIONs that are pointed to."""
        quotes = tuple(sorted(self.quotes, key=lambda quote: quote.offsets))
        verdicts: dict[str, Verdict] = {}
        stances = []
        for stance, verdict in sorted(
            self.stances.items(), key=lambda x: (x[0].cue, x[0].polarity)
        ):
            spoken = replace(stance, speaker=derive_speaker(stance.cue, quotes))
            stances.append(spoken)
            verdicts[self._identify(spoken)] = verdict
        ends = {end: v for s, v in self.stances.items() for end in (*s.holders, *s.targets)}
        ends |= {quote.speaker: v for quote, v in self.quotes.items() if quote.speaker}
        spans = {**{end: ends[end] for end in sorted(ends)}, **self.spans}
        verdicts |= {self._identify(span): verdict for span, verdict in spans.items()}
        verdicts |= {self._identify(quote): verdict for quote, verdict in self.quotes.items()}
        first = self.layers[0] if self.layers else None
        gold = Layer(
            article_id=self.article.id,
            text_sha256=self.article.text_sha256,
            author=ADJUDICATION,
            kind="gold",
            round=self.round,
            scheme=first.scheme if first else "",
            guideline=first.guideline if first else "",
            passages=unite_passages(self.layers),
            spans=tuple(sorted(spans)),
            quotes=quotes,
            stances=tuple(stances),
            clusters=make_clusters(self.article.text, spans, quotes, registry=registry),
            verdicts=verdicts,
        )
        return Settled(gold, tuple(self.conflicts))

    def _settle(
        self, marks: Mapping[str, T], kind: ConflictKind | None, merged: T | None = None
    ) -> tuple[T | None, Verdict | None]:
        """Return what the policy or a decision takes; no verdict while the conflict is open."""
        offsets = next(iter(marks.values())).offsets
        asked = self._list_asked(marks.values(), offsets)
        absent = tuple(author for author in asked if author not in marks)
        if len(asked) < 2 and not self.single:
            kind = "too few"
        elif absent:
            kind = "missing"
        if kind is None:
            policy = "unanimous" if len(asked) > 1 else "single"
            chosen = merged or min(marks.values(), key=lambda item: item.offsets)
            return chosen, Verdict(policy, tuple(sorted(marks)))
        candidates: dict[T, list[str]] = {}
        for author, item in sorted(marks.items()):
            candidates.setdefault(item, []).append(author)
        conflict = Conflict(
            self.article.id,
            self.article.text_sha256,
            self.round,
            kind,
            tuple(Candidate(item, tuple(authors)) for item, authors in candidates.items()),
            absent,
        )
        decision = self.decisions.get(conflict.id)
        if decision is None:
            self.conflicts.append(conflict)
            return None, None
        # A decision's item is of the kind that its conflict is about.
        taken = cast("T | None", decision.item)
        votes = tuple(candidates.get(taken, ())) if taken is not None else ()
        return taken, Verdict(ADJUDICATED, votes, decision.action == "contested")

    def _list_asked(self, items: Iterable[Item], offsets: Offsets) -> list[str]:
        """Name who submitted the passage with one of the labels asked."""
        labels = {_get_label(item) for item in items}
        return sorted(
            author
            for author, layer in self.by_author.items()
            if any(is_asked(label, offsets, layer.passages) for label in labels)
        )

    def _merge_quotes(self, marks: Mapping[str, Quote]) -> tuple[ConflictKind | None, Quote | None]:
        if len({quote.offsets for quote in marks.values()}) > 1:
            return "boundary", None
        (first, one), *others = sorted(marks.items())
        for author, quote in others:
            if (one.speaker is None) != (quote.speaker is None):
                return "speaker", None
            if (
                one.speaker
                and quote.speaker
                and not self.comparison.same_end(first, one.speaker, author, quote.speaker)
            ):
                return "speaker", None
        speakers = [quote.speaker for quote in marks.values() if quote.speaker]
        nearest = min(speakers, key=lambda span: _measure(span, one.offsets), default=None)
        return None, replace(one, speaker=nearest, score=None, rule=None)

    def _merge_stances(
        self, marks: Mapping[str, Stance]
    ) -> tuple[ConflictKind | None, Stance | None]:
        """Take the shorter cue and of equal ends the one nearest to it, or name the difference."""
        (first, one), *others = sorted(marks.items())
        for author, stance in others:
            kind = self.comparison.find_difference(first, one, author, stance)
            if kind is not None:
                return kind, None
        if any(stance.is_incomplete for stance in marks.values()):
            return "incomplete", None
        shortest = min(marks.values(), key=lambda s: (sum(e - b for b, e in s.cue), s.cue))
        merged = replace(
            shortest,
            holders=self._choose_ends(marks, "holders", shortest),
            targets=self._choose_ends(marks, "targets", shortest),
            score=None,
            rule=None,
        )
        return None, merged

    def _choose_ends(
        self, marks: Mapping[str, Stance], role: str, shortest: Stance
    ) -> tuple[Span, ...]:
        (first, one), *others = sorted(marks.items())
        chosen = []
        for end in getattr(one, role):
            same = [end]
            for author, stance in others:
                ends: Sequence[Span] = getattr(stance, role)
                same += [x for x in ends if self.comparison.same_end(first, end, author, x)]
            chosen.append(min(same, key=lambda span: _measure(span, shortest.offsets)))
        return tuple(chosen)

    def _move_speaker(self, quote: Quote) -> Quote:
        speaker = self._move(quote.speaker) if quote.speaker else None
        return replace(quote, speaker=speaker, score=None, rule=None)

    def _move_ends(self, stance: Stance) -> Stance:
        """Let a stance's ends follow their spans; an end that was rejected is gone."""
        moved = [
            tuple(end for end in map(self._move, ends) if end is not None)
            for ends in (stance.holders, stance.targets)
        ]
        return replace(
            stance, holders=moved[0], targets=moved[1], speaker=None, score=None, rule=None
        )

    def _move(self, end: Span) -> Span | None:
        return (
            replace(moved, score=None, rule=None) if (moved := self.moved.get(end, end)) else None
        )

    def _identify(self, item: Item) -> str:
        return identify(self.article.text_sha256, item)


def _name_span_conflict(reading: Reading[Span]) -> ConflictKind | None:
    spans = set(reading.marks.values())
    if len(spans) == 1:
        return None
    return "label" if len({span.offsets for span in spans}) == 1 else "boundary"


def _get_label(item: Item) -> str:
    if isinstance(item, Span):
        return item.label
    return QUOTE if isinstance(item, Quote) else item.polarity


def _measure(span: Span, anchor: Offsets) -> tuple[int, Span]:
    """Rank an end by its distance from an anchor, the earlier one first where two are as far."""
    return (max(0, span.start - anchor[1], anchor[0] - span.end), span)
