"""Plain HTML tables that survive an untrusted notebook and a static export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

INK = "#111111"
PAPER = "#ffffff"
QUIET = "#595959"
"""The grey of what is no content; 7:1 on white."""
_SHORT = 26
"""Characters up to which a cell stays on one line; longer text gets a width that can be read."""
_SHORT_NAME = 14
"""Characters up to which a column's name stays on one line."""
_ONE_LINE = ";white-space:nowrap"
_CELL = "padding:3px 10px;text-align:{align};vertical-align:top;border-bottom:1px solid #dddddd"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cell that is HTML already, with the colour of its background."""

    html: str
    fill: str = PAPER


def draw_table(columns: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """Draw rows under column names; numbers stand right, None is a dash, all text is escaped."""
    return draw_rows(columns, rows, caption)


def draw_rows(
    columns: Sequence[str], rows: Iterable[Sequence[object | Drawn]], caption: str = ""
) -> str:
    """Draw rows whose cells are values, which are escaped, or pairs of HTML and background."""
    style = f"{_CELL.format(align='left')};background-color:#f4f4f4;color:{INK}"
    head = "".join(
        f'<th scope="col" style="{style}{_ONE_LINE * (len(column) <= _SHORT_NAME)}">'
        f"{escape(column)}</th>"
        if column
        else f'<td style="{style}"></td>'
        for column in columns
    )
    body = "".join(f"<tr>{''.join(_draw_cell(value) for value in row)}</tr>" for row in rows)
    title = ""
    if caption:
        look = f"text-align:left;background-color:{PAPER};color:{INK};padding:3px 10px"
        title = f'<caption style="{look}">{escape(caption)}</caption>'
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def format_value(value: object) -> str:
    """Write a cell's value as people read it: three decimals, a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value)


def make_visible(text: str) -> str:
    """Write line breaks and control characters as escapes: a terminal would obey them."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _draw_cell(value: object | Drawn) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    look = _CELL.format(align="right" if is_number else "left")
    if not isinstance(value, Drawn):
        look += _fit(format_value(value))
    drawn = value if isinstance(value, Drawn) else Drawn(escape(format_value(value)))
    return f'<td style="{look};background-color:{drawn.fill};color:{INK}">{drawn.html}</td>'


def _fit(text: str) -> str:
    return _ONE_LINE if len(text) <= _SHORT else ";min-width:14em;overflow-wrap:anywhere"
