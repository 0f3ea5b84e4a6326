"""How far two sides agree on spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from workbench.analysis.matching import match
from workbench.analysis.scores import Counts, Score, score_counts
from workbench.core.offsets import overlap
from workbench.core.span import Span

SpanMatch = Literal["strict", "boundary", "partial", "type"]
SPAN_MATCHES: tuple[SpanMatch, ...] = ("strict", "boundary", "partial", "type")


def count_spans(a: Sequence[Span], b: Sequence[Span], how: SpanMatch = "strict") -> Counts:
    """Count matching spans as SemEval-2013 task 9.1 does.

    strict: same offsets and label; boundary: same offsets; partial: same offsets count 1, an
    overlap one half; type: an overlap of the same label.
    """
    if how in ("strict", "boundary"):
        keys = [
            Counter((*s.offsets, s.label if how == "strict" else "") for s in x) for x in (a, b)
        ]
        matched: float = (keys[0] & keys[1]).total()
    else:
        matched = sum(weight for _, _, weight in match(a, b, _WEIGHTS[how]))
    return Counts(matched, len(a), len(b))


def span_f1(a: Sequence[Span], b: Sequence[Span], match: SpanMatch = "strict") -> Score:
    """Return F1 of the first side against the second, with precision and recall."""
    return score_counts(count_spans(a, b, match))


def _weigh_partial(a: Span, b: Span) -> float:
    if a.offsets == b.offsets:
        return 1.0
    return 0.5 if overlap(a.offsets, b.offsets) else 0.0


def _weigh_type(a: Span, b: Span) -> float:
    return float(a.label == b.label and overlap(a.offsets, b.offsets) > 0)


_WEIGHTS = {"partial": _weigh_partial, "type": _weigh_type}
