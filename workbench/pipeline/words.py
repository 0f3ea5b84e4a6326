"""Words of a Doc by number: where certain words stand, without a loop over its tokens.

Asking each token for its string costs more than all rules together; the array of their ids
costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

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


def find_words(doc: Doc, ids: frozenset[int], *, cased: bool = False) -> list[int]:
    """Return the numbers of the tokens whose words are among the ids, in lower case by default."""
    array = list_words(doc, cased=cased)
    return [number for number, word in enumerate(array) if word in ids]


def list_words(doc: Doc, *, cased: bool = False) -> list[int]:
    """Return the id of each token's word, in lower case by default."""
    words = doc.to_array([ORTH if cased else LOWER]).ravel().tolist()
    return cast("list[int]", words)


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
