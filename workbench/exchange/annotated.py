"""An article with a layer over it, as files of other tools hold both, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.article import Article
from workbench.core.cluster import Cluster, Edge
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that can't be read, as it stands there, and why."""

    reason: str
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text with a layer over it, and the parts of its source that could not be read.

    A layer without passages says nothing of what was asked: its labels are those of the file.
    """

    article: Article
    layer: Layer
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a format can't hold: what it is, why, and which item it was."""

    what: str
    reason: str
    item: str = ""


@dataclass(slots=True)
class Carried:
    """What a format can hold of an article and its layer, and what it can't.

    `layer` is what an import of the export gives back; None where the article can't go at all.
    """

    article: Article
    layer: Layer | None
    losses: list[Loss] = field(default_factory=list)

    def lose(self, items: Iterable[Item], reason: str) -> None:
        """Note items that do not go."""
        sha = self.article.text_sha256
        self.losses += [Loss(_name_kind(item), reason, identify(sha, item)) for item in items]

    def lose_count(self, what: str, n: int, reason: str) -> None:
        """Note things that have no id of their own."""
        self.losses += [Loss(what, reason)] * n


def make_layer(
    article: Article,
    *,
    spans: Iterable[Span] = (),
    quotes: Iterable[Quote] = (),
    stances: Iterable[Stance] = (),
    clusters: Sequence[Cluster] = (),
    edges: Iterable[Edge] = (),
) -> Layer:
    """Make the layer that a file of another tool states: no author, no scheme, nothing asked.

    Items are brought into their one order, each once.
    """
    return Layer(
        article.id,
        article.text_sha256,
        author="",
        kind="gold",
        spans=tuple(sorted(dict.fromkeys(spans))),
        quotes=tuple(sorted(dict.fromkeys(quotes), key=_rank_quote)),
        stances=tuple(sorted(dict.fromkeys(stances), key=rank_stance)),
        clusters=tuple(clusters),
        edges=tuple(sorted(dict.fromkeys(edges))),
    )


def rank_stance(stance: Stance) -> tuple[Any, ...]:
    """Return what stances are sorted by: every part that two of them can differ in."""
    speaker = () if stance.speaker is None else (stance.speaker,)
    ends = (stance.holders, stance.targets, stance.status, stance.by_author, speaker)
    return (stance.cue, stance.polarity, *ends)


def note_bookkeeping(carried: Carried, layer: Layer, *, clusters: bool = False) -> None:
    """Note what formats of other tools have no place for: scores, verdicts, what was asked.

    `clusters` says that the format holds clusters.
    """
    scored = sum(item.score is not None or item.rule is not None for item in layer.items)
    carried.lose_count("score", scored, "the format has no place for a suggestion's score and rule")
    carried.lose_count(
        "verdict", len(layer.verdicts), "the format has no place for policy, votes and contest"
    )
    carried.lose_count(
        "passage", len(layer.passages), "the format does not say what was shown and asked"
    )
    if not clusters:
        carried.lose_count("cluster", len(layer.clusters), "the format has no place for who is who")


def count_losses(losses: Iterable[Loss]) -> list[dict[str, Any]]:
    """Sum losses up by what and why, most frequent first, with the first items as examples."""
    groups: dict[tuple[str, str], list[str]] = {}
    for loss in losses:
        groups.setdefault((loss.what, loss.reason), []).append(loss.item)
    ordered = sorted(groups.items(), key=lambda row: (-len(row[1]), row[0]))
    return [
        {"what": what, "reason": reason, "n": len(items), "items": [x for x in items if x][:5]}
        for (what, reason), items in ordered
    ]


def _rank_quote(quote: Quote) -> tuple[Any, ...]:
    return (quote.offsets, quote.form, () if quote.speaker is None else (quote.speaker,))


def _name_kind(item: Item) -> str:
    if isinstance(item, Span):
        return "span"
    return "quote" if isinstance(item, Quote) else "stance"
