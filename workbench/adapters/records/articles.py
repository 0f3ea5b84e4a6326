"""Articles as JSON records."""

from __future__ import annotations

from typing import Any

from workbench.adapters.records.forms import ArticleForm, Record, validate
from workbench.core.article import Article, normalise_text
from workbench.core.errors import SourceError


def write_article(article: Article) -> Record:
    """Write an article with its text and everything known of it."""
    return {
        "id": article.id,
        "text": article.text,
        "title": article.title,
        "outlet": article.outlet,
        "published": article.published,
        "url": article.url,
        "rights": article.rights,
        "lang": article.lang,
        "masked": [list(region) for region in article.masked],
        "split": article.split,
        "group": article.group,
        "meta": dict(article.meta),
        "text_sha256": article.text_sha256,
    }


def read_article(record: Any) -> Article:
    """Read an article's record; a hash in it must be that of its text.

    Raises SourceError with every breach of the form.
    """
    form = validate(ArticleForm, record, "article")
    values = form.model_dump(exclude={"text_sha256", "text"})
    article = Article(text=normalise_text(form.text), **values)
    if form.text_sha256 and form.text_sha256 != article.text_sha256:
        raise SourceError(
            f"article {form.id!r}: its text is not the one that its hash was made of; "
            "leave text_sha256 out, or restore the text"
        )
    return article
