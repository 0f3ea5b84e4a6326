"""Widgets answer at once on 10,000 items: against writing the same rows as JSON once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from workbench.adapters.records import write_scheme
from workbench.core.article import Article
from workbench.core.layer import Layer, Passage
from workbench.core.round import Round
from workbench.core.span import Span
from workbench.exploration import list_items
from workbench.project import Project
from workbench.store.articles import add_article
from workbench.store.layers import add_layer
from workbench.store.rounds import add_round
from workbench.widgets import Adjudicator, Explorer

pytestmark = pytest.mark.bench
ROUND = "bench"
ARTICLES, EACH = 250, 20


@pytest.fixture
def crowded(empty_project: Project) -> Project:
    """Store 250 articles with 20 names each that two people label differently: 10,000 items."""
    scheme = empty_project.scheme
    with empty_project.store() as connection:
        rnd = Round(ROUND, scheme.hash, scheme.guideline_hash, scheme.asked, ("ana", "ben"), 2.0)
        add_round(connection, rnd, write_scheme(scheme), at=empty_project.now())
        for n in range(ARTICLES):
            words = [f"Name{n}x{k}" for k in range(EACH)]
            article = Article(f"a{n:03}", " met ".join(words) + ".", split="train", group=f"a{n}")
            add_article(connection, article, at=empty_project.now())
            ana = make_layer(article, words, scheme.asked)
            ben = tuple(replace(span, label="ORG") for span in ana.spans)
            for layer in (ana, replace(ana, author="person:ben", spans=ben)):
                add_layer(connection, layer, at=empty_project.now())
    return empty_project


def make_layer(article: Article, words: list[str], asked: tuple[str, ...]) -> Layer:
    starts = [
        article.text.index(word + (" " if k < EACH - 1 else ".")) for k, word in enumerate(words)
    ]
    return Layer(
        article.id,
        article.text_sha256,
        "person:ana",
        "annotation",
        round=ROUND,
        passages=(Passage(0, len(article.text), asked),),
        spans=tuple(Span(s, s + len(w), "PERSON") for s, w in zip(starts, words, strict=True)),
    )


def test_the_explorer_answers_at_once(crowded: Project, measure: Any) -> None:
    panel = Explorer(crowded)
    assert len(panel.items) == 2 * ARTICLES * EACH
    rows = list_items(crowded, progress=False).to_record()

    measure(
        "Explorer: filter 10,000 items by words against writing them as JSON",
        lambda: json.dumps(rows),
        lambda: panel.act("words", "name1"),
        limit=1.5,
    )


def test_the_adjudicator_answers_at_once(crowded: Project, measure: Any) -> None:
    panel = Adjudicator(crowded, ROUND)
    assert len(panel.docket.open) == ARTICLES * EACH
    rows = list_items(crowded, progress=False).to_record()

    measure(
        "Adjudicator: store a decision on 5,000 conflicts against writing 10,000 items as JSON",
        lambda: json.dumps(rows),
        lambda: panel.act("accept", "1"),
        limit=1.5,
    )
