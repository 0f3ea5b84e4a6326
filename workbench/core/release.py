"""A release: an immutable gold dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.core.article import Article
from workbench.core.layer import Layer


@dataclass(frozen=True, slots=True)
class Release:
    """The articles and gold layers of one version, with each article's split and the manifest.

    `manifest` holds counts, hashes, authors, scheme and the ledger's sequence number, no clock.
    """

    version: str
    articles: tuple[Article, ...]
    gold: tuple[Layer, ...]
    splits: Mapping[str, str]
    manifest: Mapping[str, object]

    def __repr__(self) -> str:
        """Name the version and count what it holds."""
        texts = "" if self.articles or not self.splits else ", without texts"
        return f"Release({self.version!r}, {len(self.splits)} articles{texts})"

    def select(self, *splits: str) -> tuple[tuple[Article, Layer], ...]:
        """Return the articles of these splits, each with its gold layer."""
        gold = {layer.article_id: layer for layer in self.gold}
        return tuple(
            (article, gold[article.id])
            for article in self.articles
            if self.splits.get(article.id) in splits and article.id in gold
        )

    @property
    def test(self) -> tuple[tuple[Article, Layer], ...]:
        """The test articles with their gold: for evaluation, refused for training."""
        return self.select("test")
