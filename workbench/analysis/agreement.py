"""How far annotators agree before adjudication: pairwise F1 inside what both were asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean
from typing import Any

from workbench.analysis.scope import restrict, share_scope
from workbench.analysis.scores import Counts, Score, score_documents
from workbench.analysis.spans import count_spans
from workbench.analysis.stances import STANCE_LEVELS, count_stances
from workbench.core.layer import Layer

MEASURES = ("spans", *(f"stances {level}" for level in STANCE_LEVELS))


@dataclass(frozen=True)
class PairAgreement:
    """The agreement of two annotators: a score for each measure, and on how many articles."""

    authors: tuple[str, str]
    articles: int
    scores: dict[str, Score]


@dataclass(frozen=True)
class Agreement:
    """The agreement of every two annotators, and what it rests on.

    `suggested` is the share of shared passages in which both saw suggestions: agreement on
    suggestions that nobody touched is no evidence of their quality.
    """

    pairs: tuple[PairAgreement, ...]
    articles: int
    shared: int
    suggested: float | None

    def __repr__(self) -> str:
        """Show the mean over pairs of the two numbers that people ask for first."""
        shown = (f"{name} {_show(self.average(name))}" for name in ("spans", "stances strict"))
        return f"Agreement({', '.join(shown)}; {self.shared} of {self.articles} articles shared)"

    def average(self, measure: str) -> float | None:
        """Return the mean of a measure over the pairs where it is defined."""
        values = [pair.scores[measure].value for pair in self.pairs]
        defined = [value for value in values if value is not None]
        return mean(defined) if defined else None

    def to_record(self) -> dict[str, Any]:
        """Write the agreement as plain JSON."""
        return {
            "articles": self.articles,
            "shared": self.shared,
            "suggested": self.suggested,
            "mean": {name: self.average(name) for name in MEASURES},
            "pairs": [
                {
                    "authors": list(pair.authors),
                    "articles": pair.articles,
                    **{name: score.to_record() for name, score in pair.scores.items()},
                }
                for pair in self.pairs
            ],
        }

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows: the pair, its articles, and F1 for each measure."""
        rows: list[tuple[object, ...]] = [
            (" × ".join(p.authors), p.articles, *(p.scores[m].value for m in MEASURES))
            for p in self.pairs
        ]
        return [*rows, ("mean over pairs", self.shared, *(self.average(m) for m in MEASURES))]


def measure_agreement(layers: Iterable[Layer], *, seed: int = 0) -> Agreement:
    """Measure the agreement of every two authors on the articles that both submitted.

    F1 does not depend on which of the two is the first (Hripcsak and Rothschild 2005). Counted
    only inside the passages and labels that both were shown and asked.
    """
    by_article: dict[str, list[Layer]] = {}
    for layer in layers:
        by_article.setdefault(layer.article_id, []).append(layer)
    documents: dict[tuple[str, str], list[dict[str, Counts]]] = {}
    shown: list[bool] = []
    shared = 0
    for work in by_article.values():
        counted = False
        for a, b in combinations(sorted(work, key=lambda layer: layer.author), 2):
            scope = share_scope(a.passages, b.passages)
            if a.author == b.author or not scope:
                continue
            counted = True
            shown += [p.suggested_by is not None for layer in (a, b) for p in layer.passages]
            counts = _count(restrict(a, scope), restrict(b, scope))
            documents.setdefault((a.author, b.author), []).append(counts)
        shared += counted
    pairs = tuple(_score(authors, rows, seed) for authors, rows in sorted(documents.items()))
    return Agreement(pairs, len(by_article), shared, mean(shown) if shown else None)


def _count(a: Layer, b: Layer) -> dict[str, Counts]:
    counts = {"spans": count_spans(a.spans, b.spans)}
    for level in STANCE_LEVELS:
        counts[f"stances {level}"] = count_stances(a, b, level)
    return counts


def _score(
    authors: tuple[str, str], documents: Sequence[dict[str, Counts]], seed: int
) -> PairAgreement:
    scores = {name: score_documents([d[name] for d in documents], seed=seed) for name in MEASURES}
    return PairAgreement(authors, len(documents), scores)


def _show(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
