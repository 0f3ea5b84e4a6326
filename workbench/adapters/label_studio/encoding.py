"""From a prediction layer to the regions and links that a task shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from statistics import mean
from string import punctuation
from typing import Any

from workbench.adapters.label_studio.names import (
    AFTER,
    AUTHOR_CHOICE,
    BEFORE,
    FURNITURE,
    SPAN,
    STATUS,
    TEXT,
    VOICE,
)
from workbench.analysis.text.passages import find_context
from workbench.core.article import Article, first_line
from workbench.core.cluster import Cluster
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer, require_same_text
from workbench.core.offsets import Offsets, contains, is_covered
from workbench.core.quote import QUOTE
from workbench.core.round import Assignment
from workbench.core.span import Span

Result = list[dict[str, Any]]
Notes = dict[str, Any]


@dataclass(slots=True)
class Encoded:
    """A task's regions and links, and what the ledger must keep to read them back.

    `notes` maps a region's id to the ends that were shown by another mention (`substituted`:
    role → shown region → the ends meant) or not at all (`withheld`: role → ends), and to the
    pieces of a cue that lie outside the passage (`cut`).
    """

    result: Result = field(default_factory=list)
    notes: Notes = field(default_factory=dict)


def make_task(article: Article, assignment: Assignment) -> dict[str, Any]:
    """Make the task that shows a passage, without suggestions; its key is all it says of the plan.

    An address that is no web address is left out; the text beside the passage is shown where
    nothing can be labelled. The title is that of the source; a passage from the middle of an
    article without one is shown with the article's first line.
    """
    start, end = assignment.start, assignment.end
    return {
        "data": {
            "key": assignment.key,
            "article_id": article.id,
            "title": article.title or (first_line(article) if start else ""),
            "byline": write_byline(article),
            BEFORE: find_context(article, (start, end), "before"),
            TEXT: article.text[start:end],
            AFTER: find_context(article, (start, end), "after"),
        }
    }


def write_byline(article: Article) -> str:
    """Write outlet, date and link as the Markdown that the screen shows, all of it escaped.

    The link opens beside the task: it would otherwise replace it.
    """
    parts = [_escape_markdown(part) for part in (article.outlet, article.published) if part]
    if article.url.startswith(("https://", "http://")):
        address = escape("".join(article.url.split()))
        parts.append(f'<a href="{address}" target="_blank" rel="noopener noreferrer">source</a>')
    return " · ".join(parts)


def _escape_markdown(words: str) -> str:
    return "".join(f"\\{x}" if x in punctuation else x for x in " ".join(words.split()))


def make_prediction(result: Result, layer: Layer | None, suggestion_set: str) -> dict[str, Any]:
    """Wrap regions as a prediction of a suggestion set; its score is the mean confidence.

    Without a layer, as for the furniture of a blind task, the score is 0.
    """
    items = layer.items if layer is not None else ()
    scores = [item.score for item in items if item.score is not None]
    return {
        "model_version": suggestion_set,
        "score": round(mean(scores), 4) if scores else 0.0,
        "result": result,
    }


def encode_furniture(article: Article, passage: Offsets) -> Result:
    """Encode a passage's page furniture as locked regions, which blind tasks show as well."""
    return [
        {
            "id": f"furniture_{start}",
            "from_name": SPAN,
            "to_name": TEXT,
            "type": "labels",
            "readonly": True,
            "value": {
                "start": start - passage[0],
                "end": end - passage[0],
                "text": article.text[start:end],
                "labels": [FURNITURE],
            },
        }
        for start, end in article.masked
        if contains(passage, (start, end))
    ]


def name_region(text_sha256: str, item: Item) -> str:
    """Name an item's region: its id, with an underscore for the colon.

    Label Studio colours regions by a style rule made of the id, which a colon or dot would break.
    """
    return identify(text_sha256, item).replace(":", "_")


def encode_layer(layer: Layer, article: Article, passage: Offsets) -> Encoded:
    """Encode what a layer holds inside a passage, with offsets local to the passage.

    Nothing in page furniture is shown. An end of a stance or a speaker that lies outside the
    cue's paragraph is shown by the nearest mention of its cluster inside it, else as it is, else
    by one inside the passage, else not at all. Raises StaleTextError for another text.
    """
    require_same_text(layer, article)
    writer = _Writer(layer, article, passage)
    writer.encoded.result += encode_furniture(article, passage)
    for span in layer.spans:
        if writer.shows(span.offsets):
            writer.add_region(writer.name(span), span.offsets, span.label)
    for quote in layer.quotes:
        if writer.shows(quote.offsets):
            region = name_region(layer.text_sha256, quote)
            writer.add_region(region, quote.offsets, QUOTE)
            speakers = [quote.speaker] if quote.speaker else []
            writer.add_links(region, "speaker", speakers, quote.offsets)
    for stance in layer.stances:
        if writer.shows(stance.cue[0]) and not writer.masks(stance.cue):
            region = name_region(layer.text_sha256, stance)
            writer.add_cue(region, stance.cue, stance.polarity)
            if stance.status != "asserted":
                writer.add_choice(region, stance.cue[0], STATUS, stance.status)
            if stance.by_author:
                writer.add_choice(region, stance.cue[0], VOICE, AUTHOR_CHOICE)
            writer.add_links(region, "holder", stance.holders, stance.cue[0])
            writer.add_links(region, "target", stance.targets, stance.cue[0])
    return writer.encoded


