"""Evaluate a pipeline on a release's gold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.analysis.evaluation import Evaluation, evaluate_layers
from workbench.core.article import Article
from workbench.core.errors import ReleaseError
from workbench.core.layer import Layer
from workbench.preannotation import annotate, load_pipeline
from workbench.project import Project
from workbench.releases.files import check_version, read_release
from workbench.rendering.tables import draw_table
from workbench.training import Model

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("what", "precision", "recall", "F1", "95% interval", "n")
Gold = tuple[tuple[Article, Layer], ...]


@dataclass(frozen=True)
class ModelEvaluation:
    """How good a model is on gold, as notebooks show it."""

    author: str
    result: Evaluation

    def __repr__(self) -> str:
        """Show the two numbers that people ask for first."""
        return repr(self.result)

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.result.list_rows(), self.author)

    def to_record(self) -> dict[str, Any]:
        """Write the evaluation in its documented JSON form."""
        return {"author": self.author, **self.result.to_record()}

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a data frame, a row for each score."""
        import pandas as pd

        return pd.DataFrame(self.result.list_rows(), columns=list(COLUMNS))


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
    nlp, author = load_pipeline(project, model.path if isinstance(model, Model) else model)
    articles = [article for article, _ in gold]
    predicted = list(annotate(nlp, articles, author=author, scheme=project.scheme))
    texts = {article.id: article.text for article in articles}
    result = evaluate_layers([layer for _, layer in gold], predicted, texts, seed=seed)
    return ModelEvaluation(author, result)


def read_gold(project: Project, on: str) -> Gold:
    """Read the gold that `VERSION` or `VERSION:SPLIT` names."""
    version, _, split = on.partition(":")
    return read_release(project.releases / check_version(version)).select(split or "test")
