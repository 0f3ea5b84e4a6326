"""Component: what the project's own recogniser found, put aside with its scores for the merge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from workbench.pipeline.entity_spans import find_masked
from workbench.pipeline.learning.references import PROJECT

RECOGNISER = "project_ner"
"""The name that the trained recogniser has in a pipeline, whichever kind it is."""
_WIDTH = 8
_DENSITY = 0.01


@Language.factory(
    "workbench_project_entities",
    default_config={"recogniser": RECOGNISER},
    requires=["doc.ents"],
    assigns=["doc.spans"],
)
def make_project_entities(nlp: Language, name: str, recogniser: str) -> ProjectEntities:
    """Make the component, which stands right behind the recogniser that it names."""
    return ProjectEntities(nlp, recogniser)


class ProjectEntities:
    """Moves the recogniser's entities into a group of their own and clears `doc.ents`.

    Rules and the base's `ner` then work as if it were not there; the merge decides.
    """

    def __init__(self, nlp: Language, recogniser: str) -> None:
        self._nlp = nlp
        self._recogniser = recogniser

    def __call__(self, doc: Doc) -> Doc:
        """Put the entities of a Doc aside."""
        component = self._nlp.get_pipe(self._recogniser)
        found, scores = score_entities(component, doc)
        doc.spans[PROJECT] = found
        doc.spans[PROJECT].attrs["scores"] = scores
        doc.set_ents([], blocked=find_masked(doc), default="outside")
        return doc


def score_entities(component: Any, doc: Doc) -> tuple[list[Span], list[float]]:
    """Return what a recogniser set on a Doc, each with the score that it gives it.

    The score of `ner` is the share of its beam's weight that has the very same entity; spancat
    has one for each span.
    """
    masked = {token.i for run in find_masked(doc) for token in run}
    if not hasattr(component, "beam_parse"):
        group = doc.spans[PROJECT]
        flat = np.ravel(group.attrs.get("scores", [])).tolist()
        pairs = list(zip(group, flat, strict=True))
    else:
        shares = _share_beam(component, doc)
        ents = [Span(doc, ent.start, ent.end, label=ent.label_) for ent in doc.ents]
        pairs = [(ent, shares.get((ent.start, ent.end, ent.label_), 0.0)) for ent in ents]
    kept = [pair for pair in pairs if masked.isdisjoint(range(pair[0].start, pair[0].end))]
    return [span for span, _ in kept], [score for _, score in kept]


def _share_beam(component: Any, doc: Doc) -> Mapping[tuple[int, int, str], float]:
    if not doc.ents:
        return {}
    fresh = Doc(doc.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
    # A beam takes given entities for fixed, so it gets none but the blocked tokens.
    blocked = [Span(fresh, run.start, run.end) for run in find_masked(doc)]
    fresh.set_ents([], blocked=blocked, default="unmodified")
    beams = component.beam_parse([fresh], beam_width=_WIDTH, beam_density=_DENSITY)
    found: Mapping[tuple[int, int, str], float] = component.scored_ents(beams)[0]
    return found
