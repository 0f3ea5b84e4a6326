"""All items of a project in one table, to filter by what they say and who says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from tqdm.auto import tqdm

from workbench.analysis.scope import is_asked
from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.quote import QUOTE, Quote
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.store.articles import find_articles
from workbench.store.layers import find_layers

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12
"""Rows that a table shows at once."""
COLUMNS = ("label", "holder", "words", "target", "status", "author", "score", "differs", "article")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of one layer, in words; `differs` says that somebody who was asked has it not."""

    id: str
    article_id: str
    kind: str
    round: str
    author: str
    label: str
    words: str
    holder: str
    target: str
    speaker: str
    status: str
    score: float | None
    rule: str
    differs: bool
    start: int
    end: int


@dataclass(frozen=True)
class ItemTable:
    """The items of a project's layers, or those that a filter left."""

    rows: tuple[ItemRow, ...]

    def __repr__(self) -> str:
        """Count the items and their articles."""
        articles = len({row.article_id for row in self.rows})
        return f"ItemTable({len(self.rows)} items in {articles} articles)"

    def _repr_html_(self) -> str:
        shown = [show_row(row) for row in self.rows[:SHOWN]]
        return draw_table(COLUMNS, shown, f"{len(shown)} of {len(self.rows)} items")

    def __len__(self) -> int:
        """Count the items."""
        return len(self.rows)

    def __iter__(self) -> Iterator[ItemRow]:
        """Go through the items."""
        return iter(self.rows)

    def filter(
        self,
        *,
        words: str = "",
        least: float | None = None,
        most: float | None = None,
        differs: bool | None = None,
        **equal: str,
    ) -> ItemTable:
        """Keep the items that fit everything that is said.

        `words` is looked for in the words, holder, target and article, whatever the case; `least`
        and `most` bound the score; `equal` holds fields of `ItemRow` and their values, of which
        holder, target and speaker need only occur. Raises TypeError for a field that is none.
        """
        known = {field.name for field in fields(ItemRow)}
        if not known.issuperset(equal):
            raise TypeError(f"no such field: {', '.join(sorted(equal.keys() - known))}")
        within = {k: v.casefold() for k, v in equal.items() if k in ("holder", "target", "speaker")}
        exact = {name: value for name, value in equal.items() if name not in within}
        wanted = words.casefold()

        def fits(row: ItemRow) -> bool:
            return (
                all(getattr(row, name) == value for name, value in exact.items())
                and all(value in getattr(row, name).casefold() for name, value in within.items())
                and (differs is None or row.differs == differs)
                and (least is None or (row.score is not None and row.score >= least))
                and (most is None or (row.score is not None and row.score <= most))
                and (not wanted or wanted in _join(row))
            )

        return ItemTable(tuple(row for row in self.rows if fits(row)))

    def list_values(self, name: str) -> list[str]:
        """Return the values that a field has here, sorted."""
        return sorted({str(getattr(row, name)) for row in self.rows} - {""})

    def to_frame(self) -> pd.DataFrame:
        """Return the items as a data frame, a row for each."""
        import pandas as pd

        names = [field.name for field in fields(ItemRow)]
        return pd.DataFrame([asdict(row) for row in self.rows], columns=names)

    def to_record(self) -> list[dict[str, Any]]:
        """Write the items as plain JSON."""
        return [asdict(row) for row in self.rows]


def list_items(
    project: Project, *, round_name: str | None = None, progress: bool = True
) -> ItemTable:
    """Return every item of the project's layers, of one round or of all, in the order of text."""
    with project.store() as connection:
        articles = {article.id: article for article in find_articles(connection)}
        layers = find_layers(connection, round=round_name)
    grouped: dict[str, list[Layer]] = {}
    for layer in layers:
        if layer.article_id in articles:
            grouped.setdefault(layer.article_id, []).append(layer)
    bar = tqdm(grouped.items(), desc="items", delay=1, disable=not progress)
    return ItemTable(tuple(row for name, rows in bar for row in list_rows(articles[name], rows)))


def list_rows(article: Article, layers: Iterable[Layer]) -> list[ItemRow]:
    """Return the items of one article's layers, those of the same words together."""
    layers = list(layers)
    owners: dict[tuple[str, str], set[str]] = {}
    for layer in layers:
        for item in layer.items:
            owners.setdefault((layer.round, _key(article, item)), set()).add(layer.author)
    people = [layer for layer in layers if layer.kind == "annotation"]
    rows = [
        _make_row(article, layer, item, _is_disputed(item, layer, people,
                  owners[layer.round, _key(article, item)]))
        for layer in layers
        for item in layer.items
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.start, row.end, row.label, row.author))


def show_row(row: ItemRow, *, longest: int = 24) -> tuple[object, ...]:
    """Return the cells of an item's row; the article's id is cut to that many characters."""
    words = row.words if len(row.words) <= 80 else f"{row.words[:79]}…"
    article = row.article_id
    return (
        row.label,
        row.holder or row.speaker or None,
        words,
        row.target or None,
        row.status or None,
        row.author,
        row.score,
        "≠" if row.differs else "",
        article if len(article) <= longest else f"{article[: longest - 1]}…",
    )


def _is_disputed(item: Item, layer: Layer, people: Iterable[Layer], owners: set[str]) -> bool:
    """Tell whether an annotator of the round who was asked for such an item has it not."""
    label = _label(item)
    return any(
        other.author not in owners
        for other in people
        if other.round == layer.round and is_asked(label, item.offsets, other.passages)
    )


def _make_row(article: Article, layer: Layer, item: Item, differs: bool) -> ItemRow:
    text = article.text

    def words(spans: Iterable[Span]) -> str:
        return " + ".join(text[slice(*span.offsets)] for span in spans)

    said = item.speaker if isinstance(item, (Quote, Stance)) else None
    parts: Mapping[str, str] = {"words": text[slice(*item.offsets)], "holder": "", "target": ""}
    if isinstance(item, Stance):
        holder = " + ".join(filter(None, ["the author" * item.by_author, words(item.holders)]))
        cue = " … ".join(text[start:end] for start, end in item.cue)
        parts = {"words": cue, "holder": holder, "target": words(item.targets)}
    return ItemRow(
        id=identify(article.text_sha256, item),
        article_id=article.id,
        kind=layer.kind,
        round=layer.round,
        author=layer.author,
        label=_label(item),
        **parts,
        speaker=words([said]) if said else "",
        status=item.status if isinstance(item, Stance) else "",
        score=item.score,
        rule=item.rule or "",
        differs=differs,
        start=item.offsets[0],
        end=item.offsets[1],
    )


def _key(article: Article, item: Item) -> str:
    return f"{identify(article.text_sha256, item)} {getattr(item, 'status', '')}"


def _label(item: Item) -> str:
    if isinstance(item, Span):
        return item.label
    return QUOTE if isinstance(item, Quote) else item.polarity


def _join(row: ItemRow) -> str:
    return f"{row.words}\n{row.holder}\n{row.target}\n{row.speaker}\n{row.article_id}".casefold()
