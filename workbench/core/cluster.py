"""Clusters of mentions, and the edges between their names."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.span import Span
from workbench.core.stance import Polarity

AUTHOR = "AUTHOR"
"""The name that the article's own voice has as the holder of an edge."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The mentions of one referent in one article, with its canonical name.

    `members` is empty, or the names that a plural mention ("the two ministers") stands for.
    """

    name: str
    mentions: tuple[Span, ...]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """Who is for or against whom or what, by canonical name."""

    holder: str
    polarity: Polarity
    target: str
