"""Annotating: articles as the components before a learning one leave them."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.pipeline.learning.recogniser import SILENT, Report
from workbench.pipeline.learning.references import Examples


def make_doc(nlp: Language, article: Article) -> Doc:
    """Tokenise an article, its page furniture marked."""
    doc = nlp.make_doc(article.text)
    doc._.masked = [list(region) for region in article.masked]
    return doc


def annotate_before(
    nlp: Language, component: str, examples: Examples, report: Report = SILENT
) -> Iterator[tuple[Doc, Layer]]:
    """Yield each article as it comes to a component, with its gold; `report` counts them."""
    names = nlp.pipe_names[: nlp.pipe_names.index(component)]
    for number, (article, layer) in enumerate(examples, start=1):
        doc = make_doc(nlp, article)
        for name in names:
            doc = nlp.get_pipe(name)(doc)
        yield doc, layer
        report(number, len(examples), 0.0)
