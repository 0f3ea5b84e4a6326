"""Draw an article with its entities in colour and its stances as holder → cue → target rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise

from workbench.core.article import Article
from workbench.core.layer import Layer, require_same_text
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.rendering.tables import draw_table

_SIGNS = {"SUPPORT": "▲", "OPPOSE": "▼", "NEUTRAL": "●", "MIXED": "◆"}
_PLAIN = "#eeeeee"
_GREY = "#888888"


def draw_article(article: Article, layer: Layer, scheme: Scheme | None = None) -> str:
    """Draw one layer over its article as static HTML: inline colours, label texts, no script.

    Masked regions are grey. Raises StaleTextError where the layer is of another text.
    """
    require_same_text(layer, article)
    labels = scheme.labels if scheme else ()
    colours = {label.name: lighten(label.colour) for label in labels}
    cues = [Span(*cue, stance.polarity) for stance in layer.stances for cue in stance.cue]
    text = draw_text(article, [*layer.spans, *cues], colours)
    byline = " · ".join(
        escape(part) for part in (article.outlet, article.published, layer.author) if part
    )
    return (
        f"<div><b>{escape(article.title or article.id)}</b><br><small>{byline}</small>"
        f'<p style="line-height:2;white-space:pre-wrap;max-width:75ch">{text}</p>'
        f"{draw_stances(article, layer)}{draw_quotes(article, layer)}</div>"
    )


def draw_text(article: Article, spans: Iterable[Span], colours: Mapping[str, str]) -> str:
    """Draw the text with nested, even crossing, spans; each ends with its label in small print."""
    marks = sorted(set(spans), key=lambda span: (span.start, -span.end, span.label))
    edges = {0, len(article.text)} | {edge for span in marks for edge in span.offsets}
    edges |= {edge for region in article.masked for edge in region}
    cuts = sorted(edges)
    pieces = []
    for start, end in pairwise(cuts):
        piece = escape(article.text[start:end])
        around = [span for span in marks if span.start <= start and end <= span.end]
        for span in reversed(around):
            name = f"<small> {escape(span.label)}</small>" if span.end == end else ""
            colour = colours.get(span.label, _PLAIN)
            piece = f'<mark style="background-color:{colour};color:#111111">{piece}{name}</mark>'
        if any(region[0] <= start and end <= region[1] for region in article.masked):
            piece = f'<span style="color:{_GREY}" title="page furniture">{piece}</span>'
        pieces.append(piece)
    return "".join(pieces)


def draw_stances(article: Article, layer: Layer) -> str:
    """Draw the layer's stances as a table: holder, sign, polarity, cue, target, status, speaker."""
    if not layer.stances:
        return ""
    rows = [_describe(article.text, stance) for stance in layer.stances]
    columns = ("holder", "", "polarity", "cue", "target", "status", "speaker", "score", "rule")
    return draw_table(columns, rows, "stances")


def draw_quotes(article: Article, layer: Layer) -> str:
    """Draw the layer's quotes as a table: who says what, directly or indirectly."""
    if not layer.quotes:
        return ""
    text = article.text
    rows = [
        (text[slice(*q.speaker.offsets)] if q.speaker else None, text[q.start : q.end], q.form)
        for q in layer.quotes
    ]
    return draw_table(("speaker", "quote", "form"), rows, "quotations")


def lighten(colour: str, share: float = 0.65) -> str:
    """Mix a `#rrggbb` colour with that share of white, so that dark text stays readable on it."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts)


def _describe(text: str, stance: Stance) -> tuple[object, ...]:
    holders = [text[span.start : span.end] for span in stance.holders]
    if stance.by_author:
        holders.insert(0, "(the author)")
    return (
        " + ".join(holders) or None,
        _SIGNS[stance.polarity],
        stance.polarity,
        " … ".join(text[start:end] for start, end in stance.cue),
        " + ".join(text[span.start : span.end] for span in stance.targets) or None,
        stance.status,
        text[slice(*stance.speaker.offsets)] if stance.speaker else None,
        stance.score,
        stance.rule,
    )
