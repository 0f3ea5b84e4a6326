"""Reading: what a frame says of a cue, before it becomes a stance."""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Token

from workbench.core.span import Span
from workbench.core.stance import Polarity
from workbench.pipeline.stances.matching import Match, to_pieces
from workbench.pipeline.stances.scene import SCORES, Found, Scene, flip
from workbench.pipeline.stances.status import Turn, read_turn
from workbench.pipeline.stances.targets import Aim
from workbench.pipeline.syntax import find_subjects, is_passive


@dataclass(slots=True)
class Reading:
    """What a frame says of a cue; `blocked` means that no looser tier may try it.

    `ends_bad` tells that the cue ends something bad and no status may turn it.
    """

    holders: list[Span] = field(default_factory=list)
    aim: Aim = field(default_factory=Aim)
    turn: Turn = field(default_factory=Turn)
    polarity: Polarity = "NEUTRAL"
    last: int = 0
    blocked: bool = False
    by_author: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether both ends were found."""
        held = bool(self.holders) or self.by_author
        return held and bool(self.aim.spans) and not self.blocked


def start_reading(scene: Scene, match: Match, verb: Token, noun: Token | None = None) -> Reading:
    """Begin a reading with what steers its verb; what is demanded of others is blocked."""
    own = frozenset(match.numbers)
    turn = read_turn(scene, verb, noun, own=own, firm=match.is_negative)
    reading = Reading(turn=turn, polarity=match.cue.polarity)
    # What somebody is asked to feel is not what they feel; a term of a deal is no stance.
    reading.blocked = (
        turn.demanded
        or _is_term(verb)
        or _is_question(verb)
        or _is_ground(scene, verb)
        or _is_object(scene, verb)
    )
    return reading


def write_reading(scene: Scene, match: Match, reading: Reading, name: str = "") -> Found:
    """Turn a complete reading into a stance: sign, status, and the cue with what turns it."""
    polarity, status = reading.polarity, reading.turn.status
    if reading.aim.flipped:
        polarity = flip(polarity)
    if reading.turn.reversed:
        if match.cue.polarity == "SUPPORT" and match.cue.kind != "act":
            polarity = flip(polarity)
        else:
            # Who refuses to condemn does not thereby support.
            status = "denied"
    first = min(reading.turn.first, match.numbers[0])
    last = max(reading.last, match.numbers[-1])
    last = _reach_target(scene, last, reading, match)
    if scene.ends.line(scene.doc[first]) != scene.ends.line(scene.doc[last]):
        first, last = match.numbers[0], match.numbers[-1]
    rule = f"frame:{name or ' '.join(match.cue.words)}"
    return Found(
        to_pieces(scene.doc, first, last, match),
        reading.holders,
        reading.aim.spans,
        polarity,
        status,
        rule,
        SCORES["frame"],
        reading.by_author,
    )


def _reach_target(scene: Scene, last: int, reading: Reading, match: Match) -> int:
    """Return the preposition after a cue that leads to the target: it belongs to the cue."""
    after = last + 1
    if after >= len(scene.doc) or scene.doc[after].lower_ not in match.cue.prepositions:
        return last
    token = scene.doc[after]
    leads = any(token.idx < span.start for span in reading.aim.spans)
    return after if leads else last


def lend_speaker(scene: Scene, reading: Reading, verb: Token) -> None:
    """Give a clause without a subject inside a quotation the speaker's mention."""
    if reading.holders or is_passive(verb) or find_subjects(verb):
        return
    speaker = scene.find_direct_speaker(verb)
    if speaker is not None:
        reading.holders = [speaker]


def _is_term(verb: Token) -> bool:
    """Tell whether a verb is in a clause like "a deal under which …"."""
    if verb.dep_ != "relcl":
        return False
    return any(
        child.dep_ == "prep" and any(c.tag_ == "WDT" for c in child.children)
        for child in verb.lefts
    )


def _is_object(scene: Scene, verb: Token) -> bool:
    """Tell whether a verb is the object of a cue, which reads it: "supports lifting the ban"."""
    if verb.tag_ != "VBG" or verb.dep_ not in ("xcomp", "pcomp", "ccomp", "dobj"):
        return False
    above = verb.head.head if verb.dep_ == "pcomp" else verb.head
    cues = scene.lexicon.cues.get(above.lower_, ())
    is_cue = any(cue.kind in ("attitude", "demand") for cue in cues)
    steers = scene.has(above, "reverser") or scene.has(above, "denier")
    return is_cue and scene.has(verb, "ender") and not steers


def _is_ground(scene: Scene, verb: Token) -> bool:
    """Tell whether a verb says what somebody is blamed or thanked for."""
    if verb.dep_ != "pcomp" or verb.head.lower_ not in ("for", "of", "with", "over"):
        return False
    above = verb.head.head
    if above.pos_ != "VERB" or scene.has(above, "denier") or scene.has(above, "reverser"):
        return False
    return any(child.dep_ in ("dobj", "nsubjpass") for child in above.children)


def _is_question(verb: Token) -> bool:
    """Tell whether a verb's clause asks: what is asked is not said."""
    edge = verb.right_edge
    following = edge.text if edge.text == "?" else ""
    if not following and edge.i + 1 < len(edge.doc):
        following = edge.nbor(1).text
    return following == "?" and verb.dep_ == "ROOT"
