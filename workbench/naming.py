"""Merge and split the names of a corpus; every decision is stored, and can be undone."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.core.errors import SourceError
from workbench.core.naming import Naming
from workbench.project import Project
from workbench.store.articles import get_article
from workbench.store.namings import add_naming, find_namings
from workbench.store.namings import undo_naming as undo

AUTHOR = "person:adjudicator"


def merge_names(
    project: Project, names: Iterable[str], into: str, *, author: str = AUTHOR, reason: str = ""
) -> Naming:
    """Count several names as one, everywhere in the corpus.

    Raises SourceError where there is nothing to merge.
    """
    wanted = tuple(dict.fromkeys(name for name in names if name != into))
    if not wanted or not into.strip():
        raise SourceError(f"nothing to merge into {into!r}; name at least one other name")
    return _store(project, Naming("merge", wanted, into, (), author, reason))


def split_name(
    project: Project,
    name: str,
    into: str,
    *,
    articles: Iterable[str],
    author: str = AUTHOR,
    reason: str = "",
) -> Naming:
    """Count a name as another one in some articles, where it means somebody else.

    Raises SourceError where no article is named or one is unknown.
    """
    wanted = tuple(dict.fromkeys(articles))
    if not wanted or not into.strip() or into == name:
        raise SourceError(f"to split {name!r}, give it another name and say in which articles")
    with project.store() as connection:
        for article_id in wanted:
            get_article(connection, article_id)
    return _store(project, Naming("split", (name,), into, wanted, author, reason))


def undo_naming(project: Project, naming: Naming | str) -> None:
    """Take a merge or a split back; raises StoreError where it does not stand."""
    with project.store() as connection:
        undo(connection, naming.id if isinstance(naming, Naming) else naming, at=project.now())


def list_namings(project: Project) -> list[Naming]:
    """Return the merges and splits that stand, oldest first."""
    with project.store() as connection:
        return find_namings(connection)


def _store(project: Project, naming: Naming) -> Naming:
    with project.store() as connection:
        add_naming(connection, naming, at=project.now())
    return naming
