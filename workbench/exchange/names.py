"""Names that came without offsets, found in the text that they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbench.core.cluster import AUTHOR, Cluster, Edge
from workbench.core.span import MENTION, Span


@dataclass(frozen=True, slots=True)
class Aligned:
    """The mentions of the names of some edges, and the names that the text does not hold."""

    spans: tuple[Span, ...]
    clusters: tuple[Cluster, ...]
    missing: tuple[str, ...]


def align_names(text: str, edges: Iterable[Edge], known: Sequence[Span] = ()) -> Aligned:
    """Find the names of edges in a text, each as whole words and wherever it stands.

    A spelling in other case counts only where the name's own is not found. Where one of the
    `known` spans has just those offsets it is the mention, else a MENTION is made.
    """
    by_offsets = {span.offsets: span for span in known}
    names = dict.fromkeys(name for edge in edges for name in (edge.holder, edge.target))
    clusters: list[Cluster] = []
    missing: list[str] = []
    for name in names:
        if name == AUTHOR:
            continue
        found = [by_offsets.get(at, Span(*at, MENTION)) for at in _find(name, text)]
        if found:
            clusters.append(Cluster(name, tuple(found)))
        else:
            missing.append(name)
    spans = {mention: None for cluster in clusters for mention in cluster.mentions}
    return Aligned(tuple(sorted(spans)), tuple(clusters), tuple(missing))


def _find(name: str, text: str) -> list[tuple[int, int]]:
    words = r"\s+".join(re.escape(word) for word in name.split())
    if not words:
        return []
    pattern = rf"(?<!\w){words}(?!\w)"
    for flags in (re.NOFLAG, re.IGNORECASE):
        found = [match.span() for match in re.finditer(pattern, text, flags)]
        if found:
            return found
    return []
