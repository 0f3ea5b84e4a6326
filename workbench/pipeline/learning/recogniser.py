"""The recogniser's training: a config that `spacy train` understands, and spaCy's own loop."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import spacy
from spacy.language import Language
from spacy.schemas import ConfigSchemaTraining
from spacy.tokens import Doc
from spacy.training.initialize import init_nlp
from spacy.training.loop import (
    create_evaluation_callback,
    create_train_batches,
    train_while_improving,
)
from spacy.util import get_installed_models, registry, resolve_dot_names
from thinc.api import Config, fix_random_seed

from workbench.core.offsets import overlap
from workbench.pipeline.learning.references import PROJECT
from workbench.pipeline.learning.warm_start import WARM_START

Kind = Literal["ner", "spancat"]
Report = Callable[[int, int, float], None]
SILENT: Report = lambda *_: None  # noqa: E731 - a name for "nobody listens"
_SIZES = tuple(range(1, 9))
"""Lengths of the spans that spancat looks at; 1 to 3 was measured to lose a quarter."""
_TOK2VEC: Mapping[str, Any] = {
    "@architectures": "spacy.Tok2Vec.v2",
    "embed": {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": 96,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
        "rows": [5000, 1000, 2500, 2500],
        "include_static_vectors": False,
    },
    "encode": {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": 96,
        "depth": 4,
        "window_size": 1,
        "maxout_pieces": 3,
    },
}


@dataclass(frozen=True)
class Recipe:
    """What a recogniser is made of, besides the corpus: all that its config says."""

    kind: Kind = "ner"
    base: str | None = None
    labels: Mapping[str, str] | None = None
    steps: int = 600
    patience: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Learnt:
    """A trained recogniser alone in a pipeline, with the steps it took and its best dev score."""

    nlp: Language
    steps: int
    score: float | None
    interrupted: bool = False


def make_config(recipe: Recipe, *, train: str = "", dev: str = "") -> Config:
    """Write the config of a recogniser; `spacy train` makes the same weights from it.

    With a base, tokenizer and vocabulary are its own and so are the first weights; without one
    all begins at random.
    """
    before = {
        "@callbacks": "spacy.copy_from_base_model.v1",
        "tokenizer": recipe.base,
        "vocab": recipe.base,
    }
    after = {
        "@callbacks": WARM_START,
        "base": recipe.base,
        "component": recipe.kind,
        "labels": dict(recipe.labels or {}),
    }
    corpus = {"@readers": "spacy.Corpus.v1", "max_length": 0, "gold_preproc": False, "limit": 0}
    return Config({
        "paths": {"train": train, "dev": dev},
        "system": {"seed": recipe.seed, "gpu_allocator": None},
        "nlp": {"lang": "en", "pipeline": [recipe.kind], "batch_size": 64},
        "components": {recipe.kind: _describe_component(recipe)},
        "corpora": {
            "train": {**corpus, "path": "${paths.train}"},
            "dev": {**corpus, "path": "${paths.dev}"},
        },
        "training": _describe_training(recipe),
        "initialize": {
            "before_init": before if recipe.base else None,
            "after_init": after if recipe.base else None,
        },
    })  # fmt: skip


def _describe_component(recipe: Recipe) -> dict[str, Any]:
    base = _read_base_model(recipe.base) if recipe.base else None
    tok2vec = base["tok2vec"] if base else _TOK2VEC
    if recipe.kind == "spancat":
        return {
            "factory": "spancat",
            "spans_key": PROJECT,
            "threshold": 0.5,
            "max_positive": 1,
            "suggester": {"@misc": "spacy.ngram_suggester.v1", "sizes": list(_SIZES)},
            "model": {
                "@architectures": "spacy.SpanCategorizer.v1",
                "tok2vec": tok2vec,
                "reducer": {
                    "@layers": "spacy.mean_max_reducer.v1", "hidden_size": 128,
                },
                "scorer": {"@layers": "spacy.LinearLogistic.v1", "nO": None, "nI": None},
            },
        }  # fmt: skip
    model = base or {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
    }
    return {"factory": "ner", "model": {**model, "tok2vec": tok2vec, "nO": None}}


def _read_base_model(base: str) -> dict[str, Any]:
    """Return the architecture of the base's recogniser, which the project's must equal."""
    nlp = spacy.load(base, exclude=["tagger", "parser", "attribute_ruler", "lemmatizer"])
    model: dict[str, Any] = nlp.get_pipe_config("ner")["model"]
    return model


def _describe_training(recipe: Recipe) -> dict[str, Any]:
    score = "ents_f" if recipe.kind == "ner" else f"spans_{PROJECT}_f"
    return {
        "seed": "${system.seed}",
        "gpu_allocator": "${system.gpu_allocator}",
        "dropout": 0.2,
        "accumulate_gradient": 1,
        "patience": recipe.patience,
        "max_epochs": 0,
        "max_steps": recipe.steps,
        "eval_frequency": max(1, min(50, recipe.steps)),
        "batcher": {
            "@batchers": "spacy.batch_by_words.v1",
            "discard_oversize": False,
            "tolerance": 0.2,
            "size": 600,
            "get_length": None,
        },
        "optimizer": {
            "@optimizers": "Adam.v1",
            "learn_rate": 0.001,
            "L2": 0.01,
            "L2_is_weight_decay": True,
            "grad_clip": 1.0,
            "use_averages": True,
            "beta1": 0.9,
            "beta2": 0.999,
            "eps": 1e-8,
        },
        "logger": {"@loggers": "spacy.ConsoleLogger.v1", "progress_bar": False},
        "score_weights": {score: 1.0},
    }


def train_recogniser(config: Config, report: Report = SILENT, *, keep_last: bool = False) -> Learnt:
    """Train by spaCy's own loop; interrupted, it keeps the best so far.

    `report` gets the step, the number of steps and the dev score, 0 where there is no dev corpus.
    `keep_last` keeps the latest weights instead, for a dev corpus too small to choose by.
    """
    # spaCy's start logs each component; the caller's bar tells how far it is.
    logging.getLogger("spacy").setLevel(logging.WARNING)
    nlp = init_nlp(config)
    filled = nlp.config.interpolate()
    # spaCy seeds anew between its start and its loop.
    fix_random_seed(filled["training"]["seed"])
    settings = registry.resolve(filled["training"], schema=ConfigSchemaTraining)
    train, dev = resolve_dot_names(filled, [settings["train_corpus"], settings["dev_corpus"]])
    optimizer = settings["optimizer"]
    loop = train_while_improving(
        nlp,
        optimizer,
        create_train_batches(nlp, train, settings["batcher"], settings["max_epochs"]),
        create_evaluation_callback(nlp, dev, settings["score_weights"]),
        dropout=settings["dropout"],
        accumulate_gradient=settings["accumulate_gradient"],
        patience=settings["patience"],
        max_steps=settings["max_steps"],
        eval_frequency=settings["eval_frequency"],
        exclude=[],
        annotating_components=[],
        before_update=None,
    )
    best: bytes | None = None
    step, score, interrupted = 0, 0.0, False
    component: Any = nlp.get_pipe(nlp.pipe_names[0])
    try:
        for _, info, is_best in loop:
            step = info["step"]
            if is_best is not None:
                report(step, settings["max_steps"], info["score"] or 0.0)
            if is_best or (keep_last and is_best is not None):
                score = info["score"] or 0.0
                with nlp.use_params(optimizer.averages):
                    best = component.model.to_bytes()
    except KeyboardInterrupt:
        # Whoever stops a training wants what it has found so far.
        interrupted = True
    if best is not None:
        component.model.from_bytes(best)
    return Learnt(nlp, step, score or None, interrupted)


def name_base(nlp: Language, folder: Path) -> str | None:
    """Return a name that `spacy.load` finds a pipeline's recogniser by, None where it has none.

    An installed package's own name where it was loaded from one, else its folder; what came from
    no file is written into `folder`.
    """
    if "ner" not in nlp.pipe_names or nlp.get_pipe_config("ner").get("factory", "ner") != "ner":
        return None
    path = getattr(nlp, "_path", None)
    if path is None:
        nlp.to_disk(folder)
        return str(folder)
    packages = {name: spacy.util.get_package_path(name) for name in get_installed_models()}
    found = [name for name, place in packages.items() if Path(path).is_relative_to(place)]
    return found[0] if found else str(path)


def map_labels(base: Language, docs: Sequence[Doc]) -> dict[str, str]:
    """Name for each gold label the base's label that overlaps with it most often."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for doc in docs:
        gold = [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
        for ent in _predict(base, doc.text):
            for start, end, label in gold:
                if overlap((start, end), (ent.start_char, ent.end_char)):
                    counts[label][ent.label_] += 1
    return {
        label: min(found, key=lambda name: (-found[name], name))
        for label, found in sorted(counts.items())
    }


def _predict(base: Language, text: str) -> Iterable[Any]:
    with base.select_pipes(enable=[name for name in base.pipe_names if name in _READERS]):
        return base(text).ents


_READERS = ("tok2vec", "transformer", "ner")
