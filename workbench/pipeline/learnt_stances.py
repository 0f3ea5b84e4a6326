"""Component: stances that calibrated regressions find sure enough, with the rules' as evidence."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import srsly
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from workbench.adapters.records.items import write_stance
from workbench.adapters.records.layers import read_layer
from workbench.analysis.clusters import make_clusters
from workbench.analysis.scope import is_asked
from workbench.analysis.stances import End, Referents, ends_match
from workbench.core.cluster import AUTHOR
from workbench.core.layer import Layer
from workbench.core.offsets import overlap
from workbench.core.span import Span
from workbench.core.stance import POLARITIES, Polarity, Stance, derive_speaker
from workbench.pipeline.clusters import read_quotes, write_clusters
from workbench.pipeline.learning.carrier import RegressionCarrier
from workbench.pipeline.learning.encoder import Encoder, Sentences
from workbench.pipeline.learning.references import read_reference
from workbench.pipeline.learning.regression import (
    Features,
    Fitted,
    fit_regression,
    measure_likelihood,
)
from workbench.pipeline.mentions import ENTITIES, MENTIONS, add_mentions, read_spans
from workbench.pipeline.stances.evidence import Evidence
from workbench.pipeline.stances.frames import write_frame
from workbench.pipeline.stances.pairs import Pair, PairFinder, make_scene
from workbench.pipeline.stances.selection import Judged, choose_selection
from workbench.pipeline.stances.targets import Aim

LEARNT = "learnt"
ENOUGH_FOR_SIGNS = 100
"""Articles from which the polarity is learnt; below, the lexicon's sign was measured better."""
Gold = Sequence[tuple[Doc, Layer]]


@Language.factory(
    "workbench_learnt_stances",
    default_config={"finder": "workbench_stances"},
    requires=["doc._.stances"],
    assigns=["doc._.stances"],
)
def make_learnt_stances(nlp: Language, name: str, finder: str) -> LearntStances:
    """Make the component, which stands behind the finder by rule that it names."""
    return LearntStances(nlp, name, finder)


