"""A project with gold of all three tiny articles, ready to be released."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from gold_rounds import annotate, draft, right

import workbench as wb
from workbench.core.layer import Layer
from workbench.core.policy import Policy
from workbench.gold.decisions import decide
from workbench.project import Project

__all__ = ["annotate", "draft", "right"]


@pytest.fixture
def settled(
    project: Project,
    annotate: Callable[..., None],
    right: dict[str, Layer],
    draft: Callable[[str], Layer],
) -> Project:
    """Let ana and ben annotate everything, with one dispute that stays contested."""
    for name, layer in right.items():
        shown = None if name == "oslo" else draft(name)
        annotate("person:ana", layer, shown=shown)
        first, *rest = layer.stances
        other = replace(layer, stances=(replace(first, polarity="MIXED"), *rest))
        annotate("person:ben", other if name == "lima" else layer, shown=shown)
    (conflict,) = wb.adjudicate(project, "r", policy=Policy(audit=0.0)).conflicts
    decide(project, conflict, "contested", item=1, reason="both can be read", author="person:eva")
    assert len(wb.adjudicate(project, "r").gold) == 3
    return project
