"""Least confident first: the articles whose suggestions the extractor trusts least."""

from __future__ import annotations

import random
from collections.abc import Mapping
from statistics import mean

from workbench.core.layer import Layer


def rank(drafts: Mapping[str, Layer], *, seed: int) -> list[str]:
    """Return the article ids by falling mean uncertainty, 1 - score over the scored items.

    Least confidence after Lewis and Gale (1994). An article without scored items is as uncertain
    as can be: nothing was found in it. Ties fall in a seeded random order.
    """
    ids = sorted(drafts)
    random.Random(seed).shuffle(ids)  # noqa: S311 - a sample, no secret
    return sorted(ids, key=lambda article_id: -_measure(drafts[article_id]))


def _measure(layer: Layer) -> float:
    scores = [item.score for item in layer.items if item.score is not None]
    return 1 - mean(scores) if scores else 1.0
