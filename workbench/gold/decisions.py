"""Decide conflicts and close quarantine entries; every decision is stored as it is made."""

from __future__ import annotations

from workbench.core.decision import ACTIONS, Action, Conflict, Decision
from workbench.core.errors import RoundError
from workbench.core.identity import identify
from workbench.core.layer import ADJUDICATION, Item, Layer, check_layer
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.gold.adjudication import settle
from workbench.project import Project
from workbench.store.articles import get_article
from workbench.store.decisions import add_decision
from workbench.store.quarantine import close_quarantine
from workbench.store.rounds import list_rounds


def decide(
    project: Project,
    conflict: Conflict | str,
    action: Action,
    *,
    item: Item | int | None = None,
    reason: str = "",
    author: str = "person:adjudicator",
    policy: str = "unanimous",
) -> Decision:
    """Store a decision about one conflict.

    `item` is the reading to accept (its number, counted from 1, or the reading itself), or the
    item to write. Raises RoundError where the conflict is not open or the item does not fit.
    """
    if action not in ACTIONS:
        raise RoundError(f"no action {action!r}; there are: {', '.join(ACTIONS)}")
    if isinstance(conflict, str):
        conflict = find_conflict(project, conflict, policy=policy)
    chosen = _choose(conflict, action, item)
    if action == "write" and chosen is not None:
        _check_written(project, conflict, chosen)
    decision = Decision(
        conflict.id, conflict.article_id, conflict.round, action, author, chosen, reason
    )
    with project.store() as connection:
        add_decision(connection, decision, at=project.now())
    return decision


def drop(project: Project, entry_id: str, *, reason: str) -> None:
    """Close a quarantine entry; what it held stays stored, with the reason."""
    if not reason.strip():
        raise RoundError(f"say why {entry_id!r} is dropped: --reason TEXT")
    with project.store() as connection:
        close_quarantine(connection, entry_id, reason=reason, at=project.now())


def find_conflict(project: Project, conflict_id: str, *, policy: str = "unanimous") -> Conflict:
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


def _choose(conflict: Conflict, action: Action, item: Item | int | None) -> Item | None:
    if action == "reject":
        return None
    if isinstance(item, int):
        if not 1 <= item <= len(conflict.candidates):
            raise RoundError(
                f"{conflict.id} has {len(conflict.candidates)} readings; there is no number {item}"
            )
        return conflict.candidates[item - 1].item
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
    if problems:
        raise RoundError(f"what was written does not fit {article.id!r}: {'; '.join(problems)}")
