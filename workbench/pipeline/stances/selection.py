"""Selection: from which chance on a pair becomes a stance, chosen on held-out articles."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.core.stance import Polarity
from workbench.pipeline.learning.regression import Features

_STEPS = 60
GAIN = 0.01
"""What F1 must gain on held-out articles before the rules' own choice is departed from."""


@dataclass
class Judged:
    """The pairs of some Docs as features, with what gold says of each.

    `keys` are equal for pairs that say the same of the same cue; `hits` are the gold pairs that a
    pair is right about; `wanted` counts all gold pairs.
    """

    rows: list[Features] = field(default_factory=list)
    by_rule: list[bool] = field(default_factory=list)
    keys: list[Hashable] = field(default_factory=list)
    hits: list[frozenset[tuple[str, int]]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    signs: list[Polarity | None] = field(default_factory=list)
    wanted: int = 0

    @property
    def right(self) -> list[bool]:
        """Whether each pair is right."""
        return [bool(hits) for hits in self.hits]


@dataclass(frozen=True)
class Selection:
    """The two thresholds, for the rules' pairs and for new ones, and F1 with and without them."""

    rule: float
    new: float
    f1: float
    f1_of_rules: float


def choose_selection(judged: Judged, chances: Sequence[float]) -> Selection:
    """Choose the thresholds of the best F1 over chances that were given by held-out folds.

    The rules' own choice (all of theirs, nothing new) stays unless F1 gains enough by another.
    """
    values = np.asarray(chances, dtype=float)
    is_rule = np.asarray(judged.by_rule, dtype=bool)
    order = np.argsort(-values, kind="stable")
    base = _score(judged, order, is_rule)
    best = Selection(0.0, 1.01, base, base)
    for rule in _list_thresholds(values[is_rule], 12, lowest=0.0):
        for new in _list_thresholds(values[~is_rule], _STEPS, lowest=0.05):
            kept = np.where(is_rule, values >= rule, values >= new)
            f1 = _score(judged, order, kept)
            if f1 > max(best.f1, base + GAIN):
                best = Selection(rule, new, f1, base)
    return best


def _list_thresholds(values: NDArray[np.float64], n: int, *, lowest: float) -> list[float]:
    if not len(values):
        return [1.01]
    found = (
        np.unique(np.quantile(values[values >= lowest], np.linspace(0, 1, n)))
        if (values >= lowest).any()
        else np.array([])
    )
    return [lowest, *(float(value) for value in found if value > lowest), 1.01]


def _score(judged: Judged, order: NDArray[np.intp], kept: NDArray[np.bool_]) -> float:
    """Return F1 of the kept pairs, those of one key counted once."""
    seen: set[Hashable] = set()
    reached: set[tuple[str, int]] = set()
    right = 0
    for i in order:
        if not kept[i] or judged.keys[i] in seen:
            continue
        seen.add(judged.keys[i])
        fresh = judged.hits[i] - reached
        right += bool(fresh)
        reached |= judged.hits[i]
    return 2 * right / max(1, len(seen) + judged.wanted)
