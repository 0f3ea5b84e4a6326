"""An article: text frozen at ingestion, known by the hash of its text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.core.offsets import Offsets, is_covered, is_valid

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")


def normalise_text(text: str) -> str:
    """Drop a byte order mark and write every CRLF or lone CR as LF; done once, at ingestion."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes in hexadecimal; it identifies the article."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """A news article whose text never changes.

    `published` is an ISO date or empty; `masked` are regions of page furniture, in which nothing
    is labelled; `group` is the id that near-duplicates share; `meta` is the source's own data.
    """

    id: str
    text: str
    title: str = ""
    outlet: str = ""
    published: str = ""
    url: str = ""
    rights: str = ""
    lang: str = "en"
    masked: tuple[Offsets, ...] = ()
    split: Split | None = None
    group: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict, hash=False)
    text_sha256: str = field(init=False, default="", compare=False)

    def __post_init__(self) -> None:
        """Compute the text's hash once, since every layer, key and id asks for it."""
        object.__setattr__(self, "text_sha256", hash_text(self.text))

    def __repr__(self) -> str:
        """Name the article and its length, never the whole text."""
        return f"Article({self.id!r}, {len(self.text)} characters)"


def first_line(article: Article, longest: int = 80) -> str:
    """Return the beginning of the article's first line that is not furniture."""
    at = 0
    for line in article.text.split("\n"):
        words = line.strip()
        start = at + line.find(words)
        if words and not is_covered((start, start + len(words)), article.masked):
            return words if len(words) <= longest else f"{words[:longest].rsplit(' ', 1)[0]} …"
        at += len(line) + 1
    return article.id


def check_article(article: Article) -> list[str]:
    """List everything that keeps an article from being stored; empty when it is sound."""
    problems = []
    if not article.id or article.id != article.id.strip():
        problems.append(f"the id {article.id!r} is empty or has spaces around it")
    if not article.text.strip():
        problems.append("the text is empty")
    if "\r" in article.text or article.text.startswith("\ufeff"):
        problems.append("the text was not normalised: it has a carriage return or a BOM")
    if any("\ud800" <= character <= "\udfff" for character in article.text):
        problems.append("the text has a lone surrogate, which no UTF-8 file can hold")
    if "\x00" in article.text:
        problems.append("the text has a NUL character, which no database column can hold")
    if article.split is not None and article.split not in SPLITS:
        problems.append(f"the split {article.split!r} is none of {', '.join(SPLITS)}")
    problems += [
        f"the masked region {region} does not fit a text of {len(article.text)} characters"
        for region in article.masked
        if not is_valid(region, len(article.text))
    ]
    return problems
