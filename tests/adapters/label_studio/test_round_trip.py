from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from strategies import KINDS, layers, texts

from workbench.adapters.label_studio.decoding import decode_annotation
from workbench.adapters.label_studio.encoding import (
    Encoded,
    encode_layer,
    make_prediction,
    make_task,
    write_byline,
)
from workbench.adapters.label_studio.preflight import check_task
from workbench.adapters.markup import parse_markup
from workbench.core.article import Article
from workbench.core.layer import Doubt, Layer, check_layer
from workbench.core.offsets import contains
from workbench.core.round import Assignment
from workbench.core.span import Span
from workbench.core.stance import Stance

ASKED = tuple(sorted(KINDS))
RUBIO = "[Rubio](PERSON#r) [praised](#c) [Lima](GPE#l).\n---\nSUPPORT asserted: r -> l | c"


def accept(encoded: Encoded) -> list[dict[str, Any]]:
    """Give back what Label Studio gives back when nothing was changed."""
    result: list[dict[str, Any]] = json.loads(json.dumps(encoded.result))
    for part in result:
        if part["type"] != "relation":
            part["origin"] = "prediction"
    return result


def decode(
    result: object,
    article: Article,
    layer: Layer | None = None,
    encoded: Encoded | None = None,
    **annotation: object,
):  # type: ignore[no-untyped-def]
    return decode_annotation(
        {"result": result, "lead_time": 3.0, **annotation},
        article,
        (0, len(article.text)),
        kinds=KINDS,
        asked=ASKED,
        shown=layer,
        notes=encoded.notes if encoded else None,
    )


def example(markup: str = RUBIO) -> tuple[Article, Layer, Encoded, list[dict[str, Any]]]:
    text, layer = parse_markup(markup)
    encoded = encode_layer(layer, Article("a", text), (0, len(text)))
    return Article("a", text), layer, encoded, accept(encoded)


@given(st.data())
def test_what_is_accepted_comes_back_as_it_was(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    layer = data.draw(layers(article))
    encoded = encode_layer(layer, article, (0, len(article.text)))

    decoded = decode(accept(encoded), article, layer, encoded)

    assert decoded.quarantined == []
    assert set(decoded.spans) == set(layer.spans)
    assert set(decoded.quotes) == set(layer.quotes)
    assert Counter(decoded.stances) == Counter(layer.stances)
    assert all(span.score == 0.5 and span.rule == "r" for span in decoded.spans)
    assert all(stance.score == 0.3 for stance in decoded.stances)


@given(st.data())
def test_what_is_pushed_passes_the_checks(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    layer = data.draw(layers(article))
    task = make_task(
        article, Assignment("a", article.text_sha256, 0, len(article.text), "r", "suggested")
    )
    encoded = encode_layer(layer, article, (0, len(article.text)))

    task["predictions"] = [make_prediction(encoded.result, layer, "r-s1")]

    assert check_task(task, KINDS) == []


@given(st.data())
def test_passages_that_are_accepted_give_every_stance_back_whole_and_once(
    data: st.DataObject,
) -> None:
    article = Article("a", data.draw(texts(min_size=4)))
    layer = data.draw(layers(article))
    edges = sorted(data.draw(st.sets(st.integers(1, len(article.text)), max_size=3)))
    cuts = [*pairwise([0, *[e for e in edges if e < len(article.text)], len(article.text)])]
    found: Counter[Stance] = Counter()
    for passage in cuts:
        encoded = encode_layer(layer, article, passage)
        decoded = decode_annotation(
            {"result": accept(encoded)},
            article,
            passage,
            kinds=KINDS,
            asked=ASKED,
            shown=layer,
            notes=encoded.notes,
        )
        assert decoded.quarantined == []
        found.update(replace(stance, speaker=None) for stance in decoded.stances)

    whole = [s for s in layer.stances if any(contains(p, s.cue[0]) for p in cuts)]
    assert found == Counter(replace(stance, speaker=None) for stance in whole)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 60)
    | st.sampled_from(["PERSON", "SUPPORT", "s1", "left", "bi"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["start", "end", "labels", "choices", "text"]), inner)
    ),
    max_leaves=4,
)
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["s1", "s2", "s3"]) | JUNK,
        "type": st.sampled_from(["labels", "relation", "choices", "textarea"]) | JUNK,
        "from_name": st.sampled_from(["span", "status", "voice", "doubt", "reason"]) | JUNK,
        "from_id": st.sampled_from(["s1", "s2"]) | JUNK,
        "to_id": st.sampled_from(["s2", "s3"]) | JUNK,
        "direction": st.sampled_from(["left", "right"]) | JUNK,
        "value": st.fixed_dictionaries(
            {"start": st.integers(-2, 30), "end": st.integers(-2, 30)},
            optional={
                "labels": st.lists(st.sampled_from(["PERSON", "QUOTE", "OPPOSE", "X"]), max_size=2)
            },
        )
        | JUNK,
    },
)


