from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.text.passages import cut_passages, find_context
from workbench.core.article import Article


def cut(text: str, **values: object) -> list[str]:
    article = Article("a", text, **values)  # type: ignore[arg-type]
    return [text[start:end] for start, end in cut_passages(article, "paragraph")]


def test_blank_lines_end_a_paragraph() -> None:
    assert cut("One\nstill one.\n \nTwo.\n\n\n") == ["One\nstill one.", "Two."]


def test_without_blank_lines_every_line_is_a_paragraph() -> None:
    assert cut("One.\nTwo.\n") == ["One.", "Two."]


def test_wholly_masked_passages_are_not_asked() -> None:
    assert cut("Follow us\nNews.", masked=((0, 9),)) == ["News."]


@given(st.text(alphabet="ab \n\t💩", max_size=40))
def test_passages_never_overlap_and_hold_all_words(text: str) -> None:
    pieces = cut_passages(Article("a", text), "paragraph")

    assert all(a[1] <= b[0] for a, b in pairwise(pieces))
    assert "".join("".join(text[s:e] for s, e in pieces).split()) == "".join(text.split())


def cut_windows(text: str, size: int, **values: object) -> list[str]:
    article = Article("a", text, **values)  # type: ignore[arg-type]
    return [text[start:end] for start, end in cut_passages(article, "window", size)]


def test_a_window_holds_so_many_sentences_across_paragraphs() -> None:
    text = "Rome objected. Oslo agreed!\n\n“Why now?” Lima asked. It rained.\n"

    assert cut_windows(text, 2) == [
        "Rome objected. Oslo agreed!",
        "“Why now?” Lima asked.",
        "It rained.",
    ]
    assert cut_windows(text, 3)[0] == "Rome objected. Oslo agreed!\n\n“Why now?”"
    assert cut_windows(text, 99) == [text.strip()]


@pytest.mark.parametrize(
    "text",
    [
        "Sen. Mora met J. K. Ode of the U.S. Senate.",
        "It grew by 3.5 per cent, i.e. little.",
        "Talks stalled … and then went on.",
    ],
)
def test_abbreviations_and_numbers_end_no_sentence(text: str) -> None:
    assert cut_windows(text, 1) == [text]


def test_furniture_counts_in_no_window() -> None:
    text = "Follow us! News broke. It ended."

    assert cut_windows(text, 2, masked=((0, 10),)) == ["News broke. It ended."]


@given(st.text(alphabet="aB .!?”\n\t💩中。", max_size=60), st.integers(1, 4))
def test_windows_never_overlap_and_hold_all_words(text: str, size: int) -> None:
    pieces = cut_passages(Article("a", text), "window", size)

    assert all(a[1] <= b[0] for a, b in pairwise(pieces))
    assert "".join("".join(text[s:e] for s, e in pieces).split()) == "".join(text.split())


def test_context_is_the_text_beside_without_furniture() -> None:
    text = "Follow us\nOne came first.\n\nTwo.\n\nThree came last."
    article = Article("a", text, masked=((0, 9),))
    two = (text.index("Two."), text.index("Two.") + 4)

    assert find_context(article, two, "before") == "One came first."
    assert find_context(article, two, "after") == "Three came last."
    assert find_context(article, two, "before", 8) == "… first."
    assert find_context(article, two, "after", 8) == "Three …"
    assert find_context(article, (0, len(text)), "before") == ""
