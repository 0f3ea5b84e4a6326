"""Import the records of layers of articles that the project has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workbench.adapters.records import read_layer
from workbench.core.article import Article
from workbench.core.errors import SourceError, WorkbenchError
from workbench.importing.intake import Intake
from workbench.store.articles import find_articles


def take_records(
    intake: Intake, records: Iterable[dict[str, Any] | SourceError], *, source: str, split: str
) -> None:
    """Store each record's layer, or quarantine what of it does not fit.

    Layers join articles by the hash of their text, by id only where they have none; `split` keeps
    out articles of another split.
    """
    project = intake.project
    with project.store() as connection:
        articles = find_articles(connection)
    by_hash = {article.text_sha256: article for article in articles}
    by_id = {article.id: article for article in articles}
    for record in records:
        if isinstance(record, SourceError):
            intake.quarantine(None, str(record), source)
            continue
        try:
            article = _find_article(record, by_hash, by_id, split)
            layer = read_layer(record, article=article, asked=project.scheme.asked)
        except WorkbenchError as error:
            intake.quarantine(record, str(error), source)
            continue
        intake.take(layer, article, record, source)
    intake.flush()


def _find_article(
    record: dict[str, Any],
    by_hash: dict[str, Article],
    by_id: dict[str, Article],
    split: str,
) -> Article:
    digest = str(record.get("text_sha256") or "")
    name = str(record.get("article_id") or "")
    article = by_hash.get(digest) if digest else by_id.get(name)
    if article is None:
        what = f"text with the hash {digest[:12]}" if digest else f"article {name!r}"
        raise SourceError(f"the project has no {what}; ingest it first")
    if split and article.split != split:
        raise SourceError(f"article {article.id!r} is in the split {article.split}")
    return article