@given(texts(), st.lists(PARTS | JUNK, max_size=6) | JUNK)
def test_junk_is_quarantined_and_never_raises(text: str, result: object) -> None:
    article = Article("a", text)

    decoded = decode(result, article)

    layer = Layer("a", article.text_sha256, "person:p", "annotation", spans=decoded.spans,
                  quotes=decoded.quotes, stances=decoded.stances)  # fmt: skip
    assert check_layer(layer, article, KINDS) == []
    if isinstance(result, list):
        taken = len(decoded.spans) + len(decoded.quotes) + sum(len(s.cue) for s in decoded.stances)
        assert taken <= len(result) + sum(len(s.targets) for s in decoded.stances)
        assert len(decoded.quarantined) <= 2 * len(result)


def test_a_passage_has_offsets_of_its_own() -> None:
    text, layer = parse_markup(
        "Intro.\n\n[Rubio](PERSON#r) [praised](#c) [Lima](GPE#l).\n---\nSUPPORT asserted: r -> l | c"
    )
    article, passage = Article("a", text), (8, len(text))
    encoded = encode_layer(layer, article, passage)

    decoded = decode_annotation(
        {"result": accept(encoded)}, article, passage, kinds=KINDS, asked=ASKED, shown=layer
    )

    assert encoded.result[0]["value"] == {
        "start": 0,
        "end": 5,
        "text": "Rubio",
        "labels": ["PERSON"],
    }
    assert decoded.stances == layer.stances


def test_an_end_in_another_paragraph_is_shown_by_a_mention_of_its_cluster() -> None:
    article, layer, encoded, result = example(
        "[Ana Lima](PERSON#a) spoke.\n[She](MENTION#s) [backed](#c) [Peru](GPE#p).\n---\n"
        "SUPPORT asserted: a -> p | c\n= Ana Lima: a, s"
    )

    (link,) = [x for x in result if x["type"] == "relation" and x["to_id"].startswith("stance")]
    shown = next(x for x in result if x.get("id") == link["from_id"])

    assert shown["value"]["text"] == "She"
    assert decode(result, article, layer, encoded).stances == layer.stances


def test_a_stance_cut_by_its_passage_goes_without_the_link_and_gets_it_back() -> None:
    text, layer = parse_markup(
        "[Ana](PERSON#a) spoke.\n\n[Backed](#c) [Peru](GPE#p).\n---\nSUPPORT asserted: a -> p | c"
    )
    article, passage = Article("a", text), (12, len(text))
    encoded = encode_layer(layer, article, passage)

    decoded = decode_annotation({"result": accept(encoded)}, article, passage, kinds=KINDS,
                                asked=ASKED, shown=layer, notes=encoded.notes)  # fmt: skip

    assert not [
        x for x in encoded.result if x["type"] == "relation" and x["to_id"].startswith("stance")
    ]
    assert decoded.stances == layer.stances


def test_furniture_is_greyed_out_and_nothing_in_it_is_suggested() -> None:
    text, layer = parse_markup("Follow us on [Insta](ORG).\n[Lima](GPE) voted.")
    article = Article("a", text, masked=((0, 20),))
    encoded = encode_layer(layer, article, (0, len(text)))

    shown = [(x["value"]["text"], x["value"]["labels"]) for x in encoded.result]
    assert shown == [(text[:20], ["FURNITURE"]), ("Lima", ["GPE"])]
    decoded = decode(accept(encoded), article, layer, encoded)
    assert [s.label for s in decoded.spans] == ["GPE"]
    assert decoded.quarantined == []
    marked = {**accept(encoded)[0], "id": "by-hand"}
    assert "no label 'FURNITURE'" in decode([marked], article).quarantined[0][0]


def test_a_relabelled_region_loses_the_suggestions_score() -> None:
    article, layer, encoded, result = example()
    layer = parse_markup(RUBIO)[1]
    result[0]["value"]["labels"] = ["ORG"]
    result[0]["origin"] = "prediction-changed"

    decoded = decode(result, article, layer, encoded)

    assert Span(0, 5, "ORG") in decoded.spans
    assert decoded.stances[0].holders == (Span(0, 5, "ORG"),)


def test_whitespace_at_the_ends_is_trimmed() -> None:
    article, _, _, result = example()
    result[0]["value"].update(start=0, end=6)

    assert Span(0, 5, "PERSON") in decode(result, article).spans


