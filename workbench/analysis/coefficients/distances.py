"""How far two values of a scale are apart: the metrics of Krippendorff's alpha."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.intervals import Floats
from workbench.core.errors import RatingError

Distance = Callable[[Any, Any], float]
_Between = Callable[[NDArray[np.intp], NDArray[np.intp]], Floats]
_Among = Callable[[Floats], Floats]
METRICS = ("nominal", "ordinal", "interval", "ratio", "jaccard", "masi")
_NUMERIC = ("interval", "ratio")
_SETS = ("jaccard", "masi")


def jaccard(a: frozenset[Any], b: frozenset[Any]) -> float:
    """Return one minus the share of common members (Jaccard 1901); two empty sets are equal."""
    return 1 - len(a & b) / len(a | b) if a | b else 0.0


def masi(a: frozenset[Any], b: frozenset[Any]) -> float:
    """Return the distance of sets that forgives one being part of the other (Passonneau 2006).

    One minus Jaccard's share times 1 for equal sets, 2/3 for a part, 1/3 for a mere overlap, 0
    for nothing in common; NLTK rounds these to .67 and .33.
    """
    if a == b:
        return 0.0
    factor = 2 / 3 if a <= b or b <= a else 1 / 3
    return 1 - (1 - jaccard(a, b)) * factor


def is_missing(value: Any) -> bool:
    """Tell whether a rating is missing: None, or the NaN that data frames write for it."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def read_values(
    ratings: Sequence[Sequence[Any]], metric: str | Distance, order: Sequence[Any] | None = None
) -> tuple[NDArray[np.intp], list[Any]]:
    """Return ratings as positions in the list of their values, -1 where missing, and that list."""
    if isinstance(metric, str) and metric not in METRICS:
        raise RatingError(f"no metric named {metric!r}; there are: {', '.join(METRICS)}")
    # A data frame iterates over the names of its columns.
    table = ratings.to_numpy() if hasattr(ratings, "to_numpy") else ratings
    rows = [list(row) for row in table]
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise RatingError(
            f"the annotators rated {sorted(lengths)} units; each needs a value, or None, for each"
        )
    read = [[None if is_missing(x) else _read_value(x, metric) for x in row] for row in rows]
    found = dict.fromkeys(x for row in read for x in row if x is not None)
    domain = _sort(list(found), metric, order)
    place = {value: i for i, value in enumerate(domain)}
    codes = [[-1 if x is None else place[x] for x in row] for row in read]
    return np.array(codes, dtype=np.intp).reshape(len(rows), max(lengths, default=0)), domain


def _read_value(value: Any, metric: str | Distance) -> Any:
    if metric in _SETS:
        if isinstance(value, str):
            raise RatingError(
                f"{metric} compares sets, and {value!r} is a text; write {{{value!r}}}"
            )
        return frozenset(value)
    if metric in _NUMERIC:
        if isinstance(value, str) or not hasattr(value, "__float__"):
            raise RatingError(f"{metric} compares numbers, and {value!r} is none")
        if metric == "ratio" and value < 0:
            raise RatingError(f"a ratio scale begins at 0, and {value!r} is below")
        return float(value)
    if not isinstance(value, Hashable):
        raise RatingError(f"{metric} compares single values, and {value!r} is several; see jaccard")
    return value


def _sort(values: list[Any], metric: str | Distance, order: Sequence[Any] | None) -> list[Any]:
    if order is not None:
        unknown = [value for value in values if value not in order]
        if unknown:
            raise RatingError(f"the order of values does not name {unknown[0]!r}")
        return list(order)
    if metric != "ordinal":
        return values
    if any(isinstance(value, str) for value in values):
        raise RatingError("an ordinal scale of words needs their order, from low to high: order=")
    return sorted(values)


def measure_distances(
    domain: Sequence[Any], metric: str | Distance
) -> Callable[[Floats], tuple[_Between, _Among]]:
    """Return what gives, for counts of values, the distance of pairs and the sum among all.

    `counts` is resamples × values: an ordinal distance depends on how often values occur.
    """
    if metric == "nominal":
        return lambda counts: (
            lambda a, b: (a != b).astype(np.float64),
            lambda counts: counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1),
        )
    if metric == "ordinal":
        # The squared sum of ranks between two values is the squared difference of their mid-ranks.
        return lambda counts: _on_a_line(counts.cumsum(axis=1) - counts / 2)
    if metric == "interval":
        places = np.array(domain, dtype=np.float64)[None, :]
        return lambda counts: _on_a_line(places - places.mean())
    table = _tabulate(domain, metric)
    return lambda counts: (
        lambda a, b: table[a, b],
        lambda counts: ((counts @ table) * counts).sum(axis=1),
    )


def _on_a_line(places: Floats) -> tuple[_Between, _Among]:
    """Return squared differences of places, without comparing every value with every other."""

    def among(counts: Floats) -> Floats:
        total = counts.sum(axis=1)
        mean = (counts * places).sum(axis=1) / np.maximum(total, 1e-300)
        spread: Floats = (counts * (places - mean[:, None]) ** 2).sum(axis=1)
        apart: Floats = 2 * total * spread
        return apart

    return (lambda a, b: (places[:, a] - places[:, b]) ** 2), among


def _tabulate(domain: Sequence[Any], metric: str | Distance) -> Floats:
    if metric == "ratio":
        values = np.array(domain, dtype=np.float64)
        total = values[:, None] + values[None, :]
        apart = values[:, None] - values[None, :]
        share: Floats = np.divide(apart, total, out=np.zeros_like(apart), where=total > 0)
        squared: Floats = np.square(share)
        return squared
    own: dict[str, Distance] = {"jaccard": jaccard, "masi": masi}
    distance = own[metric] if isinstance(metric, str) else metric
    return np.array([[distance(a, b) for b in domain] for a in domain], dtype=np.float64)
