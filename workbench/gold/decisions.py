"""Decide conflicts and close quarantine entries; every decision is stored as it is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.analysis.adjudication.merging import merge_readings
from workbench.core.decision import ACTIONS, Action, Conflict, Decision, name_added
from workbench.core.errors import RoundError
from workbench.core.identity import identify
from workbench.core.layer import ADJUDICATION, Item, Layer, check_layer
from workbench.core.policy import Policy, PolicyName
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.gold.adjudication import settle
from workbench.project import Project
from workbench.store.adjudications import find_probes
from workbench.store.articles import get_article
from workbench.store.decisions import add_decision, undo_decision
from workbench.store.quarantine import close_quarantine
from workbench.store.rounds import list_rounds

if TYPE_CHECKING:
    from sqlalchemy import Connection


def decide(
    project: Project,
    conflict: Conflict | str,
    action: Action,
    *,
    item: Item | int | Sequence[int] | None = None,
    reason: str = "",
    author: str = "person:adjudicator",
    policy: PolicyName | Policy | None = None,
) -> Decision:
    """Store a decision about one conflict.

    `item` is the reading to accept (its number, counted from 1, or the reading itself), the
    numbers of the readings to merge (all of them by default), or the item to write. The conflict
    is looked for under `policy`, the round's own by default. Raises RoundError where the conflict
    is not open, the item does not fit, or it is a probe.
    """
    if action not in ACTIONS:
        raise RoundError(f"no action {action!r}; there are: {', '.join(ACTIONS)}")
    if isinstance(conflict, str):
        conflict = find_conflict(project, conflict, policy=policy)
    chosen = _choose(conflict, action, item)
    if chosen is not None:
        _check_written(project, conflict, chosen)
    decision = Decision(
        conflict.id,
        conflict.article_id,
        conflict.round,
        action,
        author,
        chosen,
        reason,
        conflict.kind,
        conflict.candidates,
        conflict.absent,
    )
    with project.store() as connection:
        if chosen is not None:
            _refuse_probe(connection, conflict, chosen)
        add_decision(connection, decision, at=project.now())
    return decision


def undo(
    project: Project,
    conflict: Conflict | Decision | str,
    *,
    reason: str = "",
    author: str = "person:adjudicator",
) -> Decision:
    """Take the latest decision of a conflict back and return it; both stay in the store.

    The decision before it counts again; where there is none the conflict is open again. Raises
    RoundError where no decision stands.
    """
    name = conflict.conflict if isinstance(conflict, Decision) else conflict
    name = name.id if isinstance(name, Conflict) else name
    with project.store() as connection:
        return undo_decision(connection, name, author=author, reason=reason, at=project.now())


def add(
    project: Project,
    round_name: str,
    article_id: str,
    item: Item,
    *,
    reason: str = "",
    author: str = "person:adjudicator",
) -> Decision:
    """Decide that an item which nobody marked is gold.

    Raises RoundError where it does not fit the article or the scheme.
    """
    with project.store() as connection:
        article = get_article(connection, article_id)
    name = name_added(article.text_sha256, round_name, item)
    conflict = Conflict(article_id, article.text_sha256, round_name, "added", ())
    _check_written(project, conflict, item)
    decision = Decision(name, article_id, round_name, "write", author, item, reason, "added")
    with project.store() as connection:
        _refuse_probe(connection, conflict, item)
        add_decision(connection, decision, at=project.now())
    return decision


def drop(project: Project, entry_id: str, *, reason: str) -> None:
    """Close a quarantine entry; what it held stays stored, with the reason."""
    if not reason.strip():
        raise RoundError(f"say why {entry_id!r} is dropped: --reason TEXT")
    with project.store() as connection:
        close_quarantine(connection, entry_id, reason=reason, at=project.now())


def find_conflict(
    project: Project, conflict_id: str, *, policy: PolicyName | Policy | None = None
) -> Conflict:
    """Find an open conflict by its id in whichever round it is."""
    with project.store() as connection:
        rounds = [rnd.name for rnd in list_rounds(connection)]
    for name in rounds:
        try:
            outcome = settle(project, name, policy=policy)
        except RoundError:
            continue
        for conflict in outcome.conflicts:
            if conflict.id == conflict_id:
                return conflict
    raise RoundError(
        f"no open conflict has the id {conflict_id!r}; list them with: workbench adjudicate ROUND"
    )


def _choose(
    conflict: Conflict, action: Action, item: Item | int | Sequence[int] | None
) -> Item | None:
    if action == "reject":
        return None
    if action == "merge":
        return _merge(conflict, item)
    if isinstance(item, Sequence):
        raise RoundError(f"{action} takes one reading; several are for the action 'merge'")
    if isinstance(item, int):
        return _get_reading(conflict, item)
    if item is None:
        if action == "accept" and len(conflict.candidates) == 1:
            return conflict.candidates[0].item
        if action == "contested":
            return conflict.candidates[0].item
        raise RoundError(f"{conflict.id}: say which reading; it has {len(conflict.candidates)}")
    if action == "accept":
        known = {identify(conflict.text_sha256, c.item): c.item for c in conflict.candidates}
        if identify(conflict.text_sha256, item) not in known:
            raise RoundError(f"{conflict.id} has no such reading; use the action 'write' instead")
    return item


def _merge(conflict: Conflict, item: Item | int | Sequence[int] | None) -> Item:
    """Merge the readings of these numbers, or all of them."""
    numbers = range(1, len(conflict.candidates) + 1) if item is None else item
    if not isinstance(numbers, Sequence) or len(numbers) < 2:
        raise RoundError(f"{conflict.id}: merging takes the numbers of two readings or more")
    return merge_readings([_get_reading(conflict, number) for number in numbers])


def _get_reading(conflict: Conflict, number: int) -> Item:
    if not 1 <= number <= len(conflict.candidates):
        raise RoundError(
            f"{conflict.id} has {len(conflict.candidates)} readings; there is no number {number}"
        )
    return conflict.candidates[number - 1].item


def _refuse_probe(connection: Connection, conflict: Conflict, item: Item) -> None:
    """Raise RoundError where an item is a suggestion that was seeded as a wrong one."""
    item_id = identify(conflict.text_sha256, item)
    if any(probe.item == item_id for probe in find_probes(connection)):
        raise RoundError(
            f"{item_id} is a probe, a wrong suggestion seeded on purpose, and can't be gold; "
            "reject it, or write what is right"
        )


def _check_written(project: Project, conflict: Conflict, item: Item) -> None:
    """Raise RoundError where a written item does not fit its article or the scheme."""
    with project.store() as connection:
        article = get_article(connection, conflict.article_id)
    ends = [item] if isinstance(item, Span) else []
    if isinstance(item, Stance):
        ends += [*item.holders, *item.targets]
    if isinstance(item, (Quote, Stance)) and item.speaker is not None:
        ends.append(item.speaker)
    layer = Layer(
        article.id,
        article.text_sha256,
        ADJUDICATION,
        "gold",
        spans=tuple(dict.fromkeys(ends)),
        quotes=(item,) if isinstance(item, Quote) else (),
        stances=(item,) if isinstance(item, Stance) else (),
    )
    problems = check_layer(layer, article, project.scheme.kinds)
    if isinstance(item, Stance) and item.is_incomplete:
        problems.append("the stance lacks its holder or target")
    if problems:
        raise RoundError(f"what was chosen does not fit {article.id!r}: {'; '.join(problems)}")
