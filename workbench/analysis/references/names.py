"""Names: when two strings may name the same person, body, country, deal or office."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

Words = tuple[str, ...]
"""The words of a name in lower case, without article, possessive and dots."""

_REMEMBERED = 20_000
"""Names whose form is kept: an article says the same ones over and over."""
_TOKEN = re.compile(r"\w+(?:[-’'.&]\w+)*", re.UNICODE)
_ARTICLES = frozenset({"the", "a", "an", "this", "that", "these", "those", "its", "their", "his"})
_PREPOSITIONS = frozenset(
    {"of", "between", "on", "for", "with", "in", "at", "to", "against", "over", "under"}
    | {"reached", "signed", "by", "from", "and"}
)
_HONORIFICS = frozenset(
    {"dr", "mr", "mrs", "ms", "miss", "sir", "dame", "lord", "lady", "prof", "professor", "shri"}
)


@lru_cache(maxsize=_REMEMBERED)
def clean_name(words: str) -> str:
    """Bring a name into the form that the registry is asked for: "the U.S.’s" is "US"."""
    name = re.sub(r"['’]s?$", "", words.strip())
    name = re.sub(r"^(?:the|a|an)\s+", "", name, flags=re.IGNORECASE)
    if re.fullmatch(r"(?:\w\.)+\w?", name):
        name = name.replace(".", "")
    return re.sub(r"\s+", " ", name)


@lru_cache(maxsize=_REMEMBERED)
def split_name(words: str) -> Words:
    """Split a name into its words in lower case; articles and honorifics in front are left out."""
    found = [token.replace(".", "").lower() for token in _TOKEN.findall(clean_name(words))]
    while len(found) > 1 and (found[0] in _ARTICLES or found[0] in _HONORIFICS):
        found.pop(0)
    return tuple(found)


def find_head(name: Words) -> str:
    """Return the word that says what a name names: "commission" of "commission of inquiry"."""
    for at, word in enumerate(name):
        if word in _PREPOSITIONS and at:
            return name[at - 1]
    return name[-1] if name else ""


def strip_plural(word: str) -> str:
    """Return a noun without its plural ending; good enough to compare two heads."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def is_part_of(short: Words, long: Words) -> bool:
    """Tell whether two names share their head and the shorter adds no word of its own."""
    if strip_plural(find_head(short)) != strip_plural(find_head(long)):
        return False
    have = {strip_plural(word) for word in long}
    return all(strip_plural(word) in have for word in short)


def is_same_person(short: Words, long: Words) -> bool:
    """Tell whether the shorter name may be the longer one's: surname, first name, initials."""
    if not short or not long:
        return False
    if len(short) == 1:
        return short[0] == long[-1] or short[0] == long[0]
    if short[-1] != long[-1]:
        return False
    first, full = short[0], long[0]
    return first == full or (min(len(first), len(full)) == 1 and first[0] == full[0])


def is_handle_of(handle: str, person: Words) -> bool:
    """Tell whether a handle ends in the person's surname or is the whole name run together."""
    letters = re.sub(r"[\W\d_]", "", handle).lower()
    surname = person[-1] if person else ""
    return (len(surname) >= 4 and letters.endswith(surname)) or letters == "".join(person)


@lru_cache(maxsize=_REMEMBERED)
def find_initials(name: str) -> frozenset[str]:
    """Return the acronyms a name of several words may have, small words counted or not."""
    words = [word for word in re.split(r"[\s\-–]+", clean_name(name)) if word]
    if not 2 <= len(words) <= 10:
        return frozenset()
    every = "".join(word[0] for word in words).upper()
    capitals = "".join(word[0] for word in words if word[0].isupper())
    return frozenset(initials for initials in (every, capitals) if len(initials) > 1)


def read_registry(source: str) -> dict[str, str]:
    """Read the registry's table: an alias, a tab and the canonical name on each line.

    Lines that begin with `#` and lines without both parts are passed over; a canonical name is
    its own alias.
    """
    registry: dict[str, str] = {}
    for line in source.splitlines():
        alias, tab, name = line.partition("\t")
        if tab and alias.strip() and name.strip() and not line.startswith("#"):
            registry[clean_name(alias)] = name.strip()
            registry.setdefault(clean_name(name), name.strip())
    return registry


def find_nation(name: str, registry: Mapping[str, str]) -> tuple[str | None, str]:
    """Split a leading country off a title: "US Secretary of State" is United States and the rest.

    The rest is the whole name where no known country stands in front.
    """
    words = name.split()
    for size in range(min(3, len(words) - 1), 0, -1):
        nation = registry.get(clean_name(" ".join(words[:size])))
        if nation is not None:
            return nation, " ".join(words[size:])
    return None, name
