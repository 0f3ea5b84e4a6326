"""Votes of annotators who err each in their own way: what is probable, and who confuses what."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.coefficients.coefficient import NO_VARIATION, TOO_FEW_CODERS
from workbench.analysis.coefficients.distances import read_values
from workbench.analysis.intervals import Floats
from workbench.core.errors import RatingError

_TINY = 1e-12
Votes = Sequence[Sequence[Any]] | Mapping[Hashable, Mapping[str, Any]]
"""Annotators × units with None for missing, or unit → annotator → label."""


@dataclass(frozen=True)
class Consensus:
    """What a model of annotators' errors makes of their votes; it is a diagnosis, never gold.

    `value` has the most probable label of each unit (None where nobody voted), `probabilities` how
    probable each label is there. `confusion` maps each annotator to label → what they said → how
    often, `accuracy` to how often they were right by the model. `n` counts units with a vote.
    """

    value: tuple[Any, ...] | None
    n: int = 0
    units: tuple[Hashable, ...] = ()
    labels: tuple[Any, ...] = ()
    probabilities: tuple[Mapping[Any, float], ...] = ()
    prevalence: Mapping[Any, float] | None = None
    confusion: Mapping[Hashable, Mapping[Any, Mapping[Any, float]]] | None = None
    accuracy: Mapping[Hashable, float] | None = None
    iterations: int = 0
    reason: str = ""

    def __repr__(self) -> str:
        """Count the units, or say why there is nothing."""
        if self.value is None:
            return f"Consensus(None: {self.reason})"
        return f"Consensus(n={self.n}, labels={list(self.labels)})"

    @property
    def doubt(self) -> tuple[float | None, ...]:
        """How improbable the most probable label of each unit is: the order of a queue."""
        return tuple(1 - max(p.values()) if p else None for p in self.probabilities)

    def to_record(self) -> dict[str, Any]:
        """Write the consensus as plain JSON."""
        record: dict[str, Any] = {
            "value": None if self.value is None else list(self.value),
            "n": self.n,
            "prevalence": self.prevalence and _name(self.prevalence),
            "accuracy": self.accuracy and _name(self.accuracy),
            "confusion": self.confusion and _name_all(self.confusion),
            "iterations": self.iterations,
        }
        return {**record, "reason": self.reason} if self.reason else record


def dawid_skene(
    votes: Votes, *, iterations: int = 200, tolerance: float = 1e-7, prior: float = 0.0
) -> Consensus:
    """Estimate each unit's label and each annotator's errors together (Dawid and Skene 1979).

    Expectation-maximisation from the shares of the votes. `prior` supposes that many more units of
    each label, and for each annotator and label that many votes that were right and as many spread
    over all labels: with little data it keeps an error that nobody made from counting as
    impossible (0: the model of 1979).
    With two annotators the model only prefers one of them without evidence: read it from three on.
    Raises RatingError for ragged votes.
    """
    annotators, units, table = _read(votes)
    if len(annotators) < 2:
        return Consensus(None, reason=TOO_FEW_CODERS)
    codes, labels = read_values(table, "nominal")
    n = int((codes >= 0).any(axis=0).sum()) if codes.size else 0
    if not n:
        return Consensus(None, reason="nobody voted")
    if len(labels) < 2:
        return Consensus(None, n, reason=NO_VARIATION)
    voted = np.stack([codes == value for value in range(len(labels))], axis=2).astype(np.float64)
    there: NDArray[np.bool_] = np.asarray((codes >= 0).any(axis=0))
    probable, errors, prevalence, rounds = _estimate(voted[:, there], iterations, tolerance, prior)
    right = np.einsum("ut,aut->a", probable, voted[:, there]) / voted[:, there].sum(axis=(1, 2))
    rows = iter(probable)
    shares = [_pair(labels, next(rows)) if ok else {} for ok in there.tolist()]
    return Consensus(
        tuple(max(p, key=lambda label: p[label]) if p else None for p in shares),
        n,
        units,
        tuple(labels),
        tuple(shares),
        _pair(labels, prevalence),
        {
            name: {label: _pair(labels, row) for label, row in zip(labels, matrix, strict=True)}
            for name, matrix in zip(annotators, errors, strict=True)
        },
        {name: float(x) for name, x in zip(annotators, right, strict=True) if np.isfinite(x)},
        rounds,
    )


def _estimate(
    voted: Floats, iterations: int, tolerance: float, prior: float
) -> tuple[Floats, Floats, Floats, int]:
    """Return units × labels, annotators × labels × what was said, prevalence, and the rounds."""
    probable = voted.sum(axis=0)
    probable /= probable.sum(axis=1, keepdims=True)
    size = voted.shape[2]
    supposed = prior * (np.eye(size) + 1 / size) + _TINY
    last = -np.inf
    rounds = 0
    while rounds < iterations:
        rounds += 1
        prevalence = (probable.sum(axis=0) + prior) / (len(probable) + prior * size)
        errors = np.einsum("ut,aus->ats", probable, voted) + supposed
        errors /= errors.sum(axis=2, keepdims=True)
        weighed = np.log(prevalence + _TINY) + np.einsum("aus,ats->ut", voted, np.log(errors))
        highest = weighed.max(axis=1, keepdims=True)
        likely = np.exp(weighed - highest)
        probable = likely / likely.sum(axis=1, keepdims=True)
        fit = float((np.log(likely.sum(axis=1)) + highest[:, 0]).sum())
        if abs(fit - last) < tolerance * max(1.0, abs(fit)):
            break
        last = fit
    return probable, errors, prevalence, rounds


def _read(votes: Votes) -> tuple[tuple[Hashable, ...], tuple[Hashable, ...], list[list[Any]]]:
    if not isinstance(votes, Mapping):
        table = [list(row) for row in votes]
        return tuple(range(len(table))), tuple(range(len(table[0]) if table else 0)), table
    if not all(isinstance(by, Mapping) for by in votes.values()):
        raise RatingError("votes map each unit to annotator → label, or are annotators × units")
    annotators = tuple(dict.fromkeys(name for by in votes.values() for name in by))
    return annotators, tuple(votes), [[by.get(a) for by in votes.values()] for a in annotators]


def _pair(labels: Sequence[Any], values: Floats) -> dict[Any, float]:
    return {label: float(value) for label, value in zip(labels, values, strict=True)}


def _name(shares: Mapping[Any, float]) -> dict[str, float]:
    return {str(key): value for key, value in shares.items()}


def _name_all(confusion: Mapping[Hashable, Mapping[Any, Mapping[Any, float]]]) -> dict[str, Any]:
    return {str(a): {str(t): _name(said) for t, said in m.items()} for a, m in confusion.items()}
