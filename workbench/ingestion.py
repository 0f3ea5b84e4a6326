"""Bring articles into a project: read, mask furniture, recognise copies, draw the split."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tqdm.auto import tqdm

from workbench.analysis.text.furniture import Furniture, find_furniture
from workbench.analysis.text.splitting import SHARES, Shingles, draw_split
from workbench.core.article import SPLITS, Article, Split, check_article, first_line
from workbench.core.errors import SettingsError, SourceError
from workbench.plugins import list_plugins, load_plugin
from workbench.project import Project
from workbench.store.articles import add_article, find_articles

LONGEST_TEXT = 1_000_000
"""Characters: the most that spaCy's parser takes, and some 150,000 words."""
LARGEST_FILE = 200_000_000
"""Bytes of one file, which is read whole."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file, line or row that did not go in, and why."""

    source: str
    reason: str


@dataclass(frozen=True)
class Ingested:
    """What an ingestion did: the articles of the sources, new and known, and what was refused."""

    articles: tuple[Article, ...] = ()
    known: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    groups: dict[str, list[str]] = field(default_factory=dict)

    @property
    def added(self) -> int:
        """How many articles were new."""
        return len(self.articles) - len(self.known)

    def __repr__(self) -> str:
        """Count what went in and what did not."""
        return (
            f"Ingested({self.added} new, {len(self.known)} known already, "
            f"{len(self.refused)} refused)"
        )

    def __len__(self) -> int:
        """Count the articles, so that an ingestion reads like a list of them."""
        return len(self.articles)

    def __iter__(self) -> Iterator[Article]:
        """Go through the articles."""
        return iter(self.articles)

    def __getitem__(self, index: int) -> Article:
        """Return one of the articles."""
        return self.articles[index]

    def to_record(self) -> dict[str, Any]:
        """Write the ingestion as plain JSON."""
        return {
            "articles": [article.id for article in self.articles],
            "added": self.added,
            "known": list(self.known),
            "groups": self.groups,
            "refused": [{"source": r.source, "reason": r.reason} for r in self.refused],
        }


def ingest(
    project: Project,
    *paths: str | Path,
    split: Split | None = None,
    progress: bool = True,
) -> Ingested:
    """Read files and folders into the project's store, each article in a transaction of its own.

    Exact copies of stored texts are recognised, near-duplicates join their group and its split;
    whatever can't go in is listed with the reason, and the rest goes in. `split` is given to
    articles that state none.
    """
    if split is not None and split not in SPLITS:
        raise SettingsError(f"the split {split!r} is none of {', '.join(SPLITS)}")
    with project.store() as connection:
        stored = find_articles(connection)
    intake = ArticleIntake(project, split, stored)
    sources, readers = list(_list_sources(paths)), _find_readers()
    for path in tqdm(sources, desc="ingest", unit="file", delay=1, disable=not progress):
        for found in _read(path, readers):
            intake.take(found, str(path))
    return intake.finish()


