"""Pairs: who could hold which cue's attitude towards whom, for the learnt stances to judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from workbench.core.offsets import Offsets, overlap
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.pipeline.mentions import ENTITIES, MENTIONS, Ends, read_spans
from workbench.pipeline.stances.holders import HOLDING, find_holder
from workbench.pipeline.stances.lexicon import Lexicon
from workbench.pipeline.stances.matching import Match, find_cues, to_offsets
from workbench.pipeline.stances.scene import Scene

_TARGETS = HOLDING | {"AGREEMENT", "EVENT", "ISSUE", "LOC"}
_HEADS = frozenset({"dobj", "pobj", "nsubj", "nsubjpass", "attr", "obj"})
_NEAR = 30
"""Words between a cue and an end beyond which they are not looked at as a pair."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One holder and one target of one cue; no holder is the article's own voice."""

    match: Match
    holder: Span | None
    target: Span
    rule: Stance | None = None

    @property
    def cue(self) -> Offsets:
        """The code points of the cue's words."""
        return to_offsets(self.match.head.doc, self.match.numbers[0], self.match.numbers[-1])


class PairFinder:
    """Lists the pairs of a Doc: those of the rules, and what stands around each cue."""

    def __init__(self, scene: Scene, lexicon: Lexicon, stances: Sequence[Stance]) -> None:
        self._scene = scene
        self._lexicon = lexicon
        self._stances = stances
        self._spans = _Index(scene.doc)

    def __iter__(self) -> Iterator[Pair]:
        """Yield the pairs cue by cue, in the order of the text."""
        for match in find_cues(self._scene.doc, self._lexicon):
            if not self._scene.ends.is_masked(match.head):
                yield from self._list_pairs(match)

    def _list_pairs(self, match: Match) -> Iterator[Pair]:
        cue = to_offsets(self._scene.doc, match.numbers[0], match.numbers[-1])
        rules = [s for s in self._stances if any(overlap(piece, cue) for piece in s.cue)]
        known = {(h, t): s for s in rules for h in s.holders for t in s.targets}
        for holder in [*self._list_holders(match), None]:
            for target in self._list_targets(match):
                apart = holder is None or not overlap(holder.offsets, target.offsets)
                if apart and (holder, target) not in known:
                    yield Pair(match, holder, target)
        for (holder, target), stance in known.items():
            yield Pair(match, holder, target, stance)

    def _list_holders(self, match: Match) -> list[Span]:
        found: dict[Span, None] = {}
        for token in self._walk(match):
            span = find_holder(self._scene, token) if token.pos_ or token.is_alpha else None
            if span is not None:
                found[span] = None
        for quote in self._scene.quotes_around(match.head):
            if quote.speaker is not None:
                found[quote.speaker] = None
        return list(found)

    def _list_targets(self, match: Match) -> list[Span]:
        found: dict[Span, None] = {}
        for token in self._walk(match):
            span = self._spans.find(token)
            if span is not None and span.label in _TARGETS:
                found[span] = None
            elif token.dep_ in _HEADS and abs(token.i - match.head.i) <= _NEAR // 2:
                end = self._scene.ends.find_end(token)
                if end is not None:
                    found[end] = None
        cue = to_offsets(self._scene.doc, match.numbers[0], match.numbers[-1])
        return [span for span in found if not overlap(span.offsets, cue)]

    def _walk(self, match: Match) -> Iterator[Token]:
        """Yield the words of a cue's sentence and line that are near enough."""
        doc, line = self._scene.doc, self._scene.ends.line(match.head)
        sentence = match.head.sent if doc.has_annotation("SENT_START") else doc[:]
        start, end = max(sentence.start, match.head.i - _NEAR), match.head.i + _NEAR
        for token in doc[start : min(sentence.end, end)]:
            inside = token.i in match.numbers or self._scene.ends.line(token) != line
            if not inside and not self._scene.ends.is_masked(token):
                yield token


class _Index:
    """The outermost span around each word, entities before MENTIONs."""

    def __init__(self, doc: Doc) -> None:
        self._by_token: dict[int, Span] = {}
        at: Mapping[int, int] = {token.idx: token.i for token in doc}
        spans = [*read_spans(doc, MENTIONS), *sorted(read_spans(doc, ENTITIES), key=_length)]
        for span in spans:
            first = at.get(span.start)
            while first is not None and first < len(doc) and doc[first].idx < span.end:
                self._by_token[first] = Span(span.start, span.end, span.label)
                first += 1

    def find(self, token: Token) -> Span | None:
        return self._by_token.get(token.i)


def _length(span: Span) -> int:
    return span.end - span.start


def make_scene(doc: Doc, lexicon: Lexicon, quotes: Sequence[object]) -> Scene:
    """Make the scene that pairs and their evidence are read from."""
    ends = Ends(doc, rule="learnt:end")
    return Scene(doc, ends, lexicon, quotes, doc.has_annotation("DEP"))  # type: ignore[arg-type]
