"""What every import does with a layer: complete it, check it, store it, or quarantine it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from workbench.analysis.references.clusters import make_clusters
from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.core.layer import ADJUDICATION, Layer, LayerKind, Verdict, check_layer
from workbench.project import Project
from workbench.store.articles import add_article
from workbench.store.layers import add_layer
from workbench.store.quarantine import add_quarantine, close_quarantine

IMPORTED = "imported"
"""The policy recorded on gold that came in as it was."""
_TOGETHER = 200
"""Articles and layers that are stored in one transaction."""


@dataclass(slots=True)
class Intake:
    """Takes layers one by one: into the store, or into quarantine.

    What is taken waits for `flush`, so that many small texts share a transaction; an import that
    was stopped is run again.
    """

    project: Project
    kind: LayerKind
    author: str
    layers: list[Layer] = field(default_factory=list)
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    _waiting: list[Article | Layer] = field(default_factory=list)

    def take_article(self, article: Article) -> None:
        """Take a new article, sound as it is, before the layer that goes on it."""
        self._waiting.append(article)

    def take(self, layer: Layer, article: Article, payload: object, source: str) -> None:
        """Take a layer under the author, kind and scheme that it comes in under."""
        layer = self._complete(layer, article)
        problems = check_layer(layer, article, self.project.scheme.kinds)
        if problems:
            self.quarantine(payload, "; ".join(problems), source)
            return
        self._waiting.append(layer)
        self.layers.append(layer)
        if len(self._waiting) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Store what was taken, in one transaction."""
        now = self.project.now()
        with self.project.store() as connection:
            for taken in self._waiting:
                if isinstance(taken, Article):
                    add_article(connection, taken, at=now)
                else:
                    add_layer(connection, taken, at=now)
        self._waiting.clear()

    def quarantine(self, payload: object, reason: str, source: str) -> None:
        """Quarantine; entries of an import are born closed, for nothing will change them."""
        now = self.project.now()
        with self.project.store() as connection:
            entry = add_quarantine(connection, payload, reason=reason, source=source, at=now)
            close_quarantine(connection, entry, reason="import", at=now)
        self.quarantined.append((entry, f"{source}: {reason}"))

    def _complete(self, layer: Layer, article: Article) -> Layer:
        """Give the layer the author, kind, scheme and clusters that it comes in under."""
        scheme = self.project.scheme
        clusters = layer.clusters or make_clusters(
            article.text, layer.spans, layer.quotes, registry=self.project.registry
        )
        layer = replace(
            layer,
            kind=self.kind,
            author=self._name_author(layer),
            scheme=layer.scheme or scheme.hash,
            guideline=layer.guideline or scheme.guideline_hash,
            clusters=clusters,
        )
        return self._mark_gold(layer) if self.kind == "gold" else replace(layer, verdicts={})

    def _name_author(self, layer: Layer) -> str:
        """Name the author; gold of elsewhere is somebody's work where it is not taken as gold."""
        if self.kind == "gold":
            return ADJUDICATION
        return layer.author if layer.author not in ("", ADJUDICATION) else self.author

    def _mark_gold(self, layer: Layer) -> Layer:
        """Record on each gold item where it came from; incomplete stances do not become gold."""
        incomplete = [stance for stance in layer.stances if stance.is_incomplete]
        for stance in incomplete:
            where = f"{layer.article_id} {stance.cue}"
            self.quarantine(where, "the stance lacks its holder or target", layer.article_id)
        layer = replace(layer, stances=tuple(s for s in layer.stances if not s.is_incomplete))
        verdict = Verdict(IMPORTED, (self.author,))
        known: dict[str, Any] = dict(layer.verdicts)
        items = (identify(layer.text_sha256, item) for item in layer.items)
        return replace(
            layer,
            round=layer.round or self.author,
            verdicts={item: known.get(item, verdict) for item in items},
        )
