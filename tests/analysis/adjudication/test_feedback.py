from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import KINDS, layers, texts

from workbench.adapters.markup import parse_markup
from workbench.adapters.scheme_markdown import read_scheme
from workbench.analysis.adjudication.feedback import Comparison, compare_with_gold
from workbench.core.article import Article
from workbench.core.layer import Passage
from workbench.core.scheme import Scheme
from workbench.seeds import find_seeds

ASKED = tuple(sorted({*KINDS, "DATE", "LOC"}))
GOLD = "[Rubio](PERSON#r) [praised](#c) the [port deal](AGREEMENT#d) in [Lima](GPE)."
TAIL = "\n---\nSUPPORT asserted: r -> d | c"


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    folder = find_seeds() / "scheme"
    return read_scheme({p.name: p.read_text(encoding="utf-8") for p in Path(folder).glob("*.md")})


def compare(yours: str, scheme: Scheme, gold: str = GOLD + TAIL) -> Comparison:
    text, right = parse_markup(gold)
    same, own = parse_markup(yours)
    assert same == text
    passages = (Passage(0, len(text), ASKED),)
    return compare_with_gold(
        Article("a", text),
        replace(own, passages=passages),
        replace(right, passages=passages),
        scheme,
    )


def test_the_same_is_right_and_needs_no_remark(scheme: Scheme) -> None:
    assert compare(GOLD + TAIL, scheme) == Comparison(4, ())


@pytest.mark.parametrize(
    ("old", "new", "what", "yours", "gold", "words"),
    [
        ("[Lima](GPE)", "Lima", "missed", "", "Country or city: Lima", ""),
        ("the [port", "[the](DATE) [port", "extra", "Date or time: the", "", ""),
        ("[Lima](GPE)", "[Lima](LOC)", "label", "Place: Lima", "Country or city: Lima", ""),
        ("the [port", "[the port", "boundary", "the port deal", "port deal", "leading article"),
        ("SUPPORT", "OPPOSE", "polarity", "Opposes", "Supports", "favourable"),
        ("r -> d", "- -> d", "holder", "nobody →", "Rubio →", "spokesperson relays"),
        ("r -> d", "r -> -", "target", "→ nothing", "→ port deal", "HOLDER"),
        ("r -> d", "d -> r", "swap", "port deal →", "Rubio →", "spokesperson relays"),
        ("asserted", "denied", "status", "denied", "Supports (praised)", "the text denies"),
    ],
)
def test_each_difference_has_its_remark_with_the_guidelines_sentence(
    scheme: Scheme, old: str, new: str, what: str, yours: str, gold: str, words: str
) -> None:
    found = compare((GOLD + TAIL).replace(old, new), scheme)

    (remark,) = [r for r in found.remarks if r.what == what]
    assert yours in remark.yours
    assert gold in remark.gold
    assert (yours == "") == (remark.yours == "")
    assert (gold == "") == (remark.gold == "")
    assert remark.guideline
    assert words in remark.guideline


def test_what_was_not_asked_of_both_is_not_held_against_anybody(scheme: Scheme) -> None:
    text, gold = parse_markup(GOLD + TAIL)
    nothing = replace(gold, spans=(), quotes=(), stances=())
    whole = (Passage(0, len(text), ASKED),)
    article = Article("a", text)

    half = replace(nothing, passages=(Passage(text.index("in "), len(text), ASKED),))
    found = compare_with_gold(article, half, replace(gold, passages=whole), scheme)
    assert [remark.gold for remark in found.remarks] == ["Country or city: Lima"]
    few = replace(nothing, passages=(Passage(0, len(text), ("PERSON",)),))
    found = compare_with_gold(article, few, replace(gold, passages=whole), scheme)
    assert [remark.gold for remark in found.remarks] == ["Person: Rubio"]


@given(st.data())
def test_work_that_equals_gold_is_right_and_every_item_is_counted_once(
    data: st.DataObject,
) -> None:
    article = Article("a", data.draw(texts()))
    gold = data.draw(layers(article))
    scheme = Scheme(())

    same = compare_with_gold(article, gold, gold, scheme)
    empty = compare_with_gold(article, replace(gold, spans=(), quotes=(), stances=()), gold, scheme)

    entities = [span for span in gold.spans if span.label != "MENTION"]
    total = len(entities) + len(gold.quotes) + len(gold.stances)
    assert (same.right, same.remarks) == (total, ())
    assert (empty.right, len(empty.remarks)) == (0, total)
    assert {remark.what for remark in empty.remarks} <= {"missed"}
