"""Doubt: how unsure a conflict's readings are by the votes, and how each annotator errs.

Every reading of a unit is a question of its own to all who were asked there: is it right? Whoever
marked it says yes. So a difference of any kind counts alike, boundaries and ends included. At
most one reading of a unit is right. The model (Dawid and Skene 1979) orders and diagnoses; no gold
comes of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.analysis.adjudication.trust import name_label
from workbench.analysis.coefficients.votes import Consensus, dawid_skene
from workbench.core.decision import Conflict
from workbench.core.layer import Item
from workbench.core.quote import Quote
from workbench.core.span import Span

KINDS = ("spans", "quotes", "stances")
NOTHING = "nothing"
"""What somebody says who was asked and marked nothing."""
FEWEST = 3
"""Annotators from which the model can tell who errs; of two it only prefers one."""
TOO_FEW = f"fewer than {FEWEST} annotators: the model can't tell which of two errs"
_MARKED, _LEFT = "marked", "left"
_DECIMALS = 6
_SUREST = 1e-9
"""How far from 0 and 1 a probability is kept, so that its odds are a number."""
PRIOR = 1.0
"""Right votes that each annotator is credited with beforehand, for each label."""
_Ballot = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How one annotator errs in one kind of item, by the model; a figure without a base is None.

    `judged` counts the readings that the person had to judge and `right` the share judged rightly.
    `missed` is the share of right readings that they did not mark, `added` that of wrong ones
    that they did. `confusion` has, for each label that is probable, what they said, NOTHING
    included.
    """

    author: str
    kind: str
    judged: int
    right: float | None = None
    missed: float | None = None
    added: float | None = None
    confusion: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    reason: str = ""

    def find_confused(self) -> tuple[str, str, float] | None:
        """Return the most frequent mistake in a label: what it is, what they say, how often."""
        rows = [
            (share, label, said)
            for label, row in self.confusion.items()
            for said, share in row.items()
            if said != label and NOTHING not in (said, label) and share > 0
        ]
        if not rows:
            return None
        share, label, said = min(rows, key=lambda row: (-row[0], row[1], row[2]))
        return label, said, share

    def to_record(self) -> dict[str, Any]:
        """Write the diagnosis as plain JSON."""
        record: dict[str, Any] = {
            "author": self.author,
            "kind": self.kind,
            "judged": self.judged,
            "right": self.right,
            "missed": self.missed,
            "added": self.added,
            "confusion": {label: dict(row) for label, row in self.confusion.items()},
        }
        return {**record, "reason": self.reason} if self.reason else record


def measure_doubt(units: Iterable[Conflict]) -> dict[str, float]:
    """Return how unsure each unit is, by its id: the chance that its best answer is wrong.

    The answers are its readings, of which one is right at most, and none of them. `units` are all
    that a round has, agreed and decided ones too: they tell who errs. A kind of item that fewer
    than three people judged, or that nobody disagrees in, goes by shares of votes.
    """
    doubts: dict[str, float] = {}
    for rows in _sort_kinds(units).values():
        ballots = _ask_readings(rows)
        found = _estimate(ballots)
        likely = dict(zip(found.units, found.probabilities, strict=True))
        for name, unit in rows.items():
            names = [(name, number) for number in range(len(unit.candidates))]
            if found.value is not None:
                doubt = _doubt_model([likely[each][_MARKED] for each in names])
            else:
                doubt = _doubt_shares([ballots[each] for each in names])
            doubts[name] = round(doubt, _DECIMALS)
    return doubts


def _doubt_model(probabilities: Sequence[float]) -> float:
    """Return the doubt of readings that were judged one by one, given that one is right at most."""
    sure = [min(max(p, _SUREST), 1 - _SUREST) for p in probabilities]
    odds = [1.0, *(p / (1 - p) for p in sure)]
    return 1 - max(odds) / sum(odds)


def _doubt_shares(ballots: Sequence[_Ballot]) -> float:
    """Return the share of those asked who did not vote for the answer that most voted for."""
    asked = len(ballots[0])
    marked = [list(ballot.values()).count(_MARKED) for ballot in ballots]
    return 1 - max(*marked, asked - sum(marked)) / asked


