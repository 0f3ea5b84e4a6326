"""A round that two people annotated, without a server: layers, plan and suggestions stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from workbench.adapters.records import write_scheme
from workbench.analysis.references.clusters import make_clusters
from workbench.core.article import Article
from workbench.core.layer import Layer, Passage
from workbench.core.round import Assignment, Round
from workbench.project import Project
from workbench.store.layers import add_layer
from workbench.store.rounds import add_assignments, add_round, list_rounds
from workbench.store.tasks import Suggestion, add_suggestions

MODEL = "model:tiny"
Annotate = Callable[..., None]


@pytest.fixture
def right(
    project: Project, articles: dict[str, Article], tiny_gold: dict[str, Layer]
) -> dict[str, Layer]:
    """Return what is right of each tiny article, by its id."""
    found = {}
    for article in articles.values():
        layer = tiny_gold[article.text_sha256]
        clusters = make_clusters(article.text, layer.spans, layer.quotes, registry=project.registry)
        found[article.id] = replace(layer, article_id=article.id, clusters=clusters)
    return found


@pytest.fixture
def annotate(project: Project, articles: dict[str, Article]) -> Annotate:
    """Store somebody's work in a round, which is made when it is not there."""

    def store(author: str, layer: Layer, *, name: str = "r", shown: Layer | None = None) -> None:
        article = articles[layer.article_id]
        with project.store() as connection:
            rnd = Round(name, project.scheme.hash, project.scheme.guideline_hash,
                        project.scheme.asked, ("ana", "ben", "cleo"))  # fmt: skip
            if name not in [known.name for known in list_rounds(connection)]:
                add_round(connection, rnd, write_scheme(project.scheme), at=project.now())
        with project.store() as connection:
            arm = "suggested" if shown else "blind"
            row = Assignment(article.id, article.text_sha256, 0, len(article.text), name, arm,
                             author.split(":")[1])  # fmt: skip
            add_assignments(connection, [row], at=project.now())
            if shown is not None:
                seq = add_layer(connection, shown, at=project.now())
                add_suggestions(
                    connection, [Suggestion(f"r{name}-s1", row.key, seq, {})], at=project.now()
                )
            passage = Passage(0, len(article.text), project.scheme.asked,
                              shown.author if shown else None)  # fmt: skip
            work = replace(
                layer,
                author=author,
                kind="annotation",
                round=name,
                scheme=project.scheme.hash,
                guideline=project.scheme.guideline_hash,
                passages=(passage,),
            )
            add_layer(connection, work, at=project.now())

    return store


@pytest.fixture
def draft(right: dict[str, Layer]) -> Callable[[str], Layer]:
    """Return what a model suggested of an article: everything that is right."""

    def make(article_id: str) -> Layer:
        return replace(right[article_id], author=MODEL, kind="prediction")

    return make
