"""Evidence: what words, lexicon and parse say for and against a pair, as named features.

Names of entities are no features: they would memorise who feuds with whom.
"""

from __future__ import annotations

from spacy.tokens import Token

from workbench.core.offsets import contains
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.pipeline.stances.frames import read_cue
from workbench.pipeline.stances.matching import Match
from workbench.pipeline.stances.pairs import Pair
from workbench.pipeline.stances.reading import Reading
from workbench.pipeline.stances.scene import Scene

Features = dict[str, float]
_PRONOUNS = frozenset({"i", "we", "he", "she", "they", "it", "both", "us", "him", "her", "them"})
_LONGEST_PATH = 6


class Evidence:
    """Describes the pairs of one Doc; a cue's frame is read once for all its pairs."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._readings: dict[int, Reading] = {}
        self._at = {token.idx: token for token in scene.doc}

    def read(self, match: Match) -> Reading:
        """Return the cue's frame."""
        if match.head.i not in self._readings:
            parsed = self._scene.parsed
            nothing = Reading(polarity=match.cue.polarity, blocked=True)
            self._readings[match.head.i] = read_cue(self._scene, match) if parsed else nothing
        return self._readings[match.head.i]

    def describe(self, pair: Pair) -> Features:
        """Return the features of a pair."""
        cue, reading = pair.match.cue, self.read(pair.match)
        has_holder = pair.holder is not None and pair.holder in reading.holders
        has_target = pair.target in reading.aim.spans
        state = "blocked" if reading.blocked else f"{has_holder:d}{has_target:d}"
        tier = _name_tier(pair.rule)
        features: Features = {
            f"tier={tier}": 1.0,
            f"frame={state}": 1.0,
            f"tier={tier}|frame={state}": 1.0,
            f"kind={cue.kind}": 1.0,
            f"part={cue.part}": 1.0,
            f"tier={tier}|kind={cue.kind}": 1.0,
            f"cue={' '.join(cue.words)}": 1.0,
            f"status={reading.turn.status}": 1.0,
            f"reversed={reading.turn.reversed:d}": 1.0,
        }
        features |= self._describe_end("holder", pair.holder, pair)
        features |= self._describe_end("target", pair.target, pair)
        holder = pair.holder.label if pair.holder is not None else "AUTHOR"
        features[f"labels={holder}>{pair.target.label}"] = 1.0
        return features | self._describe_quotes(pair)

    def _describe_end(self, name: str, span: Span | None, pair: Pair) -> Features:
        if span is None:
            return {f"{name}=AUTHOR": 1.0}
        head, at = self._find_head(span), pair.match.head
        if head is None:
            return {f"{name}=away": 1.0}
        side = "before" if head.i < at.i else "after"
        distance = min(abs(head.i - at.i), 30)
        features: Features = {
            f"{name}={span.label}": 1.0,
            f"{name} side={side}": 1.0,
            f"{name} distance": distance / 10,
            f"{name} dep={head.dep_}|{side}": 1.0,
            f"{name} pronoun={head.lower_ in _PRONOUNS:d}": 1.0,
        }
        path = find_path(at, head)
        features[f"{name} path={path}"] = 1.0
        features[f"{name} path={path}|part={pair.match.cue.part}"] = 1.0
        return features

    def _describe_quotes(self, pair: Pair) -> Features:
        cue = pair.cue
        around = self._scene.quotes_around(pair.match.head)
        if not around:
            return {"quoted=no": 1.0}
        inner = around[0]
        is_speaker = pair.holder is not None and pair.holder == inner.speaker
        inside = pair.holder is not None and contains(inner.offsets, pair.holder.offsets)
        state = "speaker" if is_speaker else "inside" if inside else "outside"
        whole = contains(inner.offsets, cue)
        return {f"quoted={inner.form}|holder={state}|{whole:d}": 1.0, f"quoted={inner.form}": 1.0}

    def _find_head(self, span: Span) -> Token | None:
        first = self._at.get(span.start)
        if first is None:
            return None
        doc, last = self._scene.doc, first.i
        while last + 1 < len(doc) and doc[last + 1].idx < span.end:
            last += 1
        return doc[first.i : last + 1].root if self._scene.parsed else first


def find_path(start: Token, end: Token) -> str:
    """Write the way through the parse from one word to another, as labels up and down."""
    if start == end:
        return "same"
    up = [start, *start.ancestors]
    places = {token.i: place for place, token in enumerate(up)}
    down: list[str] = []
    at = end
    while at.i not in places and at.head is not at and len(down) < _LONGEST_PATH:
        down.append(f"<{at.dep_}")
        at = at.head
    if at.i not in places or places[at.i] + len(down) > _LONGEST_PATH:
        return "far"
    steps = [f"{token.dep_}>" for token in up[: places[at.i]]]
    return " ".join([*steps, *reversed(down)])


def _name_tier(rule: Stance | None) -> str:
    return (rule.rule or "").split(":")[0] if rule is not None else "none"
