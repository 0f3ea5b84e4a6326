"""What is known of a round beyond its layers: suggestions, probes, and what reviews changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbench.analysis.adjudication.probes import ENOUGH, measure_probes
from workbench.analysis.adjudication.trust import Evidence, tally_decisions
from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.store.adjudications import find_probes
from workbench.store.decisions import list_decisions
from workbench.store.layers import find_layers
from workbench.store.tasks import find_shown

if TYPE_CHECKING:
    from sqlalchemy import Connection


def find_evidence(
    connection: Connection, round_name: str, articles: Mapping[str, Article]
) -> dict[str, Evidence]:
    """Return for each article of a round what its adjudication rests on beside its layers."""
    shown: dict[str, dict[str, set[str]]] = {}
    for layer in find_shown(connection, round_name):
        ids = {identify(layer.text_sha256, item) for item in layer.items}
        shown.setdefault(layer.article_id, {}).setdefault(layer.author, set()).update(ids)
    probes = find_probes(connection)
    rates: dict[str, float] = {}
    if probes:
        layers = find_layers(connection, kind="annotation")
        for rate in measure_probes(probes, layers, by="label"):
            if rate.seen >= ENOUGH:
                rates[rate.name] = rate.caught / rate.seen
    tallies = tally_decisions(row.decision for row in list_decisions(connection).values())
    ids_of_probes = frozenset(probe.item for probe in probes)
    return {
        article_id: Evidence(shown.get(article_id, {}), ids_of_probes, rates, tallies)
        for article_id in articles
    }
