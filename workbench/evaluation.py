"""Evaluate a pipeline on a release's gold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.analysis.scoring.confusion import select_confused
from workbench.analysis.scoring.counting import Compared, pair_layers, pair_people
from workbench.analysis.scoring.edges import count_edges
from workbench.analysis.scoring.evaluation import (
    Evaluation,
    evaluate_pairs,
)
from workbench.analysis.scoring.paired import Difference, compare_counts
from workbench.analysis.scoring.scores import Counts
from workbench.analysis.scoring.stances import count_stances
from workbench.core.article import Article
from workbench.core.errors import ReleaseError
from workbench.core.interval import write_interval
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
    from spacy.language import Language

_LEARNT = "workbench_learnt_stances"
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

    Where no two people did the same passages of these articles, `people` is None. `against_rules`
    is what the stances that a model learnt gain over those of the rules in the same pipeline; it
    is None where none were learnt.
    """

    author: str
    result: Evaluation
    people: Evaluation | None = None
    against_rules: Difference | None = None

    def __repr__(self) -> str:
        """Show the two numbers that people ask for first."""
        return repr(self.result)

    def _repr_html_(self) -> str:
        table = draw_table(COLUMNS, self.list_rows(), self.author)
        reading = f"<p>{escape(self.reading)}</p>" if self.reading else ""
        return f"{table}{reading}{self._draw_confusion()}"

    @property
    def reading(self) -> str:
        """One sentence on whether learning beats the rules; empty where nothing was learnt."""
        found = self.against_rules
        if found is None or found.value is None:
            return ""
        by = f"{found.value:+.3f} of triple F1"
        if found.interval is None:
            return f"the learnt stances against the rules': {by}; too few articles to tell"
        low, high = found.interval
        by = f"{by}, 95% interval {low:+.3f} to {high:+.3f}"
        if low > 0:
            return f"the learnt stances beat the rules': {by}"
        if high < 0:
            return f"the learnt stances are worse than the rules': {by}"
        return f"the learnt stances do not beat the rules' for sure: {by}"

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
            beside = (
                (None, None) if score is None else (score.value, write_interval(score.interval))
            )
            rows.append((*row, *beside))
        return rows

    def to_record(self) -> dict[str, Any]:
        """Write the evaluation in its documented JSON form."""
        people = None if self.people is None else self.people.to_record()
        learnt = self.against_rules
        return {
            "author": self.author,
            **self.result.to_record(),
            "human": people,
            "against_rules": None
            if learnt is None
            else {**learnt.to_record(), "reading": self.reading},
        }

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
    nlp, author = _load(project, model)
    articles = [article for article, _ in gold]
    texts = {article.id: article.text for article in articles}
    predicted = list(annotate(nlp, articles, author=author, scheme=project.scheme))
    pairs = pair_layers([layer for _, layer in gold], predicted, texts)
    against = None
    learnt: Any = nlp.get_pipe(_LEARNT) if _LEARNT in nlp.pipe_names else None
    if learnt is not None and learnt.regressions:
        with nlp.select_pipes(disable=[_LEARNT]):
            by_rule = list(annotate(nlp, articles, author=author, scheme=project.scheme))
        rules = pair_layers([layer for _, layer in gold], by_rule, texts)
        against = compare_counts(*(_count_triples(side) for side in (rules, pairs)), seed=seed)
    people = _evaluate_people(project, texts, seed)
    return ModelEvaluation(author, evaluate_pairs(pairs, seed=seed), people, against)


def _count_triples(pairs: Sequence[Compared]) -> list[Counts]:
    """Count the stances of each document, or its edges where gold states them alone."""
    return [
        count_edges(*p.list_edges()) if p.edges else count_stances(p.found, p.gold) for p in pairs
    ]


def predict(
    project: Project, model: Model | str | Path | None, articles: Sequence[Article]
) -> tuple[str, list[Layer]]:
    """Return a model's author and its layers of articles; nothing is stored."""
    nlp, author = _load(project, model)
    return author, list(annotate(nlp, articles, author=author, scheme=project.scheme))


def _load(project: Project, model: Model | str | Path | None) -> tuple[Language, str]:
    if model == CURRENT:
        model = find_model(project, CURRENT)
    return load_pipeline(project, model.path if isinstance(model, Model) else model)


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
