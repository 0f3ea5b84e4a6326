"""Word forms: the inflected forms of a lexicon's entries, so that no lemmatizer is needed.

The same table serves pipelines with and without a tagger; a wrong lemma never hides a cue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

PartOfSpeech = Literal["verb", "noun", "adj"]

_DOUBLED = re.compile(r"^[^aeiou]*[aeiou][bdgklmnprt]$")


def read_irregular(source: str) -> dict[str, tuple[str, ...]]:
    """Read the table of irregular verbs: the base form, a tab, and its past forms."""
    table = {}
    for line in source.splitlines():
        base, tab, forms = line.partition("\t")
        if tab and not line.startswith("#"):
            table[base.strip()] = tuple(forms.split())
    return table


def inflect(
    word: str, part: PartOfSpeech, irregular: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the forms of an English word in lower case, the base form first."""
    if part == "adj":
        return (word,)
    plural = _add_s(word)
    if part == "noun":
        return (word, plural)
    stem = word[:-1] if word.endswith("e") and not word.endswith("ee") else word
    if re.search(r"[^aeiou]y$", word):
        past = word[:-1] + "ied"
    elif _DOUBLED.match(word) or word in irregular.get("*doubled", ()):
        stem = word + word[-1]
        past = stem + "ed"
    else:
        past = stem + "ed"
    return tuple(dict.fromkeys((word, plural, *irregular.get(word, (past,)), stem + "ing")))


def _add_s(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word + "s"
