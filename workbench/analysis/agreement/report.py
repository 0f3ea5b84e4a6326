"""How far annotators agree before adjudication, inside what both of any two were asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from workbench.analysis.agreement.cells import Cell, find_cells
from workbench.analysis.agreement.components import Aligned, PolarityAgreement, measure_polarity
from workbench.analysis.agreement.groups import (
    UNIT_KINDS,
    Unitizing,
    measure_articles,
    measure_unitizing,
)
from workbench.analysis.agreement.pairs import (
    MEASURES,
    PairAgreement,
    PairKind,
    SharedArticle,
    count_shared,
    score_pair,
)
from workbench.analysis.agreement.tokens import find_tokens
from workbench.analysis.coefficients.coefficient import Coefficient
from workbench.analysis.coefficients.disorder import Track
from workbench.analysis.coefficients.unit_alignment import Dissimilarity
from workbench.analysis.intervals import Floats, find_interval, resample
from workbench.analysis.scoring.scores import Counts, Score
from workbench.core.layer import Layer
from workbench.core.offsets import Offsets
from workbench.core.span import MENTION

N_SAMPLES = 100
"""Random documents that gamma's chance is measured on, pooled over all articles."""
_KINDS: dict[str, PairKind] = {"annotation": "people", "prediction": "model", "gold": "gold"}
_Key = tuple[str, str, PairKind]


@dataclass(frozen=True)
class Agreement:
    """The agreement of every two annotators, of all together, and what it rests on.

    `pairs` has people first, then each person against models and against gold; means, unitizing
    and articles are of people alone. `shared` counts the articles that two people submitted, of
    `articles` that anybody did.
    """

    pairs: tuple[PairAgreement, ...]
    means: Mapping[str, Score]
    labels: Mapping[str, Score]
    unitizing: Mapping[str, Unitizing]
    polarity: PolarityAgreement
    documents: Mapping[str, Mapping[str, Coefficient]]
    articles: int
    shared: int
    seed: int = 0

    def __repr__(self) -> str:
        """Show the mean over pairs of the two numbers that people ask for first."""
        shown = (f"{name} {_show(self.average(name))}" for name in ("spans", "stances strict"))
        return f"Agreement({', '.join(shown)}; {self.shared} of {self.articles} articles shared)"

    @property
    def people(self) -> tuple[PairAgreement, ...]:
        """The pairs of two people."""
        return tuple(pair for pair in self.pairs if pair.kind == "people")

    @property
    def suggested(self) -> float | None:
        """Which share of what two people share was seen with suggestions by both.

        Agreement on suggestions that nobody touched is no evidence of their quality.
        """
        return self.arms.get("suggested", 0.0) if self.arms else None

    @property
    def arms(self) -> dict[str, float]:
        """Which shares of what two people share were seen with suggestions, blind, or mixed."""
        passages: Counter[str] = Counter()
        for pair in self.people:
            passages.update({arm: n for arm, (n, _) in pair.arms.items()})
        return {arm: n / passages.total() for arm, n in sorted(passages.items())}

    def average(self, measure: str) -> float | None:
        """Return the mean of a measure over the pairs of people where it is defined."""
        return self.means[measure].value

    def tabulate(self, measure: str = "spans") -> dict[str, dict[str, float | None]]:
        """Return the matrix of a measure: author → author → value."""
        found: dict[str, dict[str, float | None]] = {}
        for pair in self.pairs:
            for one, other in (pair.authors, pair.authors[::-1]):
                found.setdefault(one, {})[other] = pair.scores[measure].value
        return found

    def to_record(self) -> dict[str, Any]:
        """Write the agreement as plain JSON, to six decimals: the rest differs by machine."""
        record = {
            "before_adjudication": True,
            "articles": self.articles,
            "shared": self.shared,
            "doubly_annotated": self.shared / self.articles if self.articles else None,
            "suggested": self.suggested,
            "arms": self.arms,
            "seed": self.seed,
            "mean": {name: score.value for name, score in self.means.items()},
            "means": {name: _write_mean(score) for name, score in self.means.items()},
            "labels": {name: _write_mean(score) for name, score in self.labels.items()},
            "unitizing": {name: found.to_record() for name, found in self.unitizing.items()},
            "polarity": self.polarity.to_record(),
            "documents": {
                name: {kind: found.to_record() for kind, found in by.items()}
                for name, by in self.documents.items()
            },
            "pairs": [pair.to_record() for pair in self.pairs],
        }
        rounded: dict[str, Any] = _round(record)
        return rounded


