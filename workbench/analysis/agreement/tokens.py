"""Agreement token by token: a secondary figure, in its two named variants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.coefficients.coefficient import Coefficient, undefined
from workbench.analysis.coefficients.kappas import measure_kappa
from workbench.analysis.intervals import Floats
from workbench.core.layer import Passage
from workbench.core.offsets import Offsets
from workbench.core.span import Span

TOKEN_VARIANTS = ("all tokens", "tokens that either marked")
Places = NDArray[np.intp]
_TOKEN = re.compile(r"\w+|[^\w\s]")


def find_tokens(text: str) -> list[Offsets]:
    """Return the offsets of words and of single other marks."""
    return [match.span() for match in _TOKEN.finditer(text)]


def tabulate_tokens(
    a: Iterable[Span],
    b: Iterable[Span],
    tokens: Sequence[Offsets],
    *,
    scope: Iterable[Passage],
    labels: Sequence[str],
) -> Floats:
    """Count how two sides label the tokens of a scope: labels × labels, "" being the first.

    A token in nested spans has the label of the outermost.
    """
    inside = np.zeros(tokens[-1][1] if tokens else 0, dtype=bool)
    for passage in scope:
        inside[passage.start : passage.end] = True
    shown = np.array([token for token in tokens if inside[token[0]]], dtype=np.intp).reshape(-1, 2)
    code = {label: i + 1 for i, label in enumerate(labels)}
    rows = [_label(spans, shown, len(inside), code) for spans in (a, b)]
    table = np.zeros((len(labels) + 1, len(labels) + 1))
    np.add.at(table, (rows[0], rows[1]), 1)
    return table


def _label(spans: Iterable[Span], shown: Places, size: int, code: dict[str, int]) -> Places:
    painted = np.zeros(size + 1, dtype=np.intp)
    for span in sorted(spans, key=lambda span: span.end - span.start):
        painted[span.start : span.end] = code[span.label]
    first, last = painted[shown[:, 0]], painted[shown[:, 1] - 1]
    return np.where(first > 0, first, last)


def measure_tokens(tables: Sequence[Floats], *, seed: int = 0) -> dict[str, Coefficient]:
    """Return Cohen's kappa over all tokens, and over those that at least one side marked.

    The first is high because most tokens are in no span, the second is low because no token can
    be left unmarked by both: neither is a headline.
    """
    if not tables:
        return {name: undefined("the articles' texts were not given") for name in TOKEN_VARIANTS}
    every = np.stack(tables)
    marked = every.copy()
    marked[:, 0, 0] = 0
    return {
        name: measure_kappa(table, interval=True, seed=seed)
        for name, table in zip(TOKEN_VARIANTS, (every, marked), strict=True)
    }
