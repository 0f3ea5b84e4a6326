"""Web pages: trafilatura finds the article's text and metadata and drops the rest of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workbench.core.article import Article, normalise_text
from workbench.core.errors import SourceError

SUFFIXES = (".html", ".htm", ".xhtml")


def read_articles(path: Path) -> Iterator[Article]:
    """Yield the page's main text with title, outlet, date and address where the page names them.

    Raises SourceError where no text is found.
    """
    import trafilatura
    from trafilatura.settings import Document

    page = path.read_bytes()
    document = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False)
    if not isinstance(document, Document) or not (document.text or "").strip():
        raise SourceError("no article text was found in the page; save its text as a .txt file")
    yield Article(
        id="",
        text=normalise_text(document.text or "").strip("\n"),
        title=document.title or "",
        outlet=document.sitename or document.hostname or "",
        published=(document.date or "")[:10],
        url=document.url or "",
    )
