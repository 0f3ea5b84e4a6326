"""Measure each rule's confidence on gold: (accepted + 1) / (fired + 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from spacy.language import Language

from workbench.adapters.spacy_docs import layer_from_doc
from workbench.analysis.scope import restrict
from workbench.analysis.scoring.counting import Compared, find_right_stances
from workbench.analysis.scoring.edges import (
    find_edge_scope,
    find_stances_with_edges,
    has_edges_alone,
)
from workbench.core.layer import Layer
from workbench.core.offsets import overlap
from workbench.pipeline.learning.annotating import make_doc
from workbench.pipeline.learning.recogniser import SILENT, Report
from workbench.pipeline.learning.references import Examples

ORDER = 1
ENTITIES = "workbench_entity_confidences"
QUOTES = "workbench_quote_confidences"
STANCES = "workbench_stance_confidences"
_PLACES = {
    ENTITIES: "workbench_names",
    QUOTES: "workbench_quotations",
    STANCES: "workbench_stances",
}
"""Each kind gets its confidences right behind the rules, before a model judges what they found."""


def train(
    nlp: Language,
    examples: Examples,
    dev: Examples,
    *,
    seed: int,
    steps: int | None = None,
    report: Report = SILENT,
) -> dict[str, Any]:
    """Count what each rule suggested and what gold kept, and put the shares into the pipeline.

    One confidence for each rule and each tier (the part before the colon). A quarter is the guess
    for a rule that never fired (a Beta(1, 3) prior). What no passage showed or asked for counts
    neither way.
    """
    fired: Counter[tuple[str, str]] = Counter()
    accepted: Counter[tuple[str, str]] = Counter()
    for number, (article, gold) in enumerate(examples, start=1):
        found = layer_from_doc(nlp(make_doc(nlp, article)), article, author="model:rules", asked=())
        for place, rule, is_kept in _judge(found, gold):
            for name in {rule, rule.split(":")[0]}:
                fired[place, name] += 1
                accepted[place, name] += is_kept
        report(number, len(examples), 0.0)
    scores = {
        place: {
            rule: round((accepted[place, rule] + 1) / (n + 4), 4)
            for (at, rule), n in sorted(fired.items())
            if at == place
        }
        for place in _PLACES
    }
    for place, after in _PLACES.items():
        if place in nlp.pipe_names:
            nlp.remove_pipe(place)
        config = {"rules": [*scores[place]], "scores": [*scores[place].values()]}
        nlp.add_pipe("workbench_confidences", name=place, config=config, after=after)
    return {
        "rules": sum(len(found) for found in scores.values()),
        "scores": {rule: score for found in scores.values() for rule, score in found.items()},
    }


def _judge(found: Layer, gold: Layer) -> Iterator[tuple[str, str, bool]]:
    """Yield where each item's confidence belongs, its rule, and whether gold kept it.

    Where gold states edges alone, a stance is kept that says the same as one of them.
    """
    pair = Compared(restrict(found, gold.passages), restrict(gold, gold.passages), "")
    spans = set(pair.gold.spans)
    for span in pair.found.spans:
        if span.rule:
            yield ENTITIES, span.rule, span in spans
    for quote in pair.found.quotes:
        if quote.rule:
            yield QUOTES, quote.rule, _has_quote(pair.gold, quote.offsets)
    stances, right = pair.found.stances, find_right_stances(pair)
    if has_edges_alone(gold):
        stances = restrict(found, find_edge_scope(gold)).stances
        right = find_stances_with_edges(found, gold)
    for stance in stances:
        if stance.rule:
            yield STANCES, stance.rule, stance in right


def _has_quote(gold: Layer, offsets: tuple[int, int]) -> bool:
    """Tell whether gold has a quote that shares most of the words, whoever speaks it."""
    length = offsets[1] - offsets[0]
    return any(2 * overlap(offsets, q.offsets) > max(length, q.end - q.start) for q in gold.quotes)
