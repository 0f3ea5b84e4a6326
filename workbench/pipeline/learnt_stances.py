"""Component: stances that calibrated regressions find sure enough, with the rules' as evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Self

import srsly
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from workbench.adapters.records.items import write_stance
from workbench.analysis.references.clusters import make_clusters
from workbench.core.layer import Layer
from workbench.core.stance import POLARITIES, Polarity, Stance
from workbench.pipeline.clusters import write_clusters
from workbench.pipeline.learning.carrier import RegressionCarrier
from workbench.pipeline.learning.encoder import Encoder
from workbench.pipeline.learning.references import read_reference
from workbench.pipeline.learning.regression import (
    Features,
    fit_regression,
)
from workbench.pipeline.mentions import ENTITIES, MENTIONS, add_mentions, read_spans
from workbench.pipeline.stances.judging import (
    Reader,
    add_states,
    join_pairs,
    judge_pairs,
    weigh_encoder,
)
from workbench.pipeline.stances.selection import Judged, choose_selection

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
        reader = Reader(doc, self._lexicon)
        pairs = list(reader.finder)
        rows: list[Features] = [dict(reader.evidence.describe(pair)) for pair in pairs]
        if self.encoder is not None:
            rows = add_states(rows, pairs, reader, self.encoder)
        chances = regression.predict(rows).tolist()
        kept = [
            (pair, chance, self._choose_sign(row))
            for pair, chance, row in zip(pairs, chances, rows, strict=True)
            if chance >= (rule if pair.rule is not None else regression).threshold
        ]
        read = {pair.rule for pair in pairs if pair.rule is not None}
        # What the rules read without a cue of the lexicon is not judged, and stays.
        apart = [stance for stance in reader.layer.stances if stance not in read]
        self._write(doc, reader, [*apart, *join_pairs(reader, kept)])
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
            reader, first = Reader(doc, self._lexicon), len(judged.rows)
            pairs = judge_pairs(reader, layer, judged)
            if encoder is not None:
                richer += add_states(judged.rows[first:], pairs, reader, encoder)
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
            found["encoder"], gains = weigh_encoder(judged, fitted, other)
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

    def _write(self, doc: Doc, reader: Reader, stances: Sequence[Stance]) -> None:
        """Replace the Doc's stances, and add the MENTIONs and clusters of new ends."""
        finder: Any = self._nlp.get_pipe(self._finder)
        ends = {end for s in stances for end in (*s.holders, *s.targets)}
        known = {span.offsets for name in (ENTITIES, MENTIONS) for span in read_spans(doc, name)}
        new = sorted(end for end in ends if end.offsets not in known)
        if new:
            add_mentions(doc, [replace(end, rule="learnt:end") for end in new])
            spans = read_spans(doc, ENTITIES) + read_spans(doc, MENTIONS)
            made = make_clusters(doc.text, spans, reader.quotes, registry=finder.registry)
            doc._.clusters = write_clusters(made)
        ordered = sorted(stances, key=lambda s: (s.cue, s.polarity, s.targets, s.holders))
        doc._.stances = [write_stance(stance) for stance in ordered]
