"""Judging: a Doc's pairs held against gold, and sure pairs made into stances."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from spacy.tokens import Doc

from workbench.adapters.records.layers import read_layer
from workbench.analysis.scope import is_asked
from workbench.analysis.scoring.edges import (
    find_edge_scope,
    has_edges_alone,
    locate_edges,
)
from workbench.analysis.scoring.stances import End, Referents, ends_match
from workbench.core.cluster import AUTHOR
from workbench.core.layer import Layer
from workbench.core.offsets import Offsets, overlap
from workbench.core.span import Span
from workbench.core.stance import POLARITIES, Polarity, Stance, derive_speaker
from workbench.pipeline.clusters import read_quotes
from workbench.pipeline.learning.encoder import Encoder, Sentences
from workbench.pipeline.learning.regression import (
    Features,
    Fitted,
    measure_likelihood,
)
from workbench.pipeline.mentions import ENTITIES, MENTIONS, read_spans
from workbench.pipeline.stances.evidence import Evidence
from workbench.pipeline.stances.matching import Match
from workbench.pipeline.stances.pairs import Pair, PairFinder, make_scene
from workbench.pipeline.stances.reading import write_reading
from workbench.pipeline.stances.scene import Found
from workbench.pipeline.stances.selection import Judged, choose_selection

LEARNT = "learnt"
Sure = tuple[Pair, float, Polarity | None]
"""A pair that becomes a stance: its chance, and its polarity where that is learnt."""


class Reader:
    """A Doc with its scene, quotes, pairs and evidence."""

    def __init__(self, doc: Doc, lexicon: Any) -> None:
        self.doc = doc
        self.layer = _read_doc(doc)
        self.quotes = read_quotes(doc)
        self.scene = make_scene(doc, lexicon, self.quotes)
        self.finder = PairFinder(self.scene, lexicon, self.layer.stances)
        self.evidence = Evidence(self.scene)

    def read_sign(self, pair: Pair) -> Polarity:
        """Return the polarity that a pair would have by the rules."""
        if pair.rule is not None:
            return pair.rule.polarity
        return self.write(pair.match, [], [pair.target]).polarity

    def write(self, match: Match, holders: Sequence[Span], targets: Sequence[Span]) -> Found:
        """Write a cue's frame as a stance of these ends."""
        reading = self.evidence.read(match)
        aim = replace(reading.aim, spans=list(targets))
        return write_reading(self.scene, match, replace(reading, holders=list(holders), aim=aim))


def _read_doc(doc: Doc) -> Layer:
    layer = read_layer(
        {"text_sha256": "", "stances": doc._.stances, "clusters": doc._.clusters}, article=None
    )
    spans = (*read_spans(doc, ENTITIES), *read_spans(doc, MENTIONS))
    return replace(layer, spans=spans)


def judge_pairs(reader: Reader, gold: Layer, judged: Judged) -> list[Pair]:
    """Add a Doc's pairs to those judged, and return them.

    What no passage showed or asked for is left out. Of gold that states edges alone, each pair
    that says the same as an edge is right, in whichever words.
    """
    taken: list[Pair] = []
    ours, wanted = Referents(reader.layer), list(_list_wanted(gold))
    passages = find_edge_scope(gold) if has_edges_alone(gold) else gold.passages
    name = gold.article_id or gold.text_sha256
    for pair in reader.finder:
        if not all(is_asked(polarity, pair.cue, passages) for polarity in POLARITIES):
            continue
        holders = ours.find(pair.holder) if pair.holder is not None else _author(True)
        targets = ours.find(pair.target)
        hits = frozenset(
            (name, number)
            for number, (cue, sign, holder, target) in enumerate(wanted)
            if (_is_in(pair.cue, cue) if cue else reader.read_sign(pair) == sign)
            and any(ends_match(end, holder) for end in holders)
            and any(ends_match(end, target) for end in targets)
        )
        taken.append(pair)
        judged.rows.append(reader.evidence.describe(pair))
        judged.by_rule.append(pair.rule is not None)
        judged.keys.append((name, *_identify(ours, pair)))
        judged.hits.append(hits)
        judged.signs.append(wanted[min(hits)[1]][1] if hits else None)
        judged.groups.append(name)
    judged.wanted += len(wanted)
    return taken


def add_states(
    rows: Sequence[Features], pairs: Sequence[Pair], reader: Reader, encoder: Encoder
) -> list[Features]:
    """Add to each pair's features the encoder's states of its sentence and of both ends."""
    sentences = Sentences(encoder, reader.doc.text)
    described: list[Features] = []
    for row, pair in zip(rows, pairs, strict=True):
        sentence = pair.match.head.sent
        holder = pair.holder.offsets if pair.holder is not None else None
        parts = (("holder", holder), ("target", pair.target.offsets))
        states = sentences.describe((sentence.start_char, sentence.end_char), parts)
        described.append({**row, **states})
    return described


