"""A project whose three articles two people annotated, one of them with seeded mistakes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.adapters.records import write_scheme
from workbench.core.article import Article
from workbench.core.layer import Layer, Passage
from workbench.core.round import Round
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.layers import add_layer
from workbench.store.rounds import add_round

ROUND = "2026-02"


def spoil(layer: Layer) -> Layer:
    """Change a label, drop an entity that nothing points to, and turn every polarity round."""
    pointed = {end for s in layer.stances for end in (*s.holders, *s.targets)}
    free = [s for s in layer.spans if s.label != MENTION and s not in pointed]
    wrong: dict[Span, Span | None] = {}
    for at, span in enumerate(free):
        wrong[span] = None if at == 0 else replace(span, label="EVENT")
    spans = tuple(x for x in (wrong.get(s, s) for s in layer.spans) if x is not None)
    stances = tuple(
        Stance(s.cue, s.holders, s.targets, "NEUTRAL", s.status, s.by_author) for s in layer.stances
    )
    return replace(layer, spans=tuple(sorted(spans)), stances=stances, quotes=())


@pytest.fixture
def annotated(project: Project, tiny_gold: dict[str, Layer]) -> Project:
    """Store a round with what ana and ben marked."""
    scheme = project.scheme
    with project.store() as connection:
        rnd = Round(ROUND, scheme.hash, scheme.guideline_hash, scheme.asked, ("ana", "ben"), 2.0)
        add_round(connection, rnd, write_scheme(scheme), at=project.now())
        for article in find_articles(connection):
            for author, layer in read_people(article, tiny_gold[article.text_sha256], scheme.asked):
                add_layer(connection, replace(layer, author=author), at=project.now())
    return project


def read_people(article: Article, gold: Layer, asked: tuple[str, ...]) -> list[tuple[str, Layer]]:
    whole = replace(
        gold,
        article_id=article.id,
        kind="annotation",
        round=ROUND,
        passages=(Passage(0, len(article.text), asked),),
        verdicts={},
    )
    return [("person:ana", whole), ("person:ben", spoil(whole))]
