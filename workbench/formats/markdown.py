"""Markdown with front matter: metadata between two lines of dashes, then the text as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.adapters.front_matter import split_front_matter
from workbench.core.article import Article
from workbench.core.errors import SourceError
from workbench.formats.text import read_text

SUFFIXES = (".md", ".markdown")
_FIELDS = ("id", "title", "outlet", "url", "rights", "lang", "split")
_DATES = ("published", "date")


def read_articles(path: Path) -> Iterator[Article]:
    """Yield the file's body as one article with the metadata of its front matter."""
    matter, body = split_front_matter(read_text(path))
    yield make_article(body.strip("\n"), matter)


def make_article(text: str, matter: Mapping[str, Any]) -> Article:
    """Make an article of a text and a mapping of metadata; unknown keys go into `meta`.

    Raises SourceError for a value that is no plain text.
    """
    values: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    for key, value in matter.items():
        if value is None or value == "":
            continue
        if isinstance(value, (list, dict)) and key in (*_FIELDS, *_DATES):
            raise SourceError(f"the key {key!r} holds a list or a table; write one value")
        if key in _DATES:
            values["published"] = str(value)[:10]
        elif key in _FIELDS:
            values[key] = str(value).strip()
        else:
            meta[key] = value if isinstance(value, (str, int, float, bool)) else str(value)
    return Article(text=text, meta=meta, **{"id": "", **values})
