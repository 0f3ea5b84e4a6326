from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.passages import cut_passages
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
