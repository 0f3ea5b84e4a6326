"""Adjudication: from layers and decisions to gold and conflicts, without looking at anything else.

Spans and quotations are settled first, then stances, whose ends follow the spans. Order of layers
and repetition change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from workbench.analysis.adjudication.ballots import take_vote
from workbench.analysis.adjudication.merging import unite_equal
from workbench.analysis.adjudication.readings import (
    StanceComparison,
    group_marks,
    weigh_quotes,
    weigh_spans,
)
from workbench.analysis.adjudication.trust import Evidence, find_doubt, name_label
from workbench.analysis.references.clusters import Link, make_clusters
from workbench.analysis.scope import is_asked, unite_passages
from workbench.core.article import Article
from workbench.core.decision import Candidate, Conflict, ConflictKind, Decision
from workbench.core.identity import identify
from workbench.core.layer import ADJUDICATION, Item, Layer, Verdict, require_same_text
from workbench.core.offsets import Offsets
from workbench.core.policy import Policy
from workbench.core.quote import Quote
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance, derive_speaker

T = TypeVar("T", bound=Item)

ADJUDICATED = "adjudicated"
"""The policy recorded on what somebody decided."""
AUDITED = "audit"
"""The policy recorded on an agreement that somebody looked at and left as it was."""


@dataclass(frozen=True)
class Links:
    """Corrections to clusters: pairs that are, or are never, one referent."""

    must: tuple[Link, ...] = ()
    cannot: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Settled:
    """The gold of one article, and the conflicts that are still open.

    `agreed` are the units that the policy settled, as a reviewer could still overrule them;
    `outvoted` those of them that most people did not mark, so that they are not in gold; `decided`
    are those that a decision settled. `taken` maps each agreed unit to the id of what is in gold
    for it.
    """

    gold: Layer
    conflicts: tuple[Conflict, ...]
    agreed: tuple[Conflict, ...] = ()
    outvoted: tuple[Conflict, ...] = ()
    decided: tuple[Conflict, ...] = ()
    taken: Mapping[str, str] = field(default_factory=dict)

    @property
    def units(self) -> tuple[Conflict, ...]:
        """Everything that somebody marked, whatever became of it."""
        return (*self.conflicts, *self.agreed, *self.decided)


def adjudicate(
    article: Article,
    layers: Sequence[Layer],
    decisions: Mapping[str, Decision],
    *,
    policy: Policy,
    registry: Mapping[str, str],
    links: Links | None = None,
    evidence: Evidence | None = None,
) -> Settled:
    """Settle the annotations of one article.

    Only people who submitted the passage with the label asked count. `unanimous` takes what all
    of them marked alike, `majority` what more than half did, `threshold` what a stated share did,
    `guarded` what all did without having been led to it, `single` one person's work; each but the
    last needs two people, unless the policy falls back on one. A decision comes before any
    policy. Raises StaleTextError for a layer of another text.
    """
    for layer in layers:
        require_same_text(layer, article)
    settler = _Settler(article, layers, decisions, policy, evidence or Evidence())
    settler.settle_spans()
    settler.settle_quotes()
    settler.settle_stances()
    settler.add_items()
    return settler.finish(registry, links or Links())


@dataclass
class _Settler:
    """What is settled so far of one article."""

    article: Article
    layers: Sequence[Layer]
    decisions: Mapping[str, Decision]
    policy: Policy
    evidence: Evidence
    conflicts: list[Conflict] = field(default_factory=list)
    agreed: list[Conflict] = field(default_factory=list)
    outvoted: list[Conflict] = field(default_factory=list)
    decided: list[Conflict] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    spans: dict[Span, Verdict] = field(default_factory=dict)
    quotes: dict[Quote, Verdict] = field(default_factory=dict)
    stances: dict[Stance, Verdict] = field(default_factory=dict)
    moved: dict[Span, Span | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_author = {layer.author: layer for layer in self.layers}
        self.round = next((layer.round for layer in self.layers), "")
        self.comparison = StanceComparison(self.by_author)
        self.originals: dict[tuple[str, Item], str] = {}

    def settle_spans(self) -> None:
        """Settle the entities; MENTIONs are never decided alone."""
        marks = {
            author: [span for span in layer.spans if span.label != MENTION]
            for author, layer in self.by_author.items()
        }
        for reading in group_marks(marks, weigh_spans):
            chosen, verdict = self._settle(reading.marks)
            if verdict is not None:
                self.moved |= dict.fromkeys(reading.marks.values(), chosen)
                if chosen is not None:
                    self.spans[chosen] = verdict

    def settle_quotes(self) -> None:
        """Settle the quotations; those of the same words may still differ in the speaker."""
        marks = {
            author: [self._move_speaker(author, quote) for quote in layer.quotes]
            for author, layer in self.by_author.items()
        }
        for reading in group_marks(marks, weigh_quotes):
            chosen, verdict = self._settle(reading.marks)
            if verdict is not None and chosen is not None:
                self.quotes[chosen] = verdict

    def settle_stances(self) -> None:
        """Settle the stances, whose ends follow what became of the spans."""
        marks = {
            author: [self._move_ends(author, stance) for stance in layer.stances]
            for author, layer in self.by_author.items()
        }
        for reading in group_marks(marks, self.comparison.weigh):
            chosen, verdict = self._settle(reading.marks)
            if verdict is not None and chosen is not None:
                self.stances[chosen] = verdict

    def add_items(self) -> None:
        """Add what a reviewer marked where nobody else had."""
        for name in sorted(self.decisions):
            decision = self.decisions[name]
            if decision.kind == "added" and decision.article_id == self.article.id:
                verdict = Verdict(ADJUDICATED, conflict=name)
                if isinstance(decision.item, Span):
                    self.spans.setdefault(decision.item, verdict)
                elif isinstance(decision.item, Quote):
                    self.quotes.setdefault(decision.item, verdict)
                elif decision.item is not None:
                    self.stances.setdefault(replace(decision.item, speaker=None), verdict)

    def finish(self, registry: Mapping[str, str], links: Links) -> Settled:
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
        # Nobody decided about a mention alone: it is there with what points to it.
        ends = {end: Verdict(v.policy, v.votes, conflict=v.conflict) for end, v in ends.items()}
        spans = {**{end: ends[end] for end in sorted(ends)}, **self.spans}
        verdicts |= {self._identify(span): verdict for span, verdict in spans.items()}
        verdicts |= {self._identify(quote): verdict for quote, verdict in self.quotes.items()}
        first = self.layers[0] if self.layers else None
        clusters = make_clusters(
            self.article.text,
            spans,
            quotes,
            registry=registry,
            must_link=links.must,
            cannot_link=links.cannot,
        )
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
            clusters=clusters,
            verdicts=verdicts,
        )
        return Settled(
            gold,
            tuple(self.conflicts),
            tuple(self.agreed),
            tuple(self.outvoted),
            tuple(self.decided),
            self.taken,
        )

    def _settle(self, marks: Mapping[str, T]) -> tuple[T | None, Verdict | None]:
        """Return what a decision or the policy takes; no verdict while the conflict is open."""
        offsets = next(iter(marks.values())).offsets
        asked = self._list_asked(marks.values(), offsets)
        vote = take_vote(self.policy, self.comparison, marks, asked)
        chosen: T | None = None
        kind = vote.kind
        if kind is None and vote.winners:
            chosen = unite_equal(self.comparison, vote.winners)
            kind = self._find_doubt(chosen, marks, asked)
        conflict = self._make_conflict(marks, asked, kind or "agreed")
        decision = self.decisions.get(conflict.id)
        readings = self._list_readings(marks, asked)
        if decision is not None:
            self.decided.append(conflict)
            # A decision's item is of the kind that its conflict is about.
            taken = cast("T | None", decision.item)
            votes = next((c.authors for c in conflict.candidates if c.item == taken), ())
            looked = decision.kind == "audit" and decision.action == "accept"
            policy = AUDITED if looked else ADJUDICATED
            contested = decision.action == "contested"
            return taken, Verdict(policy, votes, contested, readings, conflict.id)
        if kind is not None:
            self.conflicts.append(conflict)
            return None, None
        self.agreed.append(conflict)
        if chosen is None:
            self.outvoted.append(conflict)
        else:
            self.taken[conflict.id] = self._identify(chosen)
        policy = self.policy.name if len(asked) > 1 else "single"
        return chosen, Verdict(policy, tuple(sorted(vote.winners)), readings=readings)

    def _find_doubt(
        self, chosen: Item, marks: Mapping[str, Item], asked: Sequence[str]
    ) -> ConflictKind | None:
        """Say why what was voted for is no gold yet: incomplete, against a rule, or suggested."""
        guarded = self.policy.name == "guarded"
        if isinstance(chosen, Stance):
            if chosen.is_incomplete or any(
                isinstance(mark, Stance) and mark.is_incomplete for mark in marks.values()
            ):
                return "incomplete"
            if guarded and len({m.cue for m in marks.values() if isinstance(m, Stance)}) > 1:
                return "cue"
            if guarded and self._is_reflexive(chosen, next(iter(sorted(marks)))):
                return "check"
        return find_doubt(
            self.policy,
            self.evidence,
            self._identify(chosen),
            chosen,
            people=len(asked),
            untouched=all(self._left(author, item) for author, item in marks.items()),
        )

    def _is_reflexive(self, stance: Stance, author: str) -> bool:
        """Tell whether a holder is its own target."""
        return any(
            self.comparison.same_end(author, holder, author, target)
            for holder in stance.holders
            for target in stance.targets
        )

    def _left(self, author: str, item: Item) -> bool:
        """Tell whether somebody saw an item as a suggestion and left it as it was."""
        item_id = self._get_original(author, item)
        return any(
            passage.suggested_by is not None
            and passage.start <= item.offsets[0] < passage.end
            and item_id in self.evidence.shown.get(passage.suggested_by, ())
            for passage in self.by_author[author].passages
        )

    def _make_conflict(
        self, marks: Mapping[str, Item], asked: Sequence[str], kind: ConflictKind
    ) -> Conflict:
        candidates: dict[Item, list[str]] = {}
        for author, item in sorted(marks.items()):
            candidates.setdefault(item, []).append(author)
        return Conflict(
            self.article.id,
            self.article.text_sha256,
            self.round,
            kind,
            tuple(Candidate(item, tuple(authors)) for item, authors in candidates.items()),
            tuple(author for author in asked if author not in marks),
        )

    def _list_readings(
        self, marks: Mapping[str, Item], asked: Sequence[str]
    ) -> tuple[tuple[str, str], ...]:
        """Pair everybody who was asked, or marked it, with the id of what they marked."""
        return tuple(
            (author, self._get_original(author, marks[author]) if author in marks else "")
            for author in sorted({*asked, *marks})
        )

    def _list_asked(self, items: Iterable[Item], offsets: Offsets) -> list[str]:
        """Name who submitted the passage with one of the labels asked."""
        labels = {name_label(item) for item in items}
        return sorted(
            author
            for author, layer in self.by_author.items()
            if any(is_asked(label, offsets, layer.passages) for label in labels)
        )

    def _move_speaker(self, author: str, quote: Quote) -> Quote:
        speaker = self._move(quote.speaker) if quote.speaker else None
        moved = replace(quote, speaker=speaker, score=None, rule=None)
        self.originals[author, moved] = self._identify(quote)
        return moved

    def _move_ends(self, author: str, stance: Stance) -> Stance:
        """Let a stance's ends follow their spans; an end that was rejected is gone."""
        holders, targets = (
            tuple(end for end in map(self._move, ends) if end is not None)
            for ends in (stance.holders, stance.targets)
        )
        moved = replace(
            stance, holders=holders, targets=targets, speaker=None, score=None, rule=None
        )
        self.originals[author, moved] = self._identify(stance)
        return moved

    def _move(self, end: Span) -> Span | None:
        moved = self.moved.get(end, end)
        return replace(moved, score=None, rule=None) if moved else None

    def _get_original(self, author: str, item: Item) -> str:
        """Return the id of an author's own item, before its ends followed their spans."""
        return self.originals.get((author, item)) or self._identify(item)

    def _identify(self, item: Item) -> str:
        return identify(self.article.text_sha256, item)
