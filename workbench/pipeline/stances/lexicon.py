"""The lexicon: which words are cues, and which words steer how a cue is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from spacy.tokens import Token

from workbench.core.errors import SourceError
from workbench.core.stance import POLARITIES, Polarity
from workbench.pipeline.wordforms import PartOfSpeech, inflect, read_irregular
from workbench.pipeline.words import hash_words

KINDS = ("attitude", "receiving", "demand", "courtesy", "exclaim", "contact", "act")
_PARTS = ("verb", "noun", "adj")
_NOUN_ROLES = frozenset({"ending", "bad", "message", "agent", "time", "arrival"})
_FIXED_ROLES = frozenset({"modal", "condition", "negative"})


@dataclass(frozen=True, slots=True)
class Cue:
    """An entry: its words, and what it says of holder and target.

    `targets` says where the target stands: obj, prepositions, to:verb or that; `needs` are the ids
    of the further words, of which one each must stand near, so that most cues are ruled out fast.
    """

    words: tuple[str, ...]
    part: PartOfSpeech
    polarity: Polarity
    kind: str
    targets: tuple[str, ...]
    needs: tuple[frozenset[int], ...] = ()

    @property
    def prepositions(self) -> tuple[str, ...]:
        """The prepositions that lead to the target."""
        return tuple(t for t in self.targets if t not in ("obj", "to:verb", "that"))


@dataclass(frozen=True, slots=True)
class Entry:
    """The cues of one first word, and the numbers of those that each further word makes possible.

    `alone` are the numbers of those that need no further word.
    """

    cues: tuple[Cue, ...]
    alone: frozenset[int]
    by_next: Mapping[int, frozenset[int]]

    def choose(self, near: Sequence[int]) -> list[Cue]:
        """Return the cues that may begin here by the words that follow, in their order."""
        possible = set(self.alone)
        for word in self.by_next.keys() & near:
            possible |= self.by_next[word]
        return [
            cue
            for cue in (self.cues[number] for number in sorted(possible))
            if all(not options.isdisjoint(near) for options in cue.needs[1:])
        ]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All cues by the form of their first word, and the words of each steering role."""

    cues: Mapping[str, tuple[Cue, ...]]
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_id: Mapping[int, Entry] = field(default_factory=dict)

    def has(self, token: Token, role: str) -> bool:
        """Tell whether a word, or a word with its particle, has a steering role."""
        words = self.roles.get(role, frozenset())
        lower = token.lower_
        if lower in words:
            return True
        # Few words are there with a particle, and the children of the others are not asked.
        return f"{lower}_" in words and any(
            f"{lower}_{child.lower_}" in words
            for child in token.rights
            if child.dep_ in ("prt", "advmod", "prep")
        )


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
            _list_needs(cells[0].split()[1:]),
        )
        for first in cue.words[0].split("|"):
            for form in inflect(first, cue.part, verbs):
                by_form[form].append(cue)
    if problems:
        raise SourceError("the lexicon of stances can't be read", problems)
    ordered = {form: tuple(sorted(cues, key=_rank)) for form, cues in by_form.items()}
    by_id = {next(iter(hash_words([form]))): _make_entry(cues) for form, cues in ordered.items()}
    return Lexicon(ordered, _read_roles(modifiers, verbs), by_id)


def _make_entry(cues: tuple[Cue, ...]) -> Entry:
    by_next: defaultdict[int, set[int]] = defaultdict(set)
    for number, cue in enumerate(cues):
        for word in cue.needs[0] if cue.needs else ():
            by_next[word].add(number)
    alone = frozenset(number for number, cue in enumerate(cues) if not cue.needs)
    return Entry(cues, alone, {word: frozenset(numbers) for word, numbers in by_next.items()})


def _list_needs(words: Sequence[str]) -> tuple[frozenset[int], ...]:
    literal = [word.split("|") for word in words if word not in ("*", "#")]
    return tuple(hash_words([*w, *(f"{option}s" for option in w)]) for w in literal)


def _rank(cue: Cue) -> tuple[int, bool]:
    """Order the cues of one form: longer ones first, then adjectives, which ask for more."""
    return (-len(cue.words), cue.part != "adj")


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
            roles[role].update(form + mark for form in forms if mark)
    return {role: frozenset(words) for role, words in roles.items()}
