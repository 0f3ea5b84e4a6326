from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import KINDS, layers, texts

from workbench.adapters.markup import parse_markup
from workbench.analysis.adjudication.gold import Links
from workbench.analysis.adjudication.settlement import Settled, adjudicate
from workbench.analysis.adjudication.trust import Evidence, expect_error
from workbench.analysis.proportions import wilson
from workbench.core.article import Article
from workbench.core.decision import Decision
from workbench.core.identity import identify
from workbench.core.layer import Layer, Passage, check_layer
from workbench.core.policy import Policy

TEXT = "[Rubio](PERSON#r) [praised](#c) the [trade deal](AGREEMENT#d).\n---\nSUPPORT asserted: r -> d | c\n= Marco Rubio: r"


def mark(markup: str, author: str) -> Layer:
    return parse_markup(markup, author=author, kind="annotation", asked=KINDS, article_id="a")[1]


def settle(
    *work: Layer, decisions: dict[str, Decision] | None = None, **options: object
) -> Settled:
    text = parse_markup(TEXT)[0]
    known = {name: options.pop(name) for name in ("evidence", "links") if name in options}
    policy = Policy(**options)  # type: ignore[arg-type]
    return adjudicate(
        Article("a", text),
        work,
        decisions or {},
        policy=policy,
        registry={},
        **known,  # type: ignore[arg-type]
    )


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
    for options in ({"name": "single"}, {"fallback_single": True}):
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

    settled = adjudicate(article, [ana, ben], {}, policy=Policy(), registry={})

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
        settled = adjudicate(article, work, decisions, policy=Policy(), registry={})
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
        assert adjudicate(article, order, decisions, policy=Policy(), registry={}) == settled


@given(st.data())
def test_unanimous_items_are_always_kept(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    layer = replace(data.draw(layers(article)), kind="annotation")

    settled = adjudicate(
        article, [replace(layer, author=a) for a in "ab"], {}, policy=Policy(), registry={}
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


def test_a_majority_settles_what_most_say_and_a_threshold_asks_for_more() -> None:
    other = TEXT.replace("AGREEMENT", "ISSUE")
    work = [mark(TEXT, "ana"), mark(TEXT, "ben"), mark(other, "cleo")]

    settled = settle(*work, name="majority")

    assert settled.conflicts == ()
    assert {span.label for span in settled.gold.spans} == {"PERSON", "AGREEMENT"}
    assert ("ana", "ben") in {v.votes for v in settled.gold.verdicts.values()}
    assert {v.policy for v in settled.gold.verdicts.values()} == {"majority"}
    assert [c.kind for c in settle(*work, name="threshold", threshold=0.9).conflicts] == ["label"]
    assert settle(*work, name="threshold", threshold=0.6).conflicts == ()


def test_what_most_did_not_mark_is_outvoted_and_told() -> None:
    none = TEXT.split("\n")[0].replace("[trade deal](AGREEMENT#d)", "trade deal")
    none = none.replace("[praised](#c)", "praised")
    plain = TEXT.split("\n")[0].replace("[praised](#c)", "praised")

    settled = settle(mark(plain, "a"), mark(none, "b"), mark(none, "c"), name="majority")

    assert [span.label for span in settled.gold.spans] == ["PERSON"]
    assert [unit.candidates[0].item.label for unit in settled.outvoted] == ["AGREEMENT"]  # type: ignore[union-attr]


def test_a_tie_and_one_person_are_conflicts_under_every_policy_that_counts() -> None:
    other = TEXT.replace("AGREEMENT", "ISSUE")
    tie = [mark(TEXT, "a"), mark(TEXT, "b"), mark(other, "c"), mark(other, "d")]
    for name in ("unanimous", "majority", "threshold", "guarded"):
        assert "label" in {c.kind for c in settle(*tie, name=name).conflicts}, name
        assert {c.kind for c in settle(tie[0], name=name).conflicts} == {"too few"}, name


def test_near_cues_of_one_record_are_a_conflict_about_the_cue() -> None:
    base = "[Rubio](PERSON#r) [praised](#c) and [hailed](#e) [Lima](GPE#l).\n---\nSUPPORT asserted: r -> l | {}"
    ana, ben = mark(base.format("c"), "ana"), mark(base.format("e"), "ben")
    article = Article("a", parse_markup(base.format("c"))[0])

    settled = adjudicate(article, [ana, ben], {}, policy=Policy(), registry={})

    assert [c.kind for c in settled.conflicts] == ["cue"]
    both = base.format("c") + "\nSUPPORT asserted: r -> l | e"
    twice = [mark(both, "ana"), mark(both, "ben")]
    assert adjudicate(article, twice, {}, policy=Policy(), registry={}).conflicts == ()


def test_no_policy_takes_a_probe() -> None:
    work = [mark(TEXT, "a"), mark(TEXT, "b")]
    probe = identify(work[0].text_sha256, work[0].spans[0])
    for name in ("unanimous", "majority", "threshold", "guarded"):
        found = settle(*work, name=name, evidence=Evidence(probes={probe})).conflicts
        assert "probe" in {c.kind for c in found}, name


@pytest.mark.parametrize(
    ("caught", "expected"), [(0.9, 0.002), (0.7, 0.016), (0.5, 0.044), (0.3, 0.082)]
)
def test_the_error_expected_of_untouched_suggestions(caught: float, expected: float) -> None:
    # Where nearly every right suggestion is kept (0.82 of 0.85), the shares are within 4% of these.
    assert expect_error(0.85, caught, 2) == pytest.approx(expected, rel=0.2)


def test_guarded_takes_a_suggestion_where_probes_say_that_errors_are_caught() -> None:
    work = [replace(mark(TEXT, a), passages=(Passage(0, 31, tuple(KINDS), "m"),)) for a in "ab"]
    shown = {"m": {identify(work[0].text_sha256, item) for item in work[0].items}}
    rates = dict.fromkeys(KINDS, 0.95)
    tallies = {"SUPPORT": (60, 1)}

    assert {
        c.kind for c in settle(*work, name="guarded", audit=0.0, evidence=Evidence(shown)).conflicts
    } == {"suggested"}
    trusted = Evidence(shown, (), rates, tallies)
    assert settle(*work, name="guarded", audit=0.0, evidence=trusted).conflicts == ()
    bad = Evidence(shown, (), rates, {**tallies, "PERSON": (20, 1)})
    found = settle(*work, name="guarded", audit=0.0, evidence=bad).conflicts
    assert [c.kind for c in found] == ["review"]
    audited = settle(*work, name="guarded", audit=1.0, evidence=trusted).conflicts
    assert {c.kind for c in audited} == {"audit"}


def test_guarded_refuses_a_holder_who_is_the_target() -> None:
    work = [mark(TEXT.replace("r -> d", "r -> r"), a) for a in "ab"]

    found = settle(*work, name="guarded", audit=0.0).conflicts

    assert [c.kind for c in found] == ["check"]


def test_links_correct_the_clusters_of_gold() -> None:
    work = [mark(TEXT, "a"), mark(TEXT, "b")]

    apart = settle(*work).gold.clusters
    linked = settle(*work, links=Links(must=(((0, 5), (18, 28)),))).gold.clusters

    assert len(apart) == 2
    assert len(linked) == 1


def test_wilson_equals_the_published_interval() -> None:
    # Newcombe 1998, table I: 81 of 263 by the score method without continuity correction.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert all(wilson(0, n)[0] == 0.0 and wilson(n, n)[1] == 1.0 for n in range(1, 200))
    with pytest.raises(ValueError, match="no proportion"):
        wilson(0, 0)
