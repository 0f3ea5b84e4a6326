"""The agreement of a round's annotators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.adjudication.probes import leave_out
from workbench.analysis.agreement.report import N_SAMPLES, Agreement, measure_agreement
from workbench.analysis.coefficients.unit_alignment import Dissimilarity
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.gold.probes import name_probed
from workbench.project import Project
from workbench.rendering.matrices import draw_confusion, draw_heat_map
from workbench.rendering.tables import draw_table
from workbench.rounds.agreement_tables import CAPTIONS, COLUMNS, Row, list_table
from workbench.store.adjudications import find_probes
from workbench.store.articles import find_articles
from workbench.store.layers import find_layers, find_newest
from workbench.store.rounds import get_round

if TYPE_CHECKING:
    import pandas as pd

HEAT_MAPS = ("spans", "stances triple")
"""The measures that are drawn as a heat map of authors × authors."""


@dataclass(frozen=True)
class RoundAgreement:
    """The agreement of a round's annotators, as notebooks show it."""

    result: Agreement

    def __repr__(self) -> str:
        """Show the two numbers that people ask for first."""
        return repr(self.result)

    def _repr_html_(self) -> str:
        parts = [
            draw_table(columns, rows, CAPTIONS[name])
            for name, columns in COLUMNS.items()
            if name != "polarity" and (rows := self.list_rows(name))
        ]
        return "".join((*parts, self._draw_confusion(), self._draw_heat_maps()))

    def _draw_confusion(self) -> str:
        """Draw the polarities that pairs of people gave, which have no first and second."""
        found = self.result.polarity.confusion
        both = {**found, **{(b, a): n for (a, b), n in found.items()}}
        return draw_confusion(both, CAPTIONS["polarity"], sides=("one", "other")) if both else ""

    def _draw_heat_maps(self) -> str:
        """Draw everybody against everybody, each with its interval."""
        pairs = self.result.pairs
        return "".join(
            draw_heat_map(
                list(self.result.tabulate()),
                {p.authors: (p.scores[name].value, p.scores[name].interval) for p in pairs},
                f"{name} F1, everybody against everybody, with 95% intervals",
            )
            for name in HEAT_MAPS
            if pairs
        )

    def average(self, measure: str) -> float | None:
        """Return the mean of a measure over the pairs of people where it is defined."""
        return self.result.average(measure)

    def list_rows(self, table: str = "pairs") -> list[Row]:
        """Return the rows of one of the tables that `COLUMNS` names."""
        return list_table(self.result, table)

    def to_record(self) -> dict[str, Any]:
        """Write the agreement as plain JSON."""
        return self.result.to_record()

    def to_frame(self, table: str = "pairs") -> pd.DataFrame:
        """Return one of the tables that `COLUMNS` names as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.list_rows(table), columns=list(COLUMNS[table]))

    def to_matrix(self, measure: str = "spans") -> pd.DataFrame:
        """Return the matrix of a measure, authors × authors."""
        import pandas as pd

        found = self.result.tabulate(measure)
        return pd.DataFrame(found).reindex(index=list(found), columns=list(found))


def agreement(
    layers: Iterable[Layer],
    articles: Iterable[Article] = (),
    *,
    project: Project | None = None,
    parameters: Dissimilarity | None = None,
    n_samples: int = N_SAMPLES,
    seed: int = 0,
    progress: bool = True,
) -> RoundAgreement:
    """Measure how far people agree with each other, before adjudication, with 95% intervals.

    Predictions and gold among the layers are compared with each person in the same table.
    `articles` give the texts that kappa over tokens needs. With a `project` they are those that it
    has, and what was seeded as a probe in the layers' rounds is left out. `parameters` are those
    of gamma, and `n_samples` the random documents its chance is measured on; 0 leaves it out.
    """
    if project is not None:
        layers = list(layers)
        articles = tuple(articles) or _find_texts(project, layers)
        layers = _leave_probes_out(project, layers)

    def track(items: Sequence[Any], what: str) -> Iterable[Any]:
        from tqdm.auto import tqdm

        return tqdm(items, desc=what, unit="article", delay=1, disable=not progress)

    return RoundAgreement(
        measure_agreement(
            layers,
            texts={article.id: article.text for article in articles},
            parameters=parameters,
            n_samples=n_samples,
            seed=seed,
            track=track,
        )
    )


def measure_round(
    project: Project,
    name: str,
    *,
    n_samples: int = N_SAMPLES,
    seed: int = 0,
    progress: bool = True,
) -> RoundAgreement:
    """Measure the agreement of a round's annotators, with models and gold beside them.

    Models are those whose suggestions were seen and the one that predicted last; the gold is the
    round's, or what was stored last for an article that has none yet. Probes are left out of all
    of them, and so is what each stands for.
    """
    with project.store() as connection:
        get_round(connection, name)
        layers = find_layers(connection, kind="annotation", round=name)
        ids = {layer.article_id for layer in layers}
        drafts = find_layers(connection, kind="prediction", article_ids=ids)
        newest = find_newest(connection, "prediction")
        gold = find_newest(connection, "gold")
        gold |= {x.article_id: x for x in find_layers(connection, kind="gold", round=name)}
        articles = [a for a in find_articles(connection) if a.id in ids]
    seen = {(x.article_id, p.suggested_by) for x in layers for p in x.passages}
    seen |= {(article_id, layer.author) for article_id, layer in newest.items()}
    models = [layer for layer in drafts if (layer.article_id, layer.author) in seen]
    known = [layer for article_id, layer in gold.items() if article_id in ids]
    return agreement(
        (*layers, *models, *known),
        articles,
        project=project,
        n_samples=n_samples,
        seed=seed,
        progress=progress,
    )


def _find_texts(project: Project, layers: Sequence[Layer]) -> list[Article]:
    """Return the articles of layers, but for those whose text is another one now."""
    marked = {(layer.article_id, layer.text_sha256) for layer in layers}
    with project.store() as connection:
        stored = find_articles(connection, {article_id for article_id, _ in marked})
    return [article for article in stored if (article.id, article.text_sha256) in marked]


def _leave_probes_out(project: Project, layers: Sequence[Layer]) -> list[Layer]:
    """Leave the probes of the layers' rounds, and what each stands for, out of all layers."""
    rounds = sorted({layer.round for layer in layers if layer.kind == "annotation"})
    with project.store() as connection:
        probes = [probe for name in rounds for probe in find_probes(connection, name)]
        ids = {probe.article_id for probe in probes}
        articles = {a.id: a for a in find_articles(connection) if a.id in ids}
    probed = name_probed(probes, articles)
    return [leave_out(layer, probed) for layer in layers]
