"""Corrections of who is the same: they hold in gold and corpus, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import workbench as wb
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.gold.links import link, unlink
from workbench.project import Project
from workbench.store.articles import find_articles

Annotate = Callable[..., None]


def list_clusters(project: Project) -> dict[str, str]:
    """Return the name of each entity's cluster in gold by the entity's words."""
    (gold,) = wb.adjudicate(project, "r").gold
    with project.store() as connection:
        (article,) = [a for a in find_articles(connection) if a.id == gold.article_id]
    return {
        article.text[m.start : m.end]: cluster.name
        for cluster in gold.clusters
        for m in cluster.mentions
    }


@pytest.fixture
def annotated(project: Project, annotate: Annotate, right: dict[str, Layer]) -> tuple[str, str]:
    """A round on one article, and the words of two of its clusters."""
    for author in ("person:ana", "person:ben"):
        annotate(author, right["lima"])
    names = sorted(set(list_clusters(project).values()))
    return names[0], names[1]


def test_a_link_joins_in_gold_and_is_taken_back(
    project: Project, annotated: tuple[str, str]
) -> None:
    first, second = annotated
    before = list_clusters(project)
    assert before[first] != before[second]

    link(project, "lima", first, second, reason="the same")
    joined = list_clusters(project)
    unlink(project, "lima", first, second, undo=True)

    assert joined[first] == joined[second]
    assert list_clusters(project) == before


def test_a_link_by_name_holds_in_every_article_and_in_the_corpus(
    project: Project, annotated: tuple[str, str]
) -> None:
    first, second = annotated

    link(project, "", first, second)

    joined = list_clusters(project)
    assert joined[first] == joined[second]
    names = {end for edge in wb.stance_matrix(project).edges for end in (edge.holder, edge.target)}
    assert not {first, second} <= names


def test_only_a_correction_that_stands_there_is_taken_back(
    project: Project, annotated: tuple[str, str]
) -> None:
    first, second = annotated
    with pytest.raises(RoundError, match="in article 'lima' there is no correction"):
        unlink(project, "lima", first, second, undo=True)
    link(project, "", first, second)

    with pytest.raises(RoundError, match="in article 'lima' there is no correction"):
        unlink(project, "lima", first, second, undo=True)
    unlink(project, "", second, first, undo=True)
    with pytest.raises(RoundError, match="in all articles there is no correction"):
        unlink(project, "", first, second, undo=True)
