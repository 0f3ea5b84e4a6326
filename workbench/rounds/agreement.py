"""The agreement of a round's annotators."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.analysis.agreement import Agreement, measure_agreement
from workbench.core.layer import Layer


def agreement(layers: Iterable[Layer], *, seed: int = 0) -> Agreement:
    """Measure how far every two authors of annotation layers agree, with 95% intervals."""
    return measure_agreement((x for x in layers if x.kind == "annotation"), seed=seed)
