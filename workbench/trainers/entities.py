"""Train an entity recogniser of the project's own, starting from the base pipeline's weights."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from spacy.language import Language
from spacy.tokens import Doc, Span

from workbench.analysis.scope import is_asked
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.core.span import MENTION
from workbench.core.span import Span as Entity
from workbench.pipeline.entity_spans import find_masked
from workbench.pipeline.learning.recogniser import (
    SILENT,
    Kind,
    Learnt,
    Recipe,
    Report,
    make_config,
    map_labels,
    name_base,
    train_recogniser,
)
from workbench.pipeline.learning.references import (
    PROJECT,
    Examples,
    list_labels,
    make_corpus,
    write_corpus,
)
from workbench.pipeline.learning.regression import fit_regression
from workbench.pipeline.merged_entities import MergedEntities, describe, list_candidates
from workbench.pipeline.project_entities import RECOGNISER, score_entities

ORDER = 2
STEPS = 400
"""Updates without enough dev articles to stop by: warm weights converge in 100 to 400."""
MOST_STEPS = 1500
PATIENCE = 300
ENOUGH_DEV = 5
"""Dev articles from which the score on them decides when to stop."""
_FOLDS = 2
_FOLD_STEPS = 150


def train(
    nlp: Language,
    examples: Examples,
    dev: Examples,
    *,
    seed: int,
    steps: int | None = None,
    report: Report = SILENT,
    kind: Kind = "ner",
    start: Literal["warm", "blank"] = "warm",
    merge: bool = True,
) -> dict[str, Any]:
    """Train, and put the recogniser and its merge with the rules into the pipeline.

    `kind` spancat learns nested entities and has scores that rank errors better. `start` blank
    leaves the base's weights out; without `merge` nothing is learnt of how far to trust it, and
    the rules' entities stay as they are. `report` gets the step, the steps and the score on dev.
    Where no example holds an entity, nothing is learnt.
    """
    labels = list_labels(examples)
    if not labels:
        return {"learnt": False, "labels": [], "reason": "no article has an entity"}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        base = name_base(nlp, work / "base") if start == "warm" else None
        workshop = _Workshop(nlp, work, base, kind, seed)
        watched = len(dev) >= ENOUGH_DEV
        learnt = workshop.train(examples, dev, labels, steps=steps, report=report)
        held_out = [*_apply(nlp, learnt, dev)] if merge else []
        if merge and not watched and len(examples) > _FOLDS:
            held_out += workshop.cross_apply(examples, labels, steps)
    _add_components(nlp, learnt, _learn_merge(held_out, seed))
    return {
        "kind": kind,
        "base": None if base is None else Path(base).name,
        "labels": labels,
        "steps": learnt.steps,
        "dev": learnt.score,
        "merge": len(held_out),
        "interrupted": learnt.interrupted,
    }


class _Workshop:
    """Trains recognisers for one pipeline, each from a corpus on disk as `spacy train` does."""

    def __init__(self, nlp: Language, work: Path, base: str | None, kind: Kind, seed: int) -> None:
        self._nlp = nlp
        self._work = work
        self._base = base
        self._kind: Kind = kind
        self._seed = seed

    def train(
        self,
        examples: Examples,
        dev: Examples,
        labels: Sequence[str],
        *,
        steps: int | None,
        report: Report = SILENT,
    ) -> Learnt:
        """Train on examples; enough dev articles choose the weights, fewer only show a score."""
        watched = len(dev) >= ENOUGH_DEV
        docs = make_corpus(self._nlp, examples, labels)
        write_corpus(self._work / "train.spacy", docs)
        write_corpus(self._work / "dev.spacy", make_corpus(self._nlp, dev, labels))
        recipe = Recipe(
            kind=self._kind,
            base=self._base,
            labels=map_labels(self._nlp, docs) if self._base else None,
            steps=steps or (MOST_STEPS if watched else STEPS),
            patience=PATIENCE if watched else 0,
            seed=self._seed,
        )
        paths = {name: str(self._work / f"{name}.spacy") for name in ("train", "dev")}
        return train_recogniser(make_config(recipe, **paths), report, keep_last=not watched)

    def cross_apply(
        self, examples: Examples, labels: Sequence[str], steps: int | None
    ) -> Iterator[tuple[Doc, Article, Layer]]:
        """Yield each example as a recogniser sees it that did not learn from it."""
        for number in range(_FOLDS):
            seen = [pair for i, pair in enumerate(examples) if i % _FOLDS != number]
            unseen = [pair for i, pair in enumerate(examples) if i % _FOLDS == number]
            if list_labels(seen):
                few = min(steps or STEPS, _FOLD_STEPS)
                yield from _apply(self._nlp, self.train(seen, (), labels, steps=few), unseen)


def _apply(
    nlp: Language, learnt: Learnt, examples: Examples
) -> Iterator[tuple[Doc, Article, Layer]]:
    """Yield Docs with the rules' entities and, beside them, those of a recogniser."""
    component: Any = learnt.nlp.get_pipe(learnt.nlp.pipe_names[0])
    stop = nlp.pipe_names.index(_find_last(nlp)) + 1
    for article, layer in examples:
        doc, alone = nlp.make_doc(article.text), learnt.nlp.make_doc(article.text)
        for one in (doc, alone):
            one._.masked = [list(region) for region in article.masked]
        for name in nlp.pipe_names[:stop]:
            doc = nlp.get_pipe(name)(doc)
        alone = Doc(
            learnt.nlp.vocab,
            words=[token.text for token in doc],
            spaces=[bool(token.whitespace_) for token in doc],
        )
        alone._.masked = doc._.masked
        alone.set_ents([], blocked=find_masked(alone), default="unmodified")
        found, scores = score_entities(component, component(alone))
        doc.spans[PROJECT] = [Span(doc, s.start, s.end, label=s.label_) for s in found]
        doc.spans[PROJECT].attrs["scores"] = scores
        yield doc, article, layer


def _learn_merge(held_out: Sequence[tuple[Doc, Article, Layer]], seed: int) -> MergedEntities:
    """Learn from articles that the recogniser did not see how far to trust it and each rule."""
    rows, right, groups, beyond = [], [], [], 0
    for doc, article, layer in held_out:
        gold = {s for s in layer.spans if s.label != MENTION}
        reached = set()
        for candidate in list_candidates(doc):
            found = candidate.found
            piece = doc[found.start : found.end]
            span = Entity(piece.start_char, piece.end_char, found.label)
            reached.add(span)
            if is_asked(span.label, span.offsets, layer.passages):
                rows.append(describe(candidate))
                right.append(span in gold)
                groups.append(article.id)
        beyond += len(gold - reached)
    fitted = fit_regression(rows, right, groups, seed=seed, beyond=beyond)
    return MergedEntities({} if fitted is None else {"entities": fitted.regression})


def _add_components(nlp: Language, learnt: Learnt, merge: MergedEntities) -> None:
    """Stand the recogniser before the rules, and the merge behind the learnt names."""
    source = learnt.nlp.pipe_names[0]
    learnt.nlp.rename_pipe(source, RECOGNISER)
    nlp.add_pipe(RECOGNISER, source=learnt.nlp, after="workbench_furniture")
    nlp.add_pipe("workbench_project_entities", after=RECOGNISER)
    nlp.add_pipe("workbench_merged_entities", after=_find_last(nlp))
    component: Any = nlp.get_pipe("workbench_merged_entities")
    component.regressions = merge.regressions


def _find_last(nlp: Language) -> str:
    """Name the last component that has to do with the rules' entities."""
    measured = "workbench_entity_confidences"
    return measured if measured in nlp.pipe_names else "workbench_names"
