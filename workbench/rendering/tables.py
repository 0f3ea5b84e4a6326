"""Plain HTML tables that survive an untrusted notebook and a static export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_CELL = "padding:2px 10px;text-align:{align};border-bottom:1px solid #dddddd"


def draw_table(columns: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """Draw rows under column names; numbers stand right, None is a dash, all text is escaped."""
    head = "".join(f'<th style="{_CELL.format(align="left")}">{escape(c)}</th>' for c in columns)
    body = "".join(f"<tr>{''.join(_draw_cell(value) for value in row)}</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def format_value(value: object) -> str:
    """Write a cell's value as people read it: three decimals, a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value)


def _draw_cell(value: object) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    align = "right" if is_number else "left"
    return f'<td style="{_CELL.format(align=align)}">{escape(format_value(value))}</td>'