def measure_agreement(
    layers: Iterable[Layer],
    *,
    texts: Mapping[str, str] | None = None,
    parameters: Dissimilarity | None = None,
    n_samples: int = N_SAMPLES,
    seed: int = 0,
    track: Track = lambda items, _: items,
) -> Agreement:
    """Measure how far people agree with each other, with models and with gold.

    Counted only inside the passages and labels that both were shown and asked (F1 does not depend
    on which of the two is the first: Hripcsak and Rothschild 2005). `texts` holds articles' texts
    by id, for kappa over tokens. Without samples (0) gamma, the slow one, is left out.
    """
    by_article: dict[str, list[Layer]] = {}
    for layer in layers:
        by_article.setdefault(layer.article_id, []).append(layer)
    labels = sorted({s.label for x in by_article.values() for y in x for s in y.spans} - {MENTION})
    shared: dict[_Key, list[SharedArticle]] = {}
    cells: list[Cell] = []
    for article_id, work in track(sorted(by_article.items()), "comparing"):
        tokens = find_tokens(texts[article_id]) if texts and article_id in texts else None
        _compare(sorted(work, key=lambda x: (x.author, x.round)), shared, tokens, labels)
        cells += find_cells([layer for layer in work if layer.kind == "annotation"])
    ordered = sorted(shared.items(), key=lambda x: (list(_KINDS.values()).index(x[0][2]), x[0]))
    people = {key: found for key, found in ordered if key[2] == "people"}
    return Agreement(
        pairs=tuple(score_pair(key[:2], key[2], found, seed=seed) for key, found in ordered),
        means={name: _average(people, "counts", name, seed) for name in MEASURES},
        labels={name: _average(people, "labels", name, seed) for name in labels},
        unitizing={
            name: measure_unitizing(
                cells,
                list_units,
                parameters=parameters,
                n_samples=n_samples,
                seed=seed,
                track=track,
            )
            for name, list_units in UNIT_KINDS.items()
        },
        polarity=_pool_polarity(people, seed),
        documents=measure_articles(cells, seed=seed),
        articles=sum(any(map(_has_submitted, work)) for work in by_article.values()),
        shared=len({article.article_id for found in people.values() for article in found}),
        seed=seed,
    )


def _has_submitted(layer: Layer) -> bool:
    return _is_person(layer) and bool(layer.passages)


def _is_person(layer: Layer) -> bool:
    return layer.kind == "annotation"


def _compare(
    work: Sequence[Layer],
    shared: dict[_Key, list[SharedArticle]],
    tokens: Sequence[Offsets] | None,
    labels: Sequence[str],
) -> None:
    """Add what the authors of one article share, people among themselves and with the others."""
    people = [layer for layer in work if _is_person(layer)]
    others = [layer for layer in work if not _is_person(layer)]
    pairs = [*combinations(people, 2), *((a, b) for a in people for b in others)]
    for a, b in pairs:
        if a.author == b.author:
            continue
        found = count_shared(a, b, tokens=tokens, labels=labels)
        if found is not None:
            shared.setdefault((a.author, b.author, _KINDS[b.kind]), []).append(found)


def _average(
    people: Mapping[_Key, Sequence[SharedArticle]], kind: str, name: str, seed: int
) -> Score:
    """Return the mean of F1 over pairs; its interval draws articles for all pairs alike."""
    ids = sorted({article.article_id for found in people.values() for article in found})
    place = {article_id: i for i, article_id in enumerate(ids)}
    columns = []
    for found in people.values():
        table = np.zeros((len(ids), 2))
        for article in found:
            counts = getattr(article, kind).get(name, Counts())
            table[place[article.article_id]] += (2 * counts.matched, counts.predicted + counts.gold)
        if table[:, 1].sum():
            columns.append(table)
    if not columns:
        reason = "no two people share an article" if not ids else "neither side has any item"
        return Score(None, len(ids), reason=reason)
    value = float(np.mean([table[:, 0].sum() / table[:, 1].sum() for table in columns]))
    if len(ids) < 2:
        return Score(value, len(ids))
    means = resample(len(ids), seed, lambda weights: _average_drawn(columns, weights))
    return Score(value, len(ids), interval=find_interval(means))


def _average_drawn(columns: Sequence[Floats], weights: Floats) -> Floats:
    sums = np.stack([weights @ table for table in columns])
    with np.errstate(invalid="ignore", divide="ignore"):
        values = sums[:, :, 0] / sums[:, :, 1]
        defined = np.isfinite(values)
        means: Floats = np.where(defined, values, 0).sum(axis=0) / defined.sum(axis=0)
    return means


def _pool_polarity(people: Mapping[_Key, Sequence[SharedArticle]], seed: int) -> PolarityAgreement:
    documents: dict[Any, Aligned] = {
        (article.article_id, key): article.aligned
        for key, found in people.items()
        for article in found
    }
    return measure_polarity(documents, symmetric=True, seed=seed)


def _write_mean(score: Score) -> dict[str, Any]:
    """Write a mean over pairs; its n is the articles that it rests on."""
    interval = None if score.interval is None else list(score.interval)
    record: dict[str, Any] = {"f1": score.value, "interval": interval, "articles": score.n}
    return {**record, "reason": score.reason} if score.reason else record


def _round(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _round(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_round(each) for each in value]
    return round(value, 6) if isinstance(value, float) else value


def _show(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