class _Writer:
    """Writes regions and links of one passage and notes what was shown otherwise."""

    def __init__(self, layer: Layer, article: Article, passage: Offsets) -> None:
        self.encoded = Encoded()
        self._layer = layer
        self._text = article.text
        self._masked = article.masked
        self._passage = passage
        self._clusters = _index_clusters(layer.clusters)
        self._names: dict[Span, str] = {}
        self._linked: set[tuple[str, str]] = set()
        self._paragraphs: dict[Offsets, Offsets] = {}

    def shows(self, offsets: Offsets) -> bool:
        """Tell whether the passage shows these offsets outside page furniture."""
        return contains(self._passage, offsets) and not is_covered(offsets, self._masked)

    def name(self, span: Span) -> str:
        """Name a span's region, made once for all links to it."""
        if span not in self._names:
            self._names[span] = name_region(self._layer.text_sha256, span)
        return self._names[span]

    def masks(self, cue: Sequence[Offsets]) -> bool:
        """Tell whether a piece of a cue lies in page furniture."""
        return any(is_covered(piece, self._masked) for piece in cue)

    def add_region(self, region: str, offsets: Offsets, label: str) -> None:
        """Write a labelled region."""
        self.encoded.result.append(
            {
                "id": region,
                "from_name": SPAN,
                "to_name": TEXT,
                "type": "labels",
                "value": {**self._locate(offsets), "labels": [label]},
            }
        )

    def add_cue(self, region: str, cue: Sequence[Offsets], polarity: str) -> None:
        """Write a cue: its first piece bears the item's id, each further one is linked to it.

        A piece that the passage cuts off is noted and put back on pull, so that the record is
        shown in one passage alone.
        """
        self.add_region(region, cue[0], polarity)
        for number, offsets in enumerate(cue[1:], start=2):
            if not contains(self._passage, offsets):
                self.encoded.notes.setdefault(region, {}).setdefault("cut", []).append([*offsets])
                continue
            self.add_region(f"{region}_{number}", offsets, polarity)
            self._add_relation(region, f"{region}_{number}")

    def add_choice(self, region: str, offsets: Offsets, name: str, choice: str) -> None:
        """Tick a choice on a region."""
        self.encoded.result.append(
            {
                "id": region,
                "from_name": name,
                "to_name": TEXT,
                "type": "choices",
                "value": {**self._locate(offsets), "choices": [choice]},
            }
        )

    def add_links(self, region: str, role: str, ends: Iterable[Span], anchor: Offsets) -> None:
        """Link a region to its ends in one role, each shown by the mention that reads best."""
        shown: dict[str, list[Span]] = {}
        withheld: list[Span] = []
        for end in ends:
            mention = self._choose_mention(end, anchor)
            if mention is None:
                withheld.append(end)
            else:
                shown.setdefault(self.name(mention), []).append(end)
        for other in shown:
            self._add_relation(*((region, other) if role == "target" else (other, region)))
        substituted = {
            other: [_write_end(end) for end in meant]
            for other, meant in shown.items()
            if [self.name(end) for end in meant] != [other]
        }
        if substituted:
            self._note(region, "substituted")[role] = substituted
        if withheld:
            self._note(region, "withheld")[role] = [_write_end(end) for end in withheld]

    def _choose_mention(self, end: Span, anchor: Offsets) -> Span | None:
        paragraph = self._find_paragraph(anchor)
        if contains(paragraph, end.offsets) and self.shows(end.offsets):
            return end
        same = [m for m in self._clusters.get(end, ()) if self.shows(m.offsets)]
        near = [m for m in same if contains(paragraph, m.offsets)]
        if not near and self.shows(end.offsets):
            return end
        return min(near or same, key=lambda m: (_distance(m.offsets, anchor), m), default=None)

    def _find_paragraph(self, anchor: Offsets) -> Offsets:
        if anchor not in self._paragraphs:
            start = self._text.rfind("\n", 0, anchor[0]) + 1
            end = self._text.find("\n", anchor[1])
            self._paragraphs[anchor] = (start, len(self._text) if end < 0 else end)
        return self._paragraphs[anchor]

    def _add_relation(self, start: str, end: str) -> None:
        if (start, end) not in self._linked:
            self._linked.add((start, end))
            self.encoded.result.append(
                {"type": "relation", "from_id": start, "to_id": end, "direction": "right"}
            )

    def _locate(self, offsets: Offsets) -> dict[str, Any]:
        start, end = offsets
        local = (start - self._passage[0], end - self._passage[0])
        return {"start": local[0], "end": local[1], "text": self._text[start:end]}

    def _note(self, region: str, kind: str) -> dict[str, Any]:
        note: dict[str, Any] = self.encoded.notes.setdefault(region, {})
        found: dict[str, Any] = note.setdefault(kind, {})
        return found


def _index_clusters(clusters: Iterable[Cluster]) -> dict[Span, list[Span]]:
    index: dict[Span, list[Span]] = {}
    for cluster in clusters:
        for mention in cluster.mentions:
            index.setdefault(mention, []).extend(m for m in cluster.mentions if m != mention)
    return index


def _write_end(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "label": span.label}


def _distance(a: Offsets, b: Offsets) -> int:
    return max(0, a[0] - b[1], b[0] - a[1])
