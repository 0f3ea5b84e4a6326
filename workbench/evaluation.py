"""Evaluate a pipeline on a release's gold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.analysis.scoring.confusion import select_confused
from workbench.analysis.scoring.counting import pair_people
from workbench.analysis.scoring.evaluation import (
    Evaluation,
    evaluate_layers,
    evaluate_pairs,
    show_interval,
)
from workbench.core.article import Article
from workbench.core.errors import ReleaseError
from workbench.core.layer import Layer
from workbench.preannotation import annotate, load_pipeline
from workbench.project import Project
from workbench.releases.files import check_version, read_release
from workbench.rendering.curves import Picture, draw_reliability, draw_scores
from workbench.rendering.matrices import draw_confusion
from workbench.rendering.tables import draw_table
from workbench.store.layers import find_layers
from workbench.store.names import CURRENT
from workbench.training import Model, find_model

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "what",
    "precision",
    "recall",
    "F1",
    "95% interval",
    "n",
    "people's F1",
    "their interval",
)
Gold = Sequence[tuple[Article, Layer]]


@dataclass(frozen=True)
class ModelEvaluation:
    """How good a model is on gold, as notebooks show it; `people` is one person held to another.

    Where no two people did the same passages of these articles, `people` is None.
    """

    author: str
    result: Evaluation
    people: Evaluation | None = None

    def __repr__(self) -> str:
        """Show the two numbers that people ask for first."""
        return repr(self.result)

    def _repr_html_(self) -> str:
        table = draw_table(COLUMNS, self.list_rows(), self.author)
        return f"{table}{self._draw_confusion()}"

    def _draw_confusion(self) -> str:
        """Draw what was taken for what: confused labels alone, all polarities."""
        labels = select_confused(self.result.confusion["labels"])
        tables = (
            ("entities of the same offsets, by label; only labels that were confused", labels),
            (
                "stances of the same holder and target, by polarity",
                self.result.confusion["polarity"],
            ),
        )
        sides = ("gold", "found")
        return "".join(draw_confusion(n, what, sides=sides) for what, n in tables if n)

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows, what people reach among themselves beside the model's."""
        theirs = self.people.list_scores() if self.people is not None else {}
        rows = []
        for row in self.result.list_rows():
            score = theirs.get(str(row[0]))
            beside = (None, None) if score is None else (score.value, show_interval(score.interval))
            rows.append((*row, *beside))
        return rows

    def to_record(self) -> dict[str, Any]:
        """Write the evaluation in its documented JSON form."""
        people = None if self.people is None else self.people.to_record()
        return {"author": self.author, **self.result.to_record(), "human": people}

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a data frame, a row for each score."""
        import pandas as pd

        return pd.DataFrame(self.list_rows(), columns=list(COLUMNS))

    def plot(self) -> Picture:
        """Draw each F1 with its interval, the people's beside the model's."""
        sides = {"model": self.result, "people": self.people}
        return draw_scores({
            side: {name: (s.value, s.interval) for name, s in found.list_scores().items()}
            for side, found in sides.items() if found is not None
        })  # fmt: skip

    def plot_reliability(self) -> Picture:
        """Draw the reliability diagram: what scores promise against what gold keeps."""
        return draw_reliability({
            name: [(b.score, b.right, b.n) for b in table.bins]
            for name, table in self.result.reliability.items() if table.bins
        })  # fmt: skip


def evaluate(
    project: Project, model: Model | str | Path | None, *, on: Gold | str, seed: int = 0
) -> ModelEvaluation:
    """Score a model, or the base pipeline where it is None, on gold.

    `on` is a release's `test`, or `VERSION` or `VERSION:SPLIT` (test by default). Raises
    ReleaseError where there is no gold to score on.
    """
    gold = read_gold(project, on) if isinstance(on, str) else on
    if not gold:
        raise ReleaseError(f"there is no gold to evaluate on in {on!r}")
    author, predicted = predict(project, model, [article for article, _ in gold])
    texts = {article.id: article.text for article, _ in gold}
    result = evaluate_layers([layer for _, layer in gold], predicted, texts, seed=seed)
    return ModelEvaluation(author, result, _evaluate_people(project, texts, seed))


def predict(
    project: Project, model: Model | str | Path | None, articles: Sequence[Article]
) -> tuple[str, list[Layer]]:
    """Return a model's author and its layers of articles; nothing is stored."""
    if model == CURRENT:
        model = find_model(project, CURRENT)
    nlp, author = load_pipeline(project, model.path if isinstance(model, Model) else model)
    return author, list(annotate(nlp, articles, author=author, scheme=project.scheme))


def read_gold(project: Project, on: str) -> Gold:
    """Read the gold that `VERSION` or `VERSION:SPLIT` names."""
    version, _, split = on.partition(":")
    return read_release(project.releases / check_version(version)).select(split or "test")


def _evaluate_people(project: Project, texts: dict[str, str], seed: int) -> Evaluation | None:
    """Hold people against each other where several did the same passages of these articles."""
    with project.store() as connection:
        layers = find_layers(connection, kind="annotation")
    work: dict[tuple[str, str], list[Layer]] = {}
    for layer in layers:
        if layer.article_id in texts:
            work.setdefault((layer.article_id, layer.round), []).append(layer)
    pairs = pair_people(list(work.values()), texts)
    return evaluate_pairs(pairs, seed=seed) if pairs else None
