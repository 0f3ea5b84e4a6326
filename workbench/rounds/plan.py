"""The plan of a round: which passage goes to whom, in which arm and order; never changed."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from workbench.core.errors import RoundError
from workbench.core.offsets import Offsets
from workbench.core.round import UNITS, Arm, Assignment, Round


@dataclass(frozen=True, slots=True)
class Planned:
    """A passage that is to be annotated; passages of test articles are always blind."""

    article_id: str
    text_sha256: str
    offsets: Offsets
    is_test: bool = False


def check_round(rnd: Round) -> list[str]:
    """List everything that a round asks for and can't have."""
    problems = []
    if not rnd.name.strip() or rnd.name != rnd.name.strip():
        problems.append(f"the name {rnd.name!r} is empty or has spaces around it")
    if len(set(rnd.annotators)) < len(rnd.annotators):
        problems.append("an annotator is named twice")
    if rnd.overlap < 1:
        problems.append(f"the overlap is {rnd.overlap}; every passage needs one annotator at least")
    if rnd.annotators and rnd.overlap > len(rnd.annotators):
        problems.append(
            f"the overlap is {rnd.overlap} with {len(rnd.annotators)} annotators; name more "
            "people or lower it"
        )
    if rnd.unit not in UNITS:
        problems.append(f"the unit {rnd.unit!r} is none of {', '.join(UNITS)}")
    if rnd.window < 1:
        problems.append(f"a window has {rnd.window} sentences; it needs one at least")
    if not 0 <= rnd.blind <= 1:
        problems.append(f"the blind share is {rnd.blind}; it must be between 0 and 1")
    return problems


def make_plan(
    rnd: Round, passages: Sequence[Planned], existing: Iterable[Assignment] = ()
) -> list[Assignment]:
    """Return the rows to add for passages that no existing row covers.

    Whoever has the fewest passages gets the next; every draw is a hash of the round's seed and
    what is drawn for, so that the same plan comes out wherever and however often it is made.
    Raises RoundError with everything that is wrong with the round.
    """
    problems = check_round(rnd)
    if problems:
        raise RoundError(f"round {rnd.name!r}: {'; '.join(problems)}")
    rows = list(existing)
    covered = {(row.text_sha256, row.start, row.end) for row in rows}
    load = Counter(row.annotator for row in rows)
    added: list[Assignment] = []
    for passage in passages:
        if (passage.text_sha256, *passage.offsets) in covered:
            continue
        covered.add((passage.text_sha256, *passage.offsets))
        for annotator in _choose_annotators(rnd, passage, load):
            row = _assign(rnd, passage, annotator, load[annotator])
            load[annotator] += 1
            added.append(row)
    return added


def plan_joiner(
    rnd: Round, rows: Sequence[Assignment], name: str, n: int, *, tests: Container[str]
) -> list[Assignment]:
    """Return the rows to add for somebody who joins: n passages of the plan that they lack.

    Passages that the fewest people have come first, then the draw decides; the arm is drawn for
    the newcomer as for everybody. `tests` holds the ids of test articles, which stay blind.
    """
    people = Counter((row.text_sha256, row.start, row.end) for row in rows)
    has = {(row.text_sha256, row.start, row.end) for row in rows if row.annotator == name}
    passages = {
        place: Planned(row.article_id, row.text_sha256, place[1:], row.article_id in tests)
        for row in rows
        if (place := (row.text_sha256, row.start, row.end)) not in has
    }
    order = sorted(passages, key=lambda at: (people[at], draw(rnd, passages[at], f"join {name}")))
    return [
        _assign(rnd, passages[place], name, len(has) + number)
        for number, place in enumerate(order[:n])
    ]


def find_share(rows: Iterable[Assignment]) -> int:
    """Return how many passages each of a round's annotators has on average, rounded."""
    load = Counter(row.annotator for row in rows)
    return round(sum(load.values()) / len(load)) if load else 0


def _choose_annotators(rnd: Round, passage: Planned, load: Counter[str]) -> list[str]:
    if not rnd.annotators:
        return [""]
    fraction, whole = math.modf(rnd.overlap)
    wanted = int(whole) + (draw(rnd, passage, "overlap") < fraction)
    order = sorted(rnd.annotators, key=lambda name: (load[name], draw(rnd, passage, name)))
    return order[:wanted]


def _assign(rnd: Round, passage: Planned, annotator: str, position: int) -> Assignment:
    arm: Arm = "suggested"
    if passage.is_test or draw(rnd, passage, f"arm {annotator}") < rnd.blind:
        arm = "blind"
    start, end = passage.offsets
    return Assignment(
        passage.article_id, passage.text_sha256, start, end, rnd.name, arm, annotator, position
    )


def draw(rnd: Round, passage: Planned, purpose: str) -> float:
    """Draw a number in [0, 1) that depends on the round's seed, the passage and the purpose."""
    what = f"{rnd.seed}|{rnd.name}|{passage.text_sha256}|{passage.offsets}|{purpose}"
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big") / 2**64
