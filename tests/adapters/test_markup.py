from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.adapters.markup import escape_markup, parse_markup, read_marks, write_markup
from workbench.core.errors import MarkupError
from workbench.core.span import Span

DEAL = """[Rubio](PERSON#r) and [Ana](PERSON#j) “[[welcomed](#c) the [[US](GPE) deal](AGREEMENT#d)](#q)”.
---
SUPPORT asserted: r, j -> d | c
QUOTE q: r
= Marco Rubio: r
= the two: j | Marco Rubio; Ana
"""


def test_reads_spans_quotes_stances_and_clusters() -> None:
    text, layer = parse_markup(DEAL)

    assert text == "Rubio and Ana “welcomed the US deal”."
    assert Span(28, 30, "GPE") in layer.spans
    (stance,) = layer.stances
    assert [text[s.start : s.end] for s in stance.holders] == ["Rubio", "Ana"]
    assert [text[s.start : s.end] for s in stance.targets] == ["US deal"]
    assert stance.speaker == Span(0, 5, "PERSON")
    assert layer.quotes[0].form == "direct"
    assert layer.clusters[1].members == ("Marco Rubio", "Ana")


def test_what_is_written_reads_back_the_same() -> None:
    text, layer = parse_markup(DEAL)

    assert parse_markup(write_markup(text, layer)) == (text, layer)


@given(st.text(alphabet=st.sampled_from(list("ab[]()\\#-\n é\u00a0\u200d💩中“”🇬🇧\t")), max_size=40))
def test_any_text_survives_escaping(text: str) -> None:
    assert read_marks(escape_markup(text)).text == text
    assert parse_markup(escape_markup(text))[0] == text


@pytest.mark.parametrize(
    "markup",
    [
        "a ] b",
        "[a",
        "[](PERSON)",
        "[a]()",
        "[a](X#i) [b](X#i)",
        "a\n---\nnonsense",
        "a\n---\nQUOTE q: -",
    ],
)
def test_malformed_markup_is_an_error(markup: str) -> None:
    with pytest.raises(MarkupError):
        parse_markup(markup)
