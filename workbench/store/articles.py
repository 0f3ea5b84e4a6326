"""Articles: added once, withdrawn by a tombstone, never changed."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, insert, select

from workbench.adapters.records import read_article, write_article
from workbench.core.article import Article, check_article
from workbench.core.errors import SourceError
from workbench.store.journal import append, chunk, dump
from workbench.store.schema import articles, withdrawals


def add_article(connection: Connection, article: Article, *, at: str) -> bool:
    """Store an article and tell whether it is new; the same text is stored once.

    Raises SourceError with everything that keeps it out, or where its id belongs to other text.
    """
    problems = check_article(article)
    if problems:
        raise SourceError(f"article {article.id!r} can't be stored: {'; '.join(problems)}")
    same = select(articles.c.id).where(articles.c.text_sha256 == article.text_sha256)
    if connection.execute(same).first() is not None:
        return False
    if connection.execute(select(articles.c.seq).where(articles.c.id == article.id)).first():
        raise SourceError(f"the id {article.id!r} belongs to another article with other text")
    connection.execute(
        insert(articles).values(
            seq=append(connection, "article", at=at),
            id=article.id,
            text_sha256=article.text_sha256,
            split=article.split or "",
            record=dump(write_article(article)),
        )
    )
    return True


def find_articles(
    connection: Connection,
    ids: Iterable[str] | None = None,
    *,
    splits: Sequence[str] | None = None,
    upto: int | None = None,
) -> list[Article]:
    """Return articles in the order they came in, as of a number; none withdrawn by then."""
    gone = select(withdrawals.c.article_id)
    query = select(articles.c.seq, articles.c.record).order_by(articles.c.seq)
    if upto is not None:
        query = query.where(articles.c.seq <= upto)
        gone = gone.where(withdrawals.c.seq <= upto)
    if splits is not None:
        query = query.where(articles.c.split.in_(splits))
    query = query.where(articles.c.id.not_in(gone))
    if ids is None:
        rows = list(connection.execute(query))
    else:
        parts = chunk(dict.fromkeys(ids))
        rows = [
            row
            for part in parts
            for row in connection.execute(query.where(articles.c.id.in_(part)))
        ]
        rows.sort(key=lambda row: int(row.seq))
    return [read_article(json.loads(row.record)) for row in rows]


def list_ids(connection: Connection) -> list[str]:
    """Return the ids of the articles that are not withdrawn, in the order they came in."""
    query = select(articles.c.id).where(articles.c.id.not_in(select(withdrawals.c.article_id)))
    return list(connection.execute(query.order_by(articles.c.seq)).scalars())


def get_article(connection: Connection, article_id: str) -> Article:
    """Return one article, withdrawn or not; raises SourceError that names similar ids."""
    query = select(articles.c.record).where(articles.c.id == article_id)
    record = connection.execute(query).scalar()
    if record is None:
        known = list(connection.execute(select(articles.c.id)).scalars())
        near = difflib.get_close_matches(article_id, known, n=3)
        hint = f"; similar: {', '.join(near)}" if near else ""
        raise SourceError(f"no article has the id {article_id!r}{hint}")
    return read_article(json.loads(record))


def find_by_hash(connection: Connection, text_sha256: str) -> Article | None:
    """Return the article of exactly that text, None where there is none."""
    query = select(articles.c.record).where(articles.c.text_sha256 == text_sha256)
    record = connection.execute(query).scalar()
    return None if record is None else read_article(json.loads(record))


def withdraw_article(connection: Connection, article_id: str, *, reason: str, at: str) -> bool:
    """Hide an article from later sequence numbers and tell whether it was there; erases nothing."""
    get_article(connection, article_id)
    known = select(withdrawals.c.seq).where(withdrawals.c.article_id == article_id)
    if connection.execute(known).first() is not None:
        return False
    seq = append(connection, "withdrawal", at=at)
    connection.execute(insert(withdrawals).values(seq=seq, article_id=article_id, reason=reason))
    return True
