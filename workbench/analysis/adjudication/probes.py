"""Probes: seeded wrong suggestions, which measure how often annotators catch such an error."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from workbench.analysis.proportions import wilson
from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.offsets import is_covered, overlap
from workbench.core.span import MENTION, Span
from workbench.core.stance import POLARITIES, Stance

ProbeKind = Literal["label", "boundary", "spurious", "polarity"]
By = Literal["author", "kind", "label"]
MARK = "+probes"
"""What the author of a prediction with probes is called after its own name."""
MOST = 2
"""Probes in one article at most."""
ENOUGH = 20
"""Probes that must have been seen before a rate is acted on."""
_WORD = re.compile(r"\b[a-z]{4,}\b")


@dataclass(frozen=True, slots=True)
class Probe:
    """One wrong suggestion: how it is wrong, and the right one that it stands for, if any."""

    kind: ProbeKind
    item: Item
    before: Item | None


class Seeded(Protocol):
    """A probe as the ledger keeps it."""

    @property
    def round(self) -> str:
        """The round that it was seeded in."""

    @property
    def article_id(self) -> str:
        """The article that shows it."""

    @property
    def item(self) -> str:
        """The wrong item's id."""

    @property
    def kind(self) -> str:
        """How it is wrong."""

    @property
    def label(self) -> str:
        """The label under which it is asked for."""

    @property
    def record(self) -> dict[str, Any]:
        """The wrong item."""


@dataclass(frozen=True, slots=True)
class CatchRate:
    """How many of the probes that were shown were corrected; the interval is Wilson's at 95%."""

    name: str
    seen: int
    caught: int

    def to_record(self) -> dict[str, Any]:
        """Write the rate as plain JSON; without a probe it is null."""
        return {
            "name": self.name,
            "seen": self.seen,
            "caught": self.caught,
            "rate": self.caught / self.seen if self.seen else None,
            "interval": list(wilson(self.caught, self.seen)) if self.seen else None,
        }


def seed_layer(
    layer: Layer, article: Article, labels: Sequence[str], *, rate: float, seed: str
) -> tuple[Layer, tuple[Probe, ...]]:
    """Put probes into a prediction: each entity and stance is drawn at the rate, two at most.

    `labels` are the entity labels that a wrong one is chosen from. The changed layer's author
    bears a mark, so that nobody takes it for the model's own work.
    """
    generator = random.Random(f"{seed} {layer.text_sha256}")  # noqa: S311 - a seeded draw
    items: list[Item] = [span for span in layer.spans if span.label != MENTION]
    items += layer.stances
    drawn = [item for item in items if generator.random() < rate]
    generator.shuffle(drawn)
    probes: list[Probe] = []
    taken = {identify(layer.text_sha256, item) for item in layer.items}
    for item in drawn[:MOST]:
        probe = _spoil(item, layer, article, labels, generator)
        if probe is not None and identify(layer.text_sha256, probe.item) not in taken:
            taken.add(identify(layer.text_sha256, probe.item))
            probes.append(probe)
    changed = layer
    for probe in probes:
        changed = _put_in(changed, probe)
    return replace(changed, author=f"{layer.author}{MARK}"), tuple(probes)


def measure_probes(
    probes: Iterable[Seeded],
    layers: Iterable[Layer],
    *,
    by: By = "author",
) -> list[CatchRate]:
    """Count what was caught, by annotator, by kind of error, or by label.

    A probe counts for whoever submitted a passage that showed it; it is caught where the wrong
    item is not in that person's layer.
    """
    work: dict[tuple[str, str], list[Layer]] = {}
    for layer in layers:
        work.setdefault((layer.round, layer.article_id), []).append(layer)
    counts: dict[str, list[int]] = {}
    for probe in probes:
        offsets = _locate(probe.record)
        for layer in work.get((probe.round, probe.article_id), ()):
            if not any(
                (p.suggested_by or "").endswith(MARK) and overlap((p.start, p.end), offsets)
                for p in layer.passages
            ):
                continue
            left = any(identify(layer.text_sha256, item) == probe.item for item in layer.items)
            name = layer.author if by == "author" else probe.kind if by == "kind" else probe.label
            row = counts.setdefault(name, [0, 0])
            row[0] += 1
            row[1] += not left
    return [CatchRate(name, *row) for name, row in sorted(counts.items())]


def _locate(record: Mapping[str, Any]) -> tuple[int, int]:
    first = record["cue"][0] if "cue" in record else record
    return (int(first["start"]), int(first["end"]))


def _spoil(
    item: Item, layer: Layer, article: Article, labels: Sequence[str], generator: random.Random
) -> Probe | None:
    if isinstance(item, Stance):
        others = [p for p in POLARITIES if p != item.polarity]
        wrong = replace(item, polarity=generator.choice(others), score=item.score)
        return Probe("polarity", wrong, item)
    if not isinstance(item, Span):
        return None
    kind = generator.choice(("label", "boundary", "spurious"))
    if kind == "label":
        others_ = [label for label in labels if label != item.label]
        return Probe("label", replace(item, label=generator.choice(others_)), item)
    if kind == "boundary":
        wider = _WORD.match(article.text, item.end + 1)
        if wider and article.text[item.end : item.end + 1] == " ":
            return Probe("boundary", replace(item, end=wider.end()), item)
        words = article.text[item.start : item.end].split(" ")
        shorter = item.start + len(words[0]) + 1
        return Probe("boundary", replace(item, start=shorter), item) if len(words) > 1 else None
    free = [
        match.span()
        for match in _WORD.finditer(article.text)
        if not any(overlap(match.span(), other.offsets) for other in layer.items)
        and not is_covered(match.span(), article.masked)
    ]
    if not free:
        return None
    return Probe("spurious", Span(*generator.choice(free), generator.choice(labels)), None)


def _put_in(layer: Layer, probe: Probe) -> Layer:
    if isinstance(probe.item, Stance):
        stances = tuple(probe.item if s == probe.before else s for s in layer.stances)
        return replace(layer, stances=stances)
    wrong, right = probe.item, probe.before
    if not isinstance(wrong, Span):
        return layer
    if not isinstance(right, Span):
        return replace(layer, spans=tuple(sorted({*layer.spans, wrong})))

    def follow(ends: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(wrong if end == right else end for end in ends)

    return replace(
        layer,
        spans=tuple(sorted(follow(layer.spans))),
        quotes=tuple(replace(q, speaker=wrong if q.speaker == right else q.speaker)
                     for q in layer.quotes),
        stances=tuple(replace(s, holders=follow(s.holders), targets=follow(s.targets),
                              speaker=wrong if s.speaker == right else s.speaker)
                      for s in layer.stances),
        clusters=tuple(replace(c, mentions=follow(c.mentions)) for c in layer.clusters),
    )  # fmt: skip


def leave_out(layer: Layer, probes: set[str]) -> Layer:
    """Leave probes out of somebody's work, and what points to them."""
    if not probes:
        return layer
    sha = layer.text_sha256
    gone = {item for item in layer.items if identify(sha, item) in probes}
    ends = {span for span in layer.spans if span in gone}
    return replace(
        layer,
        spans=tuple(span for span in layer.spans if span not in gone),
        quotes=tuple(q for q in layer.quotes if q not in gone and q.speaker not in ends),
        stances=tuple(
            s for s in layer.stances if s not in gone and not ends & {*s.holders, *s.targets}
        ),
        clusters=tuple(
            replace(c, mentions=tuple(m for m in c.mentions if m not in ends))
            for c in layer.clusters
        ),
    )
