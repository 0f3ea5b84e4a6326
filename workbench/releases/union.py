"""One gold layer for an article: the gold of several rounds and imports, united."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbench.analysis.adjudication.gold import Links
from workbench.analysis.references.clusters import make_clusters
from workbench.analysis.scope import is_asked, share_scope
from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.quote import Quote
from workbench.core.span import MENTION, Span


def unite_gold(
    article: Article, layers: Sequence[Layer], registry: Mapping[str, str], links: Links
) -> tuple[Layer, list[str]]:
    """Unite gold layers over what each was asked; return the union and where they differ.

    Layers are taken in the order of their rounds. Where two were asked the same, they must say
    the same.
    """
    ordered = sorted(layers, key=lambda layer: (layer.round, layer.author))
    united, *rest = ordered
    problems: list[str] = []
    for layer in rest:
        problems += _compare(article, united, layer)
        united = _join(united, layer)
    if not rest:
        return united, problems
    clusters = make_clusters(
        article.text,
        united.spans,
        united.quotes,
        registry=registry,
        must_link=links.must,
        cannot_link=links.cannot,
    )
    rounds = "+".join(dict.fromkeys(layer.round for layer in ordered if layer.round))
    return replace(united, clusters=clusters, round=rounds), problems


def _compare(article: Article, a: Layer, b: Layer) -> list[str]:
    scope = share_scope(a.passages, b.passages)
    names = f"{a.round or a.author!r} and {b.round or b.author!r}"
    found = []
    for one, other in ((a, b), (b, a)):
        theirs = {identify(other.text_sha256, item) for item in other.items}
        for item in one.items:
            label = _get_label(item)
            item_id = identify(one.text_sha256, item)
            if label != MENTION and is_asked(label, item.offsets, scope) and item_id not in theirs:
                found.append(f"article {article.id!r}: {item_id} is not in both of {names}")
    return found


def _join(a: Layer, b: Layer) -> Layer:
    passages = dict.fromkeys((*a.passages, *b.passages))
    return replace(
        a,
        passages=tuple(sorted(passages, key=lambda p: (p.start, p.end, p.asked))),
        spans=tuple(sorted({*a.spans, *b.spans})),
        quotes=tuple(sorted({*a.quotes, *b.quotes}, key=lambda quote: quote.offsets)),
        stances=tuple(sorted({*a.stances, *b.stances}, key=lambda s: (s.cue, s.polarity))),
        verdicts={**b.verdicts, **a.verdicts},
    )


def _get_label(item: Item) -> str:
    if isinstance(item, Span):
        return item.label
    return "QUOTE" if isinstance(item, Quote) else item.polarity
