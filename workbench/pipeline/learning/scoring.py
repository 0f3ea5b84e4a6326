"""Scoring: what the project's own recogniser finds by itself, without rules and merge."""

from __future__ import annotations

from spacy.language import Language
from spacy.util import filter_spans

from workbench.adapters.spacy_docs import ENTITIES, doc_from_layer
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.core.span import Span
from workbench.pipeline.learning.annotating import make_doc
from workbench.pipeline.learning.references import PROJECT
from workbench.pipeline.project_entities import RECOGNISER


def list_own_entities(
    nlp: Language, article: Article, gold: Layer
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return what the recogniser finds in an article, and the gold that it could find.

    It finds the outermost entities alone, so that nested ones are left out of the gold.
    """
    doc = make_doc(nlp, article)
    names = nlp.pipe_names
    for name in names[: names.index("workbench_project_entities") + 1]:
        if name in ("workbench_furniture", "workbench_project_entities", RECOGNISER):
            doc = nlp.get_pipe(name)(doc)
    own = tuple(Span(s.start_char, s.end_char, s.label_) for s in doc.spans[PROJECT])
    reference = doc_from_layer(nlp, article, gold).doc
    outermost = filter_spans(reference.spans[ENTITIES])
    return own, tuple(Span(s.start_char, s.end_char, s.label_) for s in outermost)
