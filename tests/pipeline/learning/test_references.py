"""What recognisers learn from: outside what was shown and asked, things are missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from workbench.adapters.markup import parse_markup
from workbench.core.article import Article
from workbench.core.layer import Layer, Passage
from workbench.pipeline.extensions import register_extensions
from workbench.pipeline.learning.references import (
    PROJECT,
    make_corpus,
    make_reference,
    make_references,
    read_reference,
    write_corpus,
)

TEXT = "[Ana](PERSON) saw [Peru](GPE).\n[Ben](PERSON) left [Lima](GPE)."
LABELS = ("GPE", "PERSON")


@pytest.fixture(scope="module")
def nlp() -> Language:
    register_extensions()
    return spacy.blank("en")


def make_example(markup: str, *passages: Passage, **facts: object) -> tuple[Article, Layer]:
    text, layer = parse_markup(markup, article_id="a")
    return Article("a", text, **facts), replace(layer, passages=passages)  # type: ignore[arg-type]


def read_tags(docs: list[Doc]) -> list[list[str]]:
    # "-" is spaCy's word for a missing value.
    return [
        [
            "-" if t.ent_iob == 0 else "O" if t.ent_iob == 2 else f"{t.ent_iob_}-{t.ent_type_}"
            for t in doc
        ]
        for doc in docs
    ]


def test_where_all_was_asked_what_is_unmarked_is_outside(nlp: Language) -> None:
    article, layer = make_example(TEXT, Passage(0, 34, LABELS))

    tags = read_tags(list(make_references(nlp, article, layer, LABELS)))

    assert tags[0] == ["B-PERSON", "O", "B-GPE", "O"]


def test_outside_the_passages_nothing_is_negative(nlp: Language) -> None:
    article, layer = make_example(TEXT, Passage(0, 13, LABELS))

    tags = read_tags(list(make_references(nlp, article, layer, LABELS)))

    assert tags == [["B-PERSON", "O", "B-GPE", "O"]]


def test_what_was_not_asked_is_missing_and_what_was_marked_stays(nlp: Language) -> None:
    article, layer = make_example(TEXT, Passage(0, 34, ("PERSON",)))
    layer = replace(layer, spans=tuple(s for s in layer.spans if s.label == "PERSON"))

    asked = read_tags(list(make_references(nlp, article, layer, LABELS)))
    alone = read_tags(list(make_references(nlp, article, layer, ("PERSON",))))

    assert asked[0] == ["B-PERSON", "-", "-", "-"]
    assert alone[0] == ["B-PERSON", "O", "O", "O"]


def test_page_furniture_is_missing(nlp: Language) -> None:
    article, layer = make_example(TEXT, Passage(0, 34, LABELS), masked=((0, 8),))
    layer = replace(layer, spans=layer.spans[1:])

    tags = read_tags(list(make_references(nlp, article, layer, LABELS)))

    assert tags[0] == ["-", "-", "B-GPE", "O"]


def test_a_span_that_fits_no_tokens_is_no_negative(nlp: Language) -> None:
    article, layer = make_example("[An](PERSON)a saw [Peru](GPE).", Passage(0, 13, LABELS))

    (tags,) = read_tags(list(make_references(nlp, article, layer, LABELS)))

    assert tags == ["-", "O", "B-GPE", "O"]


def test_missing_values_and_nested_entities_survive_the_corpus(
    nlp: Language, tmp_path: pytest.TempPathFactory
) -> None:
    path = tmp_path / "c.spacy"  # type: ignore[operator]  # it is a path
    nested = "[Bank of [Peru](GPE)](ORG) saw [Ana](PERSON)."
    example = make_example(nested, Passage(0, 12, ("GPE", "ORG")))
    docs = make_corpus(nlp, [example], ("GPE", "ORG"))

    assert write_corpus(path, docs) == 1
    (back,) = DocBin().from_disk(path).get_docs(nlp.vocab)

    assert read_tags([back]) == read_tags(docs)
    assert [(s.text, s.label_) for s in back.spans[PROJECT]] == [
        ("Bank of Peru", "ORG"),
        ("Peru", "GPE"),
    ]
    assert read_tags([back])[0][3:] == ["-"] * 3


def test_a_reference_carries_all_of_the_gold(nlp: Language) -> None:
    markup = (
        "[Ana](PERSON#a) [hailed](#c) [Peru](GPE#p).\n---\nSUPPORT asserted: a -> p | c\n= Ana: a"
    )
    article, layer = make_example(markup, Passage(0, 16, ("PERSON", "SUPPORT")))

    back = read_reference(make_reference(nlp, article, layer))

    assert (back.spans, back.stances) == (layer.spans, layer.stances)
    assert (back.clusters, back.passages) == (layer.clusters, layer.passages)
