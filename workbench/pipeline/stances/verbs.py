"""Verbs: cues whose own arguments are holder and target, in any voice."""

from __future__ import annotations

from spacy.tokens import Token

from workbench.pipeline.stances.holders import find_holders, keep_holders
from workbench.pipeline.stances.matching import Match
from workbench.pipeline.stances.reading import Reading, lend_speaker, start_reading
from workbench.pipeline.stances.scene import Scene
from workbench.pipeline.stances.targets import Aim, find_targets, follow_verb, point
from workbench.pipeline.syntax import (
    find_agents,
    find_complements,
    find_infinitive,
    find_objects,
    find_passive_subjects,
    find_subjects,
    is_passive,
)

_ASKING = frozenset(
    {"ask", "tell", "advise", "want", "remind", "caution", "invite", "challenge", "press"}
    | {"push", "order", "direct", "instruct", "command", "counsel", "summon"}
)


def read_verb(scene: Scene, match: Match) -> Reading:
    """Read a verb of attitude, a material act or a contact."""
    verb = match.head
    reading = start_reading(scene, match, verb)
    reading.holders = find_holders(scene, verb)
    lend_speaker(scene, reading, verb)
    reading.aim = find_targets(scene, match, [verb])
    if match.cue.kind == "contact":
        _read_contact(scene, reading, verb)
        reading.blocked = reading.blocked or _is_planned(scene, verb)
    if is_passive(verb) and not reading.holders:
        reading.blocked = True
    if reading.aim.is_cue or _is_steering(scene, match) or _is_literal(scene, verb):
        reading.blocked = True
    return reading


def read_receiving(scene: Scene, match: Match) -> Reading:
    """Read "the vote angered X" and "drew praise from X": the subject is what X judges."""
    verb = match.head
    reading = start_reading(scene, match, verb)
    subjects, objects = find_subjects(verb), find_targets(scene, match, [verb]).tokens
    if is_passive(verb):
        subjects, objects = find_agents(verb), find_passive_subjects(verb)
    reading.holders = keep_holders(scene, verb, objects)
    point(scene, reading.aim, subjects)
    reading.blocked = reading.blocked or not reading.is_complete
    return reading


def read_demand(scene: Scene, match: Match) -> Reading:
    """Read "urged X to stop Y": who is asked to stop something bad is opposed."""
    verb = match.head
    reading = start_reading(scene, match, verb)
    reading.holders = find_holders(scene, verb)
    lend_speaker(scene, reading, verb)
    reading.aim = find_targets(scene, match, [verb])
    asked = find_infinitive(verb)
    if asked is None:
        # "asked the council" says nothing of what is thought of it.
        asks = match.cue.words[0] in _ASKING and len(match.cue.words) == 1
        reading.blocked = reading.blocked or asks or not reading.aim.spans
        return reading
    if not reading.aim.spans:
        # The parse may take the one who is asked for the subject of what is asked.
        point(scene, reading.aim, find_subjects(asked))
    if scene.has(asked, "ender") or any(c.dep_ == "neg" for c in asked.children):
        reading.polarity = "OPPOSE"
        reading.aim.flipped = False
        return reading
    wanted = Aim()
    follow_verb(scene, wanted, asked)
    if wanted.spans and scene.has(asked, "builder"):
        reading.aim = wanted
    else:
        reading.blocked = match.cue.polarity != "OPPOSE"
    return reading


def _is_steering(scene: Scene, match: Match) -> bool:
    """Tell whether a verb turns another one, which is the cue then: "refused to back"."""
    verb = match.head
    steers = scene.has(verb, "reverser") or scene.has(verb, "denier")
    if not steers or len(match.cue.words) > 1:
        return False
    clauses = [c for c in verb.rights if c.dep_ in ("xcomp", "ccomp") and c.pos_ != "NOUN"]
    return find_infinitive(verb) is not None or bool(clauses)


def _is_literal(scene: Scene, verb: Token) -> bool:
    """Tell whether somebody is welcomed, met or received at a place rather than in words."""
    places = find_complements(verb, ("at", "on"))
    return any(scene.has(place, "arrival") for place in places)


def _is_planned(scene: Scene, verb: Token) -> bool:
    """Tell whether a contact is yet to come: only what happened is reported as an act."""
    if any(child.dep_ == "aux" and child.lower_ in ("will", "’ll", "'ll") for child in verb.lefts):
        return True
    return verb.dep_ == "xcomp" and scene.has(verb.head, "planning")


def _read_contact(scene: Scene, reading: Reading, verb: Token) -> None:
    """Give "A and B met" its named event, and "met B to discuss C" both as holders of the talk."""
    if len(reading.holders) > 1 and not reading.aim.spans:
        for token in find_complements(verb, ("at", "during", "for", "in")):
            entity = scene.ends.find_entity(token)
            if entity is not None and entity.label == "EVENT":
                reading.aim.spans.append(entity)
    governor = verb.head
    joined = verb.dep_ in ("advcl", "xcomp", "acl") and governor is not verb
    if joined and _is_contact(scene, governor) and len(reading.holders) == 1:
        others = find_objects(governor) or find_complements(governor, ("with",))
        met = keep_holders(scene, verb, others)
        reading.holders += [span for span in met if span not in reading.holders]


def _is_contact(scene: Scene, verb: Token) -> bool:
    cues = scene.lexicon.cues.get(verb.lower_, ())
    return any(cue.kind == "contact" and cue.part == "verb" for cue in cues)
