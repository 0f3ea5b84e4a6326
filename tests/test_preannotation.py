from __future__ import annotations

from dataclasses import replace

import pytest
import spacy

import workbench as wb
from workbench.core.article import Article
from workbench.core.errors import RoundError, SchemeError
from workbench.core.layer import Layer, Passage
from workbench.core.span import Span
from workbench.project import Project
from workbench.store.layers import find_layers, find_newest


def mark_first(article: Article) -> Layer:
    """Suggest the first character, as any function of a user's might."""
    passage = Passage(0, len(article.text), ("ORG",))
    spans = (Span(0, 1, "ORG", score=0.5),)
    return Layer(
        article.id,
        article.text_sha256,
        "model:mine",
        "prediction",
        passages=(passage,),
        spans=spans,
    )


def test_what_the_same_pipeline_did_is_not_done_again(project: Project) -> None:
    first = wb.preannotate(project, progress=False)
    with project.store() as connection:
        before = find_layers(connection)

    assert wb.preannotate(project, progress=False) == first
    assert wb.preannotate(project, again=True, progress=False) == first
    with project.store() as connection:
        assert find_layers(connection) == before


def test_a_plain_function_takes_the_pipelines_place(project: Project) -> None:
    wb.preannotate(project, progress=False)

    layers = wb.preannotate(project, ["lima"], nlp=mark_first, progress=False)

    assert [(x.article_id, x.author) for x in layers] == [("lima", "model:mine")]
    with project.store() as connection:
        newest = find_newest(connection, "prediction")
        assert newest["lima"].author == "model:mine"
        assert newest["oslo"].author != "model:mine"
        assert set(find_newest(connection, "prediction", author="model:mine")) == {"lima"}


def test_ones_own_pipeline_takes_the_bases_place(project: Project) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")

    (layer,) = wb.preannotate(project, ["cairo"], nlp=nlp, progress=False)

    assert layer.author.startswith("model:en_pipeline-")
    assert [s.polarity for s in layer.stances]


def test_a_functions_layer_is_held_against_the_scheme(project: Project) -> None:
    def wrong(article: Article) -> Layer:
        return replace(mark_first(article), spans=(Span(0, 99_999, "NOPE"),))

    with pytest.raises(SchemeError, match="does not fit.*unknown label"):
        wb.preannotate(project, nlp=wrong, progress=False)


def test_test_articles_are_drawn_at_random_and_fill_their_share(project: Project) -> None:
    drafts = wb.preannotate(project, progress=False)

    assert set(wb.select(project, drafts, by="random", seed=1)) == {"cairo", "lima", "oslo"}
    assert "oslo" not in set(wb.select(project, drafts, by="uncertainty", n=2, test=0, seed=1))
    assert set(wb.select(project, drafts, by="uncertainty", n=1, test=1, seed=1)) == {"oslo"}
    with pytest.raises(RoundError, match="share of test"):
        wb.select(project, drafts, test=1.5)
