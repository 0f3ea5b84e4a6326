"""Proportions and their intervals."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054
"""The 97.5% point of the standard normal distribution."""


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return the 95% interval of a proportion (Wilson 1927); raises ValueError where n is 0."""
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no proportion")
    share = successes / n
    spread = Z95**2 / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z95 * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    # At the ends the formula is 0 or 1, of which rounding would leave a trace.
    low = max(0.0, middle - half) if successes else 0.0
    return low, min(1.0, middle + half) if successes < n else 1.0
