"""A layer: one author's work on one article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from workbench.core.article import Article
from workbench.core.cluster import Cluster, Edge
from workbench.core.errors import StaleTextError
from workbench.core.identity import identify
from workbench.core.offsets import is_valid
from workbench.core.quote import QUOTE, Quote
from workbench.core.span import Span
from workbench.core.stance import POLARITIES, STATUSES, Stance

LayerKind = Literal["prediction", "annotation", "gold"]
LAYER_KINDS: tuple[LayerKind, ...] = ("prediction", "annotation", "gold")
ADJUDICATION = "adjudication"
"""The author of every gold layer."""
FORMAT = 1
"""The version of the layer's JSON form."""

Item = Span | Quote | Stance
LayerKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an annotator was unsure of, in their own words."""

    flag: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an article that was shown, and what was asked there.

    `suggested_by` names the prediction that the person saw, None is blind; `seconds` is the time
    taken. Outside passages × asked, things are missing, never negative.
    """

    start: int
    end: int
    asked: tuple[str, ...]
    suggested_by: str | None = None
    doubt: Doubt | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a gold item was decided: by which policy, with whose votes, and whether contested.

    `readings` pairs everybody who was asked with the id of what they marked, empty where they
    marked nothing; `conflict` names the conflict that a decision closed.
    """

    policy: str
    votes: tuple[str, ...] = ()
    contested: bool = False
    readings: tuple[tuple[str, str], ...] = ()
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One author's work on one article; it holds offsets and no text at all.

    `verdicts` maps the item ids of a gold layer to how they were decided; it is empty elsewhere.
    """

    article_id: str
    text_sha256: str
    author: str
    kind: LayerKind
    round: str = ""
    scheme: str = ""
    guideline: str = ""
    passages: tuple[Passage, ...] = ()
    spans: tuple[Span, ...] = ()
    quotes: tuple[Quote, ...] = ()
    stances: tuple[Stance, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    edges: tuple[Edge, ...] = ()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> LayerKey:
        """What a later revision of the same work shares: article, author, kind and round."""
        return (self.article_id, self.author, self.kind, self.round)

    @property
    def items(self) -> Iterator[Item]:
        """All spans, quotes and stances, in this order."""
        yield from self.spans
        yield from self.quotes
        yield from self.stances

    def __repr__(self) -> str:
        """Count the items instead of listing them: notebooks call this on every cell."""
        return (
            f"Layer({self.article_id!r} by {self.author!r}, {self.kind}: {len(self.spans)} spans, "
            f"{len(self.quotes)} quotes, {len(self.stances)} stances)"
        )


def require_same_text(layer: Layer, article: Article) -> None:
    """Raise StaleTextError unless the layer was made for exactly this article's text."""
    if layer.text_sha256 != article.text_sha256:
        raise StaleTextError(
            f"the layer of {layer.author!r} was made for other text than article {article.id!r} "
            f"has (hash {layer.text_sha256[:12]} instead of {article.text_sha256[:12]}); "
            "ingest the text it was made for, or make the layer again"
        )


def check_layer(layer: Layer, article: Article, labels: Mapping[str, str]) -> list[str]:
    """List every breach of a layer against its article and the scheme's labels.

    `labels` maps each label to its kind: entity, mention, quote or polarity.
    """
    require_same_text(layer, article)
    length = len(article.text)
    problems = [
        f"passage {p.start}..{p.end} does not fit {length} characters"
        for p in layer.passages
        if not is_valid((p.start, p.end), length) and length
    ]
    for span in layer.spans:
        if not is_valid(span.offsets, length):
            problems.append(f"span {span.start}..{span.end} does not fit {length} characters")
        if labels.get(span.label) not in ("entity", "mention"):
            problems.append(f"span {span.start}..{span.end} has the unknown label {span.label!r}")
    problems += _check_quotes(layer, length)
    problems += _check_stances(layer, length, labels)
    seen: set[str] = set()
    for item in layer.items:
        item_id = identify(layer.text_sha256, item)
        if item_id in seen:
            problems.append(f"{item_id} occurs twice")
        seen.add(item_id)
    return problems


def _check_quotes(layer: Layer, length: int) -> list[str]:
    known = set(layer.spans)
    problems = []
    for quote in layer.quotes:
        where = f"{QUOTE} {quote.start}..{quote.end}"
        if not is_valid(quote.offsets, length):
            problems.append(f"{where} does not fit {length} characters")
        if quote.speaker is not None and quote.speaker not in known:
            problems.append(f"{where}: its speaker is none of the layer's spans")
        if quote.form not in ("direct", "indirect"):
            problems.append(f"{where}: the form {quote.form!r} is neither direct nor indirect")
    return problems


def _check_stances(layer: Layer, length: int, labels: Mapping[str, str]) -> list[str]:
    known = set(layer.spans)
    problems = []
    for stance in layer.stances:
        if not stance.cue:
            problems.append("a stance has no cue")
            continue
        where = f"stance at {stance.offsets[0]}..{stance.offsets[1]}"
        problems += [
            f"{where}: cue {cue} does not fit {length} characters"
            for cue in stance.cue
            if not is_valid(cue, length)
        ]
        ends = {"holder": stance.holders, "target": stance.targets, "speaker": ()}
        if stance.speaker is not None:
            ends["speaker"] = (stance.speaker,)
        problems += [
            f"{where}: its {name} at {end.start}..{end.end} is none of the layer's spans"
            for name, spans in ends.items()
            for end in spans
            if end not in known
        ]
        if stance.polarity not in POLARITIES or labels.get(stance.polarity) != "polarity":
            problems.append(f"{where}: unknown polarity {stance.polarity!r}")
        if stance.status not in STATUSES:
            problems.append(f"{where}: unknown status {stance.status!r}")
    return problems
