"""JSON lines with text: an article a line, with character offsets for what is marked in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.adapters.records import read_layer, write_article, write_layer
from workbench.core.article import Article
from workbench.core.errors import SourceError, WorkbenchError
from workbench.core.layer import Layer
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.exchange.annotated import Annotated, Carried, Problem, make_layer
from workbench.exchange.strict_json import parse_json
from workbench.formats.markdown import make_article
from workbench.formats.text import read_text

ENDINGS = (".jsonl", ".ndjson")
_TEXTS = ("text", "content", "sentence", "document")
_SPANS = ("spans", "entities", "label", "labels", "ents", "annotations")
_STARTS = ("start", "start_offset", "start_char", "begin")
_ENDS = ("end", "end_offset", "end_char")
_LABELS = ("label", "type", "tag", "entity", "labels")
_LAYER = "layer"


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield each line's text with its spans, or the error that says what is wrong with the line.

    Spans are objects or triples under any of the names that tools in use have for them.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = parse_json(line)
            if not isinstance(record, dict):
                raise SourceError("it is no JSON object")
            yield _read_own(record) if _LAYER in record else _read_foreign(record)
        except WorkbenchError as error:
            yield SourceError(f"line {number}: {error}")


def carry(article: Article, layer: Layer) -> Carried:
    """Keep everything."""
    return Carried(article, layer)


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write each article with its spans where other tools look for them, and its whole layer."""
    lines = []
    for article, layer in rows:
        record = write_article(article)
        record["spans"] = [{"start": s.start, "end": s.end, "label": s.label} for s in layer.spans]
        record[_LAYER] = write_layer(layer)
        lines.append(json.dumps(record, ensure_ascii=False, sort_keys=True))
    path.write_text("".join(f"{x}\n" for x in lines), encoding="utf-8", newline="\n")


def _read_own(record: dict[str, Any]) -> Annotated:
    from workbench.adapters.records import read_article

    own = {key: value for key, value in record.items() if key not in (_LAYER, "spans")}
    article = read_article(own)
    return Annotated(article, read_layer(record[_LAYER], article=article))


def _read_foreign(record: Mapping[str, Any]) -> Annotated:
    text_key = next((key for key in _TEXTS if isinstance(record.get(key), str)), None)
    if text_key is None:
        raise SourceError(f"it has no text under any of {', '.join(_TEXTS)}")
    span_key = next((key for key in _SPANS if isinstance(record.get(key), list)), None)
    matter = {k: v for k, v in record.items() if k not in (text_key, span_key)}
    text = record[text_key]
    # Line breaks are kept as they are here, or offsets after them would shift.
    article = make_article(text, matter)
    spans: list[Span] = []
    problems: list[Problem] = []
    for item in record[span_key] if span_key else ():
        found = read_span(item, text)
        (spans if isinstance(found, Span) else problems).append(found)  # type: ignore[arg-type]
    return Annotated(article, make_layer(article, spans=spans), tuple(problems))


def read_span(item: Any, text: str) -> Span | Problem:
    """Read one span of another tool: `[start, end, label]`, or an object with these.

    Words that stand beside the offsets must be those of the text there.
    """
    if isinstance(item, list) and len(item) >= 3:
        start, end, label, words = *item[:3], None
    elif isinstance(item, dict):
        start, end, label = (_pick(item, names) for names in (_STARTS, _ENDS, _LABELS))
        words = item.get("text")
    else:
        return Problem("a span is [start, end, label] or an object with these", item)
    if isinstance(label, list) and len(label) == 1:
        label = label[0]
    if type(start) is not int or type(end) is not int or not isinstance(label, str) or not label:
        return Problem("a span needs whole numbers for start and end, and a label", item)
    if not 0 <= start < end <= len(text):
        return Problem(f"{start}..{end} does not fit a text of {len(text)} characters", item)
    if isinstance(words, str) and words != text[start:end]:
        hint = next(
            (d for d in (-1, 1) if words == text[start + d : end + d] and start + d >= 0), 0
        )
        off = f"; it stands {'before' if hint < 0 else 'after'} them by one" if hint else ""
        return Problem(f"{start}..{end} reads {text[start:end]!r}, not {words!r}{off}", item)
    return Span(start, end, label)


def _pick(item: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((item[name] for name in names if name in item), None)
