"""The articles beside a file whose format has no place for a text or its metadata.

`gold.conll` has `gold.articles.jsonl` beside it: an import joins the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from workbench.adapters.records import read_article, write_article
from workbench.core.article import Article
from workbench.exchange.strict_json import parse_json

ENDING = ".articles.jsonl"


def find_sidecar(path: Path) -> Path:
    """Return where the articles of a file or folder lie, whether or not they do."""
    if path.is_dir():
        return path / ENDING.lstrip(".")
    return path.with_name(path.stem + ENDING)


def write_sidecar(path: Path, articles: Iterable[Article]) -> None:
    """Write the articles of a file beside it."""
    lines = [
        json.dumps(write_article(article), ensure_ascii=False, sort_keys=True)
        for article in articles
    ]
    text = "".join(f"{line}\n" for line in lines)
    find_sidecar(path).write_text(text, encoding="utf-8", newline="\n")


def read_sidecar(path: Path) -> dict[str, Article]:
    """Read the articles beside a file by their ids; none where nothing lies there.

    Raises SourceError for a line that is no article.
    """
    beside = find_sidecar(path)
    if not beside.is_file():
        return {}
    lines = beside.read_text(encoding="utf-8").split("\n")
    found = [read_article(parse_json(line)) for line in lines if line.strip()]
    return {article.id: article for article in found}
