"""Evaluate a pipeline on a release's gold."""

from __future__ import annotations

from pathlib import Path

from workbench.analysis.evaluation import Evaluation, evaluate_layers
from workbench.core.article import Article
from workbench.core.errors import ReleaseError
from workbench.core.layer import Layer
from workbench.preannotation import annotate, load_pipeline
from workbench.project import Project
from workbench.releases.files import check_version, read_release
from workbench.training import Model

Gold = tuple[tuple[Article, Layer], ...]


def evaluate(
    project: Project, model: Model | str | Path | None, *, on: Gold | str, seed: int = 0
) -> Evaluation:
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
    return evaluate_layers([layer for _, layer in gold], predicted, texts, seed=seed)


def read_gold(project: Project, on: str) -> Gold:
    """Read the gold that `VERSION` or `VERSION:SPLIT` names."""
    version, _, split = on.partition(":")
    return read_release(project.releases / check_version(version)).select(split or "test")
