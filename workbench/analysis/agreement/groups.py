"""The agreement of all annotators together: of what they marked, and of whole articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from workbench.analysis.agreement.cells import Cell, list_cues, list_entities, make_continuum
from workbench.analysis.coefficients.coefficient import NO_UNITS, Coefficient, undefined
from workbench.analysis.coefficients.continua import Continuum, Unit, keep_outermost
from workbench.analysis.coefficients.disorder import Track, measure_gamma
from workbench.analysis.coefficients.kappas import gwet_ac1
from workbench.analysis.coefficients.length_coincidences import tabulate_lengths
from workbench.analysis.coefficients.reliability import krippendorff_alpha
from workbench.analysis.coefficients.unit_alignment import Dissimilarity
from workbench.analysis.coefficients.unitizing import measure_alpha_u
from workbench.analysis.coefficients.unitizing_family import measure_family, measure_labels
from workbench.analysis.intervals import find_interval, number_documents, resample
from workbench.core.layer import Layer

UNIT_KINDS: dict[str, Callable[[Layer], Iterable[Unit]]] = {
    "entities": list_entities,
    "cues": list_cues,
}
"""Each is a continuum of its own, for coefficients weigh by length: a cue outweighs ten names."""


@dataclass(frozen=True)
class Unitizing:
    """How far annotators agree on which stretches to mark, and as what, corrected for chance.

    The family of 2016 is not defined for nested units and sees the outermost; `nested` is how many
    units it leaves out. `coefficients` are gamma, alpha_u, u_alpha, |u_alpha and cu_alpha.
    """

    coefficients: dict[str, Coefficient]
    labels: dict[str, Coefficient]
    nested: int

    def to_record(self) -> dict[str, Any]:
        """Write the agreement as plain JSON."""
        return {
            **{name: found.to_record() for name, found in self.coefficients.items()},
            "ku_alpha": {label: found.to_record() for label, found in self.labels.items()},
            "nested": self.nested,
        }


def measure_unitizing(
    cells: Sequence[Cell],
    list_units: Callable[[Layer], Iterable[Unit]],
    *,
    parameters: Dissimilarity | None = None,
    n_samples: int,
    seed: int = 0,
    track: Track = lambda items, _: items,
) -> Unitizing:
    """Measure agreement on units in cells; resamples draw articles again.

    Without samples (0) gamma is left out.
    """
    whole = [make_continuum(cell, list_units) for cell in cells]
    outermost = [make_continuum(cell, list_units, outermost=True) for cell in cells]
    asked: dict[str, Any] = {"interval": True, "seed": seed}
    found = {}
    if n_samples:
        found["gamma"] = measure_gamma(
            whole, parameters, n_samples=n_samples, seed=seed, resampled=True, track=track
        )
    table = tabulate_lengths(outermost)
    found |= {
        "alpha_u": measure_alpha_u([_unite(continuum) for continuum in whole], **asked),
        **measure_family(table, **asked),
    }
    nested = sum(c.n for c in whole) - sum(c.n for c in outermost)
    return Unitizing(found, measure_labels(table, **asked), nested)


def _unite(continuum: Continuum) -> Continuum:
    """Keep the outermost units of each label, which alpha_u is defined for."""
    kept = []
    for units in continuum:
        labels = {unit[2] for unit in units}
        by_label = (keep_outermost(u for u in units if u[2] == label) for label in labels)
        kept.append(tuple(sorted(unit for each in by_label for unit in each)))
    return replace(continuum, units=tuple(kept))


def measure_articles(cells: Sequence[Cell], *, seed: int = 0) -> dict[str, dict[str, Coefficient]]:
    """Measure agreement on whole articles: whether there is a stance, and which polarities.

    A unit is what the same annotators share of one article. AC1 and raw agreement are over every
    two annotators of a unit, alpha over all of them.
    """
    units = _gather(cells)
    documents = [article for article, _ in units]
    people = sorted({name for _, found in units for name in found})
    has = [[_is_there(found.get(name)) for _, found in units] for name in people]
    which = [[found.get(name) for _, found in units] for name in people]
    asked: dict[str, Any] = {"documents": documents, "interval": True, "seed": seed}
    pairs = [
        (article, bool(found[a]), bool(found[b]))
        for article, found in units
        for a, b in combinations(sorted(found), 2)
    ]
    ac1 = gwet_ac1(
        [a for _, a, _ in pairs],
        [b for _, _, b in pairs],
        order=[False, True],
        documents=[article for article, *_ in pairs],
        interval=True,
        seed=seed,
    )
    return {
        "a stance is there": {
            "raw": _measure_raw(pairs, seed),
            "alpha": krippendorff_alpha(has, **asked),
            "ac1": ac1,
        },
        "which polarities": {
            "masi": krippendorff_alpha(which, "masi", **asked),
            "jaccard": krippendorff_alpha(which, "jaccard", **asked),
        },
    }


def _measure_raw(pairs: Sequence[tuple[str, bool, bool]], seed: int) -> Coefficient:
    """Return the share of pairs that agree, which no chance is taken off."""
    if not pairs:
        return undefined(NO_UNITS)
    numbers, groups = number_documents([article for article, *_ in pairs], len(pairs))
    table = np.zeros((groups, 2))
    np.add.at(table, numbers, [(a == b, 1) for _, a, b in pairs])
    found = None
    if groups > 1:
        sums = resample(groups, seed, lambda weights: weights @ table)
        found = find_interval(sums[:, 0] / sums[:, 1])
    return Coefficient(float(table[:, 0].sum() / len(pairs)), len(pairs), found)


def _gather(cells: Sequence[Cell]) -> list[tuple[str, dict[str, frozenset[str]]]]:
    """Return, for each article and set of annotators, the polarities that each of them found."""
    found: dict[tuple[str, tuple[str, ...]], dict[str, set[str]]] = {}
    for cell in cells:
        there = found.setdefault((cell.article_id, cell.annotators), {})
        for layer in cell.layers:
            there.setdefault(layer.author, set()).update(s.polarity for s in layer.stances)
    return [
        (article, {name: frozenset(polarities) for name, polarities in by_author.items()})
        for (article, _), by_author in found.items()
    ]


def _is_there(polarities: frozenset[str] | None) -> bool | None:
    return None if polarities is None else bool(polarities)
