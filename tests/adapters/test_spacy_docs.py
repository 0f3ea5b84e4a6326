from __future__ import annotations

import spacy
from hypothesis import given
from hypothesis import strategies as st
from strategies import layers, texts

from workbench.adapters.spacy_docs import doc_from_layer, layer_from_doc
from workbench.core.article import Article
from workbench.core.span import MENTION
from workbench.pipeline.extensions import register_extensions

NLP = spacy.blank("en")
register_extensions()


@given(st.data())
def test_what_fits_no_tokens_is_returned_and_never_moved(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    layer = data.draw(layers(article))

    aligned = doc_from_layer(NLP, article, layer)

    groups = [*aligned.doc.spans["entities"], *aligned.doc.spans["mentions"]]
    kept = {(span.start_char, span.end_char, span.label_) for span in groups}
    lost = {(span.start, span.end, span.label) for span in aligned.misaligned}
    assert kept | lost == {(span.start, span.end, span.label) for span in layer.spans}
    assert kept & lost == set()
    assert all(span.text == article.text[span.start_char : span.end_char] for span in groups)


@given(st.data())
def test_a_doc_gives_back_the_layer_that_fits_its_tokens(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    layer = data.draw(layers(article))
    aligned = doc_from_layer(NLP, article, layer)

    again = layer_from_doc(aligned.doc, article, author="model:m", asked=("ORG",))

    lost = set(aligned.misaligned)
    assert set(again.spans) >= {s for s in layer.spans if s.label != MENTION} - lost
    assert set(again.stances) == set(layer.stances)
    assert set(again.quotes) == set(layer.quotes)
