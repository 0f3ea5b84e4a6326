"""Comma-separated values: a header line with a `text` column, then one article a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from workbench.core.article import Article, normalise_text
from workbench.core.errors import SourceError
from workbench.formats.markdown import make_article
from workbench.formats.text import read_text

SUFFIXES = (".csv", ".tsv")
_LONGEST_FIELD = 10_000_000


def read_articles(path: Path) -> Iterator[Article | SourceError]:
    """Yield each row's article, or the error that says what is wrong with that row."""
    csv.field_size_limit(_LONGEST_FIELD)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    rows = csv.DictReader(io.StringIO(read_text(path), newline=""), delimiter=delimiter)
    if "text" not in (rows.fieldnames or ()):
        raise SourceError(f"the header line names no column 'text'; it has {rows.fieldnames}")
    try:
        for row in rows:
            if None in row:
                yield SourceError(f"row ending at line {rows.line_num}: more values than columns")
                continue
            text = normalise_text(row.pop("text") or "").strip("\n")
            try:
                yield make_article(text, row)
            except SourceError as error:
                yield SourceError(f"row ending at line {rows.line_num}: {error}")
    except csv.Error as error:
        yield SourceError(f"line {rows.line_num}: {error}")
