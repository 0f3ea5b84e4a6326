"""Adjudication: from layers and decisions to gold and conflicts, without looking at anything else.

Spans and quotations are settled first, then stances, whose ends follow the spans. Order of layers
and repetition change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from workbench.analysis.adjudication.ballots import take_vote
from workbench.analysis.adjudication.gold import Links, Taken, make_gold
from workbench.analysis.adjudication.merging import unite_equal
from workbench.analysis.adjudication.readings import (
    group_marks,
    weigh_quotes,
    weigh_spans,
)
from workbench.analysis.adjudication.trust import Evidence, find_doubt
from workbench.analysis.adjudication.work import Work
from workbench.core.article import Article
from workbench.core.decision import Conflict, ConflictKind, Decision
from workbench.core.layer import Item, Layer, Verdict, require_same_text
from workbench.core.policy import Policy
from workbench.core.quote import Quote
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance

T = TypeVar("T", bound=Item)

ADJUDICATED = "adjudicated"
"""The policy recorded on what somebody decided."""
AUDITED = "audit"
"""The policy recorded on an agreement that somebody looked at and left as it was."""


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
    return settler.finish(make_gold(article, layers, settler.gold, registry, links or Links()))


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
    gold: Taken = field(default_factory=Taken)

    def __post_init__(self) -> None:
        self.work = Work(self.article, self.layers)
        self.comparison = self.work.comparison

    def settle_spans(self) -> None:
        """Settle the entities; MENTIONs are never decided alone."""
        marks = {
            author: [span for span in layer.spans if span.label != MENTION]
            for author, layer in self.work.by_author.items()
        }
        for reading in group_marks(marks, weigh_spans):
            chosen, verdict = self._settle(reading.marks)
            if verdict is not None:
                self.work.moved |= dict.fromkeys(reading.marks.values(), chosen)
                if chosen is not None:
                    self.gold.spans[chosen] = verdict

    def settle_quotes(self) -> None:
        """Settle the quotations; those of the same words may still differ in the speaker."""
        marks = {
            author: [self.work.move_speaker(author, quote) for quote in layer.quotes]
            for author, layer in self.work.by_author.items()
        }
        for reading in group_marks(marks, weigh_quotes):
            chosen, verdict = self._settle(reading.marks)
            if verdict is not None and chosen is not None:
                self.gold.quotes[chosen] = verdict

    def settle_stances(self) -> None:
        """Settle the stances, whose ends follow what became of the spans."""
        marks = {
            author: [self.work.move_ends(author, stance) for stance in layer.stances]
            for author, layer in self.work.by_author.items()
        }
        for reading in group_marks(marks, self.comparison.weigh):
            chosen, verdict = self._settle(reading.marks)
            if verdict is not None and chosen is not None:
                self.gold.stances[chosen] = verdict

    def add_items(self) -> None:
        """Add what a reviewer marked where nobody else had."""
        for name in sorted(self.decisions):
            decision = self.decisions[name]
            if decision.kind == "added" and decision.article_id == self.article.id:
                verdict = Verdict(ADJUDICATED, conflict=name)
                if isinstance(decision.item, Span):
                    self.gold.spans.setdefault(decision.item, verdict)
                elif isinstance(decision.item, Quote):
                    self.gold.quotes.setdefault(decision.item, verdict)
                elif decision.item is not None:
                    self.gold.stances.setdefault(replace(decision.item, speaker=None), verdict)

    def finish(self, gold: Layer) -> Settled:
        """Return the gold layer with what became of each unit."""
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
        asked = self.work.list_asked(marks.values(), offsets)
        vote = take_vote(self.policy, self.comparison, marks, asked)
        chosen: T | None = None
        kind = vote.kind
        if kind is None and vote.winners:
            chosen = unite_equal(self.comparison, vote.winners)
            kind = self._find_doubt(chosen, marks, asked)
        conflict = self.work.make_conflict(marks, asked, kind or "agreed")
        decision = self.decisions.get(conflict.id)
        readings = self.work.list_readings(marks, asked)
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
            self.taken[conflict.id] = self.work.identify(chosen)
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
            if guarded and self.work.is_reflexive(chosen, next(iter(sorted(marks)))):
                return "check"
        return find_doubt(
            self.policy,
            self.evidence,
            self.work.identify(chosen),
            chosen,
            people=len(asked),
            untouched=all(
                self.work.was_left(author, item, self.evidence.shown)
                for author, item in marks.items()
            ),
        )
