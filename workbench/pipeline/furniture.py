"""Component: mark page furniture, so that no model and no rule reads it as the article."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from workbench.analysis.text.furniture import find_furniture
from workbench.pipeline.entity_shapes import find_dateline
from workbench.pipeline.entity_spans import find_masked
from workbench.pipeline.extensions import register_extensions
from workbench.pipeline.words import read_text


@Language.component("workbench_furniture", assigns=["doc._.masked"])
def mark_furniture(doc: Doc) -> Doc:
    """Find furniture unless it is given, and begin a sentence after it."""
    register_extensions()
    text = read_text(doc)
    if not doc._.masked:
        doc._.masked = [list(region) for region in find_furniture(text).masked]
    for run in find_masked(doc):
        for at in (run.start, run.end):
            if at < len(doc):
                doc[at].is_sent_start = True
    dateline = find_dateline(text)
    if dateline is not None:
        # "QUITO — The president left": the place is no subject.
        first = doc.char_span(dateline[1], dateline[1] + 1, alignment_mode="expand")
        if first is not None:
            doc[first.start].is_sent_start = True
    # No recogniser reads furniture, whichever comes first.
    doc.set_ents([], blocked=find_masked(doc), default="unmodified")
    return doc
