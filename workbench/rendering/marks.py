"""Marks: what is drawn over a text, coloured, signed and named, never by colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.core.offsets import Offsets
from workbench.core.quote import QUOTE
from workbench.core.scheme import Scheme
from workbench.core.span import MENTION
from workbench.core.stance import POLARITIES, POLARITY_SIGNS
from workbench.rendering.tables import INK, PAPER, QUIET

_PLAIN = "#eeeeee"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A piece of text to be drawn as something: `name` is written behind it in small print.

    `differs` says that not every layer that is compared has it.
    """

    start: int
    end: int
    label: str
    name: str = ""
    differs: bool = False


def list_marks(layer: Layer) -> list[Mark]:
    """Return a layer's spans, quotes and cues as marks; a cue bears the number of its stance."""
    marks = [Mark(*span.offsets, span.label, span.label) for span in layer.spans]
    marks += [Mark(*quote.offsets, QUOTE) for quote in layer.quotes]
    for number, stance in enumerate(layer.stances, start=1):
        name = f"{POLARITY_SIGNS[stance.polarity]}{number}"
        marks += [Mark(*cue, stance.polarity, name) for cue in stance.cue]
    return marks


def pale_colours(scheme: Scheme | None) -> dict[str, str]:
    """Return a background for each label on which dark text is readable."""
    return {label.name: lighten(label.colour) for label in scheme.labels} if scheme else {}


def draw_text(
    article: Article,
    marks: Iterable[Mark],
    colours: Mapping[str, str],
    window: Offsets | None = None,
) -> str:
    """Draw the text, or a window of it, with nested and even crossing marks; furniture is grey."""
    first, last = window or (0, len(article.text))
    ordered = sorted({m for m in marks if m.start < last and m.end > first}, key=_rank)
    edges = {first, last} | {edge for mark in ordered for edge in (mark.start, mark.end)}
    edges |= {edge for region in article.masked for edge in region}
    cuts = sorted(edge for edge in edges if first <= edge <= last)
    pieces = []
    for start, end in pairwise(cuts):
        piece = escape(article.text[start:end])
        for mark in reversed([m for m in ordered if m.start <= start and end <= m.end]):
            piece = _draw_mark(mark, piece, colours, ends=end == min(mark.end, last))
        if any(region[0] <= start and end <= region[1] for region in article.masked):
            piece = f'<span style="color:{QUIET}" title="page furniture">{piece}</span>'
        pieces.append(piece)
    return "".join(pieces)


def lighten(colour: str, share: float = 0.65) -> str:
    """Mix a `#rrggbb` colour with that share of white, so that dark text stays readable on it."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts)


def _rank(mark: Mark) -> tuple[int, int, str, str]:
    return (mark.start, -mark.end, mark.label, mark.name)


def _draw_mark(mark: Mark, piece: str, colours: Mapping[str, str], *, ends: bool) -> str:
    """Entities are filled, mentions dotted below, cues doubled below, quotations dashed below."""
    name = f"<small> {escape(mark.name)}</small>" if ends and mark.name else ""
    if ends and mark.differs:
        name += "<small> ≠</small>"
    line, fill = f"1px solid {_PLAIN}", colours.get(mark.label, _PLAIN)
    if mark.label == QUOTE:
        line, fill = f"1px dashed {QUIET}", PAPER
    elif mark.label == MENTION:
        line = f"1px dotted {INK}"
    elif mark.label in POLARITIES:
        line = f"3px double {INK}"
    edge = f";border:2px dashed {INK}" if mark.differs else f";border-bottom:{line}"
    return f'<mark style="background-color:{fill};color:{INK}{edge}">{piece}{name}</mark>'
