"""Plain text: the whole file is the article's text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workbench.core.article import Article, normalise_text
from workbench.core.errors import SourceError

SUFFIXES = (".txt", ".text")


def read_articles(path: Path) -> Iterator[Article]:
    """Yield the file's text as one article without metadata."""
    yield Article(id="", text=read_text(path).strip("\n"))


def read_text(path: Path) -> str:
    """Read a UTF-8 file as it is but for line breaks and a byte order mark.

    Raises SourceError where the file is no UTF-8 text.
    """
    data = path.read_bytes()
    if b"\x00" in data[:4096]:
        raise SourceError("it is a binary file; save it as UTF-8 text")
    try:
        return normalise_text(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SourceError(
            f"it is not UTF-8 (byte {error.start} is {data[error.start]:#04x}); "
            "convert it, for example: iconv -f windows-1252 -t utf-8"
        ) from None