class ArticleIntake:
    """What one ingestion knows so far: hashes, shingles and groups of all articles.

    `has_furniture` says that page furniture is looked for, as in what was scraped.
    """

    def __init__(
        self,
        project: Project,
        split: Split | None,
        stored: Iterable[Article],
        *,
        has_furniture: bool = True,
    ) -> None:
        self._project = project
        self._split = split
        self._has_furniture = has_furniture
        self._by_hash: dict[str, Article] = {}
        self._by_id: dict[str, Article] = {}
        self._shingles = Shingles()
        self._taken: dict[str, Article] = {}
        self._known: list[str] = []
        self._refused: list[Refused] = []
        for article in stored:
            self._remember(article)

    def take(self, found: Article | SourceError, source: str) -> None:
        """Store what a source yielded, or list why not."""
        if isinstance(found, SourceError):
            self._refused.append(Refused(source, str(found)))
            return
        same = self._by_hash.get(found.text_sha256)
        if same is not None:
            if same.id not in self._taken:
                self._taken[same.id] = same
                self._known.append(same.id)
            return
        try:
            self.add(found)
        except SourceError as error:
            self._refused.append(Refused(source, str(error)))

    def add(self, found: Article) -> Article:
        """Complete and store a new article; raises SourceError with all that keeps it out."""
        article = self.complete(found)
        with self._project.store() as connection:
            add_article(connection, article, at=self._project.now())
        self._taken[article.id] = article
        return article

    def complete(self, found: Article) -> Article:
        """Complete a new article for whoever stores it; raises SourceError as `add` does."""
        article = self._complete(found)
        self._remember(article)
        return article

    def finish(self) -> Ingested:
        """Sum up, with the groups that more than one article shares."""
        members: dict[str, list[str]] = {}
        for article in self._by_id.values():
            members.setdefault(article.group, []).append(article.id)
        groups = {
            group: sorted(ids)
            for group, ids in sorted(members.items())
            if len(ids) > 1 and any(id_ in self._taken for id_ in ids)
        }
        return Ingested(
            tuple(self._taken.values()), tuple(self._known), tuple(self._refused), groups
        )

    def _remember(self, article: Article) -> None:
        self._by_hash[article.text_sha256] = article
        self._by_id[article.id] = article
        self._shingles.add(article.id, article.text)

    def _complete(self, found: Article) -> Article:
        """Fill in what ingestion decides; raises SourceError with all that keeps it out."""
        if len(found.text) > LONGEST_TEXT:
            raise SourceError(
                f"its text has {len(found.text):,} characters, more than the {LONGEST_TEXT:,} "
                "that can be parsed; cut it into articles"
            )
        furniture = find_furniture(found.text) if self._has_furniture else Furniture()
        article = replace(
            found,
            masked=found.masked or furniture.masked,
            published=found.published or furniture.published,
            rights=found.rights or str(self._project.setting("project", "rights", "")),
        )
        article = replace(article, id=article.id or make_article_id(article))
        problems = check_article(article)
        if article.id in self._by_id:
            problems.append(f"the id {article.id!r} is that of another article with other text")
        if problems:
            raise SourceError("; ".join(problems))
        return self._place(article)

    def _place(self, article: Article) -> Article:
        """Give the article its group and split; raises SourceError where it would bridge two."""
        near = [self._by_id[name] for name in self._shingles.find(article.text)]
        groups = sorted({other.group for other in near})
        group = groups[0] if groups else article.text_sha256[:16]
        stated = article.split or self._split
        splits = sorted({str(other.split) for other in near} | ({stated} if stated else set()))
        if len(splits) > 1 and near:
            raise SourceError(
                f"it is a near-duplicate of {', '.join(other.id for other in near)} and would "
                f"bridge the splits {' and '.join(splits)}; it is left out of both"
            )
        if near:
            return replace(article, group=group, split=near[0].split)
        shares = {name: self._project.setting("splits", name, SHARES[name]) for name in SPLITS}
        split = stated or draw_split(group, self._project.seed, shares)
        return replace(article, group=group, split=split)


def make_article_id(article: Article) -> str:
    """Name an article `<date>-<slug>-<8 hex>` by its date, its first words and its text's hash."""
    words = article.title or first_line(article)
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain)[:6])[:40].strip("-") or "article"
    date = article.published or "undated"
    return f"{date}-{slug}-{article.text_sha256[:8]}"


def _list_sources(paths: Iterable[str | Path]) -> Iterator[Path]:
    """Name the files that were given, and all files below the folders that were given."""
    for path in (Path(path) for path in paths):
        if path.is_dir():
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.is_file() and not any(p.startswith(".") for p in file.parts[-2:])
            )
        else:
            yield path


def _find_readers() -> dict[str, ModuleType]:
    """Return the format that reads each suffix."""
    formats = (load_plugin("formats", name) for name in list_plugins("formats"))
    return {
        suffix: module
        for module in formats
        if hasattr(module, "read_articles")
        for suffix in module.SUFFIXES
    }


def _read(path: Path, readers: Mapping[str, ModuleType]) -> Iterator[Article | SourceError]:
    """Yield a file's articles and errors; never raises for what the file holds."""
    try:
        reader = _choose_reader(path, readers)
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise SourceError(f"the file has {size:,} bytes, more than {LARGEST_FILE:,}; cut it")
        if not size:
            raise SourceError("the file is empty")
        yield from reader.read_articles(path)
    except SourceError as error:
        yield error
    except OSError as error:
        yield SourceError(f"it can't be read: {error.strerror or error}")


def _choose_reader(path: Path, readers: Mapping[str, ModuleType]) -> ModuleType:
    """Return the format whose suffix the file has."""
    if not path.exists():
        raise SourceError("there is no such file or folder")
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise SourceError(
            f"no format reads {path.suffix or 'files without a suffix'!r}; "
            f"there are: {', '.join(sorted(readers))}"
        )
    return reader
