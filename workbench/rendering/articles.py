"""Draw an article with its entities in colour and its stances as holder → cue → target rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workbench.core.article import Article
from workbench.core.layer import Layer, require_same_text
from workbench.core.quote import Quote
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.core.stance import POLARITY_SIGNS, Stance
from workbench.rendering.marks import draw_text, list_marks, pale_colours
from workbench.rendering.tables import INK, PAPER, QUIET, Drawn, draw_rows

_TOP = f"vertical-align:top;text-align:left;background-color:{PAPER};color:{INK};padding:6px 12px"


def draw_article(article: Article, layer: Layer, scheme: Scheme | None = None) -> str:
    """Draw one layer over its article as static HTML, stances and quotations beside the text.

    Inline colours, label texts, no script; masked regions are grey. Raises StaleTextError where
    the layer is of another text.
    """
    require_same_text(layer, article)
    colours = pale_colours(scheme)
    text = draw_text(article, list_marks(layer), colours)
    beside = draw_stances(article, layer.stances, colours) + draw_quotes(article, layer.quotes)
    body = f'<div style="line-height:1.9;white-space:pre-wrap;max-width:70ch">{text}</div>'
    return (
        f"<table>{draw_heading(article, layer.author)}<tbody>"
        f'<tr><td style="{_TOP};min-width:22em">{body}</td>'
        f'<td style="{_TOP}">{beside}</td></tr></tbody></table>'
    )


def draw_heading(article: Article, *notes: str) -> str:
    """Draw a table's caption: the title, and in small print outlet, date and notes."""
    parts = [escape(part) for part in (article.outlet, article.published, *notes) if part]
    return (
        f'<caption style="text-align:left;background-color:{PAPER};color:{INK};padding:6px 12px">'
        f"<b>{escape(article.title or article.id)}</b><br><small>{' · '.join(parts)}</small>"
        "</caption>"
    )


def draw_stances(
    article: Article, stances: Sequence[Stance], colours: dict[str, str] | None = None
) -> str:
    """Draw stances as numbered rows: sign, holder → cue → target, and what else is known."""
    if not stances:
        return ""
    rows = []
    for number, stance in enumerate(stances, start=1):
        holder, cue, target = name_parts(article.text, stance)
        arrow = f'<span style="color:{QUIET}">→</span>'
        line = f"<b>{holder}</b> {arrow} <i>“{cue}”</i> {arrow} <b>{target}</b>"
        note = escape(describe_stance(article.text, stance))
        fill = (colours or {}).get(stance.polarity, "#eeeeee")
        words = f"{POLARITY_SIGNS[stance.polarity]} {escape(stance.polarity)}"
        sign = f'<span style="white-space:nowrap">{words}</span>'
        rows.append((number, Drawn(sign, fill), Drawn(f"{line}<br><small>{note}</small>")))
    return draw_rows(("", "stance", "holder → cue → target"), rows, "stances")


def name_parts(text: str, stance: Stance) -> tuple[str, str, str]:
    """Return holder, cue and target as escaped words; a missing end is a dash."""
    holders = ["the author"] * stance.by_author + [_words(text, s) for s in stance.holders]
    cue = " … ".join(text[start:end] for start, end in stance.cue)
    targets = [_words(text, span) for span in stance.targets]
    parts = (" + ".join(holders) or "–", cue, " + ".join(targets) or "–")
    return escape(parts[0]), escape(parts[1]), escape(parts[2])


def describe_stance(text: str, stance: Stance) -> str:
    """Say in a few words what a stance's row leaves out: status, speaker, score, rule."""
    notes = [] if stance.status == "asserted" else [stance.status.upper()]
    if stance.speaker:
        notes.append(f"said by {_words(text, stance.speaker)}")
    if stance.score is not None:
        notes.append(f"score {stance.score:.2f}")
    return " · ".join([*notes, *([stance.rule] if stance.rule else [])])


def draw_quotes(article: Article, quotes: Sequence[Quote]) -> str:
    """Draw quotations as rows: who says what, directly or indirectly."""
    if not quotes:
        return ""
    text = article.text
    rows = [
        (_words(text, quote.speaker) if quote.speaker else None, text[slice(*quote.offsets)],
         quote.form)
        for quote in quotes
    ]  # fmt: skip
    return draw_rows(("speaker", "quotation", "form"), rows, "quotations")


def _words(text: str, span: Span) -> str:
    return text[span.start : span.end]
