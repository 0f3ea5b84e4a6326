"""Scores on values worked out by hand, and what must hold for any."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import KINDS, layers, texts

from workbench.adapters.markup import parse_markup
from workbench.analysis.agreement.report import measure_agreement
from workbench.analysis.scoring.edges import derive_edges
from workbench.analysis.scoring.evaluation import evaluate_layers
from workbench.analysis.scoring.scores import Counts, score_counts, score_documents
from workbench.analysis.scoring.spans import SPAN_MATCHES, span_f1
from workbench.analysis.scoring.stances import STANCE_LEVELS, stance_f1
from workbench.core.article import Article
from workbench.core.cluster import Edge
from workbench.core.layer import Layer
from workbench.core.span import Span

GOLD = [Span(0, 5, "PERSON"), Span(10, 20, "ORG"), Span(30, 35, "GPE")]
FOUND = [Span(0, 5, "PERSON"), Span(10, 20, "GPE"), Span(31, 35, "GPE"), Span(50, 52, "GPE")]


@pytest.mark.parametrize(
    ("match", "precision", "recall"),
    [
        ("strict", 1 / 4, 1 / 3),
        ("boundary", 2 / 4, 2 / 3),
        ("partial", 2.5 / 4, 2.5 / 3),
        ("type", 2 / 4, 2 / 3),
    ],
)
def test_spans_are_counted_as_worked_out_by_hand(
    match: str, precision: float, recall: float
) -> None:
    score = span_f1(FOUND, GOLD, match)  # type: ignore[arg-type]  # each is one of the four

    assert score.precision == pytest.approx(precision)
    assert score.recall == pytest.approx(recall)
    assert score.value == pytest.approx(2 * precision * recall / (precision + recall))


def test_spans_may_be_plain_and_of_many_documents() -> None:
    plain = [(s.start, s.end, s.label) for s in FOUND]
    many = {str(i): GOLD[: i % 4] for i in range(8)}

    assert span_f1(plain, GOLD) == span_f1(FOUND, GOLD)
    score = span_f1(many, {**many, "0": GOLD}, interval=True)
    assert score.interval is not None
    assert score.value is not None
    assert score.interval[0] <= score.value <= score.interval[1]
    assert span_f1(many, many).interval is None


def mark(markup: str, author: str = "gold") -> Layer:
    return parse_markup(markup, author=author, kind="annotation", asked=KINDS, article_id="a")[1]


BASE = (
    "[Ana](PERSON#a) and [Ben](PERSON#b) [hailed](#c) [Peru](GPE#p). [She](MENTION#s) left.\n---\n"
)


def test_stance_levels_are_counted_as_worked_out_by_hand() -> None:
    gold = mark(BASE + "SUPPORT asserted: a, b -> p | c\n= Ana: a, s\n= Ben: b\n= Peru: p")
    found = mark(BASE + "OPPOSE asserted: s -> p | c\n= Ana: a, s\n= Peru: p")

    assert stance_f1(found, gold, "pair").value == pytest.approx(2 * 1 / (1 + 2))
    assert stance_f1(found, gold, "triple").value == 0
    assert stance_f1(gold, gold, "exact").value == 1


def test_stances_of_many_articles_are_joined_by_article() -> None:
    stance = BASE + "SUPPORT asserted: a -> p | c\n"
    found = [replace(mark(stance), article_id=str(i)) for i in range(6)]

    score = stance_f1(found, found[:4], "strict", interval=True)

    assert (score.precision, score.recall) == (pytest.approx(4 / 6), 1)
    assert score.interval is not None
    assert stance_f1(found[0], found[0], "strict").value == 1


def test_a_plural_mention_counts_for_its_members() -> None:
    text = "[Ana](PERSON#a) and [Ben](PERSON#b) came. [Both](MENTION#t) [hailed](#c) [Peru](GPE#p).\n---\n"
    clusters = "= Ana: a\n= Ben: b\n= Peru: p\n= both: t | Ana; Ben"
    plural = mark(text + "SUPPORT asserted: t -> p | c\n" + clusters)
    single = mark(text + "SUPPORT asserted: a, b -> p | c\n" + clusters)

    assert stance_f1(plural, single, "strict").value == 1
    assert derive_edges(plural) == (Edge("Ana", "SUPPORT", "Peru"), Edge("Ben", "SUPPORT", "Peru"))


def test_one_another_makes_edges_both_ways_and_none_to_oneself() -> None:
    text = "[Ana](PERSON#a) and [Ben](PERSON#b) [distrust](#c) [one another](MENTION#o).\n---\n"
    layer = mark(text + "OPPOSE asserted: a, b -> o | c\n= Ana: a\n= Ben: b\n= both: o | Ana; Ben")

    assert derive_edges(layer) == (Edge("Ana", "OPPOSE", "Ben"), Edge("Ben", "OPPOSE", "Ana"))


def test_what_is_denied_makes_no_edge_and_the_author_makes_one() -> None:
    denied = mark(BASE + "SUPPORT denied: a -> p | c\n= Ana: a\n= Peru: p")
    author = mark(BASE + "OPPOSE asserted: AUTHOR -> p | c\n= Peru: p")

    assert derive_edges(denied) == ()
    assert derive_edges(author) == (Edge("AUTHOR", "OPPOSE", "Peru"),)


@given(st.data())
def test_agreement_is_symmetric_and_one_with_oneself(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    a, b = data.draw(layers(article)), data.draw(layers(article))
    for match in SPAN_MATCHES:
        assert span_f1(a.spans, b.spans, match).value == pytest.approx(
            span_f1(b.spans, a.spans, match).value
        )
        assert span_f1(a.spans, a.spans, match).value in (1, None)
    values = []
    for level in STANCE_LEVELS:
        there, back = stance_f1(a, b, level).value, stance_f1(b, a, level).value
        assert there == pytest.approx(back)
        assert stance_f1(a, a, level).value in (1, None)
        values.append(there or 0)
    assert values == sorted(values, reverse=True)


def test_what_is_undefined_has_a_reason_and_no_number() -> None:
    score = score_counts(Counts())

    assert (score.value, score.n) == (None, 0)
    assert score.reason


def test_the_interval_covers_the_value_and_needs_two_documents() -> None:
    documents = [Counts(i % 3, 3, 3) for i in range(30)]

    score = score_documents(documents, seed=1)

    assert score.interval is not None
    assert score.value is not None
    assert score.interval[0] <= score.value <= score.interval[1]
    assert score == score_documents(documents, seed=1)
    assert score_documents(documents[:1]).interval is None


def test_only_what_was_shown_and_asked_is_counted() -> None:
    gold = mark("[Ana](PERSON) saw [Peru](GPE).")
    gold = replace(gold, passages=(replace(gold.passages[0], asked=("PERSON",)),))
    found = replace(mark("[Ana](PERSON) saw [Peru](ORG)."), kind="prediction")

    evaluation = evaluate_layers([gold], [found], {"a": "Ana saw Peru."})

    assert evaluation.entities["strict"].value == 1
    assert evaluation.entities["strict"].n == 1


def test_an_article_without_a_prediction_counts_as_empty() -> None:
    evaluation = evaluate_layers([mark("[Ana](PERSON) left.")], [], {"a": "Ana left."})

    assert evaluation.entities["strict"].recall == 0
    record = evaluation.to_record()
    assert set(record) == {
        "articles", "confusion", "entities", "quotes", "stances", "tiers", "reliability"
    }  # fmt: skip
    assert {"pair", "triple", "strict", "exact", "polarity", "edges", "sentiment_graph"} == set(
        record["stances"]
    )


def test_pairwise_agreement_names_the_pairs_and_whether_suggestions_were_seen() -> None:
    ana, ben = (
        mark("[Ana](PERSON) saw [Peru](GPE).", "ana"),
        mark("[Ana](PERSON) saw [Peru](ORG).", "ben"),
    )
    ben = replace(ben, passages=(replace(ben.passages[0], suggested_by="model:m"),))

    agreement = measure_agreement([ana, ben])

    (pair,) = agreement.pairs
    assert (pair.authors, pair.scores["spans"].value) == (("ana", "ben"), 0.5)
    assert (agreement.shared, agreement.suggested) == (1, 0)
    assert agreement.arms == {"mixed": 1}
