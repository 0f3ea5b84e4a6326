"""The two looser tiers: any mention under the cue, and the mentions around it."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Token

from workbench.core.span import Span
from workbench.pipeline.stances.holders import HOLDING
from workbench.pipeline.stances.matching import Match, to_pieces
from workbench.pipeline.stances.reading import Reading
from workbench.pipeline.stances.scene import SCORES, Found, Scene

_WINDOW = 12
_SUBTREE = 25
_KINDS = ("attitude", "act", "contact")
_TARGETS = HOLDING | {"AGREEMENT", "EVENT", "ISSUE"}


def read_loosely(scene: Scene, match: Match, reading: Reading) -> Found | None:
    """Fill what a frame lacks: the speaker as holder, the first entity under the cue as target."""
    if match.cue.kind != "attitude" or match.cue.part == "adj":
        return None
    holders = reading.holders or _find_speaker(scene, match.head)
    targets = reading.aim.spans
    if not targets:
        last = min(match.head.right_edge.i + 1, match.numbers[-1] + _SUBTREE)
        after = (scene.doc[i] for i in range(match.numbers[-1] + 1, last))
        targets = _first(scene, after, _TARGETS, holders)
    if not holders or not targets:
        return None
    return _write(scene, match, reading, holders, targets, "frame-loose")


def read_window(scene: Scene, match: Match, reading: Reading) -> Found | None:
    """Take the nearest mention before the cue as its holder and the nearest after as its target."""
    cue = match.cue
    if cue.kind not in _KINDS or cue.part == "adj" or (scene.parsed and cue.part == "noun"):
        return None
    if scene.parsed and cue.kind != "attitude":
        # Where a parse gave an act or a meeting no ends, the names around it are not its ends.
        return None
    before = _walk(scene, match.numbers[0] - 1, -1)
    after = _walk(scene, match.numbers[-1] + 1, 1)
    holders = reading.holders or _first(scene, before, HOLDING, [])
    targets = reading.aim.spans or _first(scene, after, _TARGETS, holders)
    if not holders or not targets:
        return None
    return _write(scene, match, reading, holders, targets, "window")


def _find_speaker(scene: Scene, token: Token) -> list[Span]:
    for quote in scene.quotes_around(token):
        return [quote.speaker] if quote.speaker is not None else []
    return []


def _walk(scene: Scene, start: int, step: int) -> Iterable[Token]:
    """Yield the words beside a cue up to the end of its sentence or line."""
    line = None
    for number in range(start, start + step * _WINDOW, step):
        if not 0 <= number < len(scene.doc):
            return
        token = scene.doc[number]
        line = scene.ends.line(token) if line is None else line
        if token.text in (".", "!", "?", ";", ":") or scene.ends.line(token) != line:
            return
        yield token


def _first(
    scene: Scene, tokens: Iterable[Token], labels: frozenset[str], other: list[Span]
) -> list[Span]:
    for token in tokens:
        span = scene.ends.find_entity(token)
        if span is not None and span.label in labels and span not in other:
            return [span] if not scene.ends.is_masked(token) else []
    return []


def _write(
    scene: Scene,
    match: Match,
    reading: Reading,
    holders: list[Span],
    targets: list[Span],
    tier: str,
) -> Found:
    cue = to_pieces(scene.doc, match.numbers[0], match.numbers[-1], match)
    rule = f"{tier}:{' '.join(match.cue.words)}"
    polarity = match.cue.polarity
    status = reading.turn.status
    return Found(cue, holders, targets, polarity, status, rule, SCORES[tier])
