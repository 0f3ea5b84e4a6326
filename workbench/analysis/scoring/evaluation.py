"""How good predictions are, held against gold: entities, quotations, stances, edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.analysis.scoring.calibration import Reliability, measure_reliability
from workbench.analysis.scoring.confusion import Confusion, confuse_labels
from workbench.analysis.scoring.counting import (
    Compared,
    count_documents,
    count_semeval,
    count_tiers,
    judge_scores,
    pair_layers,
    select_label,
)
from workbench.analysis.scoring.quotes import count_speakers
from workbench.analysis.scoring.scores import RESAMPLES, Counts, Score, score_documents
from workbench.analysis.scoring.sentiment_graph import score_graph
from workbench.analysis.scoring.spans import SPAN_MATCHES
from workbench.analysis.scoring.stances import STANCE_LEVELS, match_pairs, score_polarity
from workbench.core.interval import write_interval
from workbench.core.layer import Layer


@dataclass(frozen=True)
class Evaluation:
    """The scores of predictions against gold, with the number of articles.

    `labels` has for each label its score by each way of matching; `counts` SemEval-2013's counts
    by the same names; `tiers` the precision of each tier of the stances. `confusion` has, for
    `labels` and for `polarity`, how often each of gold met each that was found.
    """

    entities: Mapping[str, Score]
    labels: Mapping[str, Mapping[str, Score]]
    counts: Mapping[str, Mapping[str, float]]
    quotes: Score
    speakers: Mapping[str, object]
    stances: Mapping[str, Score]
    polarity: Mapping[str, object]
    edges: Score
    sentiment_graph: Score
    tiers: Mapping[str, Mapping[str, object]]
    reliability: Mapping[str, Reliability]
    confusion: Mapping[str, Confusion]
    articles: int
    documents: Mapping[str, Sequence[Counts]] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        """Show the two numbers that people ask for first."""
        entities, stances = self.entities["strict"].value, self.stances["triple"].value
        return (
            f"Evaluation({self.articles} articles: entities strict F1 {_show(entities)}, "
            f"stances triple F1 {_show(stances)})"
        )

    def to_record(self) -> dict[str, Any]:
        """Write the evaluation in its documented JSON form."""
        by_match: dict[str, Any] = {
            how: self._write(f"entities {how}", score) for how, score in self.entities.items()
        }
        return {
            "articles": self.articles,
            "entities": {
                **by_match,
                "labels": {name: self._write_label(name) for name in self.labels},
            },
            "quotes": {**self.quotes.to_record(), "speakers": dict(self.speakers)},
            "stances": {
                **{name: score.to_record() for name, score in self.stances.items()},
                "polarity": dict(self.polarity),
                "edges": self.edges.to_record(),
                "sentiment_graph": self.sentiment_graph.to_record(),
            },
            "tiers": {name: dict(row) for name, row in self.tiers.items()},
            "reliability": {name: table.to_record() for name, table in self.reliability.items()},
            "confusion": {
                name: [{"gold": a, "found": b, "n": n} for (a, b), n in sorted(table.items())]
                for name, table in self.confusion.items()
            },
        }

    def list_scores(self) -> dict[str, Score]:
        """Return every F1 by the name that the table gives it."""
        scores = {f"entities {name}": score for name, score in self.entities.items()}
        scores |= {f"  {name}": by["strict"] for name, by in self.labels.items()}
        scores["quotation words"] = self.quotes
        scores |= {f"stances {name}": score for name, score in self.stances.items()}
        return {**scores, "edges": self.edges, "sentiment graph": self.sentiment_graph}

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows: what, precision, recall, F1, interval, n."""
        rows: list[tuple[object, ...]] = [
            (name, s.precision, s.recall, s.value, write_interval(s.interval), s.n)
            for name, s in self.list_scores().items()
        ]
        for name, share in (("speakers right", self.speakers), ("polarity right", self.polarity)):
            interval = _show_interval(share.get("interval"))
            rows.append((name, share["accuracy"], None, None, interval, share["n"]))
        rows.append(("  majority's share", self.polarity["majority"], None, None, None, None))
        for tier, row in self.tiers.items():
            interval = _show_interval(row["interval"])
            rows.append((f"tier {tier}", row["precision"], None, None, interval, row["n"]))
        return rows

    def _write(self, key: str, score: Score) -> dict[str, Any]:
        return {**score.to_record(), "counts": dict(self.counts[key])}

    def _write_label(self, name: str) -> dict[str, Any]:
        by = self.labels[name]
        others: dict[str, Any] = {
            how: self._write(f"label {name} {how}", by[how]) for how in SPAN_MATCHES[1:]
        }
        return {**self._write(f"label {name}", by["strict"]), **others}


