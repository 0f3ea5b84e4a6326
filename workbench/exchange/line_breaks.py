"""Offsets into a text as it came, moved to the text as an article has it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.core.span import Span


def shift_layer(layer: Layer, before: str, article: Article) -> Layer:
    """Move a layer from a text with carriage returns or a BOM to the normalised article.

    A CRLF is one line break afterwards; an end between its two characters stands before it.
    """
    gone = [i for i, c in enumerate(before) if c == "\r" and before[i + 1 : i + 2] == "\n"]
    if before.startswith("\ufeff"):
        gone.insert(0, 0)

    def shift(at: int) -> int:
        return at - bisect_left(gone, at)

    def move(span: Span) -> Span:
        return replace(span, start=shift(span.start), end=shift(span.end))

    return replace(
        layer,
        text_sha256=article.text_sha256,
        passages=tuple(replace(p, start=shift(p.start), end=shift(p.end)) for p in layer.passages),
        spans=tuple(map(move, layer.spans)),
        quotes=tuple(
            replace(
                q,
                start=shift(q.start),
                end=shift(q.end),
                speaker=move(q.speaker) if q.speaker else None,
            )
            for q in layer.quotes
        ),
        stances=tuple(
            replace(
                s,
                cue=tuple((shift(start), shift(end)) for start, end in s.cue),
                holders=tuple(map(move, s.holders)),
                targets=tuple(map(move, s.targets)),
                speaker=move(s.speaker) if s.speaker else None,
            )
            for s in layer.stances
        ),
        clusters=tuple(replace(c, mentions=tuple(map(move, c.mentions))) for c in layer.clusters),
    )
