"""Train an entity recogniser of the project's own, starting from the base pipeline's weights."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import filter_spans
from thinc.api import fix_random_seed

from workbench.adapters.spacy_docs import doc_from_layer
from workbench.core.article import Article
from workbench.core.errors import TrainingError
from workbench.core.layer import Layer
from workbench.core.span import MENTION

ORDER = 1
NAME = "project_ner"
"""The trained component; the base's own `ner` stands behind it and fills what it leaves."""
STEPS = 200
_BATCH = 8
_CHECK = 50
_DROPOUT = 0.2
_LONGEST = 400


def train(
    nlp: Language,
    examples: Sequence[tuple[Article, Layer]],
    dev: Sequence[tuple[Article, Layer]],
    *,
    seed: int,
    steps: int = STEPS,
    report: Callable[[int, int, float], None] = lambda *_: None,
) -> dict[str, Any]:
    """Train and put the component into the pipeline; interrupted, it keeps the best so far.

    The weights of the base's `ner` are worth several times the annotation; where there is none it
    starts from nothing. `report` gets the step, the number of steps and the score on dev. Raises
    TrainingError where no example holds an entity.
    """
    fix_random_seed(seed)
    made = [example for pair in examples for example in _make_examples(nlp, *pair)]
    labels = sorted({ent.label_ for example in made for ent in example.reference.ents})
    if not labels:
        raise TrainingError("the release has no entity to learn from in its train split")
    component: Any = _add_component(nlp, labels, made)
    held_out = [example for pair in dev for example in _make_examples(nlp, *pair)]
    best, best_bytes, step = -1.0, component.model.to_bytes(), 0
    generator = random.Random(seed)  # noqa: S311 - shuffling, no secret
    with nlp.select_pipes(enable=[NAME]):
        make_optimizer: Any = nlp.create_optimizer
        optimizer = make_optimizer()
        try:
            for step, batch in enumerate(_draw_batches(made, steps, generator), start=1):
                nlp.update(batch, sgd=optimizer, drop=_DROPOUT)
                if step % _CHECK == 0 or step == steps:
                    score = _score(nlp, held_out)
                    report(step, steps, score)
                    if score >= best:
                        best, best_bytes = score, component.model.to_bytes()
        except KeyboardInterrupt:
            # Whoever stops a training wants what it has found so far.
            pass
    component.model.from_bytes(best_bytes)
    return {"labels": labels, "examples": len(made), "steps": step, "dev": best if dev else None}


def _make_examples(nlp: Language, article: Article, layer: Layer) -> Iterator[Example]:
    """Make an example of each paragraph; what was not asked or not shown is missing."""
    aligned = doc_from_layer(nlp, article, layer)
    doc = aligned.doc
    entities = [s for s in doc.spans["entities"] if s.label_ != MENTION]
    asked = all(set(p.asked) >= {s.label_ for s in entities} for p in layer.passages)
    covered = np.zeros(len(doc), dtype=bool)
    for passage in layer.passages:
        covered |= [passage.start <= t.idx and t.idx + len(t) <= passage.end for t in doc]
    for start, end in article.masked:
        covered &= [not (start <= token.idx < end) for token in doc]
    missing = [doc[i : i + 1] for i in np.flatnonzero(~covered)]
    outermost = [s for s in filter_spans(entities) if covered[s.start : s.end].all()]
    doc.set_ents(outermost, missing=missing, default="outside" if asked else "missing")
    for start, end in _cut(doc):
        reference = doc[start:end].as_doc()
        predicted = Doc(nlp.vocab, words=[t.text for t in reference],
                        spaces=[bool(t.whitespace_) for t in reference])  # fmt: skip
        yield Example(predicted, reference)


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


def _add_component(nlp: Language, labels: Sequence[str], examples: Sequence[Example]) -> Any:
    """Add the recogniser before the base's, with the base's weights where there are any."""
    base: Any = nlp.get_pipe("ner") if "ner" in nlp.pipe_names else None
    config = nlp.get_pipe_config("ner") if base is not None else {}
    place: dict[str, Any] = (
        {"before": "ner"} if base is not None else {"before": "workbench_entity_labels"}
    )
    settings = {key: value for key, value in config.items() if key in ("model", "moves")}
    component: Any = nlp.add_pipe("ner", name=NAME, config=settings, **place)
    for label in labels:
        component.add_label(label)
    component.initialize(lambda: list(examples), nlp=nlp)
    if base is not None:
        for part in ("tok2vec", "lower"):
            source, target = base.model.get_ref(part), component.model.get_ref(part)
            target.from_bytes(source.to_bytes())
        _copy_output_rows(base, component)
    return component


def _copy_output_rows(base: Any, component: Any) -> None:
    """Copy the output rows of transitions that both recognisers have by name."""
    names = {base.moves.get_class_name(i): i for i in range(base.moves.n_moves)}
    source, target = base.model.get_ref("upper"), component.model.get_ref("upper")
    for param in ("W", "b"):
        values = target.get_param(param).copy()
        for i in range(component.moves.n_moves):
            known = names.get(component.moves.get_class_name(i))
            if known is not None:
                values[i] = source.get_param(param)[known]
        target.set_param(param, values)


def _draw_batches(
    examples: Sequence[Example], steps: int, generator: random.Random
) -> Iterator[list[Example]]:
    count = 0
    while count < steps:
        order = list(examples)
        generator.shuffle(order)
        for start in range(0, len(order), _BATCH):
            yield order[start : start + _BATCH]
            count += 1
            if count >= steps:
                return


def _score(nlp: Language, examples: Sequence[Example]) -> float:
    """Return the strict F1 of the component alone, 0 without examples."""
    if not examples:
        return 0.0
    fresh = [Example(nlp.make_doc(e.reference.text), e.reference) for e in examples]
    return float(nlp.evaluate(fresh)["ents_f"] or 0.0)