def test_a_reversed_link_turns_holder_into_target() -> None:
    article, _, _, result = example()
    for part in result:
        if part["type"] == "relation":
            part["direction"] = "left"

    (stance,) = decode(result, article).stances

    assert [article.text[s.start : s.end] for s in stance.holders] == ["Lima"]


def test_a_deleted_cue_leaves_its_links_in_quarantine() -> None:
    article, _, _, result = example()
    result = [part for part in result if not str(part.get("id")).startswith("stance")]

    decoded = decode(result, article)

    assert decoded.stances == ()
    assert [reason for reason, _ in decoded.quarantined] == [
        "the link points to a region that is not there"
    ] * 2


def test_status_voice_doubt_and_reason_are_read() -> None:
    article, _, _, result = example()
    cue = next(part["id"] for part in result if str(part.get("id")).startswith("stance"))
    for name, choice in (("status", "denied"), ("voice", "author")):
        result.append(
            {"id": cue, "type": "choices", "from_name": name, "value": {"choices": [choice]}}
        )
    result.append(
        {"id": "d", "type": "choices", "from_name": "doubt", "value": {"choices": ["unsure"]}}
    )
    result.append(
        {"id": "n", "type": "textarea", "from_name": "reason", "value": {"text": ["<b>?"]}}
    )

    decoded = decode(result, article)

    assert (decoded.stances[0].status, decoded.stances[0].by_author) == ("denied", True)
    assert decoded.passage is not None
    assert decoded.passage.doubt == Doubt("unsure", "<b>?")
    assert decoded.passage.seconds == 3.0


def test_skipped_has_no_passage_and_empty_is_a_true_negative() -> None:
    article, _, _, result = example()

    assert decode(result, article, was_cancelled=True).passage is None
    empty = decode([], article)
    assert empty.passage is not None
    assert empty.spans == ()
    assert empty.passage.asked == ASKED


def test_a_cue_linked_to_a_quotation_points_to_its_words() -> None:
    article, _, _, result = example(
        "[Ana](PERSON#a) [hailed](#c) “[the end](QUOTE#q)”.\n---\nQUOTE q: -\nSUPPORT asserted: a -> - | c"
    )
    cue = next(part["id"] for part in result if str(part.get("id")).startswith("stance"))
    quote = next(part["id"] for part in result if str(part.get("id")).startswith("quote"))
    result.append({"type": "relation", "from_id": cue, "to_id": quote, "direction": "right"})

    (target,) = decode(result, article).stances[0].targets

    assert (article.text[target.start : target.end], target.label) == ("the end", "MENTION")


def test_a_cue_that_its_passage_cuts_is_put_back_unless_it_was_changed() -> None:
    text, layer = parse_markup(
        "[Rubio](PERSON#r) [took](#c) the [deal](ISSUE#d)\n[apart](#e).\n---\n"
        "OPPOSE asserted: r -> d | c e"
    )
    article, passage = Article("a", text), (0, text.index("\n"))
    encoded = encode_layer(layer, article, passage)
    cue = next(p for p in accept(encoded) if p.get("value", {}).get("labels") == ["OPPOSE"])

    moved = {**cue, "origin": "prediction-changed"}
    for part, pieces in ((cue, layer.stances[0].cue), (moved, layer.stances[0].cue[:1])):
        decoded = decode_annotation(
            {"result": [part]}, article, passage, kinds=KINDS, asked=ASKED, notes=encoded.notes
        )
        assert decoded.stances[0].cue == pieces
    assert encode_layer(layer, article, (text.index("apart"), len(text))).result == []


def test_a_region_inside_page_furniture_is_quarantined() -> None:
    text = "Follow us here\nRubio spoke."
    article = Article("a", text, masked=((0, 14),))
    value = {"start": 7, "end": 9, "text": "us", "labels": ["GPE"]}

    decoded = decode(
        [{"id": "x", "from_name": "span", "to_name": "text", "type": "labels", "value": value}],
        article,
    )

    assert decoded.spans == ()
    ((reason, _),) = decoded.quarantined
    assert "page furniture" in reason


def test_a_byline_is_escaped_and_its_link_opens_beside_the_task() -> None:
    url = 'https://a.example/"x y<b>'

    line = write_byline(Article("a", "t", outlet="*A* <b>\nB", published="2026-01-02", url=url))

    assert line == (
        r"\*A\* \<b\> B · 2026\-01\-02 · "
        '<a href="https://a.example/&quot;xy&lt;b&gt;" target="_blank" '
        'rel="noopener noreferrer">source</a>'
    )
    assert write_byline(Article("a", "t", url="javascript:x")) == ""