class LearntStances(RegressionCarrier):
    """Judges the rules' stances and every other pair around a cue by what gold has taught.

    `stance` gives the chance that a pair is one and the threshold for new ones, `rule` that for
    the rules' own; `polarity SUPPORT` and its like are there only where enough articles taught
    them. Before it has learnt anything the rules' stances stay.
    """

    def __init__(self, nlp: Language, name: str, finder: str) -> None:
        super().__init__()
        self._nlp = nlp
        self._name = name
        self._finder = finder
        self.encoder: Encoder | None = None

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialise the regressions, and the encoder where they need one."""
        files = (self.encoder.tokenizer, self.encoder.model) if self.encoder is not None else None
        return bytes(srsly.msgpack_dumps([super().to_bytes(), files]))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Self:
        """Read what `to_bytes` wrote."""
        regressions, files = srsly.msgpack_loads(data)
        self.encoder = Encoder(*files) if files is not None else None
        return super().from_bytes(regressions)

    def __call__(self, doc: Doc) -> Doc:
        """Write the stances of a Doc that are sure enough."""
        if "stance" not in self.regressions:
            return doc
        regression, rule = self.regressions["stance"], self.regressions["rule"]
        reader = _Reader(doc, self._lexicon)
        pairs = list(reader.finder)
        rows: list[Features] = [dict(reader.evidence.describe(pair)) for pair in pairs]
        if self.encoder is not None:
            rows = _add_states(rows, pairs, reader, self.encoder)
        chances = regression.predict(rows).tolist()
        kept = [
            (pair, chance, self._choose_sign(row))
            for pair, chance, row in zip(pairs, chances, rows, strict=True)
            if chance >= (rule if pair.rule is not None else regression).threshold
        ]
        self._write(doc, reader, kept)
        return doc

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        seed: int = 0,
    ) -> None:
        """Learn from examples whose references carry gold, as `spacy train` calls it.

        The components before this one annotate fresh Docs first, as they will in use.
        """
        pipeline = nlp or self._nlp
        before = pipeline.pipe_names[: pipeline.pipe_names.index(self._name)]
        gold = []
        for example in get_examples():
            reference = example.reference
            doc = pipeline.make_doc(reference.text)
            doc._.masked = reference._.masked
            for name in before:
                doc = pipeline.get_pipe(name)(doc)
            gold.append((doc, read_reference(reference)))
        self.learn(gold, seed=seed)

    def learn(self, gold: Gold, *, seed: int, encoder: Encoder | None = None) -> dict[str, Any]:
        """Learn from Docs that the rules have read, each with its gold; return what was learnt.

        An encoder's states are used where they raise the likelihood of held-out articles.
        """
        judged, richer = Judged(), list[Features]()
        for doc, layer in gold:
            reader, first = _Reader(doc, self._lexicon), len(judged.rows)
            pairs = judge_pairs(reader, layer, judged)
            if encoder is not None:
                richer += _add_states(judged.rows[first:], pairs, reader, encoder)
        found: dict[str, Any] = {
            "articles": len(gold),
            "pairs": len(judged.rows),
            "right": sum(judged.right),
        }
        fitted = fit_regression(judged.rows, judged.right, judged.groups, seed=seed)
        self.regressions, self.encoder = {}, None
        if fitted is None:
            return {**found, "learnt": False}
        if encoder is not None:
            other = fit_regression(richer, judged.right, judged.groups, seed=seed)
            found["encoder"], gains = _weigh_encoder(judged, fitted, other)
            if other is not None and gains:
                judged.rows, fitted, self.encoder = richer, other, encoder
        chosen = choose_selection(judged, fitted.held_out.tolist())
        self.regressions["stance"] = replace(fitted.regression, threshold=chosen.new)
        self.regressions["rule"] = replace(fitted.regression, threshold=chosen.rule)
        if len(gold) >= ENOUGH_FOR_SIGNS:
            self._learn_signs(judged, seed)
        return {
            **found,
            "learnt": True,
            "thresholds": {"rule": round(chosen.rule, 4), "new": round(chosen.new, 4)},
            "held_out": {"rules": round(chosen.f1_of_rules, 4), "learnt": round(chosen.f1, 4)},
            "polarity": "learnt" if len(self.regressions) > 2 else "lexicon",
        }

    def _learn_signs(self, judged: Judged, seed: int) -> None:
        known = [i for i, sign in enumerate(judged.signs) if sign is not None]
        rows, groups = [judged.rows[i] for i in known], [judged.groups[i] for i in known]
        for polarity in POLARITIES:
            right = [judged.signs[i] == polarity for i in known]
            fitted = fit_regression(rows, right, groups, seed=seed)
            if fitted is not None:
                self.regressions[f"polarity {polarity}"] = fitted.regression

    def _choose_sign(self, row: Features) -> Polarity | None:
        chances = {
            polarity: float(self.regressions[f"polarity {polarity}"].predict([row])[0])
            for polarity in POLARITIES
            if f"polarity {polarity}" in self.regressions
        }
        return max(chances.items(), key=lambda row: row[1])[0] if chances else None

    @property
    def _lexicon(self) -> Any:
        finder: Any = self._nlp.get_pipe(self._finder)
        return finder.lexicon

    def _write(
        self, doc: Doc, reader: _Reader, kept: Sequence[tuple[Pair, float, Polarity | None]]
    ) -> None:
        """Replace the Doc's stances, and add the MENTIONs and clusters of new ends."""
        finder: Any = self._nlp.get_pipe(self._finder)
        stances = join_pairs(reader, kept)
        ends = {end for s in stances for end in (*s.holders, *s.targets)}
        known = {span.offsets for name in (ENTITIES, MENTIONS) for span in read_spans(doc, name)}
        new = sorted(end for end in ends if end.offsets not in known)
        if new:
            add_mentions(doc, [replace(end, rule="learnt:end") for end in new])
            spans = read_spans(doc, ENTITIES) + read_spans(doc, MENTIONS)
            made = make_clusters(doc.text, spans, reader.quotes, registry=finder.registry)
            doc._.clusters = write_clusters(made)
        doc._.stances = [write_stance(stance) for stance in stances]


class _Reader:
    """A Doc with its scene, quotes, pairs and evidence."""

    def __init__(self, doc: Doc, lexicon: Any) -> None:
        self.doc = doc
        self.layer = _read_doc(doc)
        self.quotes = read_quotes(doc)
        self.scene = make_scene(doc, lexicon, self.quotes)
        self.finder = PairFinder(self.scene, lexicon, self.layer.stances)
        self.evidence = Evidence(self.scene)


def _read_doc(doc: Doc) -> Layer:
    layer = read_layer(
        {"text_sha256": "", "stances": doc._.stances, "clusters": doc._.clusters}, article=None
    )
    spans = (*read_spans(doc, ENTITIES), *read_spans(doc, MENTIONS))
    return replace(layer, spans=spans)


