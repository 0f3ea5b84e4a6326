"""Links: corrections of who is the same referent, in one article or in all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from workbench.analysis.adjudication.gold import Links
from workbench.core.errors import RoundError
from workbench.core.offsets import is_valid
from workbench.project import Project
from workbench.store.adjudications import StoredLink, add_link, find_links
from workbench.store.articles import get_article

Mention = tuple[int, int] | str
"""A mention by its offsets, or every mention of that name."""
_OFFSETS = re.compile(r"(\d+)[-–:](\d+)")


def link(
    project: Project,
    article_id: str,
    first: Mention,
    second: Mention,
    *,
    reason: str = "",
    author: str = "person:adjudicator",
) -> StoredLink:
    """Put two mentions of an article into one cluster; with an empty id in every article, by name.

    Gold follows when its round is adjudicated again. Raises RoundError where a mention is not in
    the article.
    """
    return _store(project, article_id, first, second, "must", author, reason)


def unlink(
    project: Project,
    article_id: str,
    first: Mention,
    second: Mention,
    *,
    reason: str = "",
    author: str = "person:adjudicator",
    undo: bool = False,
) -> StoredLink:
    """Keep two mentions of an article out of one cluster; `undo` takes any correction back."""
    kind: Literal["none", "cannot"] = "none" if undo else "cannot"
    return _store(project, article_id, first, second, kind, author, reason)


def choose_links(stored: Iterable[StoredLink], article_id: str) -> Links:
    """Return the corrections that hold in one article."""
    mine = [row for row in stored if row.article_id in ("", article_id)]
    return Links(
        tuple((row.first, row.second) for row in mine if row.kind == "must"),
        tuple((row.first, row.second) for row in mine if row.kind == "cannot"),
    )


def read_mention(text: str) -> Mention:
    """Read a mention as the shell writes it: `12-20` are offsets, anything else is a name."""
    found = _OFFSETS.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else text


def _store(
    project: Project,
    article_id: str,
    first: Mention,
    second: Mention,
    kind: str,
    author: str,
    reason: str,
) -> StoredLink:
    row = StoredLink(article_id, first, second, kind, author, reason)
    with project.store() as connection:
        problems = []
        text = get_article(connection, article_id).text if article_id else ""
        for end in (first, second):
            if isinstance(end, str):
                if article_id and end.casefold() not in text.casefold():
                    problems.append(f"article {article_id!r} has no words {end!r}")
            elif not article_id:
                problems.append(f"{end} are offsets, which mean nothing without an article")
            elif not is_valid(end, len(text)):
                problems.append(f"{end} does not fit the {len(text)} characters of {article_id!r}")
        if first == second:
            problems.append("a mention is always linked to itself")
        known = {(r.article_id, frozenset((r.first, r.second))) for r in find_links(connection)}
        if kind == "none" and (article_id, frozenset((first, second))) not in known:
            where = f"article {article_id!r}" if article_id else "all articles"
            problems.append(f"in {where} there is no correction of these two to take back")
        if problems:
            raise RoundError("; ".join(problems))
        add_link(connection, row, at=project.now())
    return row
