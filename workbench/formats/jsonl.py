"""JSON lines: one article, or one layer in its documented form, a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.adapters.records import read_article
from workbench.core.article import Article
from workbench.core.errors import SourceError
from workbench.exchange.strict_json import parse_json
from workbench.formats.markdown import make_article
from workbench.formats.text import read_text

SUFFIXES = (".jsonl", ".ndjson")


def read_articles(path: Path) -> Iterator[Article | SourceError]:
    """Yield each line's article, or the error that says what is wrong with that line.

    A line is an article's record, or an object with `text` and any of the metadata of a front
    matter.
    """
    for number, record in _read_lines(path):
        if isinstance(record, SourceError):
            yield record
            continue
        try:
            if "masked" in record or "text_sha256" in record:
                yield read_article(record)
            elif not isinstance(record.get("text"), str):
                raise SourceError("it has no 'text'")
            else:
                matter = {key: value for key, value in record.items() if key != "text"}
                yield make_article(record["text"], matter)
        except SourceError as error:
            yield SourceError(f"line {number}: {error}")


def read_layers(path: Path) -> Iterator[dict[str, Any] | SourceError]:
    """Yield each line's layer record, or the error that says what is wrong with that line."""
    for _, record in _read_lines(path):
        yield record


def _read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | SourceError]]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = parse_json(line)
        except SourceError as error:
            yield number, SourceError(f"line {number}: {error}")
            continue
        if not isinstance(record, dict):
            yield number, SourceError(f"line {number}: it is no JSON object")
            continue
        yield number, record
