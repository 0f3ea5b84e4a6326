from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import layers, texts

from workbench.adapters.markup import parse_markup, write_markup
from workbench.adapters.records import (
    read_article,
    read_decision,
    read_item,
    read_layer,
    read_scheme,
    write_article,
    write_decision,
    write_item,
    write_layer,
    write_scheme,
)
from workbench.core.article import Article
from workbench.core.decision import Decision
from workbench.core.errors import MarkupError, OffsetError, SourceError, StaleTextError
from workbench.core.identity import identify
from workbench.core.layer import Doubt, Verdict
from workbench.core.scheme import Label, Scheme


def through_json(record: Any) -> Any:
    return json.loads(json.dumps(record))


@given(st.data())
def test_layers_survive_their_json_form(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    layer = data.draw(layers(article))
    passage = replace(layer.passages[0], doubt=Doubt("unsure", "<b>"), seconds=1.5)
    verdicts = {
        identify(layer.text_sha256, item): Verdict("single", ("person:x",), True)
        for item in layer.items
    }
    layer = replace(layer, passages=(passage,), verdicts=verdicts)

    assert read_layer(through_json(write_layer(layer))) == layer
    assert read_layer(through_json(write_layer(layer, article.text)), article=article) == layer


@given(st.data())
def test_items_and_decisions_survive_their_json_form(data: st.DataObject) -> None:
    layer = data.draw(layers(Article("a", data.draw(texts()))))
    for item in layer.items:
        assert read_item(through_json(write_item(item))) == item
        decision = Decision("conflict:1", "a", "r", "write", "person:x", item, "why")
        assert read_decision(through_json(write_decision(decision))) == decision


@given(st.data())
def test_layers_without_crossing_marks_survive_markup(data: st.DataObject) -> None:
    article = Article("", data.draw(texts()))
    layer = replace(data.draw(layers(article)), author="adjudication", kind="gold")
    try:
        markup = write_markup(article.text, layer)
    except MarkupError:
        return
    if "\n---\n" in f"\n{article.text}\n":
        return

    text, again = parse_markup(markup)

    assert text == article.text
    assert set(again.spans) == set(layer.spans)
    assert set(again.stances) == set(layer.stances)


@given(texts())
def test_articles_survive_their_json_form(text: str) -> None:
    article = Article("a", text, title="T", masked=((0, 1),), split="dev", meta={"k": 1})

    assert read_article(through_json(write_article(article))) == article


def test_schemes_survive_their_json_form() -> None:
    scheme = Scheme(
        (Label("X", "entity", "An X", "#000000", "x", ("PERSON",), 3, "prose"),), "common"
    )

    assert read_scheme(through_json(write_scheme(scheme))) == scheme
    assert read_scheme(through_json(write_scheme(scheme))).hash == scheme.hash


def test_every_breach_of_the_form_is_told_at_once() -> None:
    record = {
        "kind": "silver",
        "spans": [{"start": "0", "end": 1}],
        "extra": 1,
        "stances": [{"cue": [], "polarity": "LOVE"}],
    }

    with pytest.raises(SourceError) as caught:
        read_layer(record)

    for part in (
        "kind",
        "spans.0.start",
        "spans.0.label",
        "extra",
        "stances.0.cue",
        "stances.0.polarity",
    ):
        assert part in str(caught.value)


def test_words_and_offsets_are_held_against_the_text() -> None:
    article = Article("a", "Lima praised Oslo.")
    span = {"start": 0, "end": 4, "label": "GPE", "text": "Oslo"}

    with pytest.raises(OffsetError, match=r"spans.0: 0..4 reads 'Lima', not 'Oslo'"):
        read_layer({"spans": [span]}, article=article)
    with pytest.raises(OffsetError, match="does not fit"):
        read_layer({"spans": [{"start": 5, "end": 99, "label": "GPE"}]}, article=article)
    with pytest.raises(StaleTextError, match="other text"):
        read_layer({"text_sha256": "0" * 64}, article=article)
    with pytest.raises(SourceError, match="its hash"):
        read_article({"text": "x", "text_sha256": "0" * 64})
