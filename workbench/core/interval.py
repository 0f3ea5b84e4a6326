"""Intervals of figures, as people read them."""

from __future__ import annotations

from collections.abc import Sequence

Interval = tuple[float, float]
"""The lower and the upper end."""


def write_interval(interval: Sequence[float] | None, *, signed: bool = False) -> str | None:
    """Write an interval with two decimals; None stays None.

    Ends that have a sign, or must show one, stand apart: a dash between them reads as a minus.
    """
    if interval is None:
        return None
    low, high = (round(end, 2) + 0.0 for end in interval)
    if signed:
        return f"{low:+.2f} to {high:+.2f}"
    return f"{low:.2f} to {high:.2f}" if low < 0 else f"{low:.2f}–{high:.2f}"
