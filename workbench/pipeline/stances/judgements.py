"""Judgements: what a thing is called or said to be ("called it a sham", "it is a lifeline").

The words that judge come from a list of their own; praise and blame in one judgement are mixed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from workbench.core.errors import SourceError
from workbench.core.offsets import Offsets
from workbench.core.span import Span
from workbench.core.stance import Polarity
from workbench.pipeline.stances.holders import find_holders, keep_holders
from workbench.pipeline.stances.scene import SCORES, Found, Scene
from workbench.pipeline.stances.status import read_turn
from workbench.pipeline.stances.targets import Aim, find_phrase_after, point
from workbench.pipeline.syntax import (
    find_antecedent,
    find_clause,
    find_objects,
    find_passive_subjects,
    is_passive,
)
from workbench.pipeline.wordforms import inflect
from workbench.pipeline.words import find_words, hash_words

_ROLES = ("good", "bad", "weak", "judging", "contrast")
_LONGEST = 14
_WORD = re.compile(r"\w+(?:[-’']\w+)*")
_NEGATIVE = frozenset(
    {"not", "no", "never", "hardly", "scarcely", "barely", "neither", "nor", "less"}
    | {"without", "lacks", "lacking", "anything", "far", "nothing"}
)
_REACH = 3
_AS_VERBS = frozenset(
    {"describe", "regard", "see", "view", "portray", "characterise", "characterize", "depict"}
    | {"treat", "sum", "summarise", "summarize", "class", "read"}
)
_OPENING, _CLOSING = '“"‘', '”"’'
_COPULAS = frozenset(
    {"is", "are", "was", "were", "'s", "’s", "be", "been", "being", "'re", "’re", "am"}
    | {"remains", "remain", "remained", "seems", "seem", "seemed", "looks", "look", "looked"}
    | {"amounts", "amounted", "became", "becomes", "sounds", "sounded"}
)
_COMPLEMENTS = ("acomp", "attr", "oprd", "dobj")
_VIEWS = ("for", "to")
_EMPTY = frozenset(["there", "what", "who", "which", "i", "we", "you"])


@dataclass(frozen=True, slots=True)
class Judging:
    """The words that judge, by sign; `weak` ones say nothing in the article's own voice."""

    signs: Mapping[str, int]
    phrases: Mapping[str, int]
    any_phrase: re.Pattern[str]
    weak: frozenset[str]
    verbs: frozenset[str]
    contrast: frozenset[str]
    ids: frozenset[int]


