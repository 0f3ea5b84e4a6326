"""The attribute ruler that looks up its rules sets what spaCy's own sets."""

from __future__ import annotations

from typing import Any

import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc

from workbench.core.article import Article
from workbench.pipeline.english import find_base
from workbench.pipeline.tag_attributes import (
    NAME,
    IndexedAttributeRuler,
    replace_attribute_ruler,
)

_VOCAB = spacy.blank("en").vocab
_TAGS, _WORDS, _DEPENDENCIES = ("NN", "VB", "."), ("peace", "talks", "!"), ("nsubj", "ROOT", "")


def draw_value(options: tuple[str, ...]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(options)
    some = st.lists(one, min_size=1, max_size=2)
    return one | st.builds(lambda v: {"IN": v}, some) | st.builds(lambda v: {"NOT_IN": v}, some)


TOKENS = st.fixed_dictionaries(
    {},
    optional={
        "TAG": draw_value(_TAGS),
        "LOWER": draw_value(_WORDS),
        "DEP": draw_value(_DEPENDENCIES),
        "IS_PUNCT": st.booleans(),
        "IS_SPACE": st.booleans(),
    },
).filter(bool)
RULES = st.lists(
    st.tuples(
        st.lists(st.lists(TOKENS, min_size=1, max_size=2), min_size=1, max_size=2),
        st.sampled_from(("NOUN", "VERB", "PUNCT")),
    ),
    max_size=6,
)


@st.composite
def docs(draw: st.DrawFn) -> Doc:
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6))
    n = len(words)
    known = draw(st.booleans())
    return Doc(
        _VOCAB,
        [word.upper() if number % 2 else word for number, word in enumerate(words)],
        tags=draw(st.lists(st.sampled_from(_TAGS), min_size=n, max_size=n)),
        deps=draw(st.lists(st.sampled_from(_DEPENDENCIES[:2]), min_size=n, max_size=n))
        if known
        else None,
        heads=[0] * n if known else None,
    )


@given(RULES, docs())
def test_it_finds_what_spacy_finds(rules: list[Any], doc: Doc) -> None:
    ours, theirs = IndexedAttributeRuler(_VOCAB), AttributeRuler(_VOCAB)
    for ruler in (ours, theirs):
        for patterns, tag in rules:
            ruler.add(patterns, {"POS": tag})

    assert ours.match(doc) == sorted(set(theirs.match(doc)))


def test_rules_that_are_added_later_are_looked_up_too() -> None:
    ruler = IndexedAttributeRuler(_VOCAB)
    doc = Doc(_VOCAB, ["peace"], tags=["NN"])
    assert ruler(doc)[0].pos_ == ""

    ruler.add([[{"TAG": "NN"}]], {"POS": "NOUN"})

    assert ruler(doc)[0].pos_ == "NOUN"
    again = IndexedAttributeRuler(_VOCAB).from_bytes(ruler.to_bytes())
    assert again(Doc(_VOCAB, ["peace"], tags=["NN"]))[0].pos_ == "NOUN"


def test_the_base_pipeline_gives_the_same_words_the_same_attributes(
    articles: dict[str, Article],
) -> None:
    base, ours = (spacy.load(find_base() or "en_core_web_sm") for _ in range(2))

    replace_attribute_ruler(ours)

    assert type(ours.get_pipe(NAME)) is IndexedAttributeRuler
    for article in articles.values():
        rows = [
            [(t.pos_, str(t.morph), t.tag_, t.dep_, t.lemma_) for t in nlp(article.text)]
            for nlp in (base, ours)
        ]
        assert rows[0] == rows[1]
