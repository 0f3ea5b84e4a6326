"""References: gold as Docs that spaCy learns from; what was not asked or shown is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.util import filter_spans

from workbench.adapters.records.layers import read_layer
from workbench.adapters.spacy_docs import ENTITIES, MENTIONS, doc_from_layer
from workbench.core.article import Article
from workbench.core.layer import Layer, Passage
from workbench.core.span import MENTION
from workbench.core.span import Span as Entity

PROJECT = "project"
"""The group of spans that the project's own recogniser finds, and learns where it may nest them."""
Flags = NDArray[np.bool_]
Examples = Sequence[tuple[Article, Layer]]
PASSAGES = "workbench.passages"
_LONGEST = 400
"""Tokens of a paragraph beyond which it is cut where no entity is."""


def list_labels(examples: Examples) -> list[str]:
    """Name the entity labels that gold holds, sorted."""
    return sorted({s.label for _, layer in examples for s in layer.spans if s.label != MENTION})


def make_references(
    nlp: Language, article: Article, layer: Layer, labels: Sequence[str]
) -> Iterator[Doc]:
    """Yield a Doc for each paragraph with its gold entities, nested ones in their group.

    A token is outside all entities only where a passage shows it and asks for every label that is
    learnt; else it is missing, and so is page furniture.
    """
    aligned = doc_from_layer(nlp, article, layer)
    doc = aligned.doc
    shown, known = _cover(doc, layer, labels)
    for start, end in article.masked:
        masked = np.array([start <= token.idx < end for token in doc], dtype=bool)
        shown, known = shown & ~masked, known & ~masked
    for lost in aligned.misaligned:
        # What fits no tokens can't be learnt, and is no negative either.
        known &= [t.idx + len(t) <= lost.start or lost.end <= t.idx for t in doc]
    entities = [s for s in doc.spans[ENTITIES] if shown[s.start : s.end].all()]
    doc.spans[ENTITIES] = entities
    outermost = filter_spans(entities)
    taken = np.zeros(len(doc), dtype=bool)
    for span in outermost:
        taken[span.start : span.end] = True
    missing = [doc[i : i + 1] for i in np.flatnonzero(~known & ~taken)]
    doc.set_ents(outermost, missing=missing, default="outside")
    for start, end in _cut(doc):
        if known[start:end].any() or taken[start:end].any():
            yield _excerpt(doc, start, end)


def write_corpus(path: Path, docs: Iterable[Doc]) -> int:
    """Write Docs as spaCy's binary corpus and return how many there are."""
    corpus = DocBin(attrs=["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE"], docs=list(docs))
    corpus.to_disk(path)
    return len(corpus)


def make_corpus(nlp: Language, examples: Examples, labels: Sequence[str]) -> list[Doc]:
    """Return the references of all examples, in their order."""
    made = (make_references(nlp, article, layer, labels) for article, layer in examples)
    return list(chain.from_iterable(made))


def _cover(doc: Doc, layer: Layer, labels: Sequence[str]) -> tuple[Flags, Flags]:
    """Return which tokens were shown at all, and for which every label was asked."""
    shown = np.zeros(len(doc), dtype=bool)
    known = np.zeros(len(doc), dtype=bool)
    for passage in layer.passages:
        inside = [passage.start <= t.idx and t.idx + len(t) <= passage.end for t in doc]
        shown |= inside
        if set(passage.asked) >= set(labels):
            known |= inside
    return shown, known


def _excerpt(doc: Doc, start: int, end: int) -> Doc:
    """Return a part of a Doc with its entities, and with the nested ones that lie in it."""
    part = doc[start:end].as_doc()
    inside = [s for s in doc.spans[ENTITIES] if start <= s.start and s.end <= end]
    part.spans.clear()
    part.spans[PROJECT] = [
        Span(part, s.start - start, s.end - start, label=s.label_) for s in inside
    ]
    part.user_data.clear()
    return part


def _cut(doc: Doc) -> Iterator[tuple[int, int]]:
    """Cut a Doc at its line breaks, and long paragraphs where no entity is cut."""
    start = 0
    for token in doc:
        long_enough = token.i - start >= _LONGEST and token.ent_iob_ != "I"
        if ("\n" in token.text and token.i > start) or long_enough:
            yield start, token.i
            start = token.i
    if start < len(doc):
        yield start, len(doc)


def read_reference(doc: Doc) -> Layer:
    """Read the gold that a reference carries: spans, quotes, stances, clusters and passages.

    Passages are a list of `[start, end, labels]` under `workbench.passages`; without one nothing
    is known to have been asked.
    """
    groups = [doc.spans[name] for name in (ENTITIES, MENTIONS) if name in doc.spans]
    layer = read_layer(
        {
            "text_sha256": "",
            "quotes": doc._.quotes,
            "stances": doc._.stances,
            "clusters": doc._.clusters,
        }
    )
    return replace(
        layer,
        article_id=doc.user_data.get("workbench.article", ""),
        spans=tuple(Entity(s.start_char, s.end_char, s.label_) for group in groups for s in group),
        passages=tuple(
            Passage(start, end, tuple(asked))
            for start, end, asked in doc.user_data.get(PASSAGES, ())
        ),
    )


def make_reference(nlp: Language, article: Article, layer: Layer) -> Doc:
    """Make the Doc of a whole article that carries all its gold, for the learning components."""
    doc = doc_from_layer(nlp, article, layer).doc
    doc.user_data[PASSAGES] = [[p.start, p.end, list(p.asked)] for p in layer.passages]
    doc.user_data["workbench.article"] = article.id
    return doc