def read_judging(source: str, irregular: Mapping[str, tuple[str, ...]]) -> Judging:
    """Read the table of judging words; raises SourceError with every line that is broken."""
    words: defaultdict[str, list[str]] = defaultdict(list)
    problems = []
    for number, line in enumerate(source.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        role, tab, rest = line.partition("\t")
        if not tab or role not in _ROLES:
            problems.append(f"line {number}: {line!r}")
            continue
        words[role] += rest.split()
    if problems:
        raise SourceError("the list of judging words can't be read", problems)
    pairs = [(w, 1) for w in words["good"]] + [(w, -1) for w in words["bad"]]
    forms = {form: sign for w, sign in pairs for form in (w, *inflect(w, "noun", irregular))}
    phrases = {w.replace("_", " "): sign for w, sign in pairs if "_" in w}
    any_phrase = re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b" if phrases else r"(?!)")
    verbs = {form for w in words["judging"] for form in inflect(w, "verb", irregular)}
    weak, contrast = frozenset(words["weak"]), frozenset(words["contrast"])
    ids = hash_words({*verbs, *_COPULAS})
    return Judging(forms, phrases, any_phrase, weak, frozenset(verbs), contrast, ids)


def find_judgements(scene: Scene, judging: Judging) -> Iterator[Found]:
    """Yield the stances of a parsed Doc that say what a thing is called or is."""
    for number in find_words(scene.doc, judging.ids):
        token = scene.doc[number]
        if token.pos_ not in ("VERB", "AUX") or scene.ends.is_masked(token):
            continue
        lower = token.lower_
        found = None
        if lower in judging.verbs:
            found = _read_calling(scene, judging, token)
        elif lower in _COPULAS:
            found = _read_copula(scene, judging, token)
        if found is not None:
            yield found


def judge(judging: Judging, text: str, *, quoted: bool, strong: bool = False) -> Polarity | None:
    """Tell whether words praise, blame or do both; None where they do neither.

    A negation turns the words after it. `strong` leaves weak words out.
    """
    lower = text.lower()
    signs = [judging.phrases[phrase] for phrase in judging.any_phrase.findall(lower)]
    lower = judging.any_phrase.sub(" ", lower)
    words = _WORD.findall(lower)
    turned = -_REACH - 1
    contrasts = False
    for at, word in enumerate(words):
        if word in _NEGATIVE:
            turned = at
        contrasts = contrasts or (at > 0 and word in judging.contrast)
        contrasts = contrasts or (word == "more" and words[0] == "less")
        weight = _weigh(judging, word)
        if weight and not (strong and word in judging.weak):
            signs.append(-weight if at - turned <= _REACH else weight)
    if not signs:
        return None
    if len(set(signs)) > 1 or (contrasts and quoted):
        return "MIXED"
    return "SUPPORT" if signs[0] > 0 else "OPPOSE"


def _weigh(judging: Judging, word: str) -> int:
    if word in judging.signs:
        return judging.signs[word]
    if "-" not in word:
        return 0
    parts = [judging.signs.get(part, 0) for part in word.split("-")]
    return next((part for part in parts if part), 0)


def _read_calling(scene: Scene, judging: Judging, verb: Token) -> Found | None:
    passive = is_passive(verb)
    tokens = find_passive_subjects(verb) if passive else find_objects(verb)
    clause = find_clause(verb)
    if not tokens and clause is not None and not passive:
        tokens = [c for c in clause.lefts if c.dep_ in ("nsubj", "nsubjpass")]
    first = find_phrase_after(scene, verb.i + 1)
    if not passive and first is not None and (not tokens or tokens[0].i > first.i):
        tokens = [first]
    if not tokens:
        return None
    aim = Aim()
    point(scene, aim, tokens[:1])
    start = verb.i + 1 if passive else tokens[0].i + 1
    region = _find_region(scene, verb, start)
    holders = find_holders(scene, verb)
    if region is None or not aim.spans or not holders:
        return None
    return _write(scene, judging, verb, (holders, aim.spans), region)


def _find_region(scene: Scene, verb: Token, start: int) -> Offsets | None:
    """Return the tokens of a judgement: what is after "as" or in marks, else right after."""
    doc = scene.doc
    by_as = verb.lemma_ in _AS_VERBS
    for at in range(start, min(len(doc), start + _LONGEST)):
        token = doc[at]
        if token.lower_ == "as" and at + 1 < len(doc):
            marked = doc[at + 1].text in _OPENING
            return _read_marked(doc, at + 2) if marked else _read_plain(doc, at + 1)
        if token.text in _OPENING and not by_as:
            return _read_marked(doc, at + 1)
        if token.text in ".;:?!" or token.is_space:
            return None
        opens = token.pos_ in ("ADJ", "ADV", "NOUN") or token.lower_ in ("a", "an")
        if at == start and not by_as and opens:
            return _read_plain(doc, at)
    return None


def _read_marked(doc: Doc, start: int) -> Offsets | None:
    for at in range(start, min(len(doc), start + 2 * _LONGEST)):
        if doc[at].text in _CLOSING and doc[at].text != "’":
            return (start, at) if at > start else None
        if doc[at].is_space and "\n" in doc[at].text:
            return None
    return None


def _read_plain(doc: Doc, start: int) -> Offsets | None:
    for at in range(start, min(len(doc), start + _LONGEST)):
        token = doc[at]
        stops = token.text in '.;:?!—,”“"' or (token.is_space and "\n" in token.text)
        if stops or token.lower_ in ("that", "which", "who", "because", "and") or at == len(doc):
            return (start, at) if at > start else None
        if token.tag_ in ("VBZ", "VBD", "VBP", "MD") or token.lower_ == "to":
            return (start, at) if at > start else None
    return None


def _read_copula(scene: Scene, judging: Judging, verb: Token) -> Found | None:
    subject = next((c for c in verb.lefts if c.dep_ in ("nsubj", "csubj")), None)
    if subject is None or subject.lower_ in _EMPTY:
        return None
    complement = next((c for c in verb.rights if c.dep_ in _COMPLEMENTS), None)
    marked = verb.i + 1 < len(scene.doc) and verb.nbor(1).text in _OPENING
    if marked:
        region = _read_marked(scene.doc, verb.i + 2)
    elif complement is not None:
        last = min(complement.right_edge.i, complement.i + _LONGEST)
        region = _read_plain(scene.doc, max(verb.i + 1, complement.left_edge.i))
        region = (region[0], min(region[1], last + 1)) if region else None
    else:
        region = None
    if region is None:
        return None
    targets = _find_subject(scene, subject)
    holders = _find_viewers(scene, verb)
    if not holders:
        holders = _find_speaker(scene, verb, region, marked)
    return _write(scene, judging, verb, (holders, targets), region)


def _find_subject(scene: Scene, subject: Token) -> list[Span]:
    if subject.dep_ == "csubj" or subject.tag_ == "VBG":
        clause = scene.ends.find_clause(subject)
        return [clause] if clause is not None else []
    antecedent = find_antecedent(subject) if subject.tag_ in ("WDT", "WP") else subject
    span = scene.ends.find_end(antecedent) if antecedent is not None else None
    return [span] if span is not None else []


def _find_viewers(scene: Scene, verb: Token) -> list[Span]:
    """Return for whom a thing is what it is: "For the farmers, the pact is a betrayal"."""
    for phrase in verb.children:
        stands = phrase.is_sent_start or phrase.i > verb.i
        if stands and phrase.dep_ == "prep" and phrase.lower_ in _VIEWS:
            found = [c for c in phrase.rights if c.dep_ == "pobj"]
            return keep_holders(scene, verb, found)
    return []


def _find_speaker(scene: Scene, verb: Token, region: Offsets, marked: bool) -> list[Span]:
    inside = scene.doc[region[0]] if marked else verb
    for quote in scene.quotes_around(inside):
        return [quote.speaker] if quote.speaker is not None else []
    return []


def _write(
    scene: Scene,
    judging: Judging,
    verb: Token,
    ends: tuple[list[Span], list[Span]],
    region: Offsets,
) -> Found | None:
    holders, targets = ends
    doc = scene.doc
    quoted = region[0] > 0 and doc[region[0] - 1].text in _OPENING
    turn = read_turn(scene, verb)
    in_quote = bool(scene.quotes_around(verb))
    by_author = not holders and not in_quote and not quoted
    words = doc[region[0] : region[1]].text
    polarity = judge(judging, words, quoted=quoted, strong=not holders)
    if polarity is None or not targets or not (holders or by_author) or turn.demanded:
        return None
    start, end = region
    while end > start + 1 and (doc[end - 1].is_punct or doc[end - 1].is_space):
        end -= 1
    if not quoted and doc[start].lower_ in ("a", "an", "the") and end > start + 1:
        start += 1
    cue = (doc[start].idx, doc[end - 1].idx + len(doc[end - 1]))
    rule = f"frame:{'is' if verb.lower_ in _COPULAS else 'called'}"
    tier = "frame"
    if by_author:
        if turn.status != "asserted" or verb.dep_ not in ("ROOT", "conj"):
            return None
        rule = "frame:author"
    return Found((cue,), holders, targets, polarity, turn.status, rule, SCORES[tier], by_author)
