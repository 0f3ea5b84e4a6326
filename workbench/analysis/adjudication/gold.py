"""Gold: the layer of what was settled in one article, with the verdict on each item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from workbench.analysis.references.clusters import Link, make_clusters
from workbench.analysis.scope import unite_passages
from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.core.layer import ADJUDICATION, Layer, Verdict
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance, derive_speaker


@dataclass(frozen=True)
class Links:
    """Corrections to clusters: pairs that are, or are never, one referent."""

    must: tuple[Link, ...] = ()
    cannot: tuple[Link, ...] = ()


@dataclass
class Taken:
    """What was taken into gold, each item with its verdict."""

    spans: dict[Span, Verdict] = field(default_factory=dict)
    quotes: dict[Quote, Verdict] = field(default_factory=dict)
    stances: dict[Stance, Verdict] = field(default_factory=dict)


def make_gold(
    article: Article,
    layers: Sequence[Layer],
    taken: Taken,
    registry: Mapping[str, str],
    links: Links,
) -> Layer:
    """Make the gold layer of what was taken, with the mentions that it points to."""
    quotes = tuple(sorted(taken.quotes, key=lambda quote: quote.offsets))
    spans = {**_list_ends(taken), **taken.spans}
    ordered = sorted(taken.stances.items(), key=lambda row: (row[0].cue, row[0].polarity))
    stances = {replace(s, speaker=derive_speaker(s.cue, quotes)): v for s, v in ordered}
    verdicts = {
        identify(article.text_sha256, item): verdict
        for rows in (stances, spans, taken.quotes)
        for item, verdict in rows.items()
    }
    clusters = make_clusters(
        article.text,
        spans,
        quotes,
        registry=registry,
        must_link=links.must,
        cannot_link=links.cannot,
    )
    first = layers[0] if layers else None
    return Layer(
        article_id=article.id,
        text_sha256=article.text_sha256,
        author=ADJUDICATION,
        kind="gold",
        round=first.round if first else "",
        scheme=first.scheme if first else "",
        guideline=first.guideline if first else "",
        passages=unite_passages(layers),
        spans=tuple(sorted(spans)),
        quotes=quotes,
        stances=tuple(stances),
        clusters=clusters,
        verdicts=verdicts,
    )


def _list_ends(taken: Taken) -> dict[Span, Verdict]:
    """Return the spans that are pointed to: nobody decided about such a mention alone."""
    ends = {end: v for s, v in taken.stances.items() for end in (*s.holders, *s.targets)}
    ends |= {quote.speaker: v for quote, v in taken.quotes.items() if quote.speaker}
    return {end: Verdict(v.policy, v.votes, conflict=v.conflict) for end, v in sorted(ends.items())}
