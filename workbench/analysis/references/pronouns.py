"""Pronouns and later references: whom "he", "we", "the two ministers" and "the deal" mean.

Kept simple on purpose: recency, the first person of the sentence before, and pairs joined by
"and"; a resolver that guesses more is as often wrong as right.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from workbench.analysis.references.later_references import index_heads, resolve_noun
from workbench.analysis.references.names import split_name
from workbench.analysis.references.referents import Referent, Referents
from workbench.core.offsets import Offsets, contains
from workbench.core.quote import Quote
from workbench.core.span import MENTION

_FIRST = frozenset(["i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"])
_PERSONAL = frozenset(["he", "him", "his", "himself", "she", "her", "hers", "herself"])
_IMPERSONAL = frozenset(["it", "its", "itself"])
_SECOND = frozenset(["you", "your", "yours", "yourself", "yourselves"])
_PLURAL = frozenset(["they", "them", "their", "theirs", "themselves", "both"])
_OTHERS = frozenset(["they", "them", "their", "theirs", "themselves"])
_RECIPROCAL = frozenset(["each other", "one another", "either", "neither"])
_NUMBERS = {"two": 2, "pair": 2, "duo": 2, "both": 2, "either": 2, "neither": 2} | {
    "three": 3,
    "trio": 3,
    "four": 4,
    "five": 5,
}
_PAIR = re.compile(
    r"(?:the|both|these|our|all)\s+(?:two|three|four|five|pair|duo|trio|sides?)\b|both\b|the\s+pair\b"
    r"|(?:n?either|all)\s+\w+$|(?:the\s+)?(?:delegations|signatories|warring\s+parties|governments"
    r"|neighbours|neighbors|rivals|ministers|parties|camps|capitals|allies|foes)$",
    re.I,
)
_STATES = frozenset(
    {"sides", "countries", "nations", "governments", "capitals", "neighbours", "neighbors"}
    | {"allies", "parties", "states", "democracies", "delegations", "powers", "side", "member"}
    | {"members", "country", "nation", "party", "camp", "camps", "signatories", "groups", "blocs"}
    | {"rivals", "foes", "unions", "signatory", "government", "bloc", "group", "partners"}
)
_SENTENCE_END = re.compile(r"(?<![A-Z])(?<!\bDr)(?<!\bM[rs])(?<!\bMrs)[.!?][\"”’)]*\s+|\n+")
_JOINED = re.compile(
    r"\s*(?:,\s*)?(?:and|&|,)\s+(?:and\s+)?(?:(?:the|his|her|its|Dr|Mr|Ms)\.?\s+)*"
)
_VOCATIVE = re.compile(r",\s(?:dear\s|President\s|Prime Minister\s|Minister\s)?")
_OPENING = re.compile(r"(?:^|[.!?“\n]\s?|that\s|and\s|but\s)$")
_JUDGING = frozenset(["is", "was", "’s", "'s", "remains", "looks", "seems", "marks", "amounts"])
_ACTING = frozenset(["would", "will", "has", "had", "could", "did", "does", "said", "also", "may"])
_LINKING = frozenset(["of", "in", "from", "at", "for", "on", "with", "who", "that", "to"])
_PRONOUNS = _FIRST | _PERSONAL | _IMPERSONAL | _PLURAL | _SECOND
_THINGS = ("agreement", "event", "issue")
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
        self.things = [n for n in sorted(found.of) if found.of[n].family in _THINGS]
        self._starts: dict[tuple[str, ...], tuple[list[int], list[int]]] = {}

    def sentences(self, at: int) -> list[Offsets]:
        """Return the sentence around a character up to it, then the ones before, nearest first."""
        number = bisect_right(self.ends, at)
        bounds = [0, *self.ends[max(0, number - _LOOK_BACK) : number], at]
        return list(pairwise(bounds))[::-1][:_LOOK_BACK]

    def within(self, offsets: Offsets, families: tuple[str, ...] = ()) -> list[int]:
        """Return the numbers of the entity mentions that begin inside the offsets.

        Deals, events and issues are among them only where `families` name them.
        """
        if families not in self._starts:
            about = families and families[0] in _THINGS
            all_ = self.things if about else self.entities
            of = self.found.of
            numbers = [n for n in all_ if not families or of[n].family in families]
            self._starts[families] = [self.found.mentions[n].start for n in numbers], numbers
        starts, numbers = self._starts[families]
        first, last = (bisect_left(starts, edge) for edge in offsets)
        return numbers[max(first, last - _LOOK_BACK_MENTIONS) : last]

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
    heads = index_heads(found)
    for number in found.labelled(MENTION):
        words = found.words(number).lower()
        if words in _FIRST:
            later.append(number)
        elif words in _PERSONAL or words in _IMPERSONAL:
            _resolve_singular(reader, number)
        elif words in _PLURAL or words in _RECIPROCAL or _PAIR.match(words):
            _resolve_plural(reader, number, plurals)
        elif words in _SECOND:
            _resolve_addressed(reader, number)
        else:
            resolve_noun(found, number, nouns, heads)
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
    around = reader.quote_around(span.offsets)
    spoken = around if around and around.form == "direct" else None
    for families in _list_families(found, number):
        for nearness, sentence in enumerate(reader.sentences(span.start)):
            options = [
                n
                for n in reader.within(sentence, families)
                if not (spoken and spoken.speaker == found.mentions[n])
                and (spoken or not _is_quoted(reader, n))
            ]
            if options:
                _join(found, number, found.of[options[0 if nearness else -1]])
                return
    _join(found, number, None)


def _list_families(found: Referents, number: int) -> tuple[tuple[str, ...], ...]:
    """Return what a pronoun may stand for, the likeliest first.

    "It" is a deal where it is acted on or judged, and a body or state where it acts.
    """
    words = found.words(number).lower()
    if words in _PERSONAL:
        return (("person",),)
    span = found.mentions[number]
    after = found.text[span.end : span.end + 12].split()
    judged = bool(after) and after[0].strip('.,;:!?”"') in _JUDGING
    opens = bool(_OPENING.search(found.text[max(0, span.start - 8) : span.start]))
    acts = opens or words == "its" or (bool(after) and after[0] in _ACTING)
    states, things = ("place", "org"), ("agreement", "event", "issue")
    return (things, states) if judged or not acts else (states, things)


def _resolve_addressed(reader: _Reader, number: int) -> None:
    """Take whom a speaker calls by name right after "you": "thank you, Peru"."""
    found = reader.found
    span = found.mentions[number]
    gap = _VOCATIVE.match(found.text, span.end)
    at = gap.end() if gap else -1
    named = next((n for n, m in enumerate(found.mentions) if m.start == at and n in found.of), -1)
    _join(found, number, found.of.get(named))


def _is_quoted(reader: _Reader, number: int) -> bool:
    quote = reader.quote_around(reader.found.mentions[number].offsets)
    return quote is not None and quote.form == "direct"


def _resolve_plural(reader: _Reader, number: int, plurals: dict[frozenset[int], Referent]) -> None:
    """Take the first joined pair at hand, else for "the two" the last two that fit.

    "They" may stand for a noun in the plural that is nearer: "Farmers cheered. They …".
    """
    found = reader.found
    span = found.mentions[number]
    words = found.words(number).lower()
    families = _families(words)
    size = next((_NUMBERS[word] for word in words.split() if word in _NUMBERS), 0)
    sentences = reader.sentences(span.start)
    group: list[Referent] = []
    for nearness, sentence in enumerate(sentences):
        if words in _OTHERS and nearness < 2 and (owner := _find_many(found, number, sentence)):
            _join(found, number, owner)
            return
        group = _find_pair(found, reader.within(sentence), families)
        if group and (not size or len(group) == size):
            break
        group = group if not size else []
    if not group and words not in _OTHERS:
        group = _last_few(reader, sentences, families, size or 2)
    # A plural mention joins the one that stands for the same members.
    members = frozenset(id(member) for member in group)
    same = [plurals[members]] if members in plurals else []
    referent = found.place(number, same, "plural", split_name(found.words(number)))
    referent.members = referent.members or list(group)
    if members:
        plurals[members] = referent


def _find_many(found: Referents, number: int, sentence: Offsets) -> Referent | None:
    """Return the first plural noun of a sentence that is a mention."""
    for n in range(number - 1, max(-1, number - 12), -1):
        span = found.mentions[n]
        if not (sentence[0] <= span.start < sentence[1]) or n not in found.of:
            continue
        words = found.words(n).lower().split()
        head = next((w for i, w in enumerate(words[1:], 1) if w in _LINKING), "")
        noun = words[words.index(head) - 1] if head else words[-1]
        plural = (noun.endswith("s") and not noun.endswith("ss")) or noun in ("people", "police")
        if span.label == MENTION and plural and len(noun) > 3 and words[0] not in _PRONOUNS:
            return found.of[n]
    return None


def _families(words: str) -> tuple[str, ...]:
    tail = words.split()[-1]
    if tail in _STATES:
        return ("place", "org")
    if tail in _PLURAL or tail in ("two", "three", "four", "pair", "duo", "other", "another"):
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


def _last_few(
    reader: _Reader, sentences: Sequence[Offsets], families: tuple[str, ...], size: int
) -> list[Referent]:
    """Return the last few different referents of one family, in text order."""
    found = reader.found
    for family in families:
        seen: list[Referent] = []
        for sentence in sentences:
            for number in reversed(reader.within(sentence)):
                referent = found.of[number]
                if referent.family == family and referent not in seen:
                    seen.append(referent)
                if len(seen) == size:
                    return seen[::-1]
    return []
