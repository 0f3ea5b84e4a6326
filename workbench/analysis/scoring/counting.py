"""Counting: each measure of predictions against gold, document by document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from workbench.analysis.scope import restrict, share_scope
from workbench.analysis.scoring.edges import (
    count_edges,
    derive_edges,
    has_edges_alone,
    name_edges,
)
from workbench.analysis.scoring.matching import match
from workbench.analysis.scoring.quotes import count_quoted_words
from workbench.analysis.scoring.scores import Counts
from workbench.analysis.scoring.spans import SPAN_MATCHES, SpanMatch, count_spans
from workbench.analysis.scoring.stances import (
    STANCE_LEVELS,
    count_stances,
    match_pairs,
)
from workbench.core.cluster import Edge
from workbench.core.layer import Layer
from workbench.core.offsets import overlap
from workbench.core.span import Span
from workbench.core.stance import Stance

HEADLINES = ("entities strict", "quotes", "stances triple")
"""The measures that say how good a model is over all: one for each kind of thing it finds."""


@dataclass(frozen=True)
class Compared:
    """A document's predictions and gold, both inside what the gold was shown and asked.

    `edges` are those of either side where gold states edges and no stances in words.
    """

    found: Layer
    gold: Layer
    text: str
    edges: tuple[Sequence[Edge], Sequence[Edge]] | None = None

    def list_edges(self) -> tuple[Sequence[Edge], Sequence[Edge]]:
        """Return the edges of predictions and of gold."""
        return self.edges or (
            derive_edges(self.found, self.text),
            derive_edges(self.gold, self.text),
        )


def pair_layers(
    gold: Sequence[Layer], predicted: Sequence[Layer], texts: Mapping[str, str]
) -> list[Compared]:
    """Pair gold with predictions; an article without one counts as one where nothing was found."""
    by_id = {layer.article_id: layer for layer in predicted}
    pairs = []
    for layer in gold:
        empty = Layer(layer.article_id, layer.text_sha256, "", "prediction")
        found = by_id.get(layer.article_id, empty)
        one, other = (restrict(side, layer.passages) for side in (found, layer))
        text = texts[layer.article_id]
        stated = has_edges_alone(layer)
        edges = (name_edges(found, layer, text), layer.edges) if stated else None
        pairs.append(Compared(one, other, text, edges))
    return pairs


def pair_people(work: Sequence[Sequence[Layer]], texts: Mapping[str, str]) -> list[Compared]:
    """Pair the work of every two people on one article, inside what both were shown and asked."""
    pairs = []
    for layers in work:
        for one, other in combinations(sorted(layers, key=lambda layer: layer.author), 2):
            scope = share_scope(one.passages, other.passages)
            if one.author != other.author and scope:
                text = texts[one.article_id]
                pairs.append(Compared(restrict(one, scope), restrict(other, scope), text))
    return pairs


def count_documents(pairs: Sequence[Compared]) -> dict[str, list[Counts]]:
    """Return the counts of each document for each measure; `label X` is strict for one label."""
    labels = sorted({s.label for p in pairs for side in (p.gold, p.found) for s in side.spans})
    counted: dict[str, list[Counts]] = {}
    for how in SPAN_MATCHES:
        counted[f"entities {how}"] = [count_spans(p.found.spans, p.gold.spans, how) for p in pairs]
    for name in labels:
        for how in SPAN_MATCHES:
            key = f"label {name}" if how == "strict" else f"label {name} {how}"
            counted[key] = [
                count_spans(select_label(p.found, name), select_label(p.gold, name), how)
                for p in pairs
            ]
    counted["quotes"] = [count_quoted_words(p.found, p.gold, p.text) for p in pairs]
    for level in STANCE_LEVELS:
        counted[f"stances {level}"] = [count_stances(p.found, p.gold, level) for p in pairs]
    counted["edges"] = [count_edges(*p.list_edges()) for p in pairs]
    return counted


def select_label(layer: Layer, name: str) -> list[Span]:
    """Return a layer's spans of one label."""
    return [span for span in layer.spans if span.label == name]


def count_semeval(
    a: Sequence[Span], b: Sequence[Span], counts: Counts, how: SpanMatch
) -> dict[str, float]:
    """Return SemEval-2013's counts: correct, incorrect, partial, missed, spurious.

    Spans that overlap are held against each other one to one; `counts` says what of them matches.
    An overlap is half a match in the partial way of matching alone.
    """
    aligned = len(match(a, b, lambda x, y: float(overlap(x.offsets, y.offsets) > 0)))
    partial = 0.0
    correct = counts.matched
    if how == "partial":
        correct = count_spans(a, b, "boundary").matched
        partial = 2 * (counts.matched - correct)
    return {
        "correct": correct,
        "incorrect": max(0.0, aligned - correct - partial),
        "partial": partial,
        "missed": float(len(b) - aligned),
        "spurious": float(len(a) - aligned),
    }


def judge_scores(pairs: Sequence[Compared]) -> dict[str, tuple[list[float], list[bool]]]:
    """Return the scores of predicted items of each kind, and whether gold has each item.

    An entity is right if gold has the same; a quote if gold has one that covers most of the same
    words; a stance if a gold stance matches one of its pairs in ends and polarity.
    """
    judged: dict[str, tuple[list[float], list[bool]]] = {
        name: ([], []) for name in ("entities", "quotes", "stances")
    }

    def add(kind: str, score: float | None, right: bool) -> None:
        if score is not None:
            judged[kind][0].append(min(max(score, 0.0), 1.0))
            judged[kind][1].append(right)

    for pair in pairs:
        spans = set(pair.gold.spans)
        for span in pair.found.spans:
            add("entities", span.score, span in spans)
        for quote in pair.found.quotes:
            add("quotes", quote.score, _has_most(quote.offsets, pair.gold))
        kept = find_right_stances(pair)
        for stance in pair.found.stances:
            add("stances", stance.score, stance in kept)
    return judged


def find_right_stances(pair: Compared) -> set[Stance]:
    """Return the predicted stances that have a partner in gold of the same ends and polarity."""
    return {
        one.stance
        for one, other in match_pairs(pair.found, pair.gold)
        if one.stance.polarity == other.stance.polarity
    }


def count_tiers(pairs: Sequence[Compared]) -> dict[str, list[Counts]]:
    """Return for each tier of the stances (its rule before the colon) what it found, and right."""
    names = sorted({_name_tier(s) for p in pairs for s in p.found.stances})
    kept = [find_right_stances(pair) for pair in pairs]
    counted: dict[str, list[Counts]] = {}
    for name in names:
        rows = []
        for pair, right in zip(pairs, kept, strict=True):
            mine = [s for s in pair.found.stances if _name_tier(s) == name]
            rows.append(Counts(sum(s in right for s in mine), len(mine), 0))
        counted[name] = rows
    return counted


def _name_tier(stance: Stance) -> str:
    return (stance.rule or "none").split(":")[0]


def _has_most(offsets: tuple[int, int], gold: Layer) -> bool:
    for quote in gold.quotes:
        longest = max(offsets[1] - offsets[0], quote.end - quote.start)
        if 2 * overlap(offsets, quote.offsets) > longest:
            return True
    return False