def weigh_encoder(
    judged: Judged, plain: Fitted, richer: Fitted | None
) -> tuple[dict[str, Any], bool]:
    """Hold both regressions against each other on articles that neither saw."""
    sides = {"without": plain, "with": richer}
    likelihood = {
        name: measure_likelihood(side.held_out, judged.right)
        for name, side in sides.items()
        if side is not None
    }
    f1 = {
        name: choose_selection(judged, side.held_out.tolist()).f1
        for name, side in sides.items()
        if side is not None
    }
    gains = likelihood.get("with", -np.inf) > likelihood["without"]
    return {"likelihood": likelihood, "f1": f1, "used": bool(gains)}, bool(gains)


def join_pairs(reader: Reader, kept: Sequence[Sure]) -> list[Stance]:
    """Make stances of pairs: those of one cue and target are one record with several holders."""
    referents = Referents(reader.layer)
    chosen: dict[tuple[object, ...], Sure] = {}
    for pair, chance, sign in sorted(kept, key=lambda row: -row[1]):
        cue, holder, target = _identify(referents, pair)
        if holder != target:
            chosen.setdefault((cue, holder, target), (pair, chance, sign))
    groups: dict[tuple[object, ...], list[Sure]] = {}
    for pair, chance, sign in chosen.values():
        target = pair.target if pair.rule is None else None
        key = (pair.cue, pair.rule, target, pair.holder is None)
        groups.setdefault(key, []).append((pair, chance, sign))
    made = [
        _make_stance(reader, part) for group in groups.values() for part in _split_targets(group)
    ]
    unique = {(s.cue, s.polarity, s.by_author, s.holders, s.targets): s for s in made}
    return sorted(unique.values(), key=lambda s: (s.cue, s.polarity, s.targets, s.holders))


def _split_targets(group: list[Sure]) -> list[list[Sure]]:
    """Split pairs by target, unless every holder still goes with every target: then it is one."""
    by_target: dict[Span, list[Sure]] = {}
    for sure in group:
        by_target.setdefault(sure[0].target, []).append(sure)
    holders = {sure[0].holder for sure in group}
    is_whole = len(group) == len(holders) * len(by_target)
    return [group] if is_whole else list(by_target.values())


def _make_stance(reader: Reader, group: list[Sure]) -> Stance:
    first, chance, sign = group[0]
    holders = tuple(pair.holder for pair, _, _ in group if pair.holder is not None)
    targets = tuple(pair.target for pair, _, _ in group)
    if first.rule is not None:
        made = replace(first.rule, holders=holders, targets=targets)
    else:
        found = reader.write(first.match, holders, targets)
        rule = f"{LEARNT}:{' '.join(first.match.cue.words)}"
        made = Stance(tuple(found.cue), holders, targets, found.polarity, found.status,
                      by_author=first.holder is None, rule=rule)  # fmt: skip
    speaker = derive_speaker(made.cue, reader.quotes)
    return replace(made, polarity=sign or made.polarity, speaker=speaker, score=round(chance, 4))


def _list_wanted(gold: Layer) -> Iterator[tuple[tuple[Offsets, ...], Polarity, End, End]]:
    """Yield cue, polarity, holder and target of each pair of gold; a stated edge has no cue."""
    if has_edges_alone(gold):
        yield from (((), sign, holder, target) for holder, sign, target in locate_edges(gold))
    referents = Referents(gold)
    for stance in gold.stances:
        holders = [*_find_all(referents, stance.holders), *_author(stance.by_author)]
        for holder, target in product(holders, _find_all(referents, stance.targets)):
            yield stance.cue, stance.polarity, holder, target


def _is_in(cue: Offsets, pieces: Iterable[Offsets]) -> bool:
    return any(overlap(piece, cue) for piece in pieces)


def _find_all(referents: Referents, spans: Iterable[Span]) -> list[End]:
    return [end for span in spans for end in referents.find(span)]


def _author(is_one: bool) -> list[End]:
    return [End(None, frozenset(), AUTHOR)] if is_one else []


def _identify(referents: Referents, pair: Pair) -> tuple[Hashable, Hashable, Hashable]:
    """Return what is equal for two pairs that say the same of the same cue."""

    def name(span: Span) -> Hashable:
        return tuple(end.name or end.offsets for end in referents.find(span))

    return pair.cue, AUTHOR if pair.holder is None else name(pair.holder), name(pair.target)
