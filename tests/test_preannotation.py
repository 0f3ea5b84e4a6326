from __future__ import annotations

from dataclasses import replace

import pytest
import spacy

import workbench as wb
from workbench import preannotation
from workbench.core.article import Article
from workbench.core.errors import PipelineError, RoundError, SchemeError
from workbench.core.layer import Layer, Passage, check_layer
from workbench.core.span import Span
from workbench.preannotation import annotate, load_pipeline
from workbench.project import Project
from workbench.seeds import find_seeds
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


class Finder:
    """Finds entities by the names of their labels, as GLiNER does."""

    def predict_entities(self, text: str, labels: list[str], threshold: float) -> list[dict]:
        assert "person" in labels
        at = text.find("Lima")
        found = {"start": at, "end": at + 4, "label": "country or city", "score": 0.9}
        return [found, {**found, "label": "unasked"}] if at >= 0 else []


def test_a_model_that_finds_entities_by_label_takes_the_pipelines_place(project: Project) -> None:
    layers = wb.preannotate(project, nlp=Finder(), progress=False)

    texts = {article.id: article.text for article in _articles(project)}
    spans = [texts[x.article_id][s.start : s.end] for x in layers for s in x.spans]
    assert spans
    assert set(spans) == {"Lima"}
    assert {span.label for layer in layers for span in layer.spans} == {"GPE"}
    assert "SUPPORT" not in layers[0].passages[0].asked


def test_a_function_takes_the_pipelines_place_by_name(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (layer,) = wb.preannotate(project, ["lima"], nlp=f"{__name__}:mark_first", progress=False)
    assert layer.author == "model:mine"

    with pytest.raises(PipelineError, match="names no function"):
        wb.preannotate(project, nlp="workbench:nothing", progress=False)
    with pytest.raises(PipelineError, match="several processes"):
        wb.preannotate(project, nlp=mark_first, workers=2, progress=False)


@pytest.mark.slow
def test_an_endless_text_is_read_as_far_as_the_pipeline_reads(project: Project) -> None:
    sentence = "Egypt condemned Kenya on Monday.\n"
    article = Article("long", sentence * 400)
    nlp, author = load_pipeline(project, spacy.blank("en"))
    nlp.max_length = 10_000

    (layer,) = annotate(nlp, [article], author=author, scheme=project.scheme)

    (passage,) = layer.passages
    assert passage.end == 10_000 // len(sentence) * len(sentence) - 1
    assert layer.stances[-1].offsets[0] > passage.end - len(sentence)
    assert check_layer(layer, article, project.scheme.kinds) == []


def test_what_only_furniture_holds_is_not_suggested(project: Project) -> None:
    text = "Egypt condemned Kenya on Monday."
    nlp, author = load_pipeline(project)

    (layer,) = annotate(
        nlp,
        [Article("all", text, masked=((0, len(text)),))],
        author=author,
        scheme=project.scheme,
    )

    assert list(layer.items) == []


def test_what_is_forgotten_on_the_way_changes_no_layer(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = wb.ingest(project, find_seeds() / "articles", progress=False).articles
    articles = [
        Article(f"{a.id}-{n}", f"{a.text}\n\nQx{n}ana Vor{n}sky of {n}corp praised Zim{n}bar.")
        for n in range(5)
        for a in taken
    ]
    nlp, author = load_pipeline(project, spacy.blank("en"))
    remembered = list(annotate(nlp, articles, author=author, scheme=project.scheme))
    assert "Qx4ana" in nlp.vocab.strings

    monkeypatch.setattr(preannotation, "_KNOWN_WORDS", 0)
    nlp, author = load_pipeline(project, spacy.blank("en"))
    forgotten = list(annotate(nlp, articles, author=author, scheme=project.scheme))

    assert forgotten == remembered
    assert any(layer.stances for layer in forgotten[64:])
    assert "Qx4ana" not in nlp.vocab.strings


def test_several_processes_make_the_same_layers_in_the_same_order(project: Project) -> None:
    one = wb.preannotate(project, progress=False)

    assert wb.preannotate(project, again=True, workers=2, progress=False) == one


def _articles(project: Project) -> list[Article]:
    from workbench.store.articles import find_articles

    with project.store() as connection:
        return find_articles(connection)
