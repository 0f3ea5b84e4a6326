"""Draw several layers of one article side by side, with what only some of them have marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape

from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer, require_same_text
from workbench.core.offsets import Offsets
from workbench.core.quote import QUOTE, Quote
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.core.stance import POLARITY_SIGNS
from workbench.rendering.articles import describe_stance, draw_heading
from workbench.rendering.marks import Mark, draw_text, list_marks, pale_colours
from workbench.rendering.tables import INK, PAPER, QUIET, Drawn, draw_rows, make_visible

_CELL = f"vertical-align:top;text-align:left;background-color:{PAPER};color:{INK};padding:6px 12px"
_DIFFERS = "#fff3cd"


def draw_comparison(article: Article, layers: Sequence[Layer], scheme: Scheme | None = None) -> str:
    """Draw layers side by side, line by line; lines that all mark alike are left out and counted.

    What only some layers have bears a dashed frame and ≠, and is listed below with who has it.
    Raises StaleTextError where a layer is of another text.
    """
    for layer in layers:
        require_same_text(layer, article)
    colours = pale_colours(scheme)
    marks = _mark_differences(layers)
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(name_layer(x))}</th>' for x in layers)
    body, alike = [], 0
    for window in _list_lines(article.text):
        if not any(m.differs and m.start < window[1] and m.end > window[0]
                   for row in marks for m in row):  # fmt: skip
            alike += 1
            continue
        cells = (
            f'<td style="{_CELL};line-height:1.9">{draw_text(article, row, colours, window)}</td>'
            for row in marks
        )
        body.append(f"<tr>{''.join(cells)}</tr>")
    said = f"{alike} lines are" if alike != 1 else "1 line is"
    note = f'<p style="color:{QUIET};background-color:{PAPER}">{said} marked alike.</p>'
    return (
        f"<table>{draw_heading(article)}<thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table>{note}{draw_differences(article, layers)}"
    )


def draw_differences(article: Article, layers: Sequence[Layer]) -> str:
    """Draw a table of the items that not every layer has, in the order of the text."""
    rows = []
    for item, has in list_differences(layers):
        kind, words, note = describe_item(article.text, item)
        ticks = [Drawn("✓ yes") if h else Drawn("– no", _DIFFERS) for h in has]
        rows.append((kind, Drawn(f"{escape(words)}<br><small>{escape(note)}</small>"), *ticks))
    if not rows:
        return f'<p style="background-color:{PAPER};color:{INK}">All layers say the same.</p>'
    columns = ("what", "words", *(name_layer(layer) for layer in layers))
    return draw_rows(columns, rows, f"{len(rows)} differences")


def list_differences(layers: Sequence[Layer]) -> list[tuple[Item, list[bool]]]:
    """Return the items that not every layer has, each with which layers have it."""
    keys = [{_key(item) for item in layer.items} for layer in layers]
    found: dict[object, Item] = {}
    for layer in layers:
        for item in layer.items:
            found.setdefault(_key(item), item)
    rows = [(item, [key in own for own in keys]) for key, item in found.items()]
    different = [row for row in rows if not all(row[1])]
    return sorted(different, key=lambda row: (row[0].offsets, type(row[0]).__name__, not row[1][0]))


def describe_item(text: str, item: Item) -> tuple[str, str, str]:
    """Return an item as plain words: its label or polarity, its words, and what else it says."""
    if isinstance(item, Span):
        return item.label, text[slice(*item.offsets)], ""
    if isinstance(item, Quote):
        who = text[slice(*item.speaker.offsets)] if item.speaker else "nobody named"
        return QUOTE, text[slice(*item.offsets)], f"said by {who}, {item.form}"
    holders = ["the author"] * item.by_author + [text[slice(*s.offsets)] for s in item.holders]
    targets = [text[slice(*s.offsets)] for s in item.targets]
    cue = " … ".join(text[start:end] for start, end in item.cue)
    words = f"{' + '.join(holders) or '–'} → “{cue}” → {' + '.join(targets) or '–'}"
    return f"{POLARITY_SIGNS[item.polarity]} {item.polarity}", words, describe_stance(text, item)


def write_item_line(text: str, item: Item) -> str:
    """Write an item as one line of plain text, line breaks and control characters made visible."""
    kind, words, note = describe_item(text, item)
    line = f"{kind} {words} ({note})" if note else f"{kind} {words}"
    return make_visible(line)


def name_layer(layer: Layer) -> str:
    """Name a layer's author; of gold and predictions the kind too."""
    return layer.author if layer.kind == "annotation" else f"{layer.kind} · {layer.author}"


def _mark_differences(layers: Sequence[Layer]) -> list[list[Mark]]:
    different = {_key(item) for item, _ in list_differences(layers)}
    rows = []
    for layer in layers:
        odd = {(i.offsets, _label(i)) for i in layer.items if _key(i) in different}
        odd |= {(c, s.polarity) for s in layer.stances if _key(s) in different for c in s.cue}
        rows.append(
            [
                replace(m, differs=((m.start, m.end), m.label) in odd, name=m.name or m.label)
                for m in list_marks(layer)
            ]
        )
    return rows


def _key(item: Item) -> tuple[str, ...]:
    """Say what makes two items the same here: the id, a quotation's speaker, a stance's status."""
    speaker = item.speaker.offsets if isinstance(item, Quote) and item.speaker else ""
    return (identify("", item), str(speaker), str(getattr(item, "status", "")))


def _label(item: Item) -> str:
    if isinstance(item, Span):
        return item.label
    return QUOTE if isinstance(item, Quote) else item.polarity


def _list_lines(text: str) -> Iterator[Offsets]:
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield (start, start + len(line.rstrip("\n")))
        start += len(line)
