"""Component: entities of the rules, the base's and the project's recogniser, merged into one set.

The policy: closed classes stay with the rules; every other span gets its chance of being right
from what speaks for and against it, as gold has taught; below the threshold it goes; where two
can't both stand the surer one does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.tokens import Doc

from workbench.pipeline.entity_spans import Found, read_entities, write_entities
from workbench.pipeline.learning.carrier import RegressionCarrier
from workbench.pipeline.learning.references import PROJECT

CLOSED = frozenset({"date", "money", "percent"})
"""The rules of closed classes: what they find by its shape stays, whatever the models say."""
MODEL = "model"
_CERTAIN = 0.99


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that rules or models suggest, and how the other side's spans lie to it.

    `relation`: same (words and label), label (same words, another label), inside, around, cross,
    or alone where nothing of the other side overlaps.
    """

    found: Found
    relation: str
    score: float | None

    @property
    def is_closed(self) -> bool:
        """Whether a rule of a closed class made it."""
        return self.found.rule.split(":")[0] in CLOSED


@Language.factory("workbench_merged_entities", assigns=["doc.ents", "doc.spans"])
def make_merged_entities(nlp: Language, name: str) -> MergedEntities:
    """Make the component; it merges once it has learnt from gold how far to trust whom."""
    return MergedEntities()


class MergedEntities(RegressionCarrier):
    """Writes the merged entities; before it has learnt anything the rules' stay as they are."""

    def __call__(self, doc: Doc) -> Doc:
        """Merge the entities of a Doc."""
        regression = self.regressions.get("entities")
        if regression is None or PROJECT not in doc.spans:
            return doc
        candidates = list_candidates(doc)
        chances = regression.predict([describe(candidate) for candidate in candidates])
        kept = []
        for candidate, chance in zip(candidates, chances.tolist(), strict=True):
            if candidate.is_closed:
                chance = max(chance, _CERTAIN)
            if chance >= regression.threshold:
                kept.append(replace(candidate.found, score=round(chance, 4)))
        write_entities(doc, kept)
        return doc


def list_candidates(doc: Doc) -> list[Candidate]:
    """Return every span that the rules or the project's recogniser suggest, each once."""
    rules = read_entities(doc)
    group = doc.spans[PROJECT]
    scores: Sequence[float] = group.attrs.get("scores") or [0.5] * len(group)
    models = [
        Found(span.start, span.end, span.label_, f"{MODEL}:{span.label_}", score)
        for span, score in zip(group, scores, strict=True)
    ]
    return [*_relate(rules, models), *_relate(models, rules, drop_same=True)]


def describe(candidate: Candidate) -> dict[str, float]:
    """Return what speaks for and against a candidate, as named features."""
    found, relation = candidate.found, candidate.relation
    tier = found.rule.split(":")[0]
    features = {
        f"tier={tier}": 1.0,
        f"rule={found.rule}": 1.0,
        f"relation={relation}": 1.0,
        f"tier={tier}|relation={relation}": 1.0,
        f"rule={found.rule}|relation={relation}": 1.0,
        f"label={found.label}": 1.0,
        "words": math.log(found.end - found.start),
    }
    if candidate.score is not None:
        clipped = min(max(candidate.score, 0.01), 0.99)
        side = "own" if tier == MODEL else "other"
        features[f"score|{side}"] = math.log(clipped / (1 - clipped)) / 4
    return features


def _relate(
    ours: Sequence[Found], theirs: Sequence[Found], *, drop_same: bool = False
) -> Iterator[Candidate]:
    for found in ours:
        near = [other for other in theirs if other.start < found.end and found.start < other.end]
        relation, other = _find_relation(found, near)
        if drop_same and relation == "same":
            continue
        model = found if found.rule.startswith(f"{MODEL}:") else other
        has_score = model is not None and model.rule.startswith(f"{MODEL}:")
        yield Candidate(found, relation, model.score if model is not None and has_score else None)


def _find_relation(found: Found, near: Sequence[Found]) -> tuple[str, Found | None]:
    order = ("same", "label", "inside", "around", "cross")
    named = [(order.index(_name_relation(found, other)), other) for other in near]
    if not named:
        return "alone", None
    rank, other = min(named, key=lambda pair: (pair[0], pair[1].start))
    return order[rank], other


def _name_relation(found: Found, other: Found) -> str:
    if (found.start, found.end) == (other.start, other.end):
        return "same" if found.label == other.label else "label"
    if other.start <= found.start and found.end <= other.end:
        return "inside"
    if found.start <= other.start and other.end <= found.end:
        return "around"
    return "cross"
