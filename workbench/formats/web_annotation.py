"""W3C Web Annotation: JSON-LD whose selectors point into the text by code points.

A span, quote or stance is an annotation that tags its words; the ends of a stance are the
identifiers of other annotations, under terms of our own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.adapters.records import Record, read_layer
from workbench.core.article import Article
from workbench.core.errors import SourceError, WorkbenchError
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.offsets import Offsets
from workbench.core.quote import QUOTE, Quote
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.exchange.annotated import (
    Annotated,
    Carried,
    make_layer,
    note_bookkeeping,
)
from workbench.exchange.sidecar import read_sidecar, write_sidecar
from workbench.exchange.strict_json import parse_json
from workbench.formats.text import read_text

ENDINGS = (".jsonld",)
_TERMS = "urn:stance-workbench:terms:"
_LINK = {"@type": "@id", "@container": "@set"}
_CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {
        "stance": _TERMS,
        "holder": {"@id": "stance:holder", **_LINK},
        "about": {"@id": "stance:target", **_LINK},
        "speaker": {"@id": "stance:speaker", "@type": "@id"},
        "status": "stance:status",
        "byAuthor": "stance:byAuthor",
        "form": "stance:form",
    },
]
_AROUND = 20
"""Characters before and after a quotation by which a reader finds it again."""


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield the articles beside the file, each with the annotations that name it as their source.

    Raises SourceError where the file is no page of annotations.
    """
    page = parse_json(read_text(path))
    if not isinstance(page, dict) or not isinstance(page.get("items"), list):
        raise SourceError("it is no annotation page; it needs a list under 'items'")
    known = {_name_source(article): article for article in read_sidecar(path).values()}
    grouped: dict[str, list[Mapping[str, Any]]] = {source: [] for source in known}
    for number, item in enumerate(page["items"], start=1):
        source = _get_source(item)
        if source not in known:
            yield SourceError(f"item {number}: no article beside the file is its source {source!r}")
            continue
        grouped[source].append(item)
    for source, items in grouped.items():
        article = known[source]
        try:
            yield Annotated(article, _read_items(items, article))
        except (WorkbenchError, KeyError, TypeError, IndexError) as error:
            yield SourceError(f"the annotations of {article.id!r} can't be read: {error}")


def carry(article: Article, layer: Layer) -> Carried:
    """Keep spans, quotes and stances."""
    carried = Carried(article, None)
    carried.lose_count("edge", len(layer.edges), "the format points to words, not to names")
    note_bookkeeping(carried, layer)
    carried.layer = make_layer(
        article, spans=layer.spans, quotes=layer.quotes, stances=layer.stances
    )
    return carried


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write one page with the annotations of all articles, and the articles beside it."""
    items = [_write_item(item, article) for article, layer in rows for item in layer.items]
    page = {
        "@context": _CONTEXT,
        "id": f"{_TERMS.removesuffix('terms:')}page:{path.stem}",
        "type": "AnnotationPage",
        "items": items,
    }
    text = json.dumps(page, ensure_ascii=False, sort_keys=True, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    write_sidecar(path, [article for article, _ in rows])


def _write_item(item: Item, article: Article) -> Record:
    if isinstance(item, Span):
        return _write_tag(item, article, item.label, [item.offsets])
    if isinstance(item, Quote):
        record = _write_tag(item, article, QUOTE, [item.offsets])
        record["form"] = item.form
    else:
        record = _write_tag(item, article, item.polarity, item.cue)
        record["status"] = item.status
        record["byAuthor"] = item.by_author
        record["holder"] = [_name(span, article) for span in item.holders]
        record["about"] = [_name(span, article) for span in item.targets]
    if item.speaker is not None:
        record["speaker"] = _name(item.speaker, article)
    return record


def _write_tag(item: Item, article: Article, label: str, pieces: Sequence[Offsets]) -> Record:
    targets = [_write_target(article, piece) for piece in pieces]
    return {
        "id": _name(item, article),
        "type": "Annotation",
        "motivation": "tagging",
        "body": {"type": "TextualBody", "purpose": "tagging", "value": label},
        "target": targets[0] if len(targets) == 1 else targets,
    }


def _write_target(article: Article, piece: Offsets) -> Record:
    start, end = piece
    text = article.text
    return {
        "type": "SpecificResource",
        "source": _name_source(article),
        "selector": [
            {"type": "TextPositionSelector", "start": start, "end": end},
            {
                "type": "TextQuoteSelector",
                "exact": text[start:end],
                "prefix": text[max(0, start - _AROUND) : start],
                "suffix": text[end : end + _AROUND],
            },
        ],
    }


def _name(item: Item, article: Article) -> str:
    return f"urn:stance-workbench:{identify(article.text_sha256, item)}"


def _name_source(article: Article) -> str:
    return f"urn:sha256:{article.text_sha256}"


def _list_targets(item: Any) -> list[Any]:
    target = item.get("target") if isinstance(item, dict) else None
    return target if isinstance(target, list) else [target]


def _get_source(item: Any) -> str:
    first = _list_targets(item)[0]
    return str(first.get("source")) if isinstance(first, dict) else ""


def _read_items(items: Sequence[Mapping[str, Any]], article: Article) -> Layer:
    """Read the annotations of one article by way of the layer's own record."""
    places = {item["id"]: [_read_place(t) for t in _list_targets(item)] for item in items}
    labels = {item["id"]: item["body"]["value"] for item in items}

    def point(name: str) -> Record:
        return {**places[name][0], "label": labels[name]}

    record: Record = {"spans": [], "quotes": [], "stances": []}
    for item in items:
        name = item["id"]
        speaker = {"speaker": point(item["speaker"])} if item.get("speaker") else {}
        if "status" in item:
            record["stances"].append(
                {
                    "cue": places[name],
                    "holders": [point(end) for end in item["holder"]],
                    "targets": [point(end) for end in item["about"]],
                    "by_author": item["byAuthor"],
                    "polarity": labels[name],
                    "status": item["status"],
                    **speaker,
                }
            )
        elif labels[name] == QUOTE:
            record["quotes"].append({**places[name][0], "form": item.get("form"), **speaker})
        else:
            record["spans"].append(point(name))
    read = read_layer(record, article=article)
    return make_layer(article, spans=read.spans, quotes=read.quotes, stances=read.stances)


def _read_place(target: Any) -> Record:
    """Read where an annotation points to; the words beside the offsets are the proof."""
    selectors = {part["type"]: part for part in target["selector"]}
    place = selectors["TextPositionSelector"]
    found: Record = {"start": place["start"], "end": place["end"]}
    if "TextQuoteSelector" in selectors:
        found["text"] = selectors["TextQuoteSelector"]["exact"]
    return found
