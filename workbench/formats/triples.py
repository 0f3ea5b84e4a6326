"""Stance triples (holder, polarity, target) by name: a table for people, an edge a row.

Read from tables (`.csv`, `.tsv`) and from JSON, of whole articles or of single sentences.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.analysis.scoring.edges import derive_edges
from workbench.core.article import Article, hash_text
from workbench.core.cluster import Edge
from workbench.core.errors import SourceError
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.core.scheme import Scheme
from workbench.exchange.annotated import (
    Annotated,
    Carried,
    Loss,
    Problem,
    make_layer,
    note_bookkeeping,
)
from workbench.exchange.cells import guard_cell, read_cell
from workbench.exchange.polarities import read_name, read_polarity
from workbench.exchange.sidecar import read_sidecar, write_sidecar
from workbench.exchange.strict_json import parse_json
from workbench.formats.markdown import make_article
from workbench.formats.text import read_text

ENDINGS = (".csv", ".tsv", ".json", ".jsonl")
_COLUMNS = ("article_id", "split", "holder", "polarity", "target")
_HOLDERS = ("holder", "source", "head", "subject", "from")
_TARGETS = ("target", "tail", "object", "to")
_POLARITIES = ("polarity", "stance", "sentiment", "label", "relation", "type")
_TEXTS = ("text", "sentence", "document", "content")
_IDS = ("article_id", "doc_id", "document_id", "sent_id", "id")
_LISTS = ("triples", "stances", "relations", "edges", "opinions")
_LONGEST_FIELD = 10_000_000


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield each text with the edges of its triples, or an article that the project has by its id.

    Rows of one text or id are one article. Raises SourceError where the file can't be read.
    """
    known = read_sidecar(path)
    rows = _read_json(path) if path.suffix.lower() in (".json", ".jsonl") else _read_table(path)
    grouped: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for where, row in rows:
        if isinstance(row, SourceError):
            yield SourceError(f"{where}: {row}")
            continue
        text, name = _pick(row, _TEXTS), str(_pick(row, _IDS) or "")
        if not isinstance(text, str) and not name:
            yield SourceError(f"{where}: it has neither a text nor an article's id")
            continue
        # Sentences of one article are texts of their own, so that a text comes before an id.
        key = hash_text(text) if isinstance(text, str) else f"id {name}"
        grouped.setdefault(key, []).append((where, row))
    for group in grouped.values():
        yield _read_group(group, known)
    seen = {str(_pick(row, _IDS)) for group in grouped.values() for _, row in group}
    for name, article in known.items():
        if name not in seen:
            yield Annotated(article, make_layer(article))


def carry(article: Article, layer: Layer) -> Carried:
    """Keep the edges between names: those stated, and those that asserted stances give."""
    carried = Carried(article, None)
    sha = article.text_sha256
    edges = [
        Edge(read_name(e.holder), e.polarity, read_name(e.target))
        for e in derive_edges(layer, article.text)
    ]
    whole = [e for e in edges if e.holder and e.target]
    carried.lose_count("edge", len(edges) - len(whole), "one of its names is empty")
    asserted = [s for s in layer.stances if s.status == "asserted"]
    whole_stances = [s for s in asserted if not s.is_incomplete]
    carried.lose(
        (s for s in layer.stances if s not in asserted), "only what is asserted is a triple"
    )
    carried.lose((s for s in asserted if s not in whole_stances), "a triple has both ends")
    carried.losses += [
        Loss("words", "a triple has names, and neither offsets nor cue", identify(sha, stance))
        for stance in whole_stances
    ]
    carried.lose(layer.spans, "only names have a place")
    carried.lose(layer.quotes, "only names have a place")
    note_bookkeeping(carried, layer)
    carried.layer = make_layer(article, edges=whole)
    return carried


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write a row for each edge; a cell that a spreadsheet would run begins with an apostrophe."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    for article, layer in rows:
        for edge in layer.edges:
            row = (article.id, article.split or "", edge.holder, edge.polarity, edge.target)
            table.writerow([guard_cell(value) for value in row])
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")
    write_sidecar(path, [article for article, _ in rows])


