"""Gamma: how much less disorder there is in what people marked than chance would bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from workbench.analysis.coefficients.coefficient import (
    NO_SPANS,
    TOO_FEW_CODERS,
    Coefficient,
    undefined,
)
from workbench.analysis.coefficients.continua import Continuum, Unit, Units, read_continua
from workbench.analysis.coefficients.unit_alignment import Dissimilarity, align_units
from workbench.analysis.intervals import (
    RESAMPLES,
    Floats,
    find_interval,
    number_documents,
    resample,
)

N_SAMPLES = 30
"""Random continua of one text; a corpus needs more of them."""
Track = Callable[[Sequence[Any], str], Iterable[Any]]
"""Goes through a sequence and shows how far it is."""


def gamma(
    units: Units | Sequence[Units],
    alpha: float = 1.0,
    beta: float = 1.0,
    delta_empty: float = 1.0,
    n_samples: int = N_SAMPLES,
    seed: int = 0,
    *,
    length: int | Sequence[int] | None = None,
    interval: bool = False,
) -> Coefficient:
    """Return gamma of annotators' units (Mathet, Widlöcher and Métivier 2015).

    `units` maps annotators to (start, end, label), units may overlap and nest; a list of such
    mappings is many documents. One minus the disorder of the best alignment over that of chance.
    Chance is `n_samples` random continua: each takes an annotator's units at random and moves them
    along the text in a circle (section 5.2). `details` has the parameters, the seed, both disorders
    and the 95% interval of the disorder by chance. An interval of gamma needs two documents.
    """
    continua = read_continua(units, length)
    parameters = Dissimilarity(alpha, beta, delta_empty)
    return measure_gamma(continua, parameters, n_samples=n_samples, seed=seed, resampled=interval)


def measure_gamma(
    continua: Sequence[Continuum],
    parameters: Dissimilarity | None = None,
    *,
    n_samples: int = N_SAMPLES,
    seed: int = 0,
    resampled: bool = False,
    track: Track = lambda items, _: items,
) -> Coefficient:
    """Return gamma of continua, chance taken from a sample of them all.

    The disorder is the cost of the best alignments over the mean number of units of an annotator,
    both summed over documents: a long document weighs more than a short one.
    """
    parameters = parameters or Dissimilarity()
    continua = [c for c in continua if len(c.annotators) > 1]
    n = sum(continuum.n for continuum in continua)
    details: dict[str, Any] = {
        "alpha": parameters.alpha,
        "beta": parameters.beta,
        "delta_empty": parameters.delta_empty,
        "n_samples": n_samples,
        "seed": seed,
    }
    if not continua:
        return undefined(TOO_FEW_CODERS, n, **details)
    if not n:
        return undefined(NO_SPANS, n, **details)
    marked = [continuum for continuum in continua if continuum.n]
    costs = np.array([_cost(c.units, parameters) for c in track(marked, "aligning")])
    drawn = _draw(marked, n_samples, np.random.default_rng(seed))
    chance = np.array([_cost(units, parameters) for units in track(drawn, "chance")])
    observed, expected = _disorder(costs.sum(axis=0)), _disorder(chance.sum(axis=0))
    details |= {"observed": observed, "expected": expected}
    if not expected > 0:
        return undefined("random units show no disorder either", n, **details)
    null = _disorder(resample(len(chance), seed, lambda weights: weights @ chance))
    details["expected_interval"] = list(find_interval(null) or ()) or None
    numbers, groups = number_documents([c.document for c in marked], len(marked))
    found = None
    if resampled and groups > 1:
        table = np.zeros((groups, 2))
        np.add.at(table, numbers, costs)
        again = _disorder(resample(groups, seed, lambda weights: weights @ table))
        # Chance is drawn anew in another order, or both would go up and down together.
        order = np.random.default_rng(seed).permutation(RESAMPLES)
        found = find_interval(1 - again / null[order])
    return Coefficient(1 - observed / expected, n, found, details=details)


def _cost(units: Sequence[Sequence[Unit]], parameters: Dissimilarity) -> tuple[float, float]:
    """Return what the best alignment costs, and the mean number of units of an annotator."""
    return align_units(units, parameters)[1], sum(map(len, units)) / len(units)


def _disorder(sums: Floats) -> Any:
    with np.errstate(invalid="ignore", divide="ignore"):
        found = sums[..., 0] / sums[..., 1]
    return float(found) if found.ndim == 0 else found


def _draw(
    continua: Sequence[Continuum], n: int, generator: np.random.Generator
) -> list[tuple[tuple[Unit, ...], ...]]:
    """Draw random continua, from each document once before any is drawn again."""
    order: list[int] = []
    while len(order) < n:
        order += list(map(int, generator.permutation(len(continua))))
    return [_shuffle(continua[i], generator) for i in order[:n]]


def _shuffle(continuum: Continuum, generator: np.random.Generator) -> tuple[tuple[Unit, ...], ...]:
    """Give each annotator the units of one drawn at random, moved along the text in a circle.

    Two annotators are not moved alike: half a unit's mean length lies between them, where the
    text has room for it.
    """
    length = continuum.length
    size = sum(end - start for each in continuum for start, end, _ in each) / continuum.n
    shifts: list[int] = []
    drawn = []
    for _ in continuum.annotators:
        for _ in range(20):
            shift = int(generator.integers(length))
            around = [abs(shift - other) for other in shifts]
            if all(min(x, length - x) >= size / 2 for x in around):
                break
        shifts.append(shift)
        units = continuum.units[int(generator.integers(len(continuum.annotators)))]
        moved = [((start + shift) % length, end - start, label) for start, end, label in units]
        drawn.append(tuple(sorted((start, start + long, label) for start, long, label in moved)))
    return tuple(drawn)
