"""Nouns and adjectives: cues that a light verb, a copula or an owner gives a holder."""

from __future__ import annotations

from spacy.tokens import Token

from workbench.core.span import Span
from workbench.pipeline.stances.holders import (
    HOLDING,
    find_holders,
    find_modifier,
    keep_holders,
)
from workbench.pipeline.stances.matching import Match
from workbench.pipeline.stances.reading import Reading, lend_speaker, start_reading
from workbench.pipeline.stances.scene import Scene
from workbench.pipeline.stances.targets import find_targets, follow_verb, point
from workbench.pipeline.syntax import (
    find_antecedent,
    find_complements,
    find_infinitive,
    find_objects,
    find_passive_subjects,
    find_possessor,
    find_subjects,
    is_passive,
)

_NEAR = 5
_CARRIED = ("dobj", "nsubjpass", "npadvmod", "oprd")
_PEOPLE = (
    "ers",
    "ors",
    "ists",
    "ans",
    "ents",
    "men",
    "women",
    "ees",
    "ants",
    "ians",
    "folk",
    "people",
    "families",
    "firms",
    "nationals",
    "pupils",
    "refugees",
    "carriers",
    "airlines",
)


def read_noun(scene: Scene, match: Match) -> Reading:
    """Read a noun by the verb that carries it, else by whose it is."""
    noun = match.last
    verb = _find_carrier(scene, noun)
    reading = start_reading(scene, match, verb if verb is not None else noun, noun)
    reading.last = noun.i
    if match.cue.kind == "act":
        return _read_act(scene, match, reading, verb)
    if verb is not None and scene.has(verb, "receiving") and find_possessor(noun):
        # "drew praise from X": the subject is what is praised.
        reading.holders = keep_holders(scene, noun, find_possessor(noun))
        point(scene, reading.aim, find_subjects(verb))
        return reading
    words = [noun]
    if verb is not None and (scene.has(verb, "light") or scene.has(verb, "reverser")):
        words = [noun, verb]
        reading.holders = find_holders(scene, verb)
        lend_speaker(scene, reading, verb)
        reading.turn.first = min(reading.turn.first, verb.i if noun.i - verb.i <= _NEAR else noun.i)
        if scene.has(verb, "reverser"):
            reading.turn.reversed = not reading.turn.reversed
    else:
        reading.holders = keep_holders(scene, noun, find_possessor(noun))
        reading.holders = reading.holders or find_modifier(scene, noun)
        if match.cue.kind == "contact" or match.cue.words == ("thanks",):
            reading.blocked = True
    reading.aim = find_targets(scene, match, words)
    return reading


def read_adjective(scene: Scene, match: Match) -> Reading:
    """Read an adjective whose subject has the attitude: "is wary of X", "proud of X"."""
    word = match.head
    verb = word.head if word.dep_ in ("acomp", "oprd", "attr", "prep", "xcomp") else word
    if word.dep_ == "conj" and word.head.dep_ in ("acomp", "attr", "oprd"):
        verb = word.head.head
    reading = start_reading(scene, match, verb)
    reading.turn.first = word.i if reading.turn.status == "asserted" else reading.turn.first
    subjects = find_passive_subjects(word) if is_passive(word) else []
    reading.holders = keep_holders(scene, word, subjects) if subjects else find_holders(scene, verb)
    lend_speaker(scene, reading, verb)
    if word.dep_ == "acl" and word.tag_ == "VBN":
        antecedent = find_antecedent(word.head)
        reading.holders = keep_holders(scene, word, [antecedent] if antecedent else [])
    infinitive = find_infinitive(word)
    if infinitive is not None and "to:verb" in match.cue.targets:
        _read_courtesy(scene, match, reading, infinitive)
        return reading
    reading.aim = find_targets(scene, match, [word, match.last, verb])
    return reading


def _find_carrier(scene: Scene, noun: Token) -> Token | None:
    """Return the verb that has a noun as its object, through "and" and the passive."""
    at = noun
    for _ in range(3):
        if at.dep_ in _CARRIED and at.head.pos_ in ("VERB", "AUX"):
            return at.head
        above = at.head.head
        if at.dep_ == "pobj" and scene.has(above, "ender") and above.pos_ in ("VERB", "AUX"):
            # "did away with a levy"
            return above
        if at.dep_ != "conj":
            break
        at = at.head
    return None


def _read_act(scene: Scene, match: Match, reading: Reading, verb: Token | None) -> Reading:
    """Read "imposed sanctions on X", and "lifted sanctions on X", which X is glad of.

    Where nobody is named who is glad, what ends is what is opposed.
    """
    noun = match.last
    reading.blocked = reading.blocked or verb is None
    if verb is None:
        return reading
    lifts = scene.has(verb, "ender") or scene.has(verb, "reverser")
    if not lifts and not scene.has(verb, "imposing"):
        reading.blocked = True
        return reading
    reading.holders = find_holders(scene, verb)
    lend_speaker(scene, reading, verb)
    reading.turn.first = min(reading.turn.first, verb.i)
    reading.aim = find_targets(scene, match, [noun, verb])
    if not lifts:
        return reading
    # An ender is read here, not as a word that turns what follows.
    reading.turn.reversed = False
    if reading.aim.spans and any(_can_suffer(scene, token) for token in reading.aim.tokens):
        reading.aim.flipped = True
        return reading
    span = scene.ends.find_end(noun)
    reading.aim.spans = [span] if span is not None else []
    reading.aim.flipped = False
    reading.last = verb.i
    return reading


def _can_suffer(scene: Scene, token: Token) -> bool:
    """Tell whether a word names people, a state or a body, or people by their trade."""
    entity = scene.ends.find_entity(token)
    if entity is not None:
        return entity.label in HOLDING
    if token.pos_ == "PRON" or scene.has(token, "agent"):
        return True
    nations = (scene.ends.by_token.get(child.i) for child in token.lefts)
    if any(nation is not None and nation.label_ == "NORP" for nation in nations):
        return True
    return token.lower_.endswith(_PEOPLE)


def _read_courtesy(scene: Scene, match: Match, reading: Reading, verb: Token) -> None:
    """Read "delighted to meet X": the pleasure is about whom one meets."""
    if scene.has(verb, "greeting"):
        tokens = find_objects(verb) or find_complements(verb, ("with", "to", "from"))
        spans: list[Span | None] = [scene.ends.find_end(token) for token in tokens]
        reading.aim.spans = [span for span in spans if span is not None]
        reading.last = verb.i
    elif scene.has(verb, "builder"):
        follow_verb(scene, reading.aim, verb)
        reading.last = verb.i
    else:
        reading.blocked = True
