"""Train the quotations: which of the rules' are some, and who speaks them."""

from __future__ import annotations

from typing import Any

from spacy.language import Language

from workbench.analysis.scope import asks_for
from workbench.core.quote import QUOTE
from workbench.pipeline.learning.annotating import annotate_before
from workbench.pipeline.learning.recogniser import SILENT, Report
from workbench.pipeline.learning.references import Examples
from workbench.trainers.rules import QUOTES

ORDER = 3
NAME = "workbench_learnt_quotations"


def train(
    nlp: Language,
    examples: Examples,
    dev: Examples,
    *,
    seed: int,
    steps: int | None = None,
    report: Report = SILENT,
) -> dict[str, Any]:
    """Learn from examples, and put the component behind the finder by rule.

    Where articles that were held back are no better for it, the rules' choice stays. Articles
    whose quotations nobody was asked for are left out.
    """
    examples = [pair for pair in examples if asks_for(pair[1], (QUOTE,))]
    if not examples:
        return {"learnt": False, "articles": 0, "reason": "nobody was asked for quotations"}
    if NAME not in nlp.pipe_names:
        after = QUOTES if QUOTES in nlp.pipe_names else "workbench_quotations"
        nlp.add_pipe(NAME, after=after)
    component: Any = nlp.get_pipe(NAME)
    gold = list(annotate_before(nlp, NAME, examples, report))
    return dict(component.learn(gold, seed=seed))