def order_conflicts(
    conflicts: Iterable[Conflict], doubts: Mapping[str, float]
) -> tuple[Conflict, ...]:
    """Put the most doubtful conflict first; equal ones go by article, place in it, and id.

    Doubt counts to six decimals, so that the order is the same on every machine.
    """

    def rank(conflict: Conflict) -> tuple[Any, ...]:
        offsets = min(candidate.item.offsets for candidate in conflict.candidates)
        return (-doubts.get(conflict.id, 0.0), conflict.article_id, offsets, conflict.id)

    return tuple(sorted(conflicts, key=rank))


def diagnose(units: Iterable[Conflict]) -> list[Diagnosis]:
    """Return how each annotator errs, kind by kind, in the order of their names."""
    found: list[Diagnosis] = []
    for kind, rows in _sort_kinds(units).items():
        ballots = _ask_readings(rows)
        said = _ask_labels(rows)
        readings, labels = _estimate(ballots), _estimate(said)
        for author in sorted({name for ballot in ballots.values() for name in ballot}):
            judged = sum(author in ballot for ballot in ballots.values())
            if readings.value is None:
                found.append(Diagnosis(author, kind, judged, reason=readings.reason))
                continue
            table = _confuse(readings, ballots, author)
            right = (readings.accuracy or {}).get(author)
            found.append(
                Diagnosis(
                    author,
                    kind,
                    judged,
                    None if right is None else round(right, _DECIMALS),
                    _get_share(table, _MARKED, _LEFT),
                    _get_share(table, _LEFT, _MARKED),
                    _confuse(labels, said, author),
                )
            )
    return sorted(found, key=lambda row: (row.author, KINDS.index(row.kind)))


def _sort_kinds(units: Iterable[Conflict]) -> dict[str, dict[str, Conflict]]:
    """Sort units, each under its id, by what they are about: order and repetition are nothing."""
    kinds: dict[str, dict[str, Conflict]] = {kind: {} for kind in KINDS}
    for unit in units:
        if unit.candidates:
            kinds[_name_kind(unit.candidates[0].item)][unit.id] = unit
    return {kind: dict(sorted(rows.items())) for kind, rows in kinds.items() if rows}


def _name_kind(item: Item) -> str:
    return KINDS[0] if isinstance(item, Span) else KINDS[1] if isinstance(item, Quote) else KINDS[2]


def _ask_readings(units: Mapping[str, Conflict]) -> dict[Any, _Ballot]:
    """Return for each reading who marked it and who, asked as well, did not."""
    ballots: dict[Any, _Ballot] = {}
    for name, unit in units.items():
        everybody = sorted({*unit.absent, *(a for c in unit.candidates for a in c.authors)})
        for number, candidate in enumerate(unit.candidates):
            ballots[name, number] = {
                author: _MARKED if author in candidate.authors else _LEFT for author in everybody
            }
    return ballots


def _ask_labels(units: Mapping[str, Conflict]) -> dict[Any, _Ballot]:
    """Return for each unit which label everybody gave it."""
    return {
        name: {
            **dict.fromkeys(unit.absent, NOTHING),
            **{author: name_label(c.item) for c in unit.candidates for author in c.authors},
        }
        for name, unit in units.items()
    }


def _estimate(ballots: Mapping[Any, _Ballot]) -> Consensus:
    if len({author for ballot in ballots.values() for author in ballot}) < FEWEST:
        return Consensus(None, reason=TOO_FEW)
    return dawid_skene(ballots, prior=PRIOR)


def _confuse(
    found: Consensus, ballots: Mapping[Any, _Ballot], author: str
) -> dict[str, dict[str, float]]:
    """Return what an annotator said of each label, where they met it once at least.

    Counted from the votes by how probable each label is, without what the model supposes
    beforehand; a row that rests on less than one vote is left out.
    """
    counts: dict[str, Counter[str]] = {}
    for unit, shares in zip(found.units, found.probabilities, strict=True):
        if author in ballots[unit]:
            for label, share in shares.items():
                counts.setdefault(label, Counter())[ballots[unit][author]] += share  # type: ignore[assignment]  # expected counts
    return {
        label: {said: round(row[said] / row.total(), _DECIMALS) for said in sorted(row)}
        for label, row in sorted(counts.items())
        if row.total() >= 1
    }


def _get_share(table: Mapping[str, Mapping[str, float]], label: str, said: str) -> float | None:
    return table[label].get(said, 0.0) if label in table else None
