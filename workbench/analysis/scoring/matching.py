"""One-to-one matching of two lists, the heaviest there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

_A = TypeVar("_A")
_B = TypeVar("_B")


def match(
    a: Sequence[_A], b: Sequence[_B], weigh: Callable[[_A, _B], float]
) -> list[tuple[int, int, float]]:
    """Return the pairs of positions and weights whose sum is greatest; a weight of 0 is no match.

    Kuhn's assignment (1955), through scipy.
    """
    if not a or not b:
        return []
    from scipy.optimize import linear_sum_assignment

    weights = np.array([[weigh(x, y) for y in b] for x in a], dtype=float)
    rows, columns = linear_sum_assignment(-weights)
    return [
        (int(i), int(j), float(weights[i, j]))
        for i, j in zip(rows, columns, strict=True)
        if weights[i, j] > 0
    ]
