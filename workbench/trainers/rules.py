"""Measure each rule's confidence on gold: (accepted + 1) / (fired + 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from spacy.language import Language

from workbench.adapters.spacy_docs import layer_from_doc
from workbench.analysis.scope import restrict
from workbench.analysis.stances import match_pairs
from workbench.core.article import Article
from workbench.core.layer import Layer

ORDER = 2


def train(
    nlp: Language,
    examples: Sequence[tuple[Article, Layer]],
    dev: Sequence[tuple[Article, Layer]],
    *,
    seed: int,
    steps: int = 0,
    report: Callable[[int, int, float], None] = lambda *_: None,
) -> dict[str, Any]:
    """Count what each rule suggested and what gold kept, and put the shares into the pipeline.

    One confidence for each rule and each tier (the part before the colon). Two in four is the
    guess for a rule that never fired (a Beta(1, 3) prior).
    """
    fired: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    for number, (article, gold) in enumerate(examples, start=1):
        doc = nlp.make_doc(article.text)
        doc._.masked = [list(region) for region in article.masked]
        found = layer_from_doc(nlp(doc), article, author="model:rules", asked=())
        for rule, is_kept in _judge(restrict(found, gold.passages), restrict(gold, gold.passages)):
            for name in {rule, rule.split(":")[0]}:
                fired[name] += 1
                accepted[name] += is_kept
        report(number, len(examples), 0.0)
    scores = {rule: round((accepted[rule] + 1) / (n + 4), 4) for rule, n in sorted(fired.items())}
    if "workbench_confidences" in nlp.pipe_names:
        nlp.remove_pipe("workbench_confidences")
    nlp.add_pipe("workbench_confidences", config={"rules": [*scores], "scores": [*scores.values()]})
    return {"rules": len(scores), "scores": scores}


def _judge(found: Layer, gold: Layer) -> Iterator[tuple[str, bool]]:
    spans = set(gold.spans)
    for span in found.spans:
        if span.rule:
            yield span.rule, span in spans
    kept = {a.stance for a, b in match_pairs(found, gold) if a.stance.polarity == b.stance.polarity}
    for stance in found.stances:
        if stance.rule:
            yield stance.rule, stance in kept