def judge_pairs(reader: _Reader, gold: Layer, judged: Judged) -> list[Pair]:
    """Add a Doc's pairs to those judged, and return them.

    What no passage showed or asked for is left out.
    """
    taken: list[Pair] = []
    ours, theirs = Referents(reader.layer), Referents(gold)
    wanted = [
        (stance, holder, target)
        for stance in gold.stances
        for holder in [*_find_all(theirs, stance.holders), *_author(stance.by_author)]
        for target in _find_all(theirs, stance.targets)
    ]
    name = gold.article_id or gold.text_sha256
    for pair in reader.finder:
        if not all(is_asked(polarity, pair.cue, gold.passages) for polarity in POLARITIES):
            continue
        holders = ours.find(pair.holder) if pair.holder is not None else _author(True)
        targets = ours.find(pair.target)
        hits = frozenset(
            (name, number)
            for number, (stance, holder, target) in enumerate(wanted)
            if any(overlap(piece, pair.cue) for piece in stance.cue)
            and any(ends_match(end, holder) for end in holders)
            and any(ends_match(end, target) for end in targets)
        )
        taken.append(pair)
        judged.rows.append(reader.evidence.describe(pair))
        judged.by_rule.append(pair.rule is not None)
        judged.keys.append((name, *_identify(ours, pair)))
        judged.hits.append(hits)
        judged.signs.append(wanted[min(hits)[1]][0].polarity if hits else None)
        judged.groups.append(name)
    judged.wanted += len(wanted)
    return taken


def _add_states(
    rows: Sequence[Features], pairs: Sequence[Pair], reader: _Reader, encoder: Encoder
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


def _weigh_encoder(
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


def join_pairs(
    reader: _Reader, kept: Sequence[tuple[Pair, float, Polarity | None]]
) -> list[Stance]:
    """Make stances of pairs: those of one cue and target are one record with several holders."""
    referents = Referents(reader.layer)
    chosen: dict[tuple[object, ...], tuple[Pair, float, Polarity | None]] = {}
    for pair, chance, sign in sorted(kept, key=lambda row: -row[1]):
        cue, holder, target = _identify(referents, pair)
        if holder != target:
            chosen.setdefault((cue, holder, target), (pair, chance, sign))
    groups: dict[tuple[object, ...], list[tuple[Pair, float, Polarity | None]]] = {}
    for pair, chance, sign in chosen.values():
        groups.setdefault((pair.cue, pair.target, pair.holder is None), []).append(
            (pair, chance, sign)
        )
    made = [_make_stance(reader, group) for group in groups.values()]
    unique = {(s.cue, s.polarity, s.by_author, s.holders, s.targets): s for s in made}
    return sorted(unique.values(), key=lambda s: (s.cue, s.polarity, s.targets, s.holders))


def _make_stance(reader: _Reader, group: list[tuple[Pair, float, Polarity | None]]) -> Stance:
    first, chance, sign = group[0]
    holders = tuple(pair.holder for pair, _, _ in group if pair.holder is not None)
    if first.rule is not None:
        made = replace(first.rule, holders=holders, targets=(first.target,))
    else:
        reading = reader.evidence.read(first.match)
        aim = Aim([first.target], reading.aim.flipped, reading.aim.through)
        reading = replace(reading, holders=list(holders), aim=aim)
        found = write_frame(reader.scene, first.match, reading)
        rule = f"{LEARNT}:{' '.join(first.match.cue.words)}"
        made = Stance((found.cue,), holders, (first.target,), found.polarity, found.status,
                      by_author=first.holder is None, rule=rule)  # fmt: skip
    speaker = derive_speaker(made.cue, reader.quotes)
    return replace(made, polarity=sign or made.polarity, speaker=speaker, score=round(chance, 4))


def _find_all(referents: Referents, spans: Iterable[Span]) -> list[End]:
    return [end for span in spans for end in referents.find(span)]


def _author(is_one: bool) -> list[End]:
    return [End(None, frozenset(), AUTHOR)] if is_one else []


def _identify(referents: Referents, pair: Pair) -> tuple[Hashable, Hashable, Hashable]:
    """Return what is equal for two pairs that say the same of the same cue."""

    def name(span: Span) -> Hashable:
        return tuple(end.name or end.offsets for end in referents.find(span))

    return pair.cue, AUTHOR if pair.holder is None else name(pair.holder), name(pair.target)
