from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from strategies import KINDS, layers, texts

from workbench.adapters.markup import parse_markup
from workbench.analysis.adjudication import Settled, adjudicate
from workbench.core.article import Article
from workbench.core.decision import Decision
from workbench.core.layer import Layer, check_layer

TEXT = "[Rubio](PERSON#r) [praised](#c) the [trade deal](AGREEMENT#d).\n---\nSUPPORT asserted: r -> d | c\n= Marco Rubio: r"


def mark(markup: str, author: str) -> Layer:
    return parse_markup(markup, author=author, kind="annotation", asked=KINDS, article_id="a")[1]


def settle(
    *work: Layer, decisions: dict[str, Decision] | None = None, **options: object
) -> Settled:
    text = parse_markup(TEXT)[0]
    values = {"policy": "unanimous", "registry": {}, **options}
    return adjudicate(Article("a", text), work, decisions or {}, **values)  # type: ignore[arg-type]


def test_what_two_people_mark_alike_is_gold() -> None:
    settled = settle(mark(TEXT, "person:ana"), mark(TEXT, "person:ben"))

    assert settled.conflicts == ()
    assert settled.gold.spans == parse_markup(TEXT)[1].spans
    assert len(settled.gold.stances) == 1
    assert {v.policy for v in settled.gold.verdicts.values()} == {"unanimous"}
    assert {v.votes for v in settled.gold.verdicts.values()} == {("person:ana", "person:ben")}


def test_one_persons_work_is_gold_only_where_that_was_stated() -> None:
    ana = mark(TEXT, "person:ana")

    assert {c.kind for c in settle(ana).conflicts} == {"too few"}
    for options in ({"policy": "single"}, {"fallback_single": True}):
        settled = settle(ana, **options)
        assert settled.conflicts == ()
        assert {v.policy for v in settled.gold.verdicts.values()} == {"single"}


def test_every_difference_has_its_kind() -> None:
    ana = mark(TEXT, "person:ana")
    cases = {
        "label": TEXT.replace("AGREEMENT", "ISSUE"),
        "boundary": TEXT.replace("trade [", "[trade ").replace(
            "the [trade deal](AGREEMENT#d)", "the trade [deal](AGREEMENT#d)"
        ),
        "missing": TEXT.split("\n")[0].replace("[praised](#c)", "praised"),
        "polarity": TEXT.replace("SUPPORT", "OPPOSE"),
        "status": TEXT.replace("asserted", "denied"),
        "swap": TEXT.replace("r -> d", "d -> r"),
        "holder": TEXT.replace("r -> d", "AUTHOR -> d"),
        "target": TEXT.replace("r -> d", "r -> r"),
    }
    for kind, markup in cases.items():
        found = [c.kind for c in settle(ana, mark(markup, "person:ben")).conflicts]
        assert kind in found, (kind, found)


def test_an_incomplete_stance_is_a_conflict_even_if_all_agree() -> None:
    markup = TEXT.replace("r -> d", "- -> d")

    assert [c.kind for c in settle(mark(markup, "a"), mark(markup, "b")).conflicts] == [
        "incomplete"
    ]


def test_ends_of_one_cluster_are_the_same_end() -> None:
    base = "[Rubio](PERSON#r) spoke. [He](MENTION#h) [praised](#c) [Lima](GPE#l).\n---\nSUPPORT asserted: {} -> l | c\n= Rubio: r, h"
    ana, ben = mark(base.format("h"), "ana"), mark(base.format("r"), "ben")
    article = Article("a", parse_markup(base.format("h"))[0])

    settled = adjudicate(article, [ana, ben], {}, policy="unanimous", registry={})

    assert settled.conflicts == ()
    (stance,) = settled.gold.stances
    assert [article.text[s.start : s.end] for s in stance.holders] == ["He"]


def test_a_stance_reopens_when_its_end_is_rejected() -> None:
    ana, ben = mark(TEXT, "ana"), mark(TEXT, "ben")
    ben = replace(ben, spans=ben.spans[:1], stances=ben.stances)
    first = settle(ana, ben)
    (span,) = first.conflicts

    settled = settle(
        ana, ben, decisions={span.id: Decision(span.id, "a", "", "reject", "person:x")}
    )

    assert [c.kind for c in settled.conflicts] == ["incomplete"]


def decide_all(
    article: Article, work: list[Layer], *, take: int
) -> tuple[dict[str, Decision], Settled]:
    """Accept the first reading of every conflict, or reject all of them, until none is open."""
    decisions: dict[str, Decision] = {}
    for _ in range(20):
        settled = adjudicate(article, work, decisions, policy="unanimous", registry={})
        if not settled.conflicts:
            break
        for conflict in settled.conflicts:
            item = conflict.candidates[0].item if take else None
            action = "accept" if take else "reject"
            decisions[conflict.id] = Decision(conflict.id, "a", "", action, "person:x", item)  # type: ignore[arg-type]
    return decisions, settled


@given(st.data())
def test_adjudication_is_free_of_order_and_every_decision_closes_its_conflict(
    data: st.DataObject,
) -> None:
    article = Article("a", data.draw(texts()))
    work = [
        replace(data.draw(layers(article)), author=author, kind="annotation")
        for author in ("ana", "ben", "cleo")[: data.draw(st.integers(1, 3))]
    ]
    decisions, settled = decide_all(article, work, take=data.draw(st.integers(0, 1)))

    assert settled.conflicts == ()
    assert [p for p in check_layer(settled.gold, article, KINDS) if "twice" not in p] == []
    for order in permutations(work):
        assert adjudicate(article, order, decisions, policy="unanimous", registry={}) == settled


@given(st.data())
def test_unanimous_items_are_always_kept(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    layer = replace(data.draw(layers(article)), kind="annotation")

    settled = adjudicate(
        article, [replace(layer, author=a) for a in "ab"], {}, policy="unanimous", registry={}
    )

    entities = {span for span in layer.spans if span.label != "MENTION"}
    assert entities <= set(settled.gold.spans)
    assert {c.kind for c in settled.conflicts} <= {"incomplete"}


def test_new_work_reopens_only_what_it_changes() -> None:
    ana, ben = mark(TEXT, "ana"), mark(TEXT.replace("AGREEMENT", "ISSUE"), "ben")
    decisions, _ = decide_all(Article("a", parse_markup(TEXT)[0]), [ana, ben], take=1)
    changed = mark(TEXT.replace("AGREEMENT", "ISSUE").replace("SUPPORT", "OPPOSE"), "ben")

    settled = settle(ana, changed, decisions=decisions)

    assert [c.kind for c in settled.conflicts] == ["polarity"]
