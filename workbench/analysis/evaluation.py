"""How good predictions are, held against gold: entities, quotations, stances, edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.analysis.quotes import count_quoted_words, count_speakers
from workbench.analysis.scope import restrict
from workbench.analysis.scores import Counts, Score, score_documents
from workbench.analysis.sentiment_graph import count_graph
from workbench.analysis.spans import SPAN_MATCHES, count_spans
from workbench.analysis.stances import (
    STANCE_LEVELS,
    count_edges,
    count_stances,
    derive_edges,
    match_pairs,
    score_polarity,
)
from workbench.core.layer import Layer


@dataclass(frozen=True)
class Evaluation:
    """The scores of predictions against gold, with the number of articles."""

    entities: Mapping[str, Score]
    labels: Mapping[str, Score]
    quotes: Score
    speakers: Mapping[str, object]
    stances: Mapping[str, Score]
    polarity: Mapping[str, object]
    edges: Score
    sentiment_graph: Mapping[str, object]
    articles: int

    def __repr__(self) -> str:
        """Show the two numbers that people ask for first."""
        entities, stances = self.entities["strict"].value, self.stances["triple"].value
        return (
            f"Evaluation({self.articles} articles: entities strict F1 {_show(entities)}, "
            f"stances triple F1 {_show(stances)})"
        )

    def to_record(self) -> dict[str, Any]:
        """Write the evaluation in its documented JSON form."""
        return {
            "articles": self.articles,
            "entities": {
                **{name: score.to_record() for name, score in self.entities.items()},
                "labels": {name: score.to_record() for name, score in self.labels.items()},
            },
            "quotes": {**self.quotes.to_record(), "speakers": dict(self.speakers)},
            "stances": {
                **{name: score.to_record() for name, score in self.stances.items()},
                "polarity": dict(self.polarity),
                "edges": self.edges.to_record(),
                "sentiment_graph": dict(self.sentiment_graph),
            },
        }

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows: what, precision, recall, F1, interval, n."""
        scores = {f"entities {name}": score for name, score in self.entities.items()}
        scores |= {f"  {name}": score for name, score in self.labels.items()}
        scores["quotation words"] = self.quotes
        scores |= {f"stances {name}": score for name, score in self.stances.items()}
        scores["edges"] = self.edges
        return [
            (name, s.precision, s.recall, s.value, _show_interval(s), s.n)
            for name, s in scores.items()
        ]


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
    by_id = {layer.article_id: layer for layer in predicted}
    pairs = []
    for layer in gold:
        empty = Layer(layer.article_id, layer.text_sha256, "", "prediction")
        found = by_id.get(layer.article_id, empty)
        pairs.append((restrict(found, layer.passages), restrict(layer, layer.passages)))
    names = sorted({span.label for _, layer in pairs for span in layer.spans})
    matched = [pair for found, layer in pairs for pair in match_pairs(found, layer)]

    def score(documents: list[Counts]) -> Score:
        return score_documents(documents, seed=seed)

    return Evaluation(
        entities={
            how: score([count_spans(f.spans, g.spans, how) for f, g in pairs])
            for how in SPAN_MATCHES
        },
        labels={
            name: score([count_spans(_of(name, f), _of(name, g)) for f, g in pairs])
            for name in names
        },
        quotes=score([count_quoted_words(f, g, texts[g.article_id]) for f, g in pairs]),
        speakers=_score_speakers(pairs),
        stances={
            level: score([count_stances(f, g, level) for f, g in pairs]) for level in STANCE_LEVELS
        },
        polarity=score_polarity(matched),
        edges=score(
            [
                count_edges(
                    derive_edges(f, texts[g.article_id]), derive_edges(g, texts[g.article_id])
                )
                for f, g in pairs
            ]
        ),
        sentiment_graph=_score_graph(pairs),
        articles=len(pairs),
    )


def _of(label: str, layer: Layer) -> list[Any]:
    return [span for span in layer.spans if span.label == label]


def _score_speakers(pairs: Sequence[tuple[Layer, Layer]]) -> dict[str, object]:
    counts = [count_speakers(found, gold) for found, gold in pairs]
    right, n = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
    if not n:
        return {"accuracy": None, "n": 0, "reason": "no quotation was matched"}
    return {"accuracy": right / n, "n": n}


def _score_graph(pairs: Sequence[tuple[Layer, Layer]]) -> dict[str, object]:
    counts = [count_graph(found, gold) for found, gold in pairs]
    precise = sum((one for one, _ in counts), Counts())
    complete = sum((other for _, other in counts), Counts())
    precision = precise.matched / precise.predicted if precise.predicted else None
    recall = complete.matched / complete.gold if complete.gold else None
    if precision is None or recall is None:
        return {"precision": precision, "recall": recall, "f1": None, "n": int(complete.gold)}
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": precision, "recall": recall, "f1": f1, "n": int(complete.gold)}


def _show(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _show_interval(score: Score) -> str | None:
    return score.interval and f"{score.interval[0]:.2f}–{score.interval[1]:.2f}"
