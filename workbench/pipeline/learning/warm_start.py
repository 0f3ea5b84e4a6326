"""Warm start: a fresh recogniser with the weights of a base pipeline's, as a spaCy callback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.util import registry

WARM_START = "workbench.warm_start.v1"
_UNUSED = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
_SHARED = ("tok2vec", "lower")
"""The parts of a transition model that do not depend on its labels."""


@registry.callbacks(WARM_START)  # type: ignore[untyped-decorator]  # spaCy types it loosely
def make_warm_start(
    base: str, component: str, labels: Mapping[str, str]
) -> Callable[[Language], Language]:
    """Make a callback for `[initialize.after_init]` that copies the weights of the base's `ner`.

    `labels` names for each label of the project the base's label whose output it starts from. The
    saved model needs neither the callback nor the base.
    """

    def copy_weights(nlp: Language) -> Language:
        source = spacy.load(base, exclude=_UNUSED).get_pipe("ner")
        copy_recogniser(source, nlp.get_pipe(component), labels)
        return nlp

    return copy_weights


def copy_recogniser(source: Any, target: Any, labels: Mapping[str, str]) -> None:
    """Copy embedding, hidden layer and the output rows of transitions with mapped labels.

    Both recognisers must be of the same shape, as `make_config` sees to. A spancat takes the
    embedding alone, which is the first layer of what `ner` calls its tok2vec.
    """
    if not hasattr(target, "moves"):
        embedding = source.model.get_ref("tok2vec").layers[0]
        target.model.get_ref("tok2vec").from_bytes(embedding.to_bytes())
        return
    for part in _SHARED:
        target.model.get_ref(part).from_bytes(source.model.get_ref(part).to_bytes())
    rows = {source.moves.get_class_name(i): i for i in range(source.moves.n_moves)}
    theirs, ours = source.model.get_ref("upper"), target.model.get_ref("upper")
    for param in ("W", "b"):
        values = np.array(ours.get_param(param))
        for i in range(target.moves.n_moves):
            action, dash, label = target.moves.get_class_name(i).partition("-")
            known = rows.get(action + dash + labels.get(label, label))
            if known is not None:
                values[i] = theirs.get_param(param)[known]
        ours.set_param(param, values)
