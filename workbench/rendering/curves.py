"""Curves: learning curves, reliability diagrams and intervals as small figures in SVG.

Drawn by matplotlib without a display. Colours are those of Okabe and Ito (2008), which people with
any colour vision tell apart, and each series has a marker of its own besides.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_MARKERS = ("o", "s", "^", "D", "v", "P")
_GREY = "#666666"


@dataclass(frozen=True)
class Point:
    """A value at a place with its interval, None where there is none."""

    x: float
    y: float
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Picture:
    """A figure as SVG with the words that stand for it where it can't be seen."""

    svg: str
    alt: str

    def __repr__(self) -> str:
        """Say what the picture shows."""
        return f"Picture({self.alt!r})"

    def _repr_html_(self) -> str:
        return self.svg


def draw_curves(series: Mapping[str, Sequence[Point]], *, x: str, y: str, title: str) -> Picture:
    """Draw each series as a line with its intervals."""
    figure, axes = _make_figure(title, x, y)
    for number, (name, points) in enumerate(series.items()):
        style = {"color": _COLOURS[number % 6], "marker": _MARKERS[number % 6]}
        axes.plot([p.x for p in points], [p.y for p in points], label=name, **style)
        known = [p for p in points if p.interval is not None]
        low = [p.interval[0] for p in known if p.interval]
        high = [p.interval[1] for p in known if p.interval]
        axes.fill_between([p.x for p in known], low, high, color=style["color"], alpha=0.15, lw=0)
    axes.set_ylim(0, 1)
    axes.legend(frameon=False, fontsize=8)
    told = "; ".join(
        f"{name} from {p[0].y:.2f} at {p[0].x:g} to {p[-1].y:.2f} at {p[-1].x:g}"
        for name, p in series.items()
        if p
    )
    return _finish(figure, f"{title}: {told}")


def draw_reliability(bins: Mapping[str, Sequence[tuple[float, float, int]]]) -> Picture:
    """Draw mean score against share right, a line for each kind; the dashed line is perfect.

    `bins` has for each kind its rows of mean score, share right and n; a dot's area shows n.
    """
    title = "Reliability of scores"
    figure, axes = _make_figure(title, "mean score", "share right")
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", lw=1)
    for number, (name, rows) in enumerate(bins.items()):
        colour, marker = _COLOURS[number % 6], _MARKERS[number % 6]
        scores, right = [row[0] for row in rows], [row[1] for row in rows]
        axes.plot(scores, right, color=colour, lw=1)
        sizes = [12 + 88 * row[2] / max(row[2] for row in rows) for row in rows]
        axes.scatter(scores, right, s=sizes, color=colour, marker=marker, label=name)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    if bins:
        axes.legend(frameon=False, fontsize=8)
    told = "; ".join(
        f"{name} " + ", ".join(f"{score:.2f} → {right:.2f} (n={n})" for score, right, n in rows)
        for name, rows in bins.items()
    )
    return _finish(figure, f"{title}: {told or 'nothing has a score'}")


def draw_scores(
    sides: Mapping[str, Mapping[str, tuple[float | None, tuple[float, float] | None]]],
) -> Picture:
    """Draw F1 with its interval for each measure, a mark for each side (a model, people)."""
    title = "F1 with 95% intervals"
    names = list(dict.fromkeys(name for rows in sides.values() for name in rows))
    figure, axes = _make_figure(title, "F1", "", height=1.2 + 0.24 * len(names))
    told = []
    for number, (side, rows) in enumerate(sides.items()):
        offset = (number - (len(sides) - 1) / 2) * 0.25
        style = {"color": _COLOURS[number % 6], "marker": _MARKERS[number % 6]}
        known = [(names.index(name), *row) for name, row in rows.items() if row[0] is not None]
        axes.plot([row[1] for row in known], [row[0] + offset for row in known], lw=0, ms=4,
                  label=side, **style)  # fmt: skip
        for at, _, interval in known:
            if interval is not None:
                axes.plot(interval, [at + offset] * 2, color=style["color"], lw=1)
        told += [f"{side} {names[at].strip()} {value:.2f}" for at, value, _ in known]
    axes.set_xlim(0, 1)
    axes.set_yticks(range(len(names)), [name.strip() for name in names], fontsize=8)
    axes.invert_yaxis()
    axes.legend(frameon=False, fontsize=8)
    return _finish(figure, f"{title}: {'; '.join(told)}")


def _make_figure(title: str, x: str, y: str, *, height: float = 3.2) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, height), layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, fontsize=10)
    axes.set_xlabel(x, fontsize=9)
    axes.set_ylabel(y, fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(color="#e5e5e5", lw=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _finish(figure: Figure, alt: str) -> Picture:
    """Write the figure as SVG with its text as text, the same bytes each time."""
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "workbench"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    head = f'<svg role="img" aria-label="{escape(alt, quote=True)}"'
    body = svg.removeprefix("<svg")
    at = body.index(">") + 1
    return Picture(f"{head}{body[:at]}<title>{escape(alt)}</title>{body[at:]}", alt)
