"""The policy by which rules and models are merged: each of its sentences has a test."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from workbench.pipeline.entity_spans import Found, read_entities, write_entities
from workbench.pipeline.extensions import register_extensions
from workbench.pipeline.learning.references import PROJECT
from workbench.pipeline.learning.regression import Regression
from workbench.pipeline.merged_entities import MergedEntities, describe, list_candidates

WORDS = ["The", "Bank", "of", "Peru", "met", "Ana", "on", "3", "May", "."]
TRUST = {
    "tier=gazetteer": 2.0,
    "tier=ner": -0.5,
    "tier=model": 0.5,
    "tier=ner|relation=label": -2.0,
    "tier=model|relation=around": 2.0,
    "tier=date": -9.0,
    "tier=issue": -1.0,
    "rule=model:ISSUE": -9.0,
}
MERGE = MergedEntities({"entities": Regression(TRUST, threshold=0.4)})
Row = tuple[int, int, str, str]


@pytest.fixture(scope="module")
def nlp() -> Language:
    register_extensions()
    return spacy.blank("en")


def make_doc(nlp: Language, rules: Sequence[Row], model: Sequence[tuple[int, int, str]]) -> Doc:
    doc = Doc(nlp.vocab, words=WORDS)
    write_entities(doc, [Found(s, e, label, rule, 0.8) for s, e, label, rule in rules])
    doc.spans[PROJECT] = [Span(doc, s, e, label=label) for s, e, label in model]
    doc.spans[PROJECT].attrs["scores"] = [0.9] * len(model)
    return doc


def merge(nlp: Language, rules: Sequence[Row], model: Sequence[tuple[int, int, str]]) -> set[Row]:
    doc = MERGE(make_doc(nlp, rules, model))
    return {(e.start, e.end, e.label, e.rule) for e in read_entities(doc)}


def test_what_only_the_model_finds_comes_in_and_is_named_after_it(nlp: Language) -> None:
    assert merge(nlp, [], [(5, 6, "PERSON")]) == {(5, 6, "PERSON", "model:PERSON")}


def test_what_gold_does_not_trust_goes(nlp: Language) -> None:
    assert merge(nlp, [(3, 4, "ISSUE", "issue:ISSUE")], [(5, 6, "ISSUE")]) == set()


def test_a_closed_class_stays_with_the_rules_whatever_the_models_say(nlp: Language) -> None:
    date = (7, 9, "DATE", "date:DATE")

    assert merge(nlp, [date], []) == {date}
    assert merge(nlp, [date], [(7, 9, "EVENT"), (6, 9, "EVENT")]) >= {date}
    assert not any(row[:3] == (7, 9, "EVENT") for row in merge(nlp, [date], [(7, 9, "EVENT")]))


def test_of_two_labels_for_the_same_words_the_surer_stays(nlp: Language) -> None:
    base, listed = (3, 4, "ORG", "ner:ORG"), (3, 4, "GPE", "gazetteer:GPE")

    assert merge(nlp, [base], [(3, 4, "GPE")]) == {(3, 4, "GPE", "model:GPE")}
    assert merge(nlp, [listed], [(3, 4, "ORG")]) == {listed}


def test_a_listed_name_stays_inside_a_longer_one_of_another_label(nlp: Language) -> None:
    listed = (3, 4, "GPE", "gazetteer:GPE")

    assert merge(nlp, [listed], [(1, 4, "ORG")]) == {listed, (1, 4, "ORG", "model:ORG")}


def test_what_both_find_is_there_once_under_the_rules_name(nlp: Language) -> None:
    listed = (3, 4, "GPE", "gazetteer:GPE")
    doc = make_doc(nlp, [listed], [(3, 4, "GPE")])

    assert [c.relation for c in list_candidates(doc)] == ["same"]
    assert merge(nlp, [listed], [(3, 4, "GPE")]) == {listed}


def test_every_entity_has_the_chance_that_was_learnt_for_it(nlp: Language) -> None:
    doc = make_doc(nlp, [(3, 4, "GPE", "gazetteer:GPE")], [])
    (candidate,) = list_candidates(doc)

    chance = MERGE.regressions["entities"].predict([describe(candidate)])[0]

    assert read_entities(MERGE(doc))[0].score == pytest.approx(chance, abs=1e-4)


def test_before_anything_was_learnt_the_rules_stay_as_they_are(nlp: Language) -> None:
    doc = make_doc(nlp, [(3, 4, "GPE", "gazetteer:GPE")], [(5, 6, "PERSON")])
    before = read_entities(doc)

    assert read_entities(MergedEntities()(doc)) == before


def test_names_of_entities_are_no_evidence(nlp: Language) -> None:
    doc = make_doc(nlp, [(3, 4, "GPE", "gazetteer:GPE")], [(5, 6, "PERSON")])
    features = {name for c in list_candidates(doc) for name in describe(c)}

    assert not any("Peru" in name or "Ana" in name for name in features)
