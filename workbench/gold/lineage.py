"""Lineage: for each gold item, what was suggested, what everybody did, and who decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.adapters.records import write_item
from workbench.analysis.adjudication.actions import find_suggestion, name_action
from workbench.analysis.adjudication.settlement import ADJUDICATED, AUDITED
from workbench.core.article import hash_text
from workbench.core.decision import Conflict, Decision
from workbench.core.identity import identify
from workbench.core.layer import Item, Verdict
from workbench.core.stance import Stance
from workbench.store.decisions import StoredDecision, list_decisions
from workbench.store.lineage import (
    StoredLayer,
    Submission,
    list_layers,
    list_submissions,
    read_article_record,
)
from workbench.store.rounds import get_round_scheme, list_rounds

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class History:
    """All that the store keeps of one article, or of all of them, as of a sequence number."""

    articles: Mapping[str, Mapping[str, Any]]
    layers: Sequence[StoredLayer]
    decisions: Mapping[str, StoredDecision]
    submissions: Sequence[Submission]
    schemes: Mapping[str, str]
    by_article: Mapping[str, Sequence[StoredLayer]] = field(default_factory=dict)
    _items: dict[int, dict[str, Item]] = field(default_factory=dict, repr=False)

    def index(self, stored: StoredLayer) -> Mapping[str, Item]:
        """Return a layer's items by their ids, computed once for each revision."""
        if stored.seq not in self._items:
            self._items[stored.seq] = _index(stored)
        return self._items[stored.seq]


@dataclass(frozen=True)
class Lineage:
    """How one gold item came about, step by step, and every step that is not as it was stored."""

    item: str
    article_id: str
    round: str
    steps: tuple[Mapping[str, Any], ...]
    problems: tuple[str, ...]

    def to_record(self) -> dict[str, Any]:
        """Write the lineage as plain JSON."""
        return {
            "item": self.item,
            "article_id": self.article_id,
            "round": self.round,
            "ok": not self.problems,
            "problems": list(self.problems),
            "steps": [dict(step) for step in self.steps],
        }


def find_gold(connection: Connection, item_id: str) -> StoredLayer | None:
    """Return the newest gold that holds an item, or held it."""
    for stored in reversed(list_layers(connection, kind="gold")):
        if item_id in _index(stored):
            return stored
    return None


def read_history(
    connection: Connection,
    article_ids: Iterable[str],
    *,
    article_id: str | None = None,
    upto: int | None = None,
) -> History:
    """Read what lineage rests on, of one article or of all."""
    rounds = [rnd.name for rnd in list_rounds(connection)]
    layers = list_layers(connection, article_id=article_id, upto=upto)
    grouped: dict[str, list[StoredLayer]] = {}
    for stored in layers:
        grouped.setdefault(stored.layer.article_id, []).append(stored)
    return History(
        {name: read_article_record(connection, name) for name in article_ids},
        layers,
        list_decisions(connection, upto=upto),
        list_submissions(connection, article_id=article_id, upto=upto),
        {name: get_round_scheme(connection, name).hash for name in rounds},
        grouped,
    )


def trace(history: History, gold: StoredLayer, item: Item) -> Lineage:
    """Tell how an item of a stored gold layer came about.

    Every step is held against its hash and against the steps beside it, so that whatever was
    changed in the store afterwards is named in `problems`.
    """
    return _Tracer(history, gold, item).trace()


