"""How far two sides agree on stances: pairs of holder and target, matched through clusters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from workbench.analysis.scoring.matching import match
from workbench.analysis.scoring.scores import Counts, Score, score_counts, score_documents
from workbench.core.cluster import AUTHOR
from workbench.core.layer import Layer
from workbench.core.offsets import Offsets, overlap
from workbench.core.span import Span
from workbench.core.stance import Stance

StanceLevel = Literal["pair", "triple", "strict", "exact"]
STANCE_LEVELS: tuple[StanceLevel, ...] = ("pair", "triple", "strict", "exact")


@dataclass(frozen=True, slots=True)
class End:
    """One holder or target: the offsets pointed to, and those of all its mentions.

    No mention at all is the article's own voice, or an end that is missing: `name` tells.
    """

    offsets: Offsets | None
    mentions: frozenset[Offsets]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One holder, one target and the stance that joins them."""

    holder: End
    target: End
    stance: Stance


class Referents:
    """Who the spans of a layer stand for, by its clusters; plural mentions are expanded."""

    def __init__(self, layer: Layer) -> None:
        self._by_name = {
            cluster.name: frozenset(m.offsets for m in cluster.mentions)
            for cluster in layer.clusters
            if not cluster.members
        }
        self._cluster = {m.offsets: c for c in layer.clusters for m in c.mentions}

    def find(self, span: Span) -> list[End]:
        """Return the ends that a span stands for: one, or one for each member of a plural."""
        cluster = self._cluster.get(span.offsets)
        if cluster is None:
            return [End(span.offsets, frozenset((span.offsets,)))]
        if not cluster.members:
            mentions = frozenset(m.offsets for m in cluster.mentions)
            return [End(span.offsets, mentions, cluster.name)]
        nothing: frozenset[Offsets] = frozenset()
        return [End(span.offsets, self._by_name.get(m, nothing), m) for m in cluster.members]

    def name(self, span: Span, text: str = "") -> list[str]:
        """Return the canonical names of whom a span stands for; its words where it has none."""
        words = text[span.start : span.end]
        return [end.name or words for end in self.find(span)]


def list_pairs(layer: Layer) -> list[Pair]:
    """Return the holder × target pairs of a layer's stances; a missing end stands as one."""
    referents = Referents(layer)
    pairs = []
    for stance in layer.stances:
        holders = [end for span in stance.holders for end in referents.find(span)]
        if stance.by_author:
            holders.append(End(None, frozenset(), AUTHOR))
        targets = [end for span in stance.targets for end in referents.find(span)]
        missing = [End(None, frozenset())]
        pairs += [Pair(h, t, stance) for h, t in product(holders or missing, targets or missing)]
    return pairs


def count_stances(a: Layer, b: Layer, level: StanceLevel = "triple") -> Counts:
    """Count the matching pairs of two layers of one article at a level.

    pair: both ends; triple: and polarity; strict: and cues that overlap; exact: the very words of
    cue and ends, and the status.
    """
    return count_levels(a, b, (level,))[level]


def count_levels(
    a: Layer, b: Layer, levels: Sequence[StanceLevel] = STANCE_LEVELS
) -> dict[StanceLevel, Counts]:
    """Count the matching pairs of two layers at several levels, comparing each two pairs once."""
    pairs = list_pairs(a), list_pairs(b)
    depths = [[_find_depth(x, y) for y in pairs[1]] for x in pairs[0]]
    places = range(len(pairs[0])), range(len(pairs[1]))
    counts: dict[StanceLevel, Counts] = {}
    for level in levels:
        least = STANCE_LEVELS.index(level) + 1

        def reach(i: int, j: int, least: int = least) -> float:
            return float(depths[i][j] >= least)

        matched = match(*places, reach)
        counts[level] = Counts(len(matched), len(pairs[0]), len(pairs[1]))
    return counts


def match_pairs(a: Layer, b: Layer) -> list[tuple[Pair, Pair]]:
    """Match pairs by their ends, those of overlapping cues and equal polarity first."""
    pairs = list_pairs(a), list_pairs(b)

    def weigh(x: Pair, y: Pair) -> float:
        if not _find_depth(x, y):
            return 0.0
        return 4.0 + 2 * cues_overlap(x.stance, y.stance) + (x.stance.polarity == y.stance.polarity)

    return [(pairs[0][i], pairs[1][j]) for i, j, _ in match(*pairs, weigh)]


def stance_f1(
    a: Layer | Iterable[Layer],
    b: Layer | Iterable[Layer],
    level: StanceLevel = "triple",
    *,
    interval: bool = False,
    seed: int = 0,
) -> Score:
    """Return F1 of one layer's stances against another's, with precision and recall.

    Each side is a layer, or a list of them with one for each article; an article that only one
    side has counts as one in which the other found nothing. Of two and more articles an interval
    can be had.
    """
    if isinstance(a, Layer) and isinstance(b, Layer):
        return score_counts(count_stances(a, b, level))
    one, other = (
        {layer.article_id: layer for layer in ([x] if isinstance(x, Layer) else x)} for x in (a, b)
    )
    documents = []
    for name in dict.fromkeys([*one, *other]):
        known = one.get(name) or other[name]
        empty = Layer(name, known.text_sha256, "", "prediction")
        documents.append(count_stances(one.get(name, empty), other.get(name, empty), level))
    if interval:
        return score_documents(documents, seed=seed)
    return score_counts(sum(documents, Counts()))


def score_polarity(matched: Sequence[tuple[Pair, Pair]]) -> dict[str, object]:
    """Return the accuracy of polarity on matched pairs beside the majority's share of them."""
    n = len(matched)
    if not n:
        return {"accuracy": None, "majority": None, "n": 0, "reason": "no pair was matched"}
    right = sum(a.stance.polarity == b.stance.polarity for a, b in matched)
    majority = Counter(b.stance.polarity for _, b in matched).most_common(1)[0][1]
    return {"accuracy": right / n, "majority": majority / n, "n": n}


def ends_match(a: End, b: End) -> bool:
    """Tell whether two ends are of one referent: a mention of one overlaps one of the other."""
    if not a.mentions or not b.mentions:
        return not a.mentions and not b.mentions and a.name == b.name
    return any(overlap(x, y) for x in a.mentions for y in b.mentions)


def _find_depth(a: Pair, b: Pair) -> int:
    """Return how many of the four levels two pairs match at; each level includes those before."""
    if not (ends_match(a.holder, b.holder) and ends_match(a.target, b.target)):
        return 0
    if a.stance.polarity != b.stance.polarity:
        return 1
    if not cues_overlap(a.stance, b.stance):
        return 2
    same_ends = a.holder.offsets == b.holder.offsets and a.target.offsets == b.target.offsets
    same_words = (a.stance.cue, a.stance.status) == (b.stance.cue, b.stance.status)
    return 4 if same_ends and same_words else 3


def cues_overlap(a: Stance, b: Stance) -> bool:
    """Tell whether the cues of two stances share a character."""
    return any(overlap(x, y) for x in a.cue for y in b.cue)
