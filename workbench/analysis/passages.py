"""Passages: what one task shows, an article or one of its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.core.article import Article
from workbench.core.offsets import Offsets, is_covered, trim
from workbench.core.round import Unit

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n+")


def cut_passages(article: Article, unit: Unit) -> list[Offsets]:
    """Return an article's passages in order; they never overlap.

    A paragraph ends at a blank line, or at each line break in a text that has no blank line.
    Wholly masked passages are left out: nothing is asked there.
    """
    if unit == "article":
        whole = (0, len(article.text))
        return [] if is_covered(trim(article.text, whole) or whole, article.masked) else [whole]
    pieces = (trim(article.text, piece) for piece in _cut_paragraphs(article.text))
    return [piece for piece in pieces if piece and not is_covered(piece, article.masked)]


def _cut_paragraphs(text: str) -> Iterator[Offsets]:
    pattern = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else _LINE
    at = 0
    for gap in pattern.finditer(text):
        yield (at, gap.start())
        at = gap.end()
    yield (at, len(text))
