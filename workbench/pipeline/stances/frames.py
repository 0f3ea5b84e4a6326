"""The frame tier: a cue's own arguments in the parse."""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Token

from workbench.core.span import Span
from workbench.core.stance import Polarity
from workbench.pipeline.stances.holders import find_holders, find_modifier, keep_holders
from workbench.pipeline.stances.lexicon import Match, to_offsets
from workbench.pipeline.stances.scene import SCORES, Found, Scene, flip
from workbench.pipeline.stances.status import Turn, read_turn
from workbench.pipeline.stances.targets import Aim, find_targets, follow_verb
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


@dataclass(slots=True)
class Reading:
    """What a frame says of a cue; `blocked` means that no looser tier may try it."""

    holders: list[Span] = field(default_factory=list)
    aim: Aim = field(default_factory=Aim)
    turn: Turn = field(default_factory=Turn)
    polarity: Polarity = "NEUTRAL"
    last: int = 0
    blocked: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether both ends were found."""
        return bool(self.holders and self.aim.spans) and not self.blocked


def read_cue(scene: Scene, match: Match) -> Reading:
    """Read a cue's frame: by its part of speech, and a demand by whom it is made of."""
    if match.cue.part == "noun":
        return _read_noun(scene, match)
    if match.cue.part == "adj":
        return _read_adjective(scene, match)
    if match.cue.kind == "demand":
        return _read_demand(scene, match)
    return _read_verb(scene, match)


def write_frame(scene: Scene, match: Match, reading: Reading) -> Found:
    """Turn a complete reading into a stance: sign, status, and the cue with what turns it."""
    polarity, status = reading.polarity, reading.turn.status
    if reading.aim.flipped:
        polarity = flip(polarity)
    if reading.turn.reversed:
        if match.cue.polarity == "SUPPORT":
            polarity = flip(polarity)
        else:
            # Who refuses to condemn does not thereby support.
            status = "denied"
    first = min(reading.turn.first, match.numbers[0])
    last = max(reading.last, match.numbers[-1])
    if scene.ends.line(scene.doc[first]) != scene.ends.line(scene.doc[last]):
        first, last = match.numbers[0], match.numbers[0]
    rule = f"frame:{' '.join(match.cue.words)}"
    cue = to_offsets(scene.doc, first, last)
    return Found(cue, reading.holders, reading.aim.spans, polarity, status, rule, SCORES["frame"])


def _start(scene: Scene, match: Match, verb: Token, noun: Token | None = None) -> Reading:
    turn = read_turn(scene, verb, noun)
    reading = Reading(turn=turn, polarity=match.cue.polarity)
    # What somebody is asked to feel is not what they feel; a term of a deal is no stance.
    reading.blocked = turn.demanded or _is_term(verb)
    return reading


def _is_term(verb: Token) -> bool:
    """Tell whether a verb is in a clause like "a deal under which …"."""
    if verb.dep_ != "relcl":
        return False
    return any(
        child.dep_ == "prep" and any(c.tag_ == "WDT" for c in child.children)
        for child in verb.lefts
    )


def _lend_speaker(scene: Scene, reading: Reading, verb: Token) -> None:
    """Give a clause without a subject inside a quotation the speaker's mention."""
    if reading.holders or is_passive(verb) or find_subjects(verb):
        return
    speaker = scene.find_direct_speaker(verb)
    if speaker is not None:
        reading.holders = [speaker]


def _read_verb(scene: Scene, match: Match) -> Reading:
    verb = match.head
    reading = _start(scene, match, verb)
    reading.holders = find_holders(scene, verb)
    _lend_speaker(scene, reading, verb)
    words = [verb, match.last] if match.last is not verb else [verb]
    reading.aim = find_targets(scene, match.cue, words)
    if match.cue.kind == "contact":
        _read_contact(scene, reading, verb)
    if is_passive(verb) and not reading.holders:
        reading.blocked = True
    if _is_literal(scene, verb):
        reading.blocked = True
    return reading


def _is_literal(scene: Scene, verb: Token) -> bool:
    """Tell whether somebody is welcomed, met or received at a place rather than in words."""
    places = find_complements(verb, ("at", "on"))
    return any(scene.has(place, "arrival") for place in places)


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


def _read_demand(scene: Scene, match: Match) -> Reading:
    """Read "urged X to stop Y": who is asked to stop something bad is opposed."""
    verb = match.head
    reading = _start(scene, match, verb)
    reading.holders = find_holders(scene, verb)
    _lend_speaker(scene, reading, verb)
    reading.aim = find_targets(scene, match.cue, [verb, match.last])
    asked = find_infinitive(verb)
    if asked is None:
        return reading
    if not reading.aim.spans:
        # The parse may take the one who is asked for the subject of what is asked.
        subjects = find_subjects(asked)
        spans = [scene.ends.find_end(token) for token in subjects]
        reading.aim.spans = [span for span in spans if span is not None]
    if scene.has(asked, "ender") or any(c.dep_ == "neg" for c in asked.children):
        reading.polarity = "OPPOSE"
        reading.aim.flipped = False
    else:
        wanted = Aim()
        follow_verb(scene, wanted, asked)
        if wanted.spans and scene.has(asked, "builder"):
            reading.aim = wanted
        else:
            reading.blocked = True
    return reading


