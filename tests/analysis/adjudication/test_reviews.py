from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from strategies import layers, texts

from workbench.analysis.adjudication.reviews import merge_before_review, read_review
from workbench.analysis.adjudication.settlement import adjudicate
from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.core.layer import Layer, Passage
from workbench.core.policy import Policy
from workbench.core.span import Span
from workbench.core.stance import Stance


def describe(layer: Layer) -> set[tuple[str, str]]:
    """Return what a review must bring about: every item but the mentions that are pointed to."""
    return {
        (identify(layer.text_sha256, item), item.status if isinstance(item, Stance) else "")
        for item in layer.items
        if getattr(item, "label", "") != "MENTION"
    }


def test_an_entity_that_a_reviewer_took_from_a_stance_is_no_gold() -> None:
    article = Article("a", "a")
    state, person = Span(0, 1, "GPE"), Span(0, 1, "PERSON")
    shown = (Passage(0, 1, ("GPE", "OPPOSE", "PERSON", "SUPPORT")),)
    nothing = Layer("a", article.text_sha256, "ana", "annotation", round="r", passages=shown)
    theirs = Stance(((0, 1),), (state, person), (state,), "SUPPORT", by_author=True)
    ours = replace(theirs, holders=(state,))
    ben = replace(nothing, author="ben", spans=(state, person), stances=(theirs,))
    reviewed = replace(nothing, author="eva", spans=(state,), stances=(ours,))

    def settle(decisions):  # type: ignore[no-untyped-def]  # a short name for one call
        return adjudicate(article, [nothing, ben], decisions, policy=Policy(), registry={})

    made = read_review(settle, {}, reviewed, reason="review")
    gold = settle({decision.conflict: decision for decision in made}).gold

    assert (gold.spans, gold.stances) == (reviewed.spans, reviewed.stances)


@given(st.data())
def test_a_review_makes_gold_what_the_reviewer_left(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    work = [
        replace(data.draw(layers(article)), author=author, kind="annotation", round="r")
        for author in ("ana", "ben", "cleo")[: data.draw(st.integers(2, 3))]
    ]
    policy = data.draw(st.sampled_from([Policy(), Policy("majority")]))
    reviewed = data.draw(layers(article))
    whole = tuple(stance for stance in reviewed.stances if not stance.is_incomplete)
    unique = {identify(reviewed.text_sha256, stance): stance for stance in whole}
    reviewed = replace(reviewed, stances=tuple(unique.values()), author="eva", round="r")

    def settle(decisions):  # type: ignore[no-untyped-def]  # a short name for one call
        return adjudicate(article, work, decisions, policy=policy, registry={})

    made = read_review(settle, {}, reviewed, reason="review")
    decisions = {decision.conflict: decision for decision in made}

    assert settle(decisions).conflicts == ()
    assert describe(settle(decisions).gold) == describe(reviewed)
    assert read_review(settle, decisions, reviewed, reason="review") == []
    assert {decision.author for decision in made} <= {"eva"}


@given(st.data())
def test_what_is_shown_before_a_review_decides_nothing(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    work = [
        replace(data.draw(layers(article)), author=author, kind="annotation") for author in "ab"
    ]

    def settle(decisions):  # type: ignore[no-untyped-def]  # as above
        return adjudicate(article, work, decisions, policy=Policy(), registry={})

    before = settle({})
    merged = merge_before_review(settle, {})

    assert settle({}) == before
    # What is in conflict may go either way, and a stance follows its end.
    open_ = {c.item for conflict in before.conflicts for c in conflict.candidates}
    settled = replace(
        before.gold,
        spans=tuple(s for s in before.gold.spans if s not in open_),
        quotes=tuple(q for q in before.gold.quotes if not {q, q.speaker} & open_),
        stances=tuple(s for s in before.gold.stances if not {s, *s.holders, *s.targets} & open_),
    )
    assert describe(settled) <= describe(merged)
