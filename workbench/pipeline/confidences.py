"""Component: the confidence of each rule, as gold has measured it, in place of the first guess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from workbench.pipeline.extensions import register_extensions

_GROUPS = ("entities", "mentions")


@Language.factory(
    "workbench_confidences",
    default_config={"rules": [], "scores": []},
    assigns=["doc.spans", "doc._.stances", "doc._.quotes"],
)
def make_confidences(
    nlp: Language, name: str, rules: list[str], scores: list[float]
) -> Confidences:
    """Make the component; each rule, or whole tier, has the score at its place.

    Two lists, since a rule's name has a colon, which spaCy's config can't have in a key.
    """
    register_extensions()
    return Confidences(dict(zip(rules, scores, strict=True)))


class Confidences:
    """Gives each item the confidence of its rule, else that of its rule's tier."""

    def __init__(self, scores: Mapping[str, float]) -> None:
        self._scores = dict(scores)

    def __call__(self, doc: Doc) -> Doc:
        """Set the scores of a Doc's spans, quotes and stances."""
        for name in _GROUPS:
            if name in doc.spans:
                group = doc.spans[name]
                before = group.attrs.get("scores") or [None] * len(group)
                group.attrs["scores"] = [
                    self._find(span.id_, score) for span, score in zip(group, before, strict=True)
                ]
        doc._.quotes = [self._update(record) for record in doc._.quotes]
        doc._.stances = [self._update(record) for record in doc._.stances]
        return doc

    def _update(self, record: dict[str, Any]) -> dict[str, Any]:
        score = self._find(record.get("rule") or "", record.get("score"))
        return record if score is None else {**record, "score": score}

    def _find(self, rule: str, before: float | None) -> float | None:
        return self._scores.get(rule, self._scores.get(rule.split(":")[0], before))
