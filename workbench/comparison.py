"""Compare two models: which gold items were won and lost, and what drifts without any gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.analysis.scoring.counting import (
    HEADLINES,
    Compared,
    count_documents,
    find_right_stances,
    pair_layers,
)
from workbench.analysis.scoring.paired import Difference, compare_counts
from workbench.analysis.scoring.stances import match_pairs
from workbench.core.article import Article
from workbench.core.errors import ReleaseError
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.offsets import overlap
from workbench.core.quote import QUOTE, Quote
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance
from workbench.evaluation import predict, read_gold
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.store.articles import find_articles
from workbench.store.layers import find_layers
from workbench.training import Model, find_model

UNLABELLED = 50
"""Articles without gold that the drift is counted on, the first by id."""
COLUMNS = ("change", "article", "label", "words")


@dataclass(frozen=True)
class Change:
    """A gold item that the second model found and the first did not, or the reverse."""

    kind: Literal["won", "lost"]
    article_id: str
    item_id: str
    label: str
    words: str

    def to_record(self) -> dict[str, str]:
        """Write the change as plain JSON."""
        return {
            "change": self.kind,
            "article_id": self.article_id,
            "id": self.item_id,
            "label": self.label,
            "words": self.words,
        }


@dataclass(frozen=True)
class Comparison:
    """Two models on the same gold, and their predictions' drift on articles without any.

    `drift` counts by label what both say (`same`), and what only the one or the other says.
    """

    models: tuple[str, str]
    on: str
    differences: Mapping[str, Difference]
    changes: tuple[Change, ...]
    drift: Mapping[str, Mapping[str, int]]
    unlabelled: int

    def __repr__(self) -> str:
        """Count what was won and lost."""
        counts = Counter(change.kind for change in self.changes)
        return (
            f"Comparison({self.models[0]!r} → {self.models[1]!r} on {self.on}: "
            f"{counts['won']} won, {counts['lost']} lost)"
        )

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), repr(self))

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the changes as rows: change, article, label, words."""
        return [(c.kind, c.article_id, c.label, c.words) for c in self.changes]

    def to_record(self) -> dict[str, Any]:
        """Write the comparison as plain JSON."""
        return {
            "models": list(self.models),
            "on": self.on,
            "differences": {name: d.to_record() for name, d in self.differences.items()},
            "won": [c.to_record() for c in self.changes if c.kind == "won"],
            "lost": [c.to_record() for c in self.changes if c.kind == "lost"],
            "drift": {"articles": self.unlabelled, "labels": dict(self.drift)},
        }


def compare(
    project: Project,
    first: Model | str | None,
    second: Model | str | None,
    *,
    on: str = "",
    unlabelled: int = UNLABELLED,
    seed: int = 0,
) -> Comparison:
    """Hold two models against each other; None or `base` is the base pipeline.

    On gold: each item that was won and lost, and paired differences. On up to `unlabelled`
    articles without gold: how many predictions change. `on` is `VERSION` or `VERSION:SPLIT`, by
    default the test of the newer model's release. Raises ReleaseError where there is no gold.
    """
    sides = [_find(project, side) for side in (first, second)]
    release = next((side.release for side in reversed(sides) if side is not None), "")
    if not on and not release:
        raise ReleaseError("two base pipelines are the same; name a model, or gold with --on")
    on = on or f"{release}:test"
    gold = read_gold(project, on)
    if not gold:
        raise ReleaseError(f"there is no gold in {on} to compare on; name some with --on")
    texts = {article.id: article.text for article, _ in gold}
    golden = [layer for _, layer in gold]
    found = [predict(project, side, [article for article, _ in gold])[1] for side in sides]
    before, after = (pair_layers(golden, layers, texts) for layers in found)
    counts = count_documents(before), count_documents(after)
    differences = {n: compare_counts(counts[0][n], counts[1][n], seed=seed) for n in HEADLINES}
    articles = _list_unlabelled(project, set(texts), unlabelled)
    drift = count_drift(*(predict(project, side, articles)[1] for side in sides))
    names = tuple("base" if side is None else side.name for side in sides)
    changes = tuple(change for a, b in zip(before, after, strict=True) for change in _list(a, b))
    return Comparison((names[0], names[1]), on, differences, changes, drift, len(articles))


def count_drift(first: Sequence[Layer], second: Sequence[Layer]) -> dict[str, dict[str, int]]:
    """Count by label which predictions two models share on the same articles, and which not."""
    counts: dict[str, Counter[str]] = {}
    for one, other in zip(first, second, strict=True):
        mine, theirs = (
            {identify(layer.text_sha256, item): _get_label(item) for item in layer.items}
            for layer in (one, other)
        )
        for item_id, label in {**mine, **theirs}.items():
            both = item_id in mine and item_id in theirs
            side = "same" if both else "first" if item_id in mine else "second"
            if label != MENTION:
                counts.setdefault(label, Counter())[side] += 1
    return {
        label: {side: found[side] for side in ("same", "first", "second")}
        for label, found in sorted(counts.items())
    }


def _find(project: Project, model: Model | str | None) -> Model | None:
    if isinstance(model, str):
        return None if model == "base" else find_model(project, model)
    return model


def _list(before: Compared, after: Compared) -> Iterator[Change]:
    """Yield the gold items that one side finds and the other does not, in the text's order."""
    had, has = (set(_list_found(side)) for side in (before, after))
    for item in sorted(before.gold.items, key=lambda item: item.offsets):
        if (item in had) == (item in has):
            continue
        start, end = item.offsets
        yield Change(
            "won" if item in has else "lost",
            before.gold.article_id,
            identify(before.gold.text_sha256, item),
            _get_label(item),
            before.text[start:end],
        )


def _list_found(pair: Compared) -> Iterator[Item]:
    """Yield the gold items that the predictions have."""
    spans = set(pair.found.spans)
    yield from (span for span in pair.gold.spans if span in spans)
    for quote in pair.gold.quotes:
        if any(
            2 * overlap(quote.offsets, q.offsets) > max(_length(quote), _length(q))
            for q in pair.found.quotes
        ):
            yield quote
    right = find_right_stances(pair)
    for mine, theirs in match_pairs(pair.found, pair.gold):
        if mine.stance in right and mine.stance.polarity == theirs.stance.polarity:
            yield theirs.stance


def _list_unlabelled(project: Project, known: set[str], n: int) -> list[Article]:
    with project.store() as connection:
        articles = find_articles(connection)
        gold = {layer.article_id for layer in find_layers(connection, kind="gold")}
    free = [a for a in articles if a.id not in known | gold and a.split != "test"]
    return sorted(free, key=lambda article: article.id)[:n]


def _get_label(item: Item) -> str:
    if isinstance(item, Span):
        return item.label
    return item.polarity if isinstance(item, Stance) else QUOTE


def _length(quote: Quote) -> int:
    return quote.end - quote.start
