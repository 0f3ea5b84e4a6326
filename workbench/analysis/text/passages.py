"""Passages: what one task shows, an article, a paragraph or a window of sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from workbench.analysis.text.sentences import cut_sentences
from workbench.core.article import Article
from workbench.core.offsets import Offsets, is_covered, overlap, trim
from workbench.core.round import WINDOW, Unit

CONTEXT = 400
"""Characters of the neighbouring text that are shown on each side of a passage."""
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n+")


def cut_passages(article: Article, unit: Unit, window: int = WINDOW) -> list[Offsets]:
    """Return an article's passages in order; they never overlap.

    A paragraph ends at a blank line, or at each line break in a text that has no blank line; a
    window holds that many sentences. Wholly masked passages are left out: nothing is asked there.
    """
    if unit == "article":
        whole = (0, len(article.text))
        return [] if is_covered(trim(article.text, whole) or whole, article.masked) else [whole]
    if unit == "window":
        return _group(_drop_masked(cut_sentences(article.text), article), window)
    return _drop_masked(_cut_paragraphs(article.text), article)


def find_context(
    article: Article, passage: Offsets, side: Literal["before", "after"], longest: int = CONTEXT
) -> str:
    """Return the text beside a passage, cut at a word, without page furniture; "…" where cut."""
    text = article.text
    start, end = (0, passage[0]) if side == "before" else (passage[1], len(text))
    kept = "".join(text[s:e] for s, e in _subtract((start, end), article.masked)).strip()
    if len(kept) <= longest:
        return kept
    if side == "before":
        return f"… {kept[-longest:].split(maxsplit=1)[-1]}"
    return f"{kept[:longest].rsplit(maxsplit=1)[0]} …"


def _drop_masked(pieces: Iterable[Offsets], article: Article) -> list[Offsets]:
    trimmed = (trim(article.text, piece) for piece in pieces)
    return [piece for piece in trimmed if piece and not is_covered(piece, article.masked)]


def _group(sentences: list[Offsets], size: int) -> list[Offsets]:
    parts = (sentences[at : at + size] for at in range(0, len(sentences), size))
    return [(part[0][0], part[-1][1]) for part in parts]


def _cut_paragraphs(text: str) -> Iterator[Offsets]:
    pattern = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else _LINE
    at = 0
    for gap in pattern.finditer(text):
        yield (at, gap.start())
        at = gap.end()
    yield (at, len(text))


def _subtract(piece: Offsets, regions: Iterable[Offsets]) -> Iterator[Offsets]:
    """Yield what is left of a piece outside the regions."""
    at = piece[0]
    for region in sorted(regions):
        if overlap(piece, region):
            if at < region[0]:
                yield (at, region[0])
            at = max(at, region[1])
    if at < piece[1]:
        yield (at, piece[1])
