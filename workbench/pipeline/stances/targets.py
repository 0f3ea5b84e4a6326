"""Targets: what a cue is about, through complements, and whether they turn its sign."""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Token

from workbench.core.span import Span
from workbench.pipeline.stances.lexicon import Cue
from workbench.pipeline.stances.scene import Scene
from workbench.pipeline.syntax import (
    find_clause,
    find_complements,
    find_infinitive,
    find_objects,
    find_subjects,
)

_SKIPPED = frozenset(
    {"which", "who", "whom", "what", "that", "this", "itself", "himself", "herself", "themselves"}
    | {"something", "anything", "nothing", "everything", "there"}
)
_LED = ("of", "to", "on", "against", "with")


@dataclass(slots=True)
class Aim:
    """The targets of a cue, and whether what is done to them turns the cue's sign."""

    spans: list[Span] = field(default_factory=list)
    flipped: bool = False
    through: Token | None = None


def find_targets(scene: Scene, cue: Cue, words: list[Token]) -> Aim:
    """Return the targets where the lexicon says they stand; the first place that has one counts.

    `words` are the words that may govern them: the cue's own, then its light verb.
    """
    for code in cue.targets:
        aim = Aim()
        if code == "obj":
            _add_objects(scene, aim, words[0], cue)
        elif code == "to:verb":
            _add_infinitive(scene, aim, words[0])
        elif code == "that":
            clause = find_clause(words[0])
            _add(scene, aim, find_subjects(clause) if clause is not None else [])
        if aim.spans:
            return aim
    for word in words:
        aim = Aim()
        _add(scene, aim, find_complements(word, cue.prepositions), cue)
        if aim.spans:
            return aim
    return Aim()


def _add_objects(scene: Scene, aim: Aim, verb: Token, cue: Cue) -> None:
    _add(scene, aim, find_objects(verb), cue)
    if not aim.spans:
        gerunds = [c for c in verb.rights if c.dep_ in ("xcomp", "ccomp") and c.tag_ == "VBG"]
        _add(scene, aim, gerunds[:1], cue)


def _add_infinitive(scene: Scene, aim: Aim, word: Token) -> None:
    verb = find_infinitive(word)
    # "vowed to support X" is read at "support".
    if verb is not None and verb.lower_ not in scene.lexicon.cues:
        follow_verb(scene, aim, verb)


def _add(scene: Scene, aim: Aim, tokens: list[Token], cue: Cue | None = None) -> None:
    for token in tokens:
        if token.lower_ in _SKIPPED or scene.has(token, "time"):
            continue
        if token.pos_ in ("VERB", "AUX") and token.tag_ == "VBG":
            follow_verb(scene, aim, token)
            continue
        if cue is not None and cue.kind == "demand" and scene.has(token, "ending"):
            ended = find_complements(token, _LED)
            if ended:
                aim.flipped = True
                aim.through = token
                token = ended[0]
        span = scene.ends.find_end(token)
        if span is not None and span not in aim.spans:
            aim.spans.append(span)


def follow_verb(scene: Scene, aim: Aim, verb: Token) -> None:
    """Take the object of a verb that furthers or ends something; else the whole clause."""
    ends = scene.has(verb, "ender")
    if ends or scene.has(verb, "builder"):
        objects = find_objects(verb) or find_complements(verb, ("with", "to", "for", "from", "on"))
        spans = [scene.ends.find_end(token) for token in objects]
        aim.spans += [span for span in spans if span is not None and span not in aim.spans]
        if aim.spans:
            aim.flipped = aim.flipped != ends
            aim.through = verb
            return
    clause = scene.ends.find_clause(verb)
    if clause is not None:
        aim.spans.append(clause)
