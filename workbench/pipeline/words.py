"""Words of a Doc by number: where certain words stand, without a loop over its tokens.

Asking each token for its string costs more than all rules together; the array of their ids
costs next to nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from spacy.strings import get_string_id
from spacy.symbols import (  # type: ignore[import-not-found]  # made by Cython, without stubs
    DEP,
    IDX,
    LOWER,
    ORTH,
)
from spacy.tokens import Doc

_LONGEST = 400
"""Tokens on each side that a sentence is followed over: an endless one must not cost its square."""


def hash_words(words: Iterable[str]) -> frozenset[int]:
    """Return the ids by which a Doc's arrays know words."""
    return frozenset(get_string_id(word) for word in words)


class _Remembered:
    """What was read of one Doc: a dozen rules in a row ask for the same."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text = doc.text
        self._words: dict[bool, list[int]] = {}
        self._places: dict[bool, dict[int, list[int]]] = {}

    def list_words(self, cased: bool) -> list[int]:
        if cased not in self._words:
            ids = self.doc.to_array([ORTH if cased else LOWER]).ravel()
            self._words[cased] = [int(word) for word in ids.tolist()]
        return self._words[cased]

    def find_words(self, ids: frozenset[int], cased: bool) -> list[int]:
        if cased not in self._places:
            places: dict[int, list[int]] = {}
            for number, word in enumerate(self.list_words(cased)):
                places.setdefault(word, []).append(number)
            self._places[cased] = places
        places = self._places[cased]
        return sorted(number for word in places.keys() & ids for number in places[word])


_remembered = threading.local()


def _remember(doc: Doc) -> _Remembered:
    """Return what is known of the Doc that was last asked about; its words never change."""
    last: _Remembered | None = getattr(_remembered, "last", None)
    if last is None or last.doc is not doc or len(last.list_words(cased=True)) != len(doc):
        last = _remembered.last = _Remembered(doc)
    return last


def read_text(doc: Doc) -> str:
    """Return a Doc's text, which it joins anew from its tokens each time that it is asked."""
    return _remember(doc).text


def find_words(doc: Doc, ids: frozenset[int], *, cased: bool = False) -> list[int]:
    """Return the numbers of the tokens whose words are among the ids, in lower case by default."""
    return _remember(doc).find_words(ids, cased)


def list_words(doc: Doc) -> list[int]:
    """Return the id of each token's word in lower case."""
    return _remember(doc).list_words(cased=False)


def is_parsed(doc: Doc) -> bool:
    """Tell whether a Doc has a dependency parse."""
    return bool(doc.to_array([DEP]).any())


def list_starts(doc: Doc) -> list[int]:
    """Return the offset of each token."""
    return [int(start) for start in doc.to_array([IDX]).ravel().tolist()]


def find_sentence(doc: Doc, number: int) -> tuple[int, int]:
    """Return the first token of the sentence around a token, and the one after its last.

    spaCy's own way there goes through all sentences of the Doc.
    """
    first = number
    while first and not doc[first].is_sent_start and number - first < _LONGEST:
        first -= 1
    last = number + 1
    while last < len(doc) and not doc[last].is_sent_start and last - number < _LONGEST:
        last += 1
    return first, last
