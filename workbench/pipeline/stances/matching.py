"""Matching: where the lexicon's cues stand in a Doc."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from workbench.core.offsets import Offsets
from workbench.pipeline.stances.lexicon import Cue, Lexicon
from workbench.pipeline.words import list_words

_SKIPPED = 2
"""Articles, adverbs and the like that a cue of several words may have between two of them."""
_FARTHEST = 30
_GAP = 8
"""Words of an object inside a cue ("took the whole of the council to task")."""
_PASSED = frozenset({"DET", "ADJ", "ADV"})
_OWN = frozenset(
    {"my", "your", "his", "her", "its", "our", "their", "one's", "myself", "himself"}
    | {"herself", "itself", "ourselves", "themselves"}
)
_SMALL = _OWN | {"the", "a", "an", "all", "any", "no", "some", "full", "very"}
_BREAKS = frozenset([".", "!", "?", ";", ":"])


@dataclass(frozen=True, slots=True)
class Match:
    """A cue found in a Doc: the word that carries it, and the numbers of all its words."""

    cue: Cue
    head: Token
    numbers: tuple[int, ...]

    @property
    def first(self) -> int:
        """The number of the cue's first word."""
        return self.numbers[0]

    @property
    def last(self) -> Token:
        """The last word of the cue."""
        return self.head.doc[self.numbers[-1]]

    @property
    def is_negative(self) -> bool:
        """Whether the cue has its own negation ("not stand for"), which then denies nothing."""
        words = self.cue.words
        return words[0] in ("can", "ca", "would") or (
            words[0].startswith("not") and "hear" in words
        )


def find_cues(doc: Doc, lexicon: Lexicon) -> Iterator[Match]:
    """Yield the cues of a Doc in order, the longest entry at each place."""
    taken = -1
    words = list_words(doc)
    for number, word in enumerate(words):
        entry = lexicon.by_id.get(word)
        if entry is None or number <= taken:
            continue
        for cue in entry.choose(words[number + 1 : number + _FARTHEST]):
            numbers = (number,) if len(cue.words) == 1 else _match_words(doc, number, cue.words)
            if numbers is None:
                continue
            head = _find_head(doc, cue, numbers)
            if _has_part(head, cue):
                # A cue inside another is no second one: "full of praise for".
                taken = numbers[-1] if "*" not in cue.words else number
                yield Match(cue, head, numbers)
                break


def _match_words(doc: Doc, first: int, words: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return the numbers of a cue's words from its first on, None where they don't stand there.

    Raises nothing: a cue that would leave its line or sentence is not there.
    """
    numbers = [first]
    reach = _SKIPPED
    for word in words[1:]:
        if word == "*":
            reach = _GAP
            continue
        at = _find_word(doc, numbers[-1] + 1, word, reach)
        if at is None:
            return _match_particle(doc[first], words) if len(words) == 2 else None
        numbers.append(at)
        reach = _SKIPPED
    return tuple(numbers)


def _find_word(doc: Doc, start: int, word: str, reach: int) -> int | None:
    options = word.split("|")
    for at in range(start, min(len(doc), start + reach + 1)):
        token = doc[at]
        lower = token.lower_
        if word == "#":
            if lower in _OWN:
                return at
        elif lower in options or (lower.endswith("s") and lower[:-1] in options):
            return at
        if (token.is_punct and reach == _SKIPPED) or lower in _BREAKS or token.is_space:
            return None
        if reach == _SKIPPED and token.pos_ not in _PASSED and lower not in _SMALL:
            return None
    return None


def _match_particle(token: Token, words: tuple[str, ...]) -> tuple[int, ...] | None:
    # "turned the offer down": the particle stands after the object.
    for child in token.rights:
        if child.dep_ == "prt" and child.lower_ == words[1]:
            return (token.i, child.i)
    return None


def _find_head(doc: Doc, cue: Cue, numbers: tuple[int, ...]) -> Token:
    if cue.part == "verb" and len(numbers) > 1:
        for at in numbers:
            if doc[at].pos_ == "VERB":
                return doc[at]
    return doc[numbers[-1 if cue.part == "noun" and cue.kind != "exclaim" else 0]]


def _has_part(token: Token, cue: Cue) -> bool:
    if not token.pos_:
        return True
    if cue.kind == "exclaim":
        return _opens(token)
    if cue.part == "noun":
        return token.pos_ in ("NOUN", "PROPN") and token.dep_ not in ("compound", "amod", "nmod")
    if cue.part == "adj":
        return _is_adjective(token, cue)
    if token.pos_ in ("VERB", "AUX"):
        # "a welcomed step", and "was delighted by", which the adjectives read.
        return token.dep_ not in ("amod", "compound")
    # The tagger takes the first word of a post ("Met with …") for a name.
    is_cued = token.lower_ != cue.words[0] and token.tag_ in ("NNP", "JJ", "NN")
    return len(cue.words) > 2 or bool(_opens(token) and is_cued)


def _is_adjective(token: Token, cue: Cue) -> bool:
    if len(cue.words) > 1:
        return True
    follows = token.i + 1 < len(token.doc) and token.nbor(1).lower_ in cue.prepositions
    if token.dep_ == "amod" and not follows:
        return False
    if token.tag_ in ("VBN", "VBD"):
        return follows and not any(child.dep_ == "dobj" for child in token.rights)
    return token.pos_ == "ADJ" or (follows and token.pos_ in ("ADV", "NOUN", "PROPN", "VERB"))


def _opens(token: Token) -> bool:
    """Tell whether a word begins a sentence, a quotation or a piece after a stop."""
    return bool(token.is_sent_start or token.i == 0 or not token.nbor(-1).is_alpha)


def to_pieces(doc: Doc, first: int, last: int, match: Match) -> tuple[Offsets, ...]:
    """Return the code points from one token to another; an object inside the cue is left out."""
    if "*" not in match.cue.words:
        return (to_offsets(doc, first, last),)
    numbers = sorted({*match.numbers, *range(first, match.numbers[0]), last})
    pieces: list[list[int]] = []
    for number in numbers:
        if pieces and number == pieces[-1][1] + 1:
            pieces[-1][1] = number
        else:
            pieces.append([number, number])
    return tuple(to_offsets(doc, start, end) for start, end in pieces)


def to_offsets(doc: Doc, first: int, last: int) -> Offsets:
    """Return the code points from one token to another, both included."""
    return (doc[first].idx, doc[last].idx + len(doc[last]))