def _read_table(path: Path) -> Iterator[tuple[str, Mapping[str, Any] | SourceError]]:
    csv.field_size_limit(_LONGEST_FIELD)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    table = csv.DictReader(io.StringIO(read_text(path), newline=""), delimiter=delimiter)
    names = [name.strip().lower() for name in table.fieldnames or ()]
    for what, options in (("holder", _HOLDERS), ("target", _TARGETS), ("polarity", _POLARITIES)):
        if not set(options) & set(names):
            raise SourceError(f"no column is the {what}; name one {' or '.join(options)}")
    try:
        for row in table:
            where = f"row ending at line {table.line_num}"
            if None in row:
                yield where, SourceError("it has more values than columns")
                continue
            cells = {k.strip().lower(): v for k, v in row.items() if v is not None}
            yield where, {k: v if k in _TEXTS else read_cell(v) for k, v in cells.items()}
    except csv.Error as error:
        yield f"line {table.line_num}", SourceError(str(error))


def _read_json(path: Path) -> Iterator[tuple[str, Mapping[str, Any] | SourceError]]:
    """Read a list, or a value a line; a text's triples may stand in a list of its own."""
    text = read_text(path)
    if path.suffix.lower() == ".jsonl":
        values = [line for line in text.split("\n") if line.strip()]
        records: Iterable[Any] = (_try_json(line) for line in values)
    else:
        found = parse_json(text)
        records = found if isinstance(found, list) else [found]
    for number, record in enumerate(records, start=1):
        where = f"record {number}"
        if isinstance(record, SourceError) or not isinstance(record, dict):
            yield (
                where,
                record if isinstance(record, SourceError) else SourceError("it is no object"),
            )
            continue
        inner = next((record[key] for key in _LISTS if isinstance(record.get(key), list)), None)
        if inner is None:
            yield where, record
            continue
        outer = {key: value for key, value in record.items() if key not in _LISTS}
        if not inner:
            yield where, {**outer, "is_empty": True}
        for part in inner:
            yield where, {**outer, **_read_part(part)}


def _try_json(line: str) -> Any:
    try:
        return parse_json(line)
    except SourceError as error:
        return error


def _read_part(part: Any) -> Mapping[str, Any]:
    if isinstance(part, dict):
        return {key: value for key, value in part.items() if key not in (*_TEXTS, *_IDS)}
    if isinstance(part, list) and len(part) == 3:
        order = part if read_polarity(part[1]) else [part[0], part[2], part[1]]
        return {"holder": order[0], "polarity": order[1], "target": order[2]}
    return {"holder": None}


def _read_group(
    group: Sequence[tuple[str, Mapping[str, Any]]], known: Mapping[str, Article]
) -> Annotated:
    first = group[0][1]
    name = str(_pick(first, _IDS) or "")
    text = _pick(first, _TEXTS)
    article = known.get(name)
    if article is None:
        matter = {
            key: first[key] for key in ("title", "outlet", "date", "url", "split") if key in first
        }
        article = make_article(text if isinstance(text, str) else "", matter)
        if not article.text:
            article = Article(name, "", split=article.split)
    edges: list[Edge] = []
    problems: list[Problem] = []
    for where, row in group:
        if row.get("is_empty"):
            continue
        holder, target = read_name(_pick(row, _HOLDERS)), read_name(_pick(row, _TARGETS))
        polarity = read_polarity(_pick(row, _POLARITIES))
        if holder and target and polarity:
            edges.append(Edge(holder, polarity, target))
        else:
            reason = f"{where}: a triple needs a holder, a target and a known polarity"
            problems.append(Problem(reason, {k: v for k, v in row.items() if k not in _TEXTS}))
    return Annotated(article, make_layer(article, edges=edges), tuple(problems))


def _pick(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)
