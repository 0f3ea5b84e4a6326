"""The agreement of two authors: what they share is counted article by article, then scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.analysis.agreement.cells import share_arms
from workbench.analysis.agreement.components import (
    Aligned,
    Component,
    PolarityAgreement,
    align_stances,
    measure_cues,
    measure_polarity,
    score_components,
)
from workbench.analysis.agreement.tokens import measure_tokens, tabulate_tokens
from workbench.analysis.coefficients.coefficient import Coefficient
from workbench.analysis.intervals import Floats
from workbench.analysis.scope import restrict
from workbench.analysis.scoring.scores import Counts, Score, score_documents
from workbench.analysis.scoring.spans import SPAN_MATCHES, count_spans
from workbench.analysis.scoring.stances import STANCE_LEVELS, count_levels
from workbench.core.layer import Layer, Passage
from workbench.core.offsets import Offsets
from workbench.core.quote import QUOTE
from workbench.core.span import Span

PairKind = Literal["people", "model", "gold"]
SPAN_MEASURES = tuple("spans" if how == "strict" else f"spans {how}" for how in SPAN_MATCHES)
STANCE_MEASURES = tuple(f"stances {level}" for level in STANCE_LEVELS)
MEASURES = (*SPAN_MEASURES, "quotes", *STANCE_MEASURES)
"""What F1 is measured of; `spans` alone is strict: same offsets and label."""
ARM_MEASURES = ("spans", "stances strict")


@dataclass(frozen=True)
class SharedArticle:
    """What two authors share of one article, counted."""

    article_id: str
    counts: Mapping[str, Counts]
    labels: Mapping[str, Counts]
    aligned: Aligned
    arms: Mapping[str, tuple[int, Mapping[str, Counts]]]
    tokens: Floats | None = None


@dataclass(frozen=True)
class PairAgreement:
    """The agreement of two authors: a score for each measure, and on how many articles.

    `kind` is people, model (a person and a prediction) or gold (a person and the gold). `arms`
    has, for what was seen with suggestions, blind or mixed, how many passages those are and the
    scores there.
    """

    authors: tuple[str, str]
    kind: PairKind
    articles: int
    scores: Mapping[str, Score]
    labels: Mapping[str, Score]
    components: Mapping[str, Component]
    cue_dice: Coefficient
    polarity: PolarityAgreement
    tokens: Mapping[str, Coefficient]
    arms: Mapping[str, tuple[int, Mapping[str, Score]]]

    @property
    def suggested(self) -> float | None:
        """Which share of the passages was seen with suggestions by all people of the pair."""
        passages = sum(n for n, _ in self.arms.values())
        return (
            self.arms["suggested"][0] / passages
            if "suggested" in self.arms
            else (0.0 if passages else None)
        )

    def to_record(self) -> dict[str, Any]:
        """Write the agreement as plain JSON."""
        return {
            "authors": list(self.authors),
            "kind": self.kind,
            "articles": self.articles,
            "suggested": self.suggested,
            **{name: score.to_record() for name, score in self.scores.items()},
            "labels": {name: score.to_record() for name, score in self.labels.items()},
            "components": {name: part.to_record() for name, part in self.components.items()},
            "cue_dice": self.cue_dice.to_record(),
            "polarity": self.polarity.to_record(),
            "tokens": {name: kappa.to_record() for name, kappa in self.tokens.items()},
            "arms": {
                arm: {"passages": n, **{name: score.to_record() for name, score in scores.items()}}
                for arm, (n, scores) in self.arms.items()
            },
        }


def count_shared(
    a: Layer,
    b: Layer,
    *,
    tokens: Sequence[Offsets] | None = None,
    labels: Sequence[str] = (),
) -> SharedArticle | None:
    """Count what two layers of one article share; None where they share nothing.

    `tokens` are those of the article's text and `labels` all that may occur, for kappa.
    """
    people = (a.kind == "annotation", b.kind == "annotation")
    arms = share_arms(a, b, people=people)
    if not arms:
        return None
    scope = tuple(passage for passages in arms.values() for passage in passages)
    one, other = restrict(a, scope), restrict(b, scope)
    counts = _count(one, other)
    table = None
    if tokens is not None:
        table = tabulate_tokens(one.spans, other.spans, tokens, scope=scope, labels=labels)
    return SharedArticle(
        a.article_id,
        counts,
        _count_labels(one.spans, other.spans),
        align_stances(one, other),
        {
            arm: (len(x), counts if len(arms) == 1 else _count_arm(a, b, x))
            for arm, x in arms.items()
        },
        table,
    )


def _count(a: Layer, b: Layer) -> dict[str, Counts]:
    found = {
        name: count_spans(a.spans, b.spans, how)
        for name, how in zip(SPAN_MEASURES, SPAN_MATCHES, strict=True)
    }
    quotes = [[(q.start, q.end, QUOTE) for q in layer.quotes] for layer in (a, b)]
    found["quotes"] = count_spans(quotes[0], quotes[1])
    levels = count_levels(a, b)
    return {**found, **{f"stances {level}": counts for level, counts in levels.items()}}


def _count_arm(a: Layer, b: Layer, scope: Sequence[Passage]) -> dict[str, Counts]:
    one, other = restrict(a, scope), restrict(b, scope)
    strict = count_levels(one, other, ("strict",))["strict"]
    return {"spans": count_spans(one.spans, other.spans), "stances strict": strict}


def _count_labels(a: Sequence[Span], b: Sequence[Span]) -> dict[str, Counts]:
    sides = Counter(a), Counter(b)
    matched = Counter(span.label for span in (sides[0] & sides[1]).elements())
    there = [Counter(span.label for span in side.elements()) for side in sides]
    return {
        label: Counts(matched[label], there[0][label], there[1][label])
        for label in sorted(there[0] | there[1])
    }


def score_pair(
    authors: tuple[str, str], kind: PairKind, shared: Sequence[SharedArticle], *, seed: int = 0
) -> PairAgreement:
    """Score what two authors share."""
    labels = sorted({label for article in shared for label in article.labels})
    documents: dict[Hashable, Aligned] = {x.article_id: x.aligned for x in shared}
    aligned = [article.aligned for article in shared]
    tables = [article.tokens for article in shared if article.tokens is not None]
    return PairAgreement(
        authors,
        kind,
        len({article.article_id for article in shared}),
        {
            name: score_documents([article.counts[name] for article in shared], seed=seed)
            for name in MEASURES
        },
        {label: _score_label(shared, label, seed) for label in labels},
        score_components(aligned, seed=seed),
        measure_cues(aligned, seed=seed),
        measure_polarity(documents, seed=seed),
        measure_tokens(tables, seed=seed),
        _score_arms(shared, seed),
    )


def _score_label(shared: Sequence[SharedArticle], label: str, seed: int) -> Score:
    return score_documents([x.labels.get(label, Counts()) for x in shared], seed=seed)


def _score_arms(
    shared: Sequence[SharedArticle], seed: int
) -> dict[str, tuple[int, dict[str, Score]]]:
    found = {}
    for arm in sorted({arm for article in shared for arm in article.arms}):
        there = [article.arms[arm] for article in shared if arm in article.arms]
        scores = {
            name: score_documents([counts[name] for _, counts in there], seed=seed)
            for name in ARM_MEASURES
        }
        found[arm] = (sum(n for n, _ in there), scores)
    return found
