"""spaCy's DocBin: what `spacy train` learns from."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from workbench.adapters.records import read_article, read_layer, write_article, write_layer
from workbench.adapters.spacy_docs import doc_from_layer
from workbench.core.article import Article
from workbench.core.errors import SourceError
from workbench.core.layer import Layer
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.exchange.annotated import Annotated, Carried, Problem, make_layer
from workbench.exchange.strict_json import parse_json
from workbench.exchange.tokens import make_tokeniser
from workbench.pipeline.extensions import register_extensions

ENDINGS = (".spacy",)
_KEY = "workbench"
"""Where a Doc's user data holds the article's record and the layer's, as JSON."""
_LARGEST = 2_000_000_000
"""Bytes that a file may have once it is unpacked."""


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield each Doc's text with its entities and the spans of all its groups.

    A Doc that was exported here gives its article and layer back as they were. Raises SourceError
    where the file is no DocBin.
    """
    try:
        data = path.read_bytes()
        unpacker = zlib.decompressobj()
        if len(unpacker.decompress(data, _LARGEST)) >= _LARGEST or unpacker.unconsumed_tail:
            raise SourceError(f"it unpacks to more than {_LARGEST:,} bytes")
        docs = list(DocBin().from_bytes(data).get_docs(Vocab()))
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001 - spaCy and msgpack raise whatever they stumble over
        raise SourceError(f"it is no DocBin of spaCy ({type(error).__name__}: {error})") from None
    for number, doc in enumerate(docs, start=1):
        try:
            yield _read_own(doc.user_data[_KEY]) if _KEY in doc.user_data else _read_foreign(doc)
        except (SourceError, KeyError, TypeError) as error:
            yield SourceError(f"document {number}: {error}")


def carry(article: Article, layer: Layer) -> Carried:
    """Keep everything; spans that do not fit the tokens are in the Doc's user data alone."""
    carried = Carried(article, layer)
    register_extensions()
    aligned = doc_from_layer(make_tokeniser(), article, layer)
    carried.lose(
        aligned.misaligned,
        "it begins or ends inside a token of spaCy's English rules; it stands in user_data alone",
    )
    shown = {(ent.start_char, ent.end_char, ent.label_) for ent in aligned.doc.ents}
    inner = [s for s in layer.spans if s not in aligned.misaligned]
    carried.lose(
        (s for s in inner if s.label != "MENTION" and (s.start, s.end, s.label) not in shown),
        "doc.ents holds no overlaps; it stands in doc.spans",
    )
    return carried


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write a Doc for each article: entities, span groups, and the rest in its user data."""
    register_extensions()
    docs = DocBin(store_user_data=True)
    for article, layer in rows:
        doc = doc_from_layer(make_tokeniser(), article, layer).doc
        record = {"article": write_article(article), "layer": write_layer(layer)}
        # As text, since spaCy's own serialisation gives lists back as tuples.
        doc.user_data[_KEY] = json.dumps(record, ensure_ascii=False, sort_keys=True)
        docs.add(doc)
    path.write_bytes(docs.to_bytes())


def _read_own(text: str) -> Annotated:
    record = parse_json(text)
    article = read_article(record["article"])
    return Annotated(article, read_layer(record["layer"], article=article))


def _read_foreign(doc: Doc) -> Annotated:
    article = Article("", doc.text)
    found = [*doc.ents, *(span for name in doc.spans for span in doc.spans[name])]
    spans = [Span(s.start_char, s.end_char, s.label_) for s in found if s.label_ and s.text.strip()]
    problems = [
        Problem("the span has no label or no words", [s.start_char, s.end_char])
        for s in found
        if not s.label_ or not s.text.strip()
    ]
    return Annotated(article, make_layer(article, spans=spans), tuple(problems))
