"""Pronouns and later references: whom "he", "we", "the two ministers" and "the deal" mean.

Kept simple on purpose: recency, the first person of the sentence before, and pairs joined by
"and"; a resolver that guesses more is as often wrong as right.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from workbench.analysis.names import find_head, is_part_of, split_name, strip_plural
from workbench.analysis.referents import Referent, Referents
from workbench.core.offsets import Offsets, contains
from workbench.core.quote import Quote
from workbench.core.span import MENTION

_FIRST = frozenset(["i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"])
_PERSONAL = frozenset(["he", "him", "his", "himself", "she", "her", "hers", "herself"])
_IMPERSONAL = frozenset(["it", "its", "itself"])
_PLURAL = frozenset(["they", "them", "their", "theirs", "themselves", "both"])
_PAIR = re.compile(r"(?:the|both|these|our)\s+(?:two|pair|duo|sides?)\b|both\b|the\s+pair\b", re.I)
_STATES = frozenset(
    {"sides", "countries", "nations", "governments", "capitals", "neighbours", "neighbors"}
    | {"allies", "parties", "states", "democracies", "delegations", "powers"}
)
_GOVERNMENTS = frozenset(
    {"government", "side", "delegation", "administration", "cabinet", "regime", "officials"}
    | {"authorities", "leadership"}
)
_SENTENCE_END = re.compile(r"(?<![A-Z])(?<!\bDr)(?<!\bM[rs])(?<!\bMrs)[.!?][\"”’)]*\s+|\n+")
_JOINED = re.compile(
    r"\s*(?:,\s*)?(?:and|&|,)\s+(?:and\s+)?(?:(?:the|his|her|its|Dr|Mr|Ms)\.?\s+)*"
)
_LOOK_BACK = 4
"""Sentences in which the meaning of a pronoun is looked for, its own counted."""


_LOOK_BACK_MENTIONS = 60
"""Mentions of a sentence that are looked at: an endless sentence must not cost its square."""


class _Reader:
    """Where the sentences, the entity mentions and the joined pairs of an article are."""

    def __init__(self, found: Referents, quotes: Sequence[Quote]) -> None:
        self.found = found
        self.quotes = sorted(quotes, key=lambda quote: quote.offsets)
        self._quote_starts = [quote.start for quote in self.quotes]
        self.ends = [match.end() for match in _SENTENCE_END.finditer(found.text)]
        self.entities = [
            n for n in sorted(found.of) if found.of[n].family in ("person", "place", "org", "norp")
        ]
        self.starts = [found.mentions[n].start for n in self.entities]

    def sentences(self, at: int) -> list[Offsets]:
        """Return the sentence around a character up to it, then the ones before, nearest first."""
        number = bisect_right(self.ends, at)
        bounds = [0, *self.ends[max(0, number - _LOOK_BACK) : number], at]
        return list(pairwise(bounds))[::-1][:_LOOK_BACK]

    def within(self, offsets: Offsets) -> list[int]:
        """Return the numbers of the entity mentions that begin inside the offsets."""
        first, last = (bisect_left(self.starts, edge) for edge in offsets)
        return self.entities[max(first, last - _LOOK_BACK_MENTIONS) : last]

    def quote_around(self, offsets: Offsets) -> Quote | None:
        """Return the innermost quote around the offsets."""
        last = bisect_right(self._quote_starts, offsets[0])
        near = [q for q in self.quotes[max(0, last - 5) : last] if contains(q.offsets, offsets)]
        return min(near, key=lambda quote: quote.end - quote.start) if near else None


def resolve_mentions(found: Referents, quotes: Sequence[Quote]) -> None:
    """Give every MENTION its referent; what stays unknown becomes a referent of its own."""
    reader = _Reader(found, quotes)
    numbers = {span: number for number, span in enumerate(found.mentions)}
    later: list[int] = []
    plurals: dict[frozenset[int], Referent] = {}
    nouns: dict[str, Referent] = {}
    heads = _index_heads(found)
    for number in found.labelled(MENTION):
        words = found.words(number).lower()
        if words in _FIRST:
            later.append(number)
        elif words in _PERSONAL or words in _IMPERSONAL:
            _resolve_singular(reader, number)
        elif words in _PLURAL or _PAIR.match(words):
            _resolve_plural(reader, number, plurals)
        else:
            _resolve_noun(found, number, nouns, heads)
    # The speaker of a first person may be a pronoun that stands after the quote.
    for number in later:
        quote = reader.quote_around(found.mentions[number].offsets)
        spoken_by = numbers.get(quote.speaker, -1) if quote and quote.speaker else -1
        _join(found, number, found.of.get(spoken_by))


def _join(found: Referents, number: int, owner: Referent | None) -> None:
    found.place(number, [owner] if owner else [], "mention", split_name(found.words(number)))


def _resolve_singular(reader: _Reader, number: int) -> None:
    """Take the nearest fitting mention of the same sentence, else the first of one before."""
    found = reader.found
    span = found.mentions[number]
    personal = found.words(number).lower() in _PERSONAL
    families = ("person",) if personal else ("place", "org")
    around = reader.quote_around(span.offsets)
    spoken = around if around and around.form == "direct" else None
    for nearness, sentence in enumerate(reader.sentences(span.start)):
        options = [
            n
            for n in reader.within(sentence)
            if found.of[n].family in families
            and not (spoken and spoken.speaker == found.mentions[n])
            and (spoken or not _is_quoted(reader, n))
        ]
        if options:
            _join(found, number, found.of[options[0 if nearness else -1]])
            return
    _join(found, number, None)


def _is_quoted(reader: _Reader, number: int) -> bool:
    quote = reader.quote_around(reader.found.mentions[number].offsets)
    return quote is not None and quote.form == "direct"


def _resolve_plural(reader: _Reader, number: int, plurals: dict[frozenset[int], Referent]) -> None:
    """Take the first joined pair at hand, else for "the two" the last two that fit."""
    found = reader.found
    span = found.mentions[number]
    words = found.words(number).lower()
    families = _families(words)
    sentences = reader.sentences(span.start)
    group: list[Referent] = []
    for sentence in sentences:
        group = _find_pair(found, reader.within(sentence), families)
        if group:
            break
    if not group and words not in ("they", "them", "their", "theirs", "themselves"):
        group = _last_two(reader, sentences, families)
    # A plural mention joins the one that stands for the same members.
    members = frozenset(id(member) for member in group)
    same = [plurals[members]] if members in plurals else []
    referent = found.place(number, same, "plural", split_name(found.words(number)))
    referent.members = referent.members or list(group)
    if members:
        plurals[members] = referent


def _families(words: str) -> tuple[str, ...]:
    tail = words.split()[-1]
    if tail in _STATES:
        return ("place", "org")
    if tail in ("they", "them", "their", "both", "two", "pair"):
        return ("person", "place", "org")
    return ("person",)


def _find_pair(
    found: Referents, numbers: Sequence[int], families: tuple[str, ...]
) -> list[Referent]:
    """Return the first run of mentions that "and" or commas join."""
    group: list[Referent] = []
    end = -1
    for number in numbers:
        span, referent = found.mentions[number], found.of[number]
        if span.end <= end:
            continue
        between = found.text[end : span.start] if end >= 0 else ""
        if span.label in ("ROLE", "NORP") and group and (_JOINED.fullmatch(between) or not between):
            end = span.end + 1
            continue
        fits = referent.family in families and span.label != "ROLE"
        joined = bool(_JOINED.fullmatch(between)) or not between.strip()
        if fits and group and joined and referent not in group:
            group.append(referent)
        elif len(group) > 1:
            return group
        else:
            group = [referent] if fits else []
        end = span.end
    return group if len(group) > 1 else []


def _last_two(
    reader: _Reader, sentences: Sequence[Offsets], families: tuple[str, ...]
) -> list[Referent]:
    """Return the last two different referents of one family, in text order."""
    found = reader.found
    for family in families:
        seen: list[Referent] = []
        for sentence in sentences:
            for number in reversed(reader.within(sentence)):
                referent = found.of[number]
                if referent.family == family and referent not in seen:
                    seen.append(referent)
                if len(seen) == 2:
                    return seen[::-1]
    return []


def _index_heads(found: Referents) -> dict[str, list[Referent]]:
    heads: dict[str, list[Referent]] = {}
    for referent in found.referents:
        names = [referent.name] if referent.family != "person" else []
        names += [title for title, _ in referent.titles]
        for head in dict.fromkeys(strip_plural(find_head(name)) for name in names):
            heads.setdefault(head, []).append(referent)
    return heads


def _resolve_noun(
    found: Referents, number: int, nouns: dict[str, Referent], heads: dict[str, list[Referent]]
) -> None:
    """Join "the deal" to the deal, "the Indian side" to India, and equal wordings."""
    words = found.clean(number)
    name = split_name(words)
    nation = _find_government(found, words)
    fitting: list[Referent] = []
    if nation is not None:
        fitting = [r for r in found.referents if r.family == "place" and r.name == nation]
    elif _is_definite(found.words(number)) and len(name) <= 4:
        fitting = [r for r in heads.get(strip_plural(find_head(name)), []) if _fits(name, r)]
    key = " ".join(name)
    if not fitting and key in nouns:
        fitting = [nouns[key].root()]
    nouns[key] = found.place(number, fitting, "mention", name)


def _find_government(found: Referents, words: str) -> tuple[str, ...] | None:
    parts = words.replace("’s", "").replace("'s", "").split()
    if len(parts) > 1 and parts[-1].lower() in _GOVERNMENTS:
        nation = found.registry.get(" ".join(parts[:-1]))
        return split_name(nation) if nation else None
    return None


def _is_definite(words: str) -> bool:
    return words.lower().partition(" ")[0] in (
        "the",
        "this",
        "that",
        "these",
        "those",
        "its",
        "their",
    )


def _fits(name: tuple[str, ...], referent: Referent) -> bool:
    return is_part_of(name, referent.name) or any(
        is_part_of(name, title) for title, _ in referent.titles
    )
