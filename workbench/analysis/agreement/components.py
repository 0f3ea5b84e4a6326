"""Where two sides differ on stances: in the holder, the target, the polarity, the cue, the status.

Records are aligned first: two belong together where their cues overlap, or both their ends match.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.analysis.coefficients.coefficient import Coefficient, undefined
from workbench.analysis.coefficients.reliability import krippendorff_alpha
from workbench.analysis.intervals import find_interval, resample
from workbench.analysis.scoring.matching import match
from workbench.analysis.scoring.scores import Counts, Score, score_documents
from workbench.analysis.scoring.stances import (
    Pair,
    cues_overlap,
    ends_match,
    list_pairs,
    match_pairs,
)
from workbench.core.layer import Layer
from workbench.core.offsets import merge, overlap

NOT_ALIGNED = "no stance of one belongs to any of the other"
COMPONENTS = ("holder", "target", "polarity", "cue", "status")


@dataclass(frozen=True, slots=True)
class Aligned:
    """The stances of two layers of one article, aligned: what agrees in each two that belong."""

    agreed: tuple[Mapping[str, bool], ...]
    dice: tuple[float, ...]
    polarities: tuple[tuple[str, str], ...]
    records: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Component:
    """Agreement on one part of stances.

    `score` is F1 over all records: what was not aligned can't agree. `agreed` is the share of
    aligned records that agree; how many those are is `aligned`.
    """

    score: Score
    aligned: int
    agreed: float | None

    def to_record(self) -> dict[str, Any]:
        """Write the component as plain JSON."""
        record = {**self.score.to_record(), "aligned": self.aligned, "agreed": self.agreed}
        return record if self.aligned else {**record, "reason": self.score.reason or NOT_ALIGNED}


@dataclass(frozen=True, slots=True)
class PolarityAgreement:
    """Alpha and confusion of polarity on pairs whose ends match, and which share of all those are.

    `share` is of both sides' holder-target pairs; without it the alpha tells nothing.
    """

    alpha: Coefficient
    confusion: Mapping[tuple[str, str], int]
    share: float | None
    matched: int

    def to_record(self) -> dict[str, Any]:
        """Write the agreement on polarity as plain JSON."""
        confusion: dict[str, dict[str, int]] = {}
        for (first, second), n in sorted(self.confusion.items()):
            confusion.setdefault(first, {})[second] = n
        return {
            "alpha": self.alpha.to_record(),
            "matched": self.matched,
            "share": self.share,
            "confusion": confusion,
        }


def align_stances(a: Layer, b: Layer) -> Aligned:
    """Align the stances of two layers of one article, one holder and target at a time."""
    one, other = list_pairs(a), list_pairs(b)
    together = [(one[i], other[j]) for i, j, _ in match(one, other, _weigh)]
    return Aligned(
        tuple(_compare(x, y) for x, y in together),
        tuple(measure_dice(x.stance.cue, y.stance.cue) for x, y in together),
        tuple((x.stance.polarity, y.stance.polarity) for x, y in match_pairs(a, b)),
        (len(one), len(other)),
    )


def measure_dice(a: Sequence[tuple[int, int]], b: Sequence[tuple[int, int]]) -> float:
    """Return which share of two cues' characters they have in common (Dice 1945)."""
    one, other = merge(a), merge(b)
    common = sum(overlap(x, y) for x in one for y in other)
    return 2 * common / sum(end - start for start, end in (*one, *other))


def score_components(documents: Sequence[Aligned], *, seed: int = 0) -> dict[str, Component]:
    """Score each part of stances over documents."""
    found = {}
    for name in COMPONENTS:
        counts = [
            Counts(sum(agreed[name] for agreed in document.agreed), *document.records)
            for document in documents
        ]
        aligned = sum(len(document.agreed) for document in documents)
        agreed = sum(x.matched for x in counts)
        share = agreed / aligned if aligned else None
        found[name] = Component(score_documents(counts, seed=seed), aligned, share)
    return found


def measure_cues(documents: Sequence[Aligned], *, seed: int = 0) -> Coefficient:
    """Return the mean Dice of aligned cues."""
    table = np.array([(sum(x.dice), len(x.dice)) for x in documents]).reshape(-1, 2)
    n = int(table[:, 1].sum())
    if not n:
        return undefined(NOT_ALIGNED)
    found = None
    if len(table) > 1:
        sums = resample(len(table), seed, lambda weights: weights @ table)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = find_interval(sums[:, 0] / sums[:, 1])
    return Coefficient(float(table[:, 0].sum() / n), n, found)


def measure_polarity(
    documents: Mapping[Hashable, Aligned], *, symmetric: bool = False, seed: int = 0
) -> PolarityAgreement:
    """Measure alpha and confusion of polarity on matched pairs.

    With `symmetric` the order of a pair tells nothing, as where several annotators are pooled.
    """
    pairs = [(name, pair) for name, document in documents.items() for pair in document.polarities]
    records = sum(sum(document.records) for document in documents.values())
    alpha = krippendorff_alpha(
        [[pair[0] for _, pair in pairs], [pair[1] for _, pair in pairs]],
        documents=[name[0] if isinstance(name, tuple) else name for name, _ in pairs],
        interval=True,
        seed=seed,
    )
    confusion = Counter((min(p), max(p)) if symmetric else p for _, p in pairs)
    share = 2 * len(pairs) / records if records else None
    return PolarityAgreement(alpha, dict(confusion), share, len(pairs))


def _compare(a: Pair, b: Pair) -> dict[str, bool]:
    return {
        "holder": ends_match(a.holder, b.holder),
        "target": ends_match(a.target, b.target),
        "polarity": a.stance.polarity == b.stance.polarity,
        "cue": cues_overlap(a.stance, b.stance),
        "status": a.stance.status == b.stance.status,
    }


def _weigh(a: Pair, b: Pair) -> float:
    """Weigh whether two records belong together; what they say decides between equals only."""
    same = _compare(a, b)
    if not same["cue"] and not (same["holder"] and same["target"]):
        return 0.0
    place = same["cue"] + same["holder"] + same["target"]
    return place + 0.1 * same["polarity"] + 0.01 * same["status"]