class _Tracer:
    """Follows one item back through the store."""

    def __init__(self, history: History, gold: StoredLayer, item: Item) -> None:
        self._history = history
        self._gold = gold
        self._layer = gold.layer
        self._item = item
        self._id = identify(gold.layer.text_sha256, item)
        self._problems: list[str] = []
        mine = history.by_article.get(self._layer.article_id, ())
        self._annotations = [
            s for s in mine if s.layer.kind == "annotation" and s.layer.round == self._layer.round
        ]
        self._predictions = [s for s in mine if s.layer.kind == "prediction"]

    def trace(self) -> Lineage:
        """Follow every step, in the order in which they happened."""
        verdict = self._layer.verdicts.get(self._id)
        if verdict is None:
            self._problems.append("the gold does not say how the item was decided")
            verdict = Verdict("")
        steps = [self._trace_article(), *self._trace_suggestion(), *self._trace_actions(verdict)]
        steps += [self._trace_verdict(verdict), self._trace_scheme()]
        return Lineage(
            self._id, self._layer.article_id, self._layer.round, tuple(steps), tuple(self._problems)
        )

    def _trace_article(self) -> dict[str, Any]:
        record = self._history.articles.get(self._layer.article_id, {})
        text = str(record.get("text", ""))
        if hash_text(text) != self._layer.text_sha256:
            self._problems.append("the article's text is not the one that was annotated")
        names = ("outlet", "published", "url", "rights")
        return {
            "step": "article",
            "text_sha256": self._layer.text_sha256,
            **{name: record.get(name, "") for name in names},
        }

    def _trace_suggestion(self) -> list[dict[str, Any]]:
        models = {
            p.suggested_by for s in self._annotations for p in s.layer.passages if p.suggested_by
        }
        for stored in reversed(self._predictions):
            if stored.layer.author not in models:
                continue
            found = find_suggestion(self._id, self._item, self._history.index(stored))
            if found is None:
                continue
            self._check(stored, f"the prediction of {stored.layer.author}")
            found_id = identify(stored.layer.text_sha256, found)
            same = found_id == self._id
            step = {
                "step": "suggestion",
                "by": stored.layer.author,
                "at": stored.at,
                "item": found_id,
                "score": found.score,
                "rule": found.rule,
            }
            return [step if same else {**step, "suggested": write_item(found)}]
        return []

    def _trace_actions(self, verdict: Verdict) -> list[dict[str, Any]]:
        readings = dict(verdict.readings)
        if not readings:  # what is pointed to was never voted on; who has it?
            newest = {s.layer.author: s for s in self._annotations}
            readings = {
                author: self._id if self._id in self._history.index(s) else ""
                for author, s in newest.items()
            }
        return [self._trace_action(author, item_id) for author, item_id in readings.items()]

    def _trace_action(self, author: str, item_id: str) -> dict[str, Any]:
        revisions = [s for s in self._annotations if s.layer.author == author]
        before = [s for s in revisions if s.seq < self._gold.seq] or revisions
        holding = [s for s in before if not item_id or item_id in self._history.index(s)]
        if not holding:
            what = f"has no {item_id}" if revisions else "is not in the store"
            self._problems.append(f"the work of {author} {what}")
            return {"step": "action", "by": author, "action": "unknown", "item": item_id}
        stored = holding[-1]
        self._check(stored, f"the work of {author}")
        marked = self._history.index(stored).get(item_id)
        shown = self._find_shown(stored, marked or self._item)
        suggested = find_suggestion(item_id or self._id, marked or self._item, shown or {})
        return {
            "step": "action",
            "by": author,
            "at": self._find_time(author) or stored.at,
            "action": name_action(suggested, marked),
            "blind": shown is None,
            "item": item_id,
        }

    def _find_shown(self, stored: StoredLayer, item: Item) -> Mapping[str, Item] | None:
        """Return what somebody was shown where the item is, None where it was shown blind."""
        models = {
            p.suggested_by
            for p in stored.layer.passages
            if p.suggested_by and p.start <= item.offsets[0] < p.end
        }
        if not models:
            return None
        shown = [s for s in self._predictions if s.layer.author in models]
        return self._history.index(shown[-1]) if shown else {}

    def _find_time(self, author: str) -> str:
        name = author.split(":", 1)[-1]
        mine = [
            s
            for s in self._history.submissions
            if s.round == self._layer.round
            and s.article_id == self._layer.article_id
            and s.annotator in (author, name)
        ]
        if any(not submission.is_intact for submission in mine):
            self._problems.append(f"what the server sent of {author} was changed in the store")
        return max((submission.at for submission in mine), default="")

    def _trace_verdict(self, verdict: Verdict) -> dict[str, Any]:
        self._check(self._gold, "the gold")
        step: dict[str, Any] = {
            "step": "adjudication",
            "at": self._gold.at,
            "policy": verdict.policy,
            "votes": list(verdict.votes),
            "contested": verdict.contested,
        }
        if not verdict.conflict:
            self._check_votes(verdict)
            return step
        found = self._history.decisions.get(verdict.conflict)
        if found is None:
            self._problems.append(f"the decision of {verdict.conflict} is not in the store")
            return {**step, "conflict": verdict.conflict}
        decision = found.decision
        self._check_decision(found, verdict)
        marked = {author for reading in decision.readings for author in reading.authors}
        return {
            **step,
            "conflict": verdict.conflict,
            "kind": decision.kind,
            "by": decision.author,
            "decided": found.at,
            "action": decision.action,
            "reason": decision.reason,
            "own": decision.author in {*marked, *decision.absent},
        }

    def _check_votes(self, verdict: Verdict) -> None:
        counted = ("unanimous", "majority", "threshold", "guarded")
        if verdict.policy in counted and len(verdict.votes) < 2:
            self._problems.append(f"{verdict.policy} needs two votes, and {verdict.votes} stand")
        if verdict.policy in (ADJUDICATED, AUDITED):
            self._problems.append("it was decided by nobody that the store knows")

    def _check_decision(self, found: StoredDecision, verdict: Verdict) -> None:
        decision = found.decision
        if not found.is_intact:
            self._problems.append(f"the decision of {decision.conflict} was changed in the store")
        if decision.readings and _rebuild(decision, self._layer.text_sha256) != decision.conflict:
            self._problems.append(f"the readings of {decision.conflict} were changed")
        # A mention follows from the record that points to it, and is not what was decided.
        sha = self._layer.text_sha256
        same = decision.item is not None and _is_same(decision.item, self._item, self._id, sha)
        if verdict.readings and not same:
            self._problems.append(f"{decision.conflict} was decided otherwise than the gold says")

    def _trace_scheme(self) -> dict[str, Any]:
        # A round whose scheme was changed while it ran has layers of both.
        known = {stored.layer.scheme for stored in self._annotations}
        known |= {self._history.schemes.get(self._layer.round, self._layer.scheme)}
        if self._layer.scheme not in known:
            self._problems.append("the gold's scheme is not that of its round")
        return {
            "step": "scheme",
            "scheme": self._layer.scheme,
            "guideline": self._layer.guideline,
        }

    def _check(self, stored: StoredLayer, what: str) -> None:
        if not stored.is_intact:
            self._problems.append(f"{what} was changed in the store (number {stored.seq})")


def _index(stored: StoredLayer) -> dict[str, Item]:
    return {identify(stored.layer.text_sha256, item): item for item in stored.layer.items}


def _rebuild(decision: Decision, text_sha256: str) -> str:
    conflict = Conflict(
        decision.article_id,
        text_sha256,
        decision.round,
        "agreed",
        decision.readings,
        decision.absent,
    )
    return conflict.id


def _is_same(decided: Item, item: Item, item_id: str, text_sha256: str) -> bool:
    status = isinstance(decided, Stance) and isinstance(item, Stance) and decided.status
    same = not isinstance(item, Stance) or status == item.status
    return same and identify(text_sha256, decided) == item_id
