"""Draw a line of scores that grows while something is trained."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.rendering.matrices import BLUE
from workbench.rendering.networks import draw_image
from workbench.rendering.tables import INK, QUIET

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 420, 130, 34, 18


def draw_sparkline(points: Sequence[tuple[float, float]], title: str) -> str:
    """Draw scores from 0 to 1 over steps, with a ring around the best one and its value."""
    if not points:
        return ""
    last = max(step for step, _ in points) or 1.0
    placed = [(_place(step / last, score), score) for step, score in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for (x, y), _ in placed)
    (x, y), best = max(placed, key=lambda place: place[1])
    side = "end" if x > _WIDTH / 2 else "start"
    heights = [(value, _place(0, value)[1]) for value in (0.0, 0.5, 1.0)]
    grid = "".join(
        f'<line x1="{_LEFT}" x2="{_WIDTH - 8}" y1="{height:.1f}" y2="{height:.1f}" '
        f'stroke="#dddddd"/><text x="{_LEFT - 4}" y="{height + 4:.1f}" text-anchor="end" '
        f'fill="{QUIET}">{value:.1f}</text>'
        for value, height in heights
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#ffffff"/>'
        f'{grid}<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="2"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="none" stroke="{INK}"/>'
        f'<text x="{x:.1f}" y="{max(12.0, y - 9):.1f}" text-anchor="{side}" fill="{INK}">'
        f"best {best:.3f}</text></svg>"
    )
    return draw_image(svg, f"{title}: best {best:.3f}, now {points[-1][1]:.3f}")


def _place(share: float, score: float) -> tuple[float, float]:
    height = _HEIGHT - _BOTTOM - 16
    return (_LEFT + share * (_WIDTH - _LEFT - 14), 16 + (1 - score) * height)
