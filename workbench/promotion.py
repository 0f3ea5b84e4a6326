"""Promote a model: it becomes the project's own once a paired test says that it is not worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.analysis.scoring.counting import HEADLINES, count_documents, pair_layers
from workbench.analysis.scoring.paired import Difference, compare_counts
from workbench.analysis.scoring.scores import Counts
from workbench.core.errors import ReleaseError
from workbench.core.interval import write_interval
from workbench.evaluation import Gold, predict, read_gold
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.store.names import CURRENT, add_model, find_model_record
from workbench.training import Model, find_model

MARGIN = 0.05
"""How much F1 a label may lose, and the whole by its mean, before a model is refused."""
ENOUGH_OF_A_LABEL = 10
"""Gold spans of a label below which its F1 says nothing."""
COLUMNS = ("what", "difference of F1", "95% interval", "share worse", "n")


@dataclass(frozen=True)
class Promotion:
    """The outcome: which model stands now, what it was held against, and every reason against."""

    model: str
    against: str
    on: str
    differences: Mapping[str, Difference]
    reasons: tuple[str, ...]
    promoted: bool

    def __repr__(self) -> str:
        """Say whether the model stands, and why not."""
        if self.promoted:
            return f"Promotion({self.model!r} is the project's model now)"
        return f"Promotion({self.model!r} refused: {'; '.join(self.reasons)})"

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), repr(self))

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows: what, difference, interval, share of resamples worse, n."""
        return [
            (name, d.value, write_interval(d.interval, signed=True), d.worse, d.n)
            for name, d in self.differences.items()
        ]

    def to_record(self) -> dict[str, Any]:
        """Write the outcome as plain JSON."""
        return {
            "model": self.model,
            "against": self.against,
            "on": self.on,
            "promoted": self.promoted,
            "reasons": list(self.reasons),
            "differences": {name: d.to_record() for name, d in self.differences.items()},
        }


def promote(
    project: Project,
    model: Model | str,
    *,
    on: str = "",
    margin: float = MARGIN,
    force: str = "",
    seed: int = 0,
) -> Promotion:
    """Make a model the project's current one, which `preannotate` uses by default.

    It is held against the present one, or the base pipeline where none was promoted, on the
    frozen test of the model's release or of `on` (`VERSION` or `VERSION:SPLIT`). It is refused
    where it is worse over all or a label falls beyond the margin; `force` states why it is
    promoted nevertheless. Raises ReleaseError where there is no gold to judge by.
    """
    new = find_model(project, model) if isinstance(model, str) else model
    on = on or f"{new.release}:test"
    gold = read_gold(project, on)
    if not gold:
        raise ReleaseError(
            f"there is no gold in {on} to judge {new.name!r} by; name some with --on"
        )
    present = find_current(project)
    before = _count(project, present, gold)
    after = _count(project, new, gold)
    differences = {
        name: compare_counts(before.get(name, []) or [Counts()] * len(gold), rows, seed=seed)
        for name, rows in after.items()
    }
    reasons = list_reasons(differences, margin)
    against = present.name if present is not None else "base"
    shown = {n: d for n, d in differences.items() if n in HEADLINES or is_label(n)}
    outcome = Promotion(new.name, against, on, shown, tuple(reasons), not reasons or bool(force))
    if outcome.promoted:
        record = {**new.to_record(), "promotion": {**outcome.to_record(), "force": force}}
        with project.store() as connection:
            add_model(connection, CURRENT, record, at=project.now())
    return outcome


def list_reasons(differences: Mapping[str, Difference], margin: float) -> list[str]:
    """List everything that speaks against a model.

    Over all it is worse where the whole interval of a headline lies below zero, or its mean loss
    is beyond the margin; a label is where it loses more than the margin and has enough gold.
    """
    reasons = []
    for name in HEADLINES:
        found = differences.get(name)
        if found is None or found.value is None:
            continue
        is_surely_worse = found.interval is not None and found.interval[1] < 0
        if is_surely_worse or found.value < -margin:
            reasons.append(f"{name} F1 falls by {-found.value:.3f}")
    for name, found in differences.items():
        enough = is_label(name) and found.n >= ENOUGH_OF_A_LABEL
        if enough and found.value is not None and found.value < -margin:
            reasons.append(f"{name.removeprefix('label ')} F1 falls by {-found.value:.3f}")
    return reasons


def find_current(project: Project) -> Model | None:
    """Return the promoted model, None where there is none yet."""
    with project.store() as connection:
        known = find_model_record(connection, CURRENT) is not None
    return find_model(project, CURRENT) if known else None


def is_label(name: str) -> bool:
    """Tell whether a measure is the strict F1 of one label."""
    return name.startswith("label ") and name.count(" ") == 1


def _count(project: Project, model: Model | None, gold: Gold) -> Mapping[str, Sequence[Counts]]:
    _, predicted = predict(project, model, [article for article, _ in gold])
    texts = {article.id: article.text for article, _ in gold}
    return count_documents(pair_layers([layer for _, layer in gold], predicted, texts))
