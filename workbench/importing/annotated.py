"""Import texts that bring their layers along: the text is ingested, the layer goes on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tqdm.auto import tqdm

from workbench.core.article import Article, Split, normalise_text
from workbench.core.errors import SourceError, WorkbenchError
from workbench.core.layer import Layer, Passage
from workbench.core.offsets import Offsets, is_valid
from workbench.core.quote import QUOTE
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance
from workbench.exchange.annotated import Annotated, Problem
from workbench.exchange.line_breaks import shift_layer
from workbench.exchange.names import align_names
from workbench.importing.intake import Intake
from workbench.importing.labels import LabelRow
from workbench.ingestion import ArticleIntake
from workbench.store.articles import find_articles


@dataclass(slots=True)
class Texts:
    """Takes in annotated texts of one import, file by file.

    `rights` stands on texts that state none of their own; `labels` is the table that maps the
    labels of spans, `asked` what the whole import marks; `unaligned` are the names of edges that
    their texts do not hold.
    """

    intake: Intake
    rights: str
    labels: Sequence[LabelRow]
    asked: Sequence[str]
    articles: int = 0
    unaligned: list[str] = field(default_factory=list)
    edges: int = 0
    _said: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)

    def take(
        self, rows: Sequence[Annotated], *, source: str, split: Split | None, only: str
    ) -> None:
        """Ingest each text and store its layer; `only` keeps out those of another split."""
        project = self.intake.project
        with project.store() as connection:
            stored = find_articles(connection)
        by_hash = {article.text_sha256: article for article in stored}
        by_id = {article.id: article for article in stored}
        articles = ArticleIntake(project, split, stored, has_furniture=False)
        table = {row.name: row.label for row in self.labels}
        refused = self._refuse_contradictions(rows, source)
        for number, row in enumerate(tqdm(rows, desc=f"import {source}", unit="text", delay=1)):
            if number in refused:
                continue
            try:
                row = _normalise(row)
                article = self._find(row.article, by_hash, by_id, articles, only)
                self._refuse_another_reading(row, article, split)
            except WorkbenchError as error:
                payload = {"article": row.article.id, "text": row.article.text[:200]}
                self.intake.quarantine(payload, str(error), source)
                continue
            by_hash[article.text_sha256] = article
            self._take_layer(row, article, table, source)
        self.intake.flush()

    def _refuse_contradictions(self, rows: Sequence[Annotated], source: str) -> set[int]:
        """Quarantine what one author says differently of the same text, all of it."""
        seen: dict[tuple[str, str], list[int]] = {}
        for number, row in enumerate(rows):
            if row.article.text:
                seen.setdefault(self._get_key(row, row.article), []).append(number)
        refused: set[int] = set()
        for numbers in seen.values():
            said = {_summarise(rows[number].layer) for number in numbers}
            refused |= set(numbers[1:])
            if len(said) > 1:
                refused |= set(numbers)
                reason = (
                    f"the same text occurs {len(numbers)} times and is annotated differently; "
                    "import it as annotations of several people and adjudicate, or leave one"
                )
                text = rows[numbers[0]].article.text[:200]
                self.intake.quarantine({"text": text}, reason, source)
        return refused

    def _refuse_another_reading(
        self, row: Annotated, article: Article, split: Split | None
    ) -> None:
        """Raise SourceError for a text that another file has in another split or reading."""
        stated = row.article.split or split
        if stated and article.split != stated:
            raise SourceError(
                f"the same text is in the split {article.split} already; it stays there alone"
            )
        said = _summarise(row.layer)
        if self._said.setdefault(self._get_key(row, article), said) != said:
            raise SourceError("another file has the same text annotated differently")

    def _get_key(self, row: Annotated, article: Article) -> tuple[str, str]:
        """Return what tells one's reading of a text from another's; gold has one author."""
        author = "" if self.intake.kind == "gold" else row.layer.author
        return (article.text_sha256, author)

    def _find(
        self,
        found: Article,
        by_hash: Mapping[str, Article],
        by_id: Mapping[str, Article],
        articles: ArticleIntake,
        only: str,
    ) -> Article:
        """Return the project's article of a text, ingested now where it is new.

        Raises SourceError where the text can't go in.
        """
        article = by_hash.get(found.text_sha256) if found.text else by_id.get(found.id)
        if article is None and not found.text:
            raise SourceError(f"the project has no article {found.id!r}; ingest it first")
        split = (article or found).split
        if only and split and split != only:
            raise SourceError(f"the text is in the split {split}")
        if article is not None:
            return article
        # A group is made of near-duplicates in this project, whatever it was elsewhere.
        stated = replace(found, rights=found.rights or self.rights, group="")
        if found.id in by_id:
            stated = replace(stated, id="")
        article = articles.complete(stated)
        self.intake.take_article(article)
        self.articles += 1
        return article

    def _take_layer(
        self,
        row: Annotated,
        article: Article,
        table: Mapping[str, str],
        source: str,
    ) -> None:
        layer = replace(row.layer, article_id=article.id, text_sha256=article.text_sha256)
        layer, problems = keep_valid(rename(layer, table), article)
        problems = [*row.problems, *problems]
        if problems:
            reasons = list(dict.fromkeys(problem.reason for problem in problems))
            shown = "; ".join(reasons[:3]) + (
                f"; and {len(reasons) - 3} more" if reasons[3:] else ""
            )
            payload = [[problem.reason, problem.payload] for problem in problems]
            self.intake.quarantine(payload, f"{article.id}: {shown}", source)
        if layer.edges:
            aligned = align_names(article.text, layer.edges, layer.spans)
            clusters = layer.clusters or aligned.clusters
            spans = tuple(sorted({*layer.spans, *aligned.spans}))
            layer = replace(layer, spans=spans, clusters=clusters)
            self.unaligned += aligned.missing
            self.edges += len(layer.edges)
        known = {table.get(label, label) for label in self.asked} - {""}
        layer = replace(layer, passages=_fill_passages(layer, article, sorted(known)))
        self.intake.take(layer, article, None, source)


def list_asked(layers: Iterable[Layer]) -> list[str]:
    """Return what a file marks, which is what its makers were asked: each label that occurs."""
    found: set[str] = set()
    for layer in layers:
        found |= {span.label for span in layer.spans if span.label != MENTION}
        found |= {stance.polarity for stance in layer.stances}
        found |= {QUOTE} if layer.quotes else set()
        if layer.stances or layer.quotes:
            found.add(MENTION)
    return sorted(found)


def rename(layer: Layer, table: Mapping[str, str]) -> Layer:
    """Give spans their labels by the table; one that is left out keeps an empty one.

    An end of a stance or a speaker whose label is left out is a MENTION: it is pointed to.
    """
    if all(left == right for left, right in table.items()):
        return layer

    def swap(span: Span) -> Span:
        return replace(span, label=table.get(span.label, span.label))

    def point(span: Span) -> Span:
        return replace(span, label=table.get(span.label, span.label) or MENTION)

    def swap_stance(stance: Stance) -> Stance:
        return replace(
            stance,
            holders=tuple(map(point, stance.holders)),
            targets=tuple(map(point, stance.targets)),
            speaker=point(stance.speaker) if stance.speaker else None,
        )

    quotes = [replace(q, speaker=point(q.speaker)) if q.speaker else q for q in layer.quotes]
    stances = [swap_stance(stance) for stance in layer.stances]
    ends = {end for stance in stances for end in (*stance.holders, *stance.targets)}
    ends |= {quote.speaker for quote in quotes if quote.speaker}
    mentions = {end.offsets for end in ends if end.label == MENTION}
    spans = {
        swap(s) for s in layer.spans if table.get(s.label, s.label) or s.offsets not in mentions
    }
    return replace(
        layer,
        spans=tuple(sorted(spans | ends)),
        quotes=tuple(quotes),
        stances=tuple(stances),
        clusters=tuple(replace(c, mentions=tuple(map(point, c.mentions))) for c in layer.clusters),
        verdicts={},
    )


def keep_valid(layer: Layer, article: Article) -> tuple[Layer, list[Problem]]:
    """Keep what fits the text and has a label; whatever points to the rest goes with it."""
    length = len(article.text)
    problems: list[Problem] = []

    def fits(what: str, *places: Offsets) -> bool:
        wrong = [place for place in places if not is_valid(place, length)]
        if wrong:
            reason = f"the {what} at {wrong[0]} does not fit a text of {length} characters"
            problems.append(Problem(reason, wrong))
        return not wrong

    left_out = [span for span in layer.spans if not span.label]
    problems += [Problem("its label is left out", [s.start, s.end]) for s in left_out]
    spans = [span for span in layer.spans if span.label and fits("span", span.offsets)]
    known = set(spans)
    quotes, stances = [], []
    for quote in layer.quotes:
        if fits("quote", quote.offsets):
            if quote.speaker is not None and quote.speaker not in known:
                problems.append(Problem("the speaker of a quote did not go in", quote.offsets))
                quote = replace(quote, speaker=None)
            quotes.append(quote)
    for stance in layer.stances:
        if not known.issuperset((*stance.holders, *stance.targets)):
            problems.append(Problem("an end of a stance did not go in", stance.cue))
        elif fits("cue", *stance.cue):
            speaker = stance.speaker if stance.speaker in known else None
            stances.append(replace(stance, speaker=speaker))
    clusters = [
        replace(c, mentions=tuple(m for m in c.mentions if m in known)) for c in layer.clusters
    ]
    kept = replace(
        layer,
        spans=tuple(spans),
        quotes=tuple(quotes),
        stances=tuple(stances),
        clusters=tuple(cluster for cluster in clusters if cluster.mentions),
    )
    return kept, problems


def _fill_passages(layer: Layer, article: Article, asked: Sequence[str]) -> tuple[Passage, ...]:
    """Say what was asked: the labels of the file, in the passages that are stated or in all."""
    passages = layer.passages or (Passage(0, len(article.text), ()),)
    return tuple(replace(p, asked=p.asked or tuple(asked)) for p in passages)


def _normalise(row: Annotated) -> Annotated:
    """Write line breaks as articles have them, with all offsets shifted accordingly."""
    text = normalise_text(row.article.text)
    if text == row.article.text:
        return row
    article = replace(row.article, text=text)
    return replace(row, article=article, layer=shift_layer(row.layer, row.article.text, article))


def _summarise(layer: Layer) -> tuple[object, ...]:
    return (layer.spans, layer.quotes, layer.stances, layer.edges)