def evaluate_layers(
    gold: Sequence[Layer],
    predicted: Sequence[Layer],
    texts: Mapping[str, str],
    *,
    seed: int = 0,
) -> Evaluation:
    """Score predictions against the gold of the same articles, inside what the gold was asked.

    `texts` holds each article's text by its id. An article without a prediction counts as one in
    which nothing was found.
    """
    return evaluate_pairs(pair_layers(gold, predicted, texts), seed=seed)


def evaluate_pairs(pairs: Sequence[Compared], *, seed: int = 0) -> Evaluation:
    """Score documents whose two sides are in one scope already."""
    documents = count_documents(pairs)
    scores = {name: score_documents(rows, seed=seed) for name, rows in documents.items()}
    names = sorted({s.label for p in pairs for s in p.gold.spans})
    matched = [match_pairs(p.found, p.gold) for p in pairs]
    right = [(sum(a.stance.polarity == b.stance.polarity for a, b in m), len(m)) for m in matched]
    return Evaluation(
        entities={how: scores[f"entities {how}"] for how in SPAN_MATCHES},
        labels={name: {how: scores[_key(name, how)] for how in SPAN_MATCHES} for name in names},
        counts=_count_all(pairs, documents, names),
        quotes=scores["quotes"],
        speakers=_score_speakers(pairs, seed),
        stances={level: scores[f"stances {level}"] for level in STANCE_LEVELS},
        polarity={
            **score_polarity([row for rows in matched for row in rows]),
            "interval": bootstrap_share(right, seed=seed),
        },
        edges=scores["edges"],
        sentiment_graph=score_graph([(p.found, p.gold) for p in pairs], seed=seed),
        tiers=_score_tiers(pairs, seed),
        reliability={k: measure_reliability(*v) for k, v in judge_scores(pairs).items()},
        confusion={
            "labels": _sum(confuse_labels(p.gold.spans, p.found.spans) for p in pairs),
            "polarity": Counter(
                (b.stance.polarity, a.stance.polarity) for m in matched for a, b in m
            ),
        },
        articles=len(pairs),
        documents=documents,
    )


def bootstrap_share(
    documents: Sequence[tuple[float, float]], *, seed: int
) -> tuple[float, float] | None:
    """Return the 95% interval of a share over documents, each with how many are right and of what.

    None where fewer than two documents have anything to count.
    """
    table = np.array(documents, dtype=float).reshape(-1, 2)
    if (table[:, 1] > 0).sum() < 2:
        return None
    n = len(table)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    sums = weights @ table
    shares = sums[sums[:, 1] > 0, 0] / sums[sums[:, 1] > 0, 1]
    low, high = np.percentile(shares, (2.5, 97.5))
    return float(low), float(high)


def _show_interval(interval: object) -> str | None:
    return write_interval(interval) if isinstance(interval, (tuple, list)) else None


def _sum(tables: Iterable[Counter[tuple[str, str]]]) -> Counter[tuple[str, str]]:
    return sum(tables, Counter())


def _key(label: str, how: str) -> str:
    return f"label {label}" if how == "strict" else f"label {label} {how}"


def _count_all(
    pairs: Sequence[Compared], documents: Mapping[str, Sequence[Counts]], names: Sequence[str]
) -> dict[str, dict[str, float]]:
    counted: dict[str, dict[str, float]] = {}
    for name in (None, *names):
        for how in SPAN_MATCHES:
            key = f"entities {how}" if name is None else _key(name, how)
            sums: dict[str, float] = {}
            for pair, counts in zip(pairs, documents[key], strict=True):
                one, other = (
                    list(side.spans) if name is None else select_label(side, name)
                    for side in (pair.found, pair.gold)
                )
                for kind, n in count_semeval(one, other, counts, how).items():
                    sums[kind] = sums.get(kind, 0.0) + n
            counted[key] = sums
    return counted


def _score_speakers(pairs: Sequence[Compared], seed: int) -> dict[str, object]:
    counts = [count_speakers(p.found, p.gold) for p in pairs]
    right, n = sum(r for r, _ in counts), sum(n for _, n in counts)
    if not n:
        return {"accuracy": None, "n": 0, "interval": None, "reason": "no quotation was matched"}
    return {"accuracy": right / n, "n": n, "interval": bootstrap_share(counts, seed=seed)}


def _score_tiers(pairs: Sequence[Compared], seed: int) -> dict[str, dict[str, object]]:
    table: dict[str, dict[str, object]] = {}
    for name, rows in count_tiers(pairs).items():
        right, n = sum(row.matched for row in rows), sum(row.predicted for row in rows)
        interval = bootstrap_share([(row.matched, row.predicted) for row in rows], seed=seed)
        table[name] = {"precision": right / n if n else None, "n": int(n), "interval": interval}
    return table


def _show(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
