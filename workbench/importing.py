"""Import layers that somebody else made: predictions, annotations or gold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.adapters.records import read_layer
from workbench.analysis.clusters import make_clusters
from workbench.core.article import Article
from workbench.core.errors import SourceError, WorkbenchError
from workbench.core.identity import identify
from workbench.core.layer import ADJUDICATION, LAYER_KINDS, Layer, LayerKind, Verdict, check_layer
from workbench.plugins import load_plugin
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.layers import add_layer
from workbench.store.quarantine import add_quarantine, close_quarantine

IMPORTED = "imported"
"""The policy recorded on gold that came in as it was."""


@dataclass(frozen=True)
class Imported:
    """What an import took in, and what it quarantined and why."""

    layers: tuple[Layer, ...]
    quarantined: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        """Count both."""
        return f"Imported({len(self.layers)} layers, {len(self.quarantined)} quarantined)"

    def to_record(self) -> dict[str, Any]:
        """Write the import as plain JSON."""
        rows = [{"id": entry, "reason": reason} for entry, reason in self.quarantined]
        return {"layers": len(self.layers), "quarantined": rows}


def import_layers(
    project: Project,
    path: str | Path,
    *,
    format: str = "jsonl",  # noqa: A002 - the option's name
    as_: LayerKind,
    author: str = "",
    split: str = "",
) -> Imported:
    """Store the layers of a file as predictions, annotations or gold of the project's articles.

    Layers join articles by the hash of their text, by id only where they have none. What does
    not fit is quarantined with the reason, and the rest goes in; `split` keeps out articles of
    another split. Raises SourceError where the file can't be read at all.
    """
    source = Path(path)
    if not source.exists():
        raise SourceError(f"there is no file {source}")
    if as_ not in LAYER_KINDS:
        raise SourceError(f"--as {as_!r} is none of {', '.join(LAYER_KINDS)}")
    plugin = load_plugin("formats", format)
    if not hasattr(plugin, "read_layers"):
        raise SourceError(f"the format {format!r} holds articles and no layers")
    with project.store() as connection:
        articles = find_articles(connection)
    reader = _Reader(project, articles, as_, author or f"import:{source.stem}", split)
    for record in plugin.read_layers(source):
        reader.take(record, source.name)
    return Imported(tuple(reader.layers), tuple(reader.quarantined))


class _Reader:
    """Takes records one by one: into the store, or into quarantine."""

    def __init__(
        self, project: Project, articles: list[Article], kind: LayerKind, author: str, split: str
    ) -> None:
        self.layers: list[Layer] = []
        self.quarantined: list[tuple[str, str]] = []
        self._project = project
        self._kind = kind
        self._author = author
        self._split = split
        self._by_hash = {article.text_sha256: article for article in articles}
        self._by_id = {article.id: article for article in articles}

    def take(self, record: dict[str, Any] | SourceError, source: str) -> None:
        """Store a record's layer, or quarantine what of it does not fit."""
        if isinstance(record, SourceError):
            self._quarantine(None, str(record), source)
            return
        try:
            article = self._find_article(record)
            layer = self._complete(read_layer(
                record, article=article, asked=self._project.scheme.asked
            ), article)  # fmt: skip
        except WorkbenchError as error:
            self._quarantine(record, str(error), source)
            return
        problems = check_layer(layer, article, self._project.scheme.kinds)
        if problems:
            self._quarantine(record, "; ".join(problems), source)
            return
        with self._project.store() as connection:
            add_layer(connection, layer, at=self._project.now())
        self.layers.append(layer)

    def _find_article(self, record: dict[str, Any]) -> Article:
        digest = str(record.get("text_sha256") or "")
        name = str(record.get("article_id") or "")
        article = self._by_hash.get(digest) if digest else self._by_id.get(name)
        if article is None:
            what = f"text with the hash {digest[:12]}" if digest else f"article {name!r}"
            raise SourceError(f"the project has no {what}; ingest it first")
        if self._split and article.split != self._split:
            raise SourceError(f"article {article.id!r} is in the split {article.split}")
        return article

    def _complete(self, layer: Layer, article: Article) -> Layer:
        """Give the layer the author, kind, scheme and clusters that it comes in under."""
        scheme = self._project.scheme
        clusters = layer.clusters or make_clusters(
            article.text, layer.spans, layer.quotes, registry=self._project.registry
        )
        layer = replace(
            layer,
            kind=self._kind,
            author=ADJUDICATION if self._kind == "gold" else layer.author or self._author,
            scheme=layer.scheme or scheme.hash,
            guideline=layer.guideline or scheme.guideline_hash,
            clusters=clusters,
        )
        return self._mark_gold(layer) if self._kind == "gold" else layer

    def _mark_gold(self, layer: Layer) -> Layer:
        """Record on each gold item where it came from; incomplete stances do not become gold."""
        incomplete = [stance for stance in layer.stances if stance.is_incomplete]
        for stance in incomplete:
            where = f"{layer.article_id} {stance.cue}"
            self._quarantine(where, "the stance lacks its holder or target", layer.article_id)
        layer = replace(layer, stances=tuple(s for s in layer.stances if not s.is_incomplete))
        verdict = Verdict(IMPORTED, (self._author,))
        known = layer.verdicts
        items = (identify(layer.text_sha256, item) for item in layer.items)
        return replace(
            layer,
            round=layer.round or self._author,
            verdicts={item: known.get(item, verdict) for item in items},
        )

    def _quarantine(self, payload: object, reason: str, source: str) -> None:
        """Quarantine; entries of an import are born closed, for nothing will change them."""
        now = self._project.now()
        with self._project.store() as connection:
            entry = add_quarantine(connection, payload, reason=reason, source=source, at=now)
            close_quarantine(connection, entry, reason="import", at=now)
        self.quarantined.append((entry, reason))
