"""Targets: what a cue is about, through complements, and whether they turn its sign."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from spacy.tokens import Token

from workbench.core.span import Span
from workbench.pipeline.stances.matching import Match
from workbench.pipeline.stances.scene import Scene
from workbench.pipeline.syntax import (
    expand,
    find_clause,
    find_complements,
    find_infinitive,
    find_objects,
    find_passive_subjects,
    find_subjects,
    is_passive,
)

_SKIPPED = frozenset(
    {"which", "who", "whom", "what", "that", "this", "itself", "himself", "herself", "themselves"}
    | {"something", "anything", "nothing", "everything", "there"}
)
_PREPOSITIONS = frozenset(
    {"of", "to", "for", "with", "behind", "against", "on", "upon", "at", "over", "from", "in"}
    | {"about", "by", "alongside", "beside", "toward", "towards", "around", "round", "under"}
    | {"onto", "into", "after", "through"}
)
_PHRASE = 9
_LED = ("of", "to", "on", "against", "with")


@dataclass(slots=True)
class Aim:
    """The targets of a cue, and whether what is done to them turns the cue's sign.

    `tokens` are the heads of the targets; `is_cue` tells that the target is a clause whose verb is
    a cue itself, which is read there.
    """

    spans: list[Span] = field(default_factory=list)
    flipped: bool = False
    tokens: list[Token] = field(default_factory=list)
    is_cue: bool = False


def find_targets(scene: Scene, match: Match, words: list[Token]) -> Aim:
    """Return the targets where the lexicon says they stand; the first place that has one counts.

    `words` are the words that may govern them: the cue's own, then its light verb. What stands in
    the middle of a cue, or after the preposition that it ends in, comes before all else.
    """
    cue = match.cue
    aim = _find_own(scene, match)
    if aim.spans or aim.is_cue:
        return aim
    for code in cue.targets:
        aim = Aim()
        if code == "obj":
            _add_objects(scene, aim, words[0], match)
        elif code == "to:verb":
            _add_infinitive(scene, aim, words[0])
        elif code == "that":
            clause = find_clause(words[0])
            _add(scene, aim, find_subjects(clause) if clause is not None else [], match)
        if aim.spans or aim.is_cue:
            return aim
    for word in words:
        aim = Aim()
        _add(scene, aim, find_complements(word, cue.prepositions), match)
        if aim.spans or aim.is_cue:
            return aim
    aim = Aim()
    after = match.last.i + 1
    doc = scene.doc
    if after + 1 < len(doc) and doc[after].lower_ in cue.prepositions:
        head = find_phrase_after(scene, after + 1)
        _add(scene, aim, expand(head) if head is not None else [], match)
    return aim


def find_phrase_after(scene: Scene, start: int) -> Token | None:
    """Return the head of the noun phrase that begins at a token, or of the entity there."""
    doc = scene.doc
    for at in range(start, min(len(doc), start + _PHRASE)):
        token = doc[at]
        if token.is_punct or token.is_space or token.pos_ in ("ADP", "CCONJ", "SCONJ"):
            return None
        if token.pos_ in ("NOUN", "PROPN", "PRON") or token.text.startswith("@"):
            entity = scene.ends.by_token.get(at)
            if entity is not None and token.pos_ != "PRON":
                return entity.root if entity.end > at + 1 else token
            if token.dep_ != "compound" or at + 1 >= len(doc) or not doc[at + 1].is_alpha:
                return token
        elif token.tag_ == "VBG" and at == start:
            return token
    return None


def point(scene: Scene, aim: Aim, tokens: list[Token]) -> None:
    """Add the spans of words to an aim, as they are."""
    for token in tokens:
        if token.lower_ in _SKIPPED or scene.has(token, "time"):
            continue
        span = scene.ends.find_end(token)
        if span is not None and span not in aim.spans:
            aim.spans.append(span)
            aim.tokens.append(token)


def _find_own(scene: Scene, match: Match) -> Aim:
    """Find the target inside a cue ("took X to task"), or after its last preposition."""
    aim = Aim()
    numbers = match.numbers
    if "*" in match.cue.words:
        for before, after in itertools.pairwise(numbers):
            if after - before > 1:
                head = find_phrase_after(scene, before + 1)
                inside = head is not None and head.i < after
                _add(scene, aim, expand(head) if head is not None and inside else [], match)
        if aim.spans:
            return aim
        _add(scene, aim, find_passive_subjects(match.head) if is_passive(match.head) else [], match)
    elif len(numbers) > 1 and match.last.lower_ in _PREPOSITIONS:
        last = match.last
        held = [c for c in last.rights if c.dep_ in ("pobj", "pcomp")]
        tokens = [t for c in held for t in (expand(c) if c.dep_ == "pobj" else [c])]
        if not tokens and is_passive(match.head):
            tokens = find_passive_subjects(match.head)
        if not tokens:
            head = find_phrase_after(scene, last.i + 1)
            tokens = expand(head) if head is not None else []
        _add(scene, aim, tokens, match)
    return aim


def _add_objects(scene: Scene, aim: Aim, verb: Token, match: Match) -> None:
    _add(scene, aim, find_objects(verb), match)
    if not aim.spans:
        gerunds = [c for c in verb.rights if c.dep_ in ("xcomp", "ccomp") and _is_gerund(c)]
        _add(scene, aim, gerunds[:1], match)


def _add_infinitive(scene: Scene, aim: Aim, word: Token) -> None:
    verb = find_infinitive(word)
    if verb is None:
        return
    if _is_cue(scene, verb):
        # "vowed to support X" is read at "support".
        aim.is_cue = True
        return
    follow_verb(scene, aim, verb)


def _is_gerund(verb: Token) -> bool:
    return verb.tag_ == "VBG" or any(child.lower_ == "being" for child in verb.lefts)


def _is_cue(scene: Scene, verb: Token) -> bool:
    if scene.has(verb, "ender"):
        return False
    cues = scene.lexicon.cues.get(verb.lower_, ())
    return any(cue.kind == "attitude" and cue.words == (verb.lemma_,) for cue in cues)


def _add(scene: Scene, aim: Aim, tokens: list[Token], match: Match) -> None:
    cue = match.cue
    for token in tokens:
        if token.lower_ in _SKIPPED or scene.has(token, "time") or token.i in match.numbers:
            continue
        if token.pos_ in ("VERB", "AUX") and _is_gerund(token):
            if _is_cue(scene, token):
                aim.is_cue = True
            else:
                follow_verb(scene, aim, token)
            continue
        if scene.has(token, "ending") and (cue.kind == "demand" or cue.part == "noun"):
            ended = find_complements(token, _LED)
            if ended:
                aim.flipped = True
                token = ended[0]
        span = scene.ends.find_end(token)
        if span is not None and span not in aim.spans:
            aim.spans.append(span)
            aim.tokens.append(token)


def follow_verb(scene: Scene, aim: Aim, verb: Token) -> None:
    """Take the object of a verb that furthers or ends something; else the whole clause."""
    ends = scene.has(verb, "ender")
    if ends or scene.has(verb, "builder"):
        objects = find_objects(verb) or find_complements(verb, ("with", "to", "for", "from", "on"))
        spans = [scene.ends.find_end(token) for token in objects]
        aim.spans += [span for span in spans if span is not None and span not in aim.spans]
        if aim.spans:
            aim.flipped = aim.flipped != ends
            aim.tokens += objects
            return
    clause = scene.ends.find_clause(verb)
    if clause is not None:
        aim.spans.append(clause)
