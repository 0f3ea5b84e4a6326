"""Draw matrices as tables of pale cells and numbers: agreement, confusion, who is for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from workbench.core.interval import Interval, write_interval
from workbench.core.stance import POLARITIES, POLARITY_SIGNS
from workbench.rendering.marks import lighten
from workbench.rendering.tables import Drawn, draw_rows

BLUE, ORANGE = "#0072b2", "#d55e00"
"""Two hues of Okabe and Ito (2008) that people with any colour vision tell apart."""
_EMPTY = "#ffffff"
_SELF = "#f0f0f0"


def draw_heat_map(
    names: Sequence[str],
    values: Mapping[tuple[str, str], tuple[float | None, Interval | None]],
    caption: str,
) -> str:
    """Draw a symmetric matrix of values from 0 to 1, each with its 95% interval below it.

    `values` maps pairs of names, in either order, to a value and its interval; the deeper the
    blue, the higher the value.
    """
    rows = []
    for one in names:
        cells: list[object] = [Drawn(f"<b>{escape(one)}</b>")]
        for other in names:
            found = values.get((one, other)) or values.get((other, one))
            cells.append(Drawn("·", _SELF) if one == other else _draw_value(found))
        rows.append(cells)
    return draw_rows(("", *names), rows, caption)


def draw_confusion(
    counts: Mapping[tuple[str, str], int], caption: str, *, sides: tuple[str, str]
) -> str:
    """Draw how often each label of one side met each label of the other.

    `sides` names rows and columns. The diagonal is blue, what was confused orange, each deeper
    with its share of the row; the numbers stand in the cells.
    """
    labels = sorted({label for pair in counts for label in pair})
    rows = []
    for one in labels:
        total = sum(counts.get((one, other), 0) for other in labels)
        cells: list[object] = [Drawn(f"<b>{escape(one)}</b>")]
        for other in labels:
            n = counts.get((one, other), 0)
            hue = BLUE if one == other else ORANGE
            fill = lighten(hue, 1 - 0.6 * n / total) if n else _EMPTY
            cells.append(Drawn(f"<b>{n}</b>" if n and one == other else str(n or "·"), fill))
        rows.append([*cells, total])
    return draw_rows((f"{sides[0]} ↓ {sides[1]} →", *labels, "all"), rows, caption)


def draw_signed_matrix(
    counts: Mapping[tuple[str, str], Mapping[str, int]],
    holders: Sequence[str],
    targets: Sequence[str],
    caption: str,
) -> str:
    """Draw who is for or against whom: holders down, targets across, signs and counts in cells.

    Blue where support prevails, orange where opposition does, grey where they are even or neutral.
    """
    rows = []
    for holder in holders:
        cells: list[object] = [Drawn(f"<b>{escape(holder)}</b>")]
        cells += [_draw_signs(counts.get((holder, target), {})) for target in targets]
        rows.append(cells)
    return draw_rows(("holder ↓ target →", *targets), rows, caption)


def balance(counts: Mapping[str, int]) -> float:
    """Return how far support prevails over opposition, from -1 to 1; 0 where neither is there."""
    signed = counts.get("SUPPORT", 0) + counts.get("OPPOSE", 0)
    return (counts.get("SUPPORT", 0) - counts.get("OPPOSE", 0)) / signed if signed else 0.0


def _draw_value(found: tuple[float | None, Interval | None] | None) -> Drawn:
    if found is None or found[0] is None:
        return Drawn("–")
    value, interval = found[0], found[1]
    text = f"<b>{value:.2f}</b>"
    if interval is not None:
        text += f"<br><small>{write_interval(interval)}</small>"
    return Drawn(text, lighten(BLUE, 1 - 0.55 * max(0.0, min(1.0, value))))


def _draw_signs(counts: Mapping[str, int]) -> Drawn:
    shown = [f"{POLARITY_SIGNS[p]}{counts[p]}" for p in POLARITIES if counts.get(p)]
    if not shown:
        return Drawn("")
    lean = balance(counts)
    if not lean:
        return Drawn(" ".join(shown), "#eeeeee")
    return Drawn(" ".join(shown), lighten(BLUE if lean > 0 else ORANGE, 0.85 - 0.35 * abs(lean)))