def _read_noun(scene: Scene, match: Match) -> Reading:
    noun = match.last
    verb = _find_carrier(noun)
    reading = _start(scene, match, verb if verb is not None else noun, noun)
    words = [noun] if verb is None else [noun, verb]
    reading.last = noun.i
    if match.cue.kind == "act":
        return _read_act(scene, match, reading, verb)
    if verb is not None and scene.has(verb, "receiving") and find_possessor(noun):
        # "drew praise from X": the subject is what is praised.
        reading.holders = keep_holders(scene, noun, find_possessor(noun))
        spans = [scene.ends.find_end(token) for token in find_subjects(verb)]
        reading.aim.spans = [span for span in spans if span is not None]
        return reading
    light = verb is not None and (scene.has(verb, "light") or scene.has(verb, "reverser"))
    if verb is not None and light:
        if is_passive(verb):
            reading.holders = find_holders(scene, verb)
        else:
            reading.holders = find_holders(scene, verb)
            _lend_speaker(scene, reading, verb)
        reading.turn.first = min(reading.turn.first, verb.i) if noun.i - verb.i <= 5 else noun.i
        if scene.has(verb, "reverser"):
            reading.turn.reversed = not reading.turn.reversed
    else:
        reading.holders = keep_holders(scene, noun, find_possessor(noun))
        reading.holders = reading.holders or find_modifier(scene, noun)
        words = [noun]
        if match.cue.kind == "contact" or match.cue.words == ("thanks",):
            reading.blocked = True
    reading.aim = find_targets(scene, match.cue, words)
    return reading


def _find_carrier(noun: Token) -> Token | None:
    """Return the verb that has a noun as its object, through "and" and the passive."""
    at = noun
    for _ in range(3):
        if at.dep_ in ("dobj", "nsubjpass") and at.head.pos_ in ("VERB", "AUX"):
            return at.head
        if at.dep_ != "conj":
            break
        at = at.head
    return None


def _read_act(scene: Scene, match: Match, reading: Reading, verb: Token | None) -> Reading:
    """Read "imposed sanctions on X", and "lifted sanctions on X", which X is glad of."""
    noun = match.last
    reading.blocked = reading.blocked or verb is None
    if verb is None:
        return reading
    lifts = scene.has(verb, "ender")
    if not lifts and not scene.has(verb, "imposing"):
        reading.blocked = True
        return reading
    reading.holders = find_holders(scene, verb)
    _lend_speaker(scene, reading, verb)
    reading.turn.first = min(reading.turn.first, verb.i)
    reading.aim = find_targets(scene, match.cue, [noun, verb])
    if lifts and reading.aim.spans:
        reading.aim.flipped = True
        # An ender is read here, not as a word that turns what follows.
        reading.turn.reversed = False
    elif lifts:
        span = scene.ends.find_end(noun)
        reading.aim.spans = [span] if span is not None else []
        reading.turn.reversed = False
        reading.last = verb.i
    return reading


def _read_adjective(scene: Scene, match: Match) -> Reading:
    word = match.head
    verb = word.head if word.dep_ in ("acomp", "oprd", "attr", "prep") else word
    reading = _start(scene, match, verb)
    reading.turn.first = word.i if reading.turn.status == "asserted" else reading.turn.first
    subjects = find_passive_subjects(word) if is_passive(word) else []
    reading.holders = keep_holders(scene, word, subjects) if subjects else find_holders(scene, verb)
    _lend_speaker(scene, reading, verb)
    if word.dep_ == "acl" and word.tag_ == "VBN":
        antecedent = find_antecedent(word.head)
        reading.holders = keep_holders(scene, word, [antecedent] if antecedent else [])
    infinitive = find_infinitive(word)
    if infinitive is not None and "to:verb" in match.cue.targets:
        _read_courtesy(scene, match, reading, infinitive)
        return reading
    reading.aim = find_targets(scene, match.cue, [word, match.last, verb])
    return reading


def _read_courtesy(scene: Scene, match: Match, reading: Reading, verb: Token) -> None:
    """Read "delighted to meet X": the pleasure is about whom one meets."""
    if scene.has(verb, "greeting"):
        tokens = find_objects(verb) or find_complements(verb, ("with", "to", "from"))
        spans = [scene.ends.find_end(token) for token in tokens]
        reading.aim.spans = [span for span in spans if span is not None]
        reading.last = verb.i
    elif scene.has(verb, "builder"):
        follow_verb(scene, reading.aim, verb)
        reading.last = verb.i
    else:
        reading.blocked = True
