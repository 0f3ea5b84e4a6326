"""Feedback: where an annotator's work differs from gold, and what the guideline says there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.analysis.adjudication.guidelines import find_sentence
from workbench.analysis.adjudication.readings import (
    StanceComparison,
    group_marks,
    weigh_quotes,
    weigh_spans,
)
from workbench.core.article import Article
from workbench.core.layer import Item, Layer, Passage
from workbench.core.offsets import contains
from workbench.core.quote import QUOTE, Quote
from workbench.core.scheme import Scheme
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance

What = Literal["missed", "extra", "label", "boundary", "speaker", "polarity", "holder", "target",
               "swap", "status"]  # fmt: skip
YOU, GOLD = "you", "gold"


@dataclass(frozen=True, slots=True)
class Remark:
    """One difference: what it is, in whose words, and the guideline's sentence on it.

    `yours` is empty for what was missed, `gold` for what gold does not have.
    """

    article_id: str
    what: What
    yours: str
    gold: str
    guideline: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was right, and a remark for each difference, in the order of the text."""

    right: int
    remarks: tuple[Remark, ...]


def compare_with_gold(article: Article, yours: Layer, gold: Layer, scheme: Scheme) -> Comparison:
    """Compare one annotator's layer with gold, where both were asked the same.

    Spans and quotes are right when they are equal, stances when ends (by cluster), polarity and
    status are; a cue may be longer or shorter. MENTION spans are not held against anybody.
    """
    teacher = _Teacher(article, scheme)
    layers = {YOU: yours, GOLD: gold}
    shared = _find_shared(yours.passages, gold.passages)
    right = 0
    found: list[tuple[int, Remark]] = []
    for group in _group(layers, shared):
        one, other = group.get(YOU), group.get(GOLD)
        what = _find_difference(layers, one, other)
        if what is None:
            right += 1
        else:
            item = other or one
            at = item.offsets[0] if item else 0
            found.append((at, teacher.remark(what, one, other)))
    found.sort(key=lambda row: (row[0], row[1].what))
    return Comparison(right, tuple(remark for _, remark in found))


def _find_shared(
    yours: Sequence[Passage], gold: Sequence[Passage]
) -> list[tuple[int, int, frozenset[str]]]:
    """Return the stretches that both layers cover, with the labels that both were asked."""
    return [
        (max(a.start, b.start), min(a.end, b.end), frozenset(a.asked) & frozenset(b.asked))
        for a in yours
        for b in gold
        if max(a.start, b.start) < min(a.end, b.end)
    ]


def _group(
    layers: dict[str, Layer], shared: Sequence[tuple[int, int, frozenset[str]]]
) -> Iterator[Mapping[str, Item]]:
    """Yield what was marked of the same thing, by whom."""

    def counts(item: Item, label: str) -> bool:
        return any(contains((s, e), item.offsets) and label in asked for s, e, asked in shared)

    spans = {
        who: [s for s in layer.spans if s.label != MENTION and counts(s, s.label)]
        for who, layer in layers.items()
    }
    equal = set(spans[YOU]) & set(spans[GOLD])
    yield from ({YOU: span, GOLD: span} for span in sorted(equal))
    rest = {who: [s for s in found if s not in equal] for who, found in spans.items()}
    yield from (dict(reading.marks) for reading in group_marks(rest, weigh_spans))
    quotes = {who: [q for q in layer.quotes if counts(q, QUOTE)] for who, layer in layers.items()}
    yield from (dict(reading.marks) for reading in group_marks(quotes, weigh_quotes))
    stances = {
        who: [s for s in layer.stances if counts(s, s.polarity)] for who, layer in layers.items()
    }
    weigh = StanceComparison(layers).weigh
    yield from (dict(reading.marks) for reading in group_marks(stances, weigh))


def _find_difference(
    layers: dict[str, Layer], yours: Item | None, gold: Item | None
) -> What | None:
    if yours is None:
        return "missed"
    if gold is None:
        return "extra"
    if isinstance(yours, Stance) and isinstance(gold, Stance):
        return StanceComparison(layers).find_difference(  # type: ignore[return-value]
            YOU, yours, GOLD, gold
        )  # of all kinds of conflict, two stances can have these alone
    if yours.offsets != gold.offsets:
        return "boundary"
    if isinstance(yours, Span) and isinstance(gold, Span):
        return None if yours.label == gold.label else "label"
    if isinstance(yours, Quote) and isinstance(gold, Quote):
        a, b = yours.speaker, gold.speaker
        same = a == b or (a and b and StanceComparison(layers).same_end(YOU, a, GOLD, b))
        return None if same else "speaker"
    return None


class _Teacher:
    """Says items in words, and finds the guideline's sentence."""

    def __init__(self, article: Article, scheme: Scheme) -> None:
        self._article = article
        self._scheme = scheme
        self._labels = {label.name: label for label in scheme.labels}

    def remark(self, what: What, yours: Item | None, gold: Item | None) -> Remark:
        item = gold or yours
        assert item is not None  # noqa: S101 - a group has one at least
        return Remark(
            self._article.id,
            what,
            self._say(yours),
            self._say(gold),
            find_sentence(self._scheme, _get_label(item), what),
        )

    def _say(self, item: Item | None) -> str:
        if item is None:
            return ""
        if isinstance(item, Stance):
            holders = [*(self._cut(h.offsets) for h in item.holders)]
            holders += ["the article itself"] if item.by_author else []
            targets = [self._cut(target.offsets) for target in item.targets]
            words = " … ".join(self._cut(piece) for piece in item.cue)
            status = "" if item.status == "asserted" else f", {item.status}"
            return (
                f"{' + '.join(holders) or 'nobody'} → {self._title(item)} ({words}{status}) → "
                f"{' + '.join(targets) or 'nothing'}"
            )
        speaker = isinstance(item, Quote) and item.speaker
        by = f" by {self._cut(speaker.offsets)}" if speaker else ""
        return f"{self._title(item)}: {self._cut(item.offsets)}{by}"

    def _title(self, item: Item) -> str:
        label = self._labels.get(_get_label(item))
        return label.title if label else _get_label(item)

    def _cut(self, offsets: tuple[int, int]) -> str:
        return re.sub(r"\s+", " ", self._article.text[offsets[0] : offsets[1]])


def _get_label(item: Item) -> str:
    if isinstance(item, Stance):
        return item.polarity
    return QUOTE if isinstance(item, Quote) else item.label
