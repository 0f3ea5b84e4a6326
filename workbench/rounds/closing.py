"""End a round, or take an article out of what comes next; nothing is erased."""

from __future__ import annotations

from workbench.core.errors import RoundError
from workbench.project import Project
from workbench.store.articles import withdraw_article
from workbench.store.rounds import close_round


def close(project: Project, name: str) -> None:
    """Close a round: nothing more is pushed or taken in; what was taken in stays.

    Raises RoundError where there is no such round.
    """
    with project.store() as connection:
        close_round(connection, name, at=project.now())


def withdraw(project: Project, article_id: str, *, reason: str) -> bool:
    """Hide an article from everything that comes later and tell whether it was there still.

    Its layers stay in the store, and releases that have it stay as they are. Raises RoundError
    without a reason, SourceError where there is no such article.
    """
    if not reason.strip():
        raise RoundError(f"say why {article_id!r} is withdrawn: --reason TEXT")
    with project.store() as connection:
        return withdraw_article(connection, article_id, reason=reason, at=project.now())
