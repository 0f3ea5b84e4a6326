"""Sentences by punctuation alone: where a window of a text may begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.core.offsets import Offsets, trim

_LINE = re.compile(r"\n+")
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[\w@#])|[。！？]+[」』”’]*")
_ABBREVIATION = re.compile(
    r"adm|amb|capt|col|dr|fr|gen|gov|hon|jr|lt|maj|messrs|mr|mrs|ms|no|pres|prof|rep|rev|sen|sgt|"
    r"sr|st|supt|vs|co|corp|dept|est|etc|inc|ltd|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|"
    r"(.*\.)?[^\W\d_]"
)
"""Titles, months and the like, and every word that ends in a single letter, as in "U.S."."""


def cut_sentences(text: str) -> list[Offsets]:
    """Return the sentences of a text in order, trimmed; a line break always ends one.

    A title ("Sen."), an initial ("J.") and an abbreviation ("U.S.", "Inc.") end none, nor does a
    mark before a small letter: a window that is too long loses nothing, and one that is cut too
    early may lose a link.
    """
    pieces = (trim(text, piece) for piece in _cut(text))
    return [piece for piece in pieces if piece]


def _cut(text: str) -> Iterator[Offsets]:
    at = 0
    for line_start, line_end in _cut_lines(text):
        at = line_start
        for match in _END.finditer(text, line_start, line_end):
            if _ends(text, match, line_start):
                yield (at, match.end())
                at = match.end()
        yield (at, line_end)


def _cut_lines(text: str) -> Iterator[Offsets]:
    at = 0
    for gap in _LINE.finditer(text):
        yield (at, gap.start())
        at = gap.end()
    yield (at, len(text))


def _ends(text: str, match: re.Match[str], line_start: int) -> bool:
    """Tell whether a mark ends its sentence: what stands before and after it decides."""
    mark = match[0]
    after = re.match(r"\s+[\"'“‘«(\[]*(.)", text[match.end() : match.end() + 8])
    if after and after[1].islower():
        return False
    if not mark.startswith(".") or mark.strip(".…"):
        return True
    before = re.search(r"[\w.]*$", text[line_start : match.start()])
    word = before[0].lower() if before else ""
    return not _ABBREVIATION.fullmatch(word)
