"""Releases without texts: offsets and hashes, so that news under copyright can be shared."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.adapters.records import write_article, write_layer
from workbench.analysis.references.clusters import name_mentions
from workbench.core.article import Article
from workbench.core.cluster import Cluster
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.span import MENTION
from workbench.core.stance import Stance
from workbench.releases.files import ARTICLES, GOLD, dump_lines

SURFACES = "surfaces.jsonl"
"""A hash of each item's words, which tells whether they are still where they were."""
_NUMBER = "#"
_KEPT = ("id", "outlet", "published", "url", "rights", "lang", "masked", "split", "group")


def strip_truths(
    truths: Mapping[str, bytes], articles: Sequence[Article], gold: Sequence[Layer]
) -> dict[str, bytes]:
    """Return the truths without texts, titles or words, and the hashes of the items' words."""
    texts = {article.id: article.text for article in articles}
    return {
        **truths,
        ARTICLES: dump_lines(_strip_article(a) for a in sorted(articles, key=lambda a: a.id)),
        GOLD: dump_lines(
            write_layer(strip_layer(layer, texts[layer.article_id]))
            for layer in sorted(gold, key=lambda layer: layer.article_id)
        ),
        SURFACES: dump_lines(
            {"article_id": layer.article_id, "item": item_id, "sha256": digest}
            for layer in sorted(gold, key=lambda layer: layer.article_id)
            for item_id, digest in hash_surfaces(layer, texts[layer.article_id]).items()
        ),
    }


def hash_surfaces(layer: Layer, text: str) -> dict[str, str]:
    """Return 16 hexadecimal digits over each item's words, salted with the hash of their text."""
    return {
        identify(layer.text_sha256, item): _hash_words(layer.text_sha256, item, text)
        for item in layer.items
    }


def strip_layer(layer: Layer, text: str) -> Layer:
    """Take out of a layer's clusters every name that is made of words which are no entity's.

    Such a name is left empty, and where another cluster has it as a member its number stands.
    """
    hidden = {
        number: cluster
        for number, cluster in enumerate(layer.clusters)
        if all(mention.label == MENTION for mention in cluster.mentions)
    }
    numbers = {cluster.name: number for number, cluster in hidden.items() if not cluster.members}
    stripped = replace(
        layer,
        clusters=tuple(
            replace(
                cluster,
                name="" if number in hidden else cluster.name,
                members=tuple(_hide_member(name, numbers) for name in cluster.members),
            )
            for number, cluster in enumerate(layer.clusters)
        ),
    )
    return stripped if restore_layer(stripped, text) == layer else layer


def restore_layer(layer: Layer, text: str) -> Layer:
    """Put the names back that `strip_layer` took out, from the text."""
    names = [
        cluster.name or name_mentions([text[m.start : m.end] for m in cluster.mentions])
        for cluster in layer.clusters
    ]
    clusters = []
    for cluster in layer.clusters:
        members = tuple(
            names[int(m[1:])] if m.startswith(_NUMBER) and m[1:].isdigit() else m
            for m in cluster.members
        )
        name = cluster.name or (" and ".join(members) if members else "")
        clusters.append(Cluster(name, cluster.mentions, members))
    filled = (replace(c, name=c.name or n) for c, n in zip(clusters, names, strict=True))
    return replace(layer, clusters=tuple(filled))


def list_lost(layer: Layer, text: str, surfaces: Mapping[str, str]) -> list[str]:
    """Name the items whose words are not where they were, in a text that is another one."""
    return [
        item_id
        for item_id, digest in hash_surfaces(layer, text).items()
        if surfaces.get(item_id) != digest
    ]


def strip_record(value: Any) -> Any:
    """Return a record without clusters' names and without what people wrote, who may quote."""
    if isinstance(value, Mapping):
        blank = {"clusters": [], "reason": ""}
        return {key: blank.get(key, strip_record(part)) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [strip_record(part) for part in value]
    return value


def _strip_article(article: Article) -> dict[str, Any]:
    record = write_article(article)
    kept = {name: record[name] for name in _KEPT}
    return {**kept, "text_sha256": article.text_sha256, "length": len(article.text)}


def _hide_member(name: str, numbers: Mapping[str, int]) -> str:
    return f"{_NUMBER}{numbers[name]}" if name in numbers else name


def _hash_words(text_sha256: str, item: Item, text: str) -> str:
    pieces = item.cue if isinstance(item, Stance) else (item.offsets,)
    words = "\n".join(text[start:end] for start, end in pieces)
    return hashlib.sha256(f"{text_sha256}\n{words}".encode()).hexdigest()[:16]
