"""Draw signed networks, a small picture a period, as images without script and network."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from workbench.rendering.matrices import BLUE, ORANGE, balance
from workbench.rendering.tables import INK, QUIET

Counts = Mapping[tuple[str, str], Mapping[str, int]]
"""How often each polarity was found from a holder to a target."""
_WIDTH, _HEIGHT, _RADIUS = 380, 330, 100
_LONGEST = 20


def draw_networks(periods: Sequence[tuple[str, Counts]], names: Sequence[str], title: str) -> str:
    """Draw who is for or against whom in each period, everybody at the same place in each.

    Support is a solid blue arrow with +, opposition a dashed orange one with −, what is even or
    neutral a thin grey line; the more records, the thicker. Returns an `<img>` whose `alt` says
    the same in words.
    """
    columns = min(3, max(1, len(periods)))
    rows = math.ceil(len(periods) / columns)
    panels = [
        f'<g transform="translate({(i % columns) * _WIDTH} {24 + (i // columns) * _HEIGHT})">'
        f"{_draw_panel(name, counts, names)}</g>"
        for i, (name, counts) in enumerate(periods)
    ]
    width, height = columns * _WIDTH, 24 + rows * _HEIGHT
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{_draw_heads()}'
        f'<text x="8" y="16" font-size="13" font-weight="bold" fill="{INK}">{escape(title)}</text>'
        f"{''.join(panels)}</svg>"
    )
    return draw_image(svg, f"{title}. {'; '.join(_describe(*period) for period in periods)}")


def draw_image(svg: str, alt: str) -> str:
    """Wrap an SVG drawing so that the sanitiser of notebooks lets it pass."""
    data = b64encode(svg.encode("utf-8")).decode("ascii")
    look = "max-width:100%;background-color:#ffffff"
    return f'<img style="{look}" alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def _draw_panel(title: str, counts: Counts, names: Sequence[str]) -> str:
    places = dict(zip(names, _place(len(names)), strict=True))
    parts = [f'<text x="8" y="14" font-weight="bold" fill="{INK}">{escape(title)}</text>']
    shown = set()
    for (holder, target), signs in sorted(counts.items()):
        if holder in places and target in places and holder != target:
            shown |= {holder, target}
            parts.append(_draw_arrow(places[holder], places[target], signs))
    for name, (x, y) in places.items():
        side = "start" if x >= _WIDTH / 2 else "end"
        shift = 10 if side == "start" else -10
        ink, fill = (INK, INK) if name in shown else (QUIET, "#dddddd")
        words = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        parts.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4.5" fill="{fill}"/>'
            f'<text x="{x + shift:.0f}" y="{y + 4:.0f}" text-anchor="{side}" fill="{ink}" '
            f'stroke="#ffffff" stroke-width="3" paint-order="stroke">{escape(words)}</text>'
        )
    return "".join(parts)


def _draw_arrow(
    start: tuple[float, float], end: tuple[float, float], signs: Mapping[str, int]
) -> str:
    """Bend the arrow a little, so that the two directions between two lie beside each other."""
    lean, n = balance(signs), sum(signs.values())
    colour, dash, sign = QUIET, "", ""
    if lean > 0:
        colour, sign = BLUE, "+"
    elif lean < 0:
        colour, dash, sign = ORANGE, ' stroke-dasharray="6 4"', "−"
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    across, along = (
        ((y2 - y1) / length, (x1 - x2) / length),
        ((x2 - x1) / length, (y2 - y1) / length),
    )
    bend = 0.14 * length
    x3, y3 = (x1 + x2) / 2 + across[0] * bend, (y1 + y2) / 2 + across[1] * bend
    x2, y2 = x2 - along[0] * 9, y2 - along[1] * 9
    thick = 1.0 + min(3.0, math.log2(n)) if lean else 0.9
    head = {"+": "for", "−": "against"}.get(sign, "even")
    mark = (
        f'<text x="{(x3 + (x1 + x2) / 2) / 2:.0f}" y="{(y3 + (y1 + y2) / 2) / 2 + 4:.0f}" '
        f'font-size="13" font-weight="bold" text-anchor="middle" fill="{colour}" '
        f'stroke="#ffffff" stroke-width="3" paint-order="stroke">{sign}</text>'
    )
    return (
        f'<path d="M{x1:.0f} {y1:.0f} Q{x3:.0f} {y3:.0f} {x2:.0f} {y2:.0f}" fill="none" '
        f'stroke="{colour}" stroke-width="{thick:.1f}"{dash} marker-end="url(#{head})"/>{mark}'
    )


def _draw_heads() -> str:
    heads = (("for", BLUE), ("against", ORANGE), ("even", QUIET))
    return "<defs>" + "".join(
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8z" fill="{colour}"/>'
        "</marker>"
        for name, colour in heads
    ) + "</defs>"  # fmt: skip


def _place(n: int) -> Iterable[tuple[float, float]]:
    for i in range(n):
        angle = 2 * math.pi * (i + 0.5) / n - math.pi / 2
        yield (
            _WIDTH / 2 + _RADIUS * 0.9 * math.cos(angle),
            _HEIGHT / 2 + _RADIUS * 1.25 * math.sin(angle),
        )


def _describe(title: str, counts: Counts) -> str:
    lines = []
    for (holder, target), signs in sorted(counts.items()):
        lean = balance(signs)
        verb = "supports" if lean > 0 else "opposes" if lean < 0 else "deals with"
        lines.append(f"{holder} {verb} {target}")
    return f"{title}: {', '.join(lines) or 'nothing'}"
