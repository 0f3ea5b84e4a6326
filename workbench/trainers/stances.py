"""Train the stances: regressions that judge the rules' stances and all other pairs around cues."""

from __future__ import annotations

from typing import Any

from spacy.language import Language

from workbench.analysis.scope import asks_for
from workbench.analysis.scoring.edges import has_edges_alone
from workbench.core.stance import POLARITIES
from workbench.pipeline.learning.annotating import annotate_before
from workbench.pipeline.learning.encoder import Encoder
from workbench.pipeline.learning.recogniser import SILENT, Report
from workbench.pipeline.learning.references import Examples
from workbench.trainers.rules import STANCES

ORDER = 4
NAME = "workbench_learnt_stances"


def train(
    nlp: Language,
    examples: Examples,
    dev: Examples,
    *,
    seed: int,
    steps: int | None = None,
    report: Report = SILENT,
    encoder: str | None = None,
) -> dict[str, Any]:
    """Learn from examples, and put the component behind the finder by rule.

    Threshold and calibration come from folds over whole articles, each judged by a regression
    that did not see it, so `dev` is free to tell how good the result is. `encoder` is a local
    folder of sentence-encoder weights; it is measured against doing without, and used if better.
    Articles that nobody was asked for stances in teach by the edges that they state, or not at all.
    """
    examples = [
        pair for pair in examples if asks_for(pair[1], POLARITIES) or has_edges_alone(pair[1])
    ]
    if not examples:
        return {"learnt": False, "articles": 0, "reason": "nobody was asked for stances"}
    states = Encoder.from_folder(encoder) if encoder else None
    if NAME not in nlp.pipe_names:
        after = STANCES if STANCES in nlp.pipe_names else "workbench_stances"
        nlp.add_pipe(NAME, after=after)
    component: Any = nlp.get_pipe(NAME)
    gold = list(annotate_before(nlp, NAME, examples, report))
    return dict(component.learn(gold, seed=seed, encoder=states))
