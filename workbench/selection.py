"""Choose what is annotated next: train and dev by a strategy, a stated share of test at random."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.plugins import load_plugin
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.names import add_queue

Rank = Callable[..., list[str]]
"""A strategy's function: from drafts by article id to ids, most wanted first."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Articles in the order in which they are to be annotated, and how they were chosen."""

    article_ids: tuple[str, ...]
    strategy: str
    seed: int
    test: float = 0.0
    name: str = ""

    def __len__(self) -> int:
        """Count the articles."""
        return len(self.article_ids)

    def __iter__(self) -> Iterator[str]:
        """Go through the article ids."""
        return iter(self.article_ids)

    def to_record(self) -> dict[str, Any]:
        """Write the queue as plain JSON."""
        return {
            "name": self.name,
            "articles": list(self.article_ids),
            "strategy": self.strategy,
            "seed": self.seed,
            "test": self.test,
        }


def select(
    project: Project,
    drafts: Iterable[Layer],
    *,
    by: str = "uncertainty",
    n: int | None = None,
    test: float = 0.2,
    seed: int | None = None,
    save: str = "",
) -> Queue:
    """Choose `n` articles: test articles fill the share `test`, the strategy ranks the rest.

    Without `n` all articles are taken.

    Test articles are drawn at random, never by a strategy, so that no model picks what judges it.
    `save` keeps the queue under a name. Raises RoundError where nothing can be chosen.
    """
    if not 0 <= test <= 1:
        raise RoundError(f"the share of test articles is {test}; it must be between 0 and 1")
    rank = load_plugin("strategies", by).rank
    seed = project.seed if seed is None else seed
    layers = {layer.article_id: layer for layer in drafts}
    with project.store() as connection:
        splits = {a.id: a.split for a in find_articles(connection) if a.id in layers}
    if not splits:
        raise RoundError("there is nothing to choose from: preannotate articles first")
    queue = Queue(_choose(layers, splits, rank, n, test, seed), by, seed, test, save)
    if save:
        with project.store() as connection:
            add_queue(connection, save, queue.to_record(), at=project.now())
    return queue


def _choose(
    layers: Mapping[str, Layer],
    splits: Mapping[str, str | None],
    rank: Rank,
    n: int | None,
    test: float,
    seed: int,
) -> tuple[str, ...]:
    learnt = {id_: layers[id_] for id_ in splits if splits[id_] != "test"}
    ranked = list(rank(learnt, seed=seed))
    tests = sorted(id_ for id_ in splits if splits[id_] == "test")
    generator = random.Random(seed)  # noqa: S311 - a sample, no secret
    generator.shuffle(tests)
    total = len(splits) if n is None else min(n, len(splits))
    for_test = len(tests) if n is None else min(len(tests), round(total * test))
    for_rest = min(len(ranked), total - for_test)
    chosen = ranked[:for_rest]
    # Test articles are spread over the queue, so that stopping early keeps the share.
    for article_id in tests[:for_test]:
        chosen.insert(generator.randint(0, len(chosen)), article_id)
    return tuple(chosen)
