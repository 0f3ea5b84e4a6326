"""Between layers and spaCy's Docs; what fits no tokens is returned, never moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan
from spacy.util import filter_spans

from workbench.adapters.records.items import write_quote, write_stance
from workbench.adapters.records.layers import read_layer, write_layer
from workbench.core.article import Article
from workbench.core.layer import Layer, Passage, require_same_text
from workbench.core.offsets import is_covered
from workbench.core.quote import Quote
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance

ENTITIES = "entities"
MENTIONS = "mentions"


@dataclass(frozen=True)
class Aligned:
    """A Doc with a layer's spans, and those that do not begin and end with tokens."""

    doc: Doc
    misaligned: tuple[Span, ...]


def layer_from_doc(
    doc: Doc,
    article: Article,
    *,
    author: str,
    asked: Sequence[str],
    scheme: str = "",
    guideline: str = "",
) -> Layer:
    """Read a prediction layer out of a processed Doc; nothing in page furniture is taken.

    Spans that only a quote or stance points to come with them, so that every end is one of the
    layer's spans. A Doc of the article's beginning makes a layer that has shown no more than that.
    """
    found = [*_read_group(doc, ENTITIES), *_read_group(doc, MENTIONS)]
    record: dict[str, Any] = {
        "quotes": doc._.quotes,
        "stances": doc._.stances,
        "clusters": doc._.clusters,
    }
    parts = read_layer({"text_sha256": article.text_sha256, **record}, article=article)
    stances = tuple(s for s in parts.stances if not _is_masked(s.cue, article))
    quotes = tuple(q for q in parts.quotes if not _is_masked([q.offsets], article))
    ends = {end for s in stances for end in (*s.holders, *s.targets)}
    ends |= {quote.speaker for quote in quotes if quote.speaker}
    spans = {span: span for span in (*ends, *found)}
    labels = [s for s in spans.values() if s.label != MENTION or s in ends]
    return Layer(
        article_id=article.id,
        text_sha256=article.text_sha256,
        author=author,
        kind="prediction",
        scheme=scheme,
        guideline=guideline,
        passages=(Passage(0, _find_end(doc), tuple(sorted(asked))),) if len(doc) else (),
        spans=tuple(sorted(s for s in labels if not _is_masked([s.offsets], article) or s in ends)),
        quotes=_drop_repeated_quotes(quotes),
        stances=_drop_repeated_stances(stances),
        clusters=parts.clusters,
    )


def _find_end(doc: Doc) -> int:
    last = doc[-1]
    return int(last.idx) + len(last.text_with_ws)


def doc_from_layer(nlp: Language, article: Article, layer: Layer) -> Aligned:
    """Make a tokenised Doc that carries a layer's spans, quotes, stances and clusters.

    Raises StaleTextError for a layer of another text.
    """
    require_same_text(layer, article)
    doc = nlp.make_doc(article.text)
    groups: dict[str, list[tuple[DocSpan, float | None]]] = {ENTITIES: [], MENTIONS: []}
    misaligned = []
    for span in layer.spans:
        made = doc.char_span(span.start, span.end, label=span.label, span_id=span.rule or "")
        if made is None:
            misaligned.append(span)
            continue
        groups[MENTIONS if span.label == MENTION else ENTITIES].append((made, span.score))
    for name, rows in groups.items():
        doc.spans[name] = [made for made, _ in rows]
        doc.spans[name].attrs["scores"] = [score for _, score in rows]
    doc.set_ents(filter_spans([made for made, _ in groups[ENTITIES]]))
    doc._.masked = [list(region) for region in article.masked]
    doc._.quotes = [write_quote(quote) for quote in layer.quotes]
    doc._.stances = [write_stance(stance) for stance in layer.stances]
    doc._.clusters = write_layer(layer)["clusters"]
    return Aligned(doc, tuple(misaligned))


def _read_group(doc: Doc, name: str) -> list[Span]:
    if name not in doc.spans:
        return []
    group = doc.spans[name]
    scores: Sequence[float | None] = group.attrs.get("scores") or [None] * len(group)
    return [
        Span(span.start_char, span.end_char, span.label_, score, span.id_ or None)
        for span, score in zip(group, scores, strict=True)
    ]


def _is_masked(pieces: Sequence[tuple[int, int]], article: Article) -> bool:
    return any(is_covered(piece, article.masked) for piece in pieces)


def _drop_repeated_quotes(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    unique: Mapping[object, Quote] = {quote.offsets: quote for quote in reversed(quotes)}
    return tuple(sorted(unique.values(), key=lambda quote: quote.offsets))


def _drop_repeated_stances(stances: Sequence[Stance]) -> tuple[Stance, ...]:
    """Keep the first of several records that differ in nothing that identifies them."""
    unique = {(s.cue, s.polarity, s.by_author, s.holders, s.targets): s for s in reversed(stances)}
    return tuple(sorted(unique.values(), key=lambda s: (s.cue, s.polarity)))
