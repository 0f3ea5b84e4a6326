"""An author's work on one article: what they submitted passage by passage, made one layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.adapters.label_studio.decoding import Decoded
from workbench.analysis.references.clusters import make_clusters
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.core.offsets import Offsets, contains
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance, derive_speaker


@dataclass(slots=True)
class Work:
    """What one author submitted of one article, and which passages they skipped.

    A part is what an annotation says, the annotation itself, and where it lies; `rejected` are
    annotations that don't count, with reason and source.
    """

    parts: list[tuple[Decoded, dict[str, Any], str]] = field(default_factory=list)
    revoked: set[Offsets] = field(default_factory=set)
    rejected: list[tuple[Any, str, str]] = field(default_factory=list)

    @property
    def passages(self) -> set[Offsets]:
        """The passages of which the server told something: submitted or skipped."""
        return self.revoked | {_get_offsets(decoded) for decoded, _, _ in self.parts}

    def leave_out_doubles(self, seen: set[Offsets]) -> None:
        """Reject what was submitted of a passage that was seen, or a second time."""
        kept, counted = [], set(seen)
        for part in self.parts:
            offsets = _get_offsets(part[0])
            if offsets in counted:
                reason = "the same person submitted this passage twice; the first counts"
                self.rejected.append((part[1], reason, part[2]))
            else:
                counted.add(offsets)
                kept.append(part)
        self.parts = kept
        # Who skipped a passage in one task and submitted it in another has submitted it.
        self.revoked -= {_get_offsets(decoded) for decoded, _, _ in kept} | seen


def unite_work(
    article: Article, work: Work, before: Layer | None, empty: Layer, registry: Mapping[str, str]
) -> Layer:
    """Make one layer of an author's parts and of what they had submitted before.

    What a part says of its passage replaces what was there, a skipped passage is taken out, and
    the rest stays. `empty` is the layer without content.
    """
    kept = _keep_rest(before, work.passages) if before is not None else empty
    parts = [decoded for decoded, _, _ in work.parts]
    spans = {span: span for span in kept.spans}
    spans |= {span: span for part in parts for span in part.spans}
    quotes = {quote: quote for quote in kept.quotes}
    quotes |= {quote: quote for part in parts for quote in part.quotes}
    ordered = tuple(sorted(quotes.values(), key=lambda quote: quote.offsets))
    found = [*kept.stances, *(stance for part in parts for stance in part.stances)]
    stances = dict.fromkeys(replace(s, speaker=derive_speaker(s.cue, ordered)) for s in found)
    passages = [*kept.passages, *(part.passage for part in parts if part.passage is not None)]
    return replace(
        empty,
        passages=tuple(sorted(passages, key=lambda passage: passage.start)),
        spans=tuple(sorted(spans.values())),
        quotes=ordered,
        stances=tuple(sorted(stances, key=lambda s: (s.cue, s.polarity))),
        clusters=make_clusters(article.text, spans, ordered, registry=registry),
    )


def _keep_rest(layer: Layer, replaced: set[Offsets]) -> Layer:
    """Return what a layer says outside passages, with the ends that this points to."""
    passages = tuple(p for p in layer.passages if (p.start, p.end) not in replaced)
    inside = [(passage.start, passage.end) for passage in passages]

    def is_kept(item: Span | Quote | Stance) -> bool:
        # A cue that its passage cuts off belongs to the passage of its first piece.
        at = item.cue[0] if isinstance(item, Stance) else item.offsets
        return any(contains(passage, at) for passage in inside)

    quotes = tuple(quote for quote in layer.quotes if is_kept(quote))
    stances = tuple(stance for stance in layer.stances if is_kept(stance))
    ends = {end for stance in stances for end in (*stance.holders, *stance.targets)}
    ends |= {quote.speaker for quote in quotes if quote.speaker is not None}
    spans = tuple(span for span in layer.spans if is_kept(span) or span in ends)
    return replace(layer, passages=passages, spans=spans, quotes=quotes, stances=stances)


def _get_offsets(decoded: Decoded) -> Offsets:
    assert decoded.passage is not None  # noqa: S101 - parts are submitted passages alone
    return (decoded.passage.start, decoded.passage.end)
