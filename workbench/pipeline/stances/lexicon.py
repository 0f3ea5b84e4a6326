"""The lexicon: which words are cues, and which words steer how a cue is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from spacy.tokens import Doc, Token

from workbench.core.errors import SourceError
from workbench.core.offsets import Offsets
from workbench.core.stance import POLARITIES, Polarity
from workbench.pipeline.wordforms import PartOfSpeech, inflect, read_irregular

KINDS = ("attitude", "demand", "courtesy", "contact", "act", "judging")
_PARTS = ("verb", "noun", "adj")
_NOUN_ROLES = frozenset({"ending", "bad", "message", "agent", "time", "arrival"})
_FIXED_ROLES = frozenset({"modal", "condition", "negative", "praise", "blame"})


@dataclass(frozen=True, slots=True)
class Cue:
    """An entry: its words, and what it says of holder and target.

    `targets` says where the target stands: obj, prepositions, to:verb or that.
    """

    words: tuple[str, ...]
    part: PartOfSpeech
    polarity: Polarity
    kind: str
    targets: tuple[str, ...]

    @property
    def prepositions(self) -> tuple[str, ...]:
        """The prepositions that lead to the target."""
        return tuple(t for t in self.targets if t not in ("obj", "to:verb", "that"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All cues by the form of their first word, and the words of each steering role."""

    cues: Mapping[str, tuple[Cue, ...]]
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def has(self, token: Token, role: str) -> bool:
        """Tell whether a word, or a word with its particle, has a steering role."""
        words = self.roles.get(role, frozenset())
        if token.lower_ in words:
            return True
        return any(
            f"{token.lower_}_{child.lower_}" in words
            for child in token.rights
            if child.dep_ in ("prt", "advmod", "prep")
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A cue found in a Doc: its first word, and the numbers of all its words."""

    cue: Cue
    head: Token
    numbers: tuple[int, ...]

    @property
    def last(self) -> Token:
        """The last word of the cue."""
        return self.head.doc[self.numbers[-1]]


def read_lexicon(cues: str, modifiers: str, irregular: str) -> Lexicon:
    """Read the three tables; raises SourceError with every line of the cues that is broken."""
    verbs = read_irregular(irregular)
    by_form: defaultdict[str, list[Cue]] = defaultdict(list)
    problems = []
    for number, line in enumerate(cues.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        good = len(cells) == 5 and cells[1] in _PARTS and cells[3] in KINDS
        if not good or cells[2] not in POLARITIES:
            problems.append(f"line {number}: {line!r}")
            continue
        cue = Cue(
            tuple(cells[0].split()),
            cast("PartOfSpeech", cells[1]),
            cells[2],
            cells[3],
            tuple(cells[4].split(",")),
        )
        for form in inflect(cue.words[0], cue.part, verbs):
            by_form[form].append(cue)
    if problems:
        raise SourceError("the lexicon of stances can't be read", problems)
    ordered = {f: tuple(sorted(c, key=lambda cue: -len(cue.words))) for f, c in by_form.items()}
    return Lexicon(ordered, _read_roles(modifiers, verbs))


def _read_roles(source: str, irregular: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    roles: defaultdict[str, set[str]] = defaultdict(set)
    for line in source.splitlines():
        role, tab, words = line.partition("\t")
        if not tab or line.startswith("#"):
            continue
        for word in words.split():
            first, mark, rest = word.partition("_")
            part: PartOfSpeech = "noun" if role in _NOUN_ROLES else "verb"
            forms = (word,) if role in _FIXED_ROLES else inflect(first, part, irregular)
            roles[role].update(form + mark + rest for form in forms)
    return {role: frozenset(words) for role, words in roles.items()}


def find_cues(doc: Doc, lexicon: Lexicon) -> Iterator[Match]:
    """Yield the cues of a Doc in order, the longest entry at each place."""
    taken = -1
    for token in doc:
        options = lexicon.cues.get(token.lower_)
        if options is None or token.i <= taken:
            continue
        for cue in options:
            numbers = _match(token, cue)
            if numbers is not None and _has_part(token, cue):
                if len(numbers) == numbers[-1] - numbers[0] + 1:
                    taken = numbers[-1]
                yield Match(cue, token, numbers)
                break


def _match(token: Token, cue: Cue) -> tuple[int, ...] | None:
    rest = cue.words[1:]
    doc = token.doc
    following = [doc[i].lower_ for i in range(token.i + 1, min(len(doc), token.i + 1 + len(rest)))]
    if len(following) == len(rest) and all(
        have in (word, word + "s") for have, word in zip(following, rest, strict=True)
    ):
        return tuple(range(token.i, token.i + 1 + len(rest)))
    if len(rest) == 1:
        # "turned the offer down": the particle stands after the object.
        for child in token.rights:
            if child.dep_ == "prt" and child.lower_ == rest[0]:
                return (token.i, child.i)
    return None


def _has_part(token: Token, cue: Cue) -> bool:
    if not token.pos_:
        return True
    if cue.part == "noun":
        return token.pos_ in ("NOUN", "PROPN") and token.dep_ not in ("compound", "amod", "nmod")
    if cue.part == "adj":
        if token.dep_ == "amod" and len(cue.words) == 1:
            return False
        return token.pos_ == "ADJ" or token.tag_ in ("VBN", "VBD") or len(cue.words) > 1
    if token.pos_ in ("VERB", "AUX"):
        # "a welcomed step", and "was delighted by", which the adjectives read.
        return token.dep_ not in ("amod", "compound")
    # The tagger takes the first word of a post ("Met with …") for a name.
    opens = token.is_sent_start or token.i == 0 or not token.nbor(-1).is_alpha
    return bool(opens and token.lower_ != cue.words[0] and token.tag_ in ("NNP", "JJ", "NN"))


def to_offsets(doc: Doc, first: int, last: int) -> Offsets:
    """Return the code points from one token to another, both included."""
    return (doc[first].idx, doc[last].idx + len(doc[last]))
