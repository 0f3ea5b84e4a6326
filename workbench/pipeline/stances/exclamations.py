"""Exclamations: what a speaker calls out without a clause ("Hats off to X", "Shame on X")."""

from __future__ import annotations

from workbench.core.span import Span
from workbench.pipeline.stances.matching import Match
from workbench.pipeline.stances.reading import Reading
from workbench.pipeline.stances.scene import Scene
from workbench.pipeline.stances.status import Turn
from workbench.pipeline.stances.targets import find_phrase_after, point
from workbench.pipeline.syntax import expand

_BETWEEN = frozenset([",", "to", "on", "for", "with", "of", "!", ":", "dear", "again"])
_REACH = 5


def read_exclamation(scene: Scene, match: Match) -> Reading:
    """Read an exclamation: the speaker of the quotation holds, what follows is the target."""
    reading = Reading(turn=Turn(first=match.first), polarity=match.cue.polarity)
    speaker = scene.find_direct_speaker(match.head)
    if speaker is None:
        reading.blocked = True
        return reading
    reading.holders = [speaker]
    at = match.last.i + 1
    for _ in range(_REACH):
        if at >= len(scene.doc) or scene.doc[at].lower_ not in _BETWEEN:
            break
        if scene.doc[at].lower_ in match.cue.prepositions:
            reading.last = at
        at += 1
    head = find_phrase_after(scene, at)
    if head is not None:
        point(scene, reading.aim, expand(head))
    elif match.last.lower_ == "you":
        reading.aim.spans = _point_you(scene, match)
    reading.blocked = not reading.aim.spans
    return reading


def _point_you(scene: Scene, match: Match) -> list[Span]:
    span = scene.ends.find_end(match.last)
    return [span] if span is not None else []
