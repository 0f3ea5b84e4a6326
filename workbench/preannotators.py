"""Preannotators: what may take the place of the project's own pipeline, by name or by object.

A function from an article to a layer, `package.module:function` that names one, a model that
finds entities by the names of their labels (`predict_entities`, as GLiNER has it), or `llm`, the
language model that the settings name. All else is a spaCy pipeline, its name or its folder.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

from workbench.core.article import Article
from workbench.core.errors import PipelineError
from workbench.core.layer import Layer, Passage
from workbench.core.offsets import Offsets
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.project import Project

Annotate = Callable[[Article], Layer]
LLM = "llm"
_THRESHOLD = 0.5


def find_preannotator(project: Project, nlp: object) -> Annotate | None:
    """Return the function that annotates, None where `nlp` stands for a spaCy pipeline.

    Raises PipelineError for a name that leads to no function.
    """
    if nlp == LLM:
        from workbench.language_model import make_language_model

        return make_language_model(project)
    if isinstance(nlp, str) and ":" in nlp and "/" not in nlp and "\\" not in nlp:
        return _import_function(nlp)
    if hasattr(nlp, "predict_entities"):
        return wrap_entity_model(nlp, project.scheme)
    if callable(nlp) and not hasattr(nlp, "pipe"):
        return nlp
    return None


def wrap_entity_model(model: Any, scheme: Scheme) -> Annotate:
    """Make a preannotator of a model that finds entities by the names of their labels.

    It is asked paragraph by paragraph, for such models read but a few hundred words; the layer
    says that entities alone were asked for.
    """
    labels = {label.title.lower(): label.name for label in scheme.labels if label.kind == "entity"}
    author = f"model:{type(model).__name__.lower()}"

    def annotate(article: Article) -> Layer:
        spans = {}
        for start, end in _split(article.text):
            words = article.text[start:end]
            for found in model.predict_entities(words, list(labels), threshold=_THRESHOLD):
                label = labels.get(str(found["label"]).lower())
                if label is not None:
                    at = (start + int(found["start"]), start + int(found["end"]))
                    score = float(found.get("score", _THRESHOLD))
                    spans[(*at, label)] = Span(*at, label, min(1.0, max(0.0, score)), author[6:])
        asked = tuple(sorted(labels.values()))
        return Layer(
            article.id,
            article.text_sha256,
            author,
            "prediction",
            scheme=scheme.hash,
            guideline=scheme.guideline_hash,
            passages=(Passage(0, len(article.text), asked),) if article.text else (),
            spans=tuple(sorted(spans.values())),
        )

    return annotate


def _split(text: str) -> Iterator[Offsets]:
    at = 0
    for line in text.split("\n"):
        if line.strip():
            yield (at, at + len(line))
        at += len(line) + 1


def _import_function(name: str) -> Annotate:
    module, _, attribute = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise PipelineError(f"{name!r} names no function that can be imported: {error}") from None
    if not callable(found):
        raise PipelineError(f"{name!r} is no function from an article to a layer")
    return found  # type: ignore[no-any-return]  # what it gives is checked where it is used
