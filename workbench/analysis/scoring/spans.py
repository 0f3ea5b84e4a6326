"""How far two sides agree on spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from workbench.analysis.coefficients.continua import Unit, read_unit
from workbench.analysis.scoring.matching import match as match_best
from workbench.analysis.scoring.scores import Counts, Score, score_counts, score_documents
from workbench.core.offsets import overlap

SpanMatch = Literal["strict", "boundary", "partial", "type"]
SPAN_MATCHES: tuple[SpanMatch, ...] = ("strict", "boundary", "partial", "type")
Spans = Iterable[Any]
"""Spans, or plain (start, end, label)."""


def count_spans(a: Spans, b: Spans, how: SpanMatch = "strict") -> Counts:
    """Count matching spans as SemEval-2013 task 9.1 does.

    strict: same offsets and label; boundary: same offsets; partial: same offsets count 1, an
    overlap one half; type: an overlap of the same label.
    """
    one, other = [read_unit(unit) for unit in a], [read_unit(unit) for unit in b]
    if how in ("strict", "boundary"):
        keys = [Counter(x if how == "strict" else [(s, e) for s, e, _ in x]) for x in (one, other)]
        matched: float = (keys[0] & keys[1]).total()
    else:
        weigh = _WEIGHTS[how]
        matched = sum(
            weigh(x[0], y[0])
            if len(x) == len(y) == 1
            else sum(weight for _, _, weight in match_best(x, y, weigh))
            for x, y in _split(one, other)
        )
    return Counts(matched, len(one), len(other))


def span_f1(
    a: Spans | Mapping[Any, Spans],
    b: Spans | Mapping[Any, Spans],
    match: SpanMatch = "strict",
    *,
    interval: bool = False,
    seed: int = 0,
) -> Score:
    """Return F1 of the first side against the second, with precision and recall.

    Each side is the spans of one document, as spans or (start, end, label), or a mapping from
    documents to them; of two and more documents an interval can be had.
    """
    if not isinstance(a, Mapping) or not isinstance(b, Mapping):
        return score_counts(count_spans(a, b, match))
    documents = [
        count_spans(a.get(name, ()), b.get(name, ()), match) for name in dict.fromkeys([*a, *b])
    ]
    if interval:
        return score_documents(documents, seed=seed)
    return score_counts(sum(documents, Counts()))


def _split(a: Sequence[Unit], b: Sequence[Unit]) -> Iterator[tuple[list[Unit], list[Unit]]]:
    """Yield the stretches in which spans of both sides hang together by overlaps."""
    marked = sorted([(unit, 0) for unit in a] + [(unit, 1) for unit in b])
    found: tuple[list[Unit], list[Unit]] = ([], [])
    reached = 0
    for unit, side in marked:
        if unit[0] >= reached:
            if found[0] and found[1]:
                yield found
            found = ([], [])
        found[side].append(unit)
        reached = max(reached, unit[1])
    if found[0] and found[1]:
        yield found


def _weigh_partial(a: Unit, b: Unit) -> float:
    if a[:2] == b[:2]:
        return 1.0
    return 0.5 if overlap(a[:2], b[:2]) else 0.0


def _weigh_type(a: Unit, b: Unit) -> float:
    return float(a[2] == b[2] and overlap(a[:2], b[:2]) > 0)


_WEIGHTS = {"partial": _weigh_partial, "type": _weigh_type}
