"""The component that puts a Doc's mentions into clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from workbench.adapters.records.items import write_end
from workbench.analysis.references.clusters import make_clusters, read_registry
from workbench.core.cluster import Cluster
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.pipeline.extensions import register_extensions
from workbench.pipeline.lexicons import TableCarrier
from workbench.pipeline.mentions import ENTITIES, MENTIONS, read_spans

REGISTRY = "gazetteers/registry.tsv"


class ClusterMaker(TableCarrier):
    """Writes `doc._.clusters` from the entities, MENTIONs and quotes of a Doc."""

    needed = (REGISTRY,)

    def load_tables(self) -> None:
        """Read the registry."""
        self.registry = read_registry(self.tables[REGISTRY])

    def __call__(self, doc: Doc) -> Doc:
        """Make the clusters of a Doc."""
        doc._.clusters = write_clusters(cluster_doc(doc, self.registry))
        return doc


@Language.factory("workbench_clusters", default_config={"tables": None}, assigns=["doc._.clusters"])
def make_cluster_maker(nlp: Language, name: str, tables: Mapping[str, str] | None) -> ClusterMaker:
    """Make the component; `tables` holds the registry's source, None takes the package's own."""
    register_extensions()
    return ClusterMaker(tables)


def cluster_doc(doc: Doc, registry: Mapping[str, str]) -> tuple[Cluster, ...]:
    """Return the clusters of all spans that a Doc has now."""
    spans = read_spans(doc, ENTITIES) + read_spans(doc, MENTIONS)
    return make_clusters(doc.text, spans, read_quotes(doc), registry=registry)


def read_quotes(doc: Doc) -> list[Quote]:
    """Return a Doc's quotes as quotes of the core."""
    return [
        Quote(
            record["start"],
            record["end"],
            _read_end(record["speaker"]) if record.get("speaker") else None,
            record["form"],
            record.get("score"),
            record.get("rule"),
        )
        for record in doc._.quotes or ()
    ]


def _read_end(record: Mapping[str, Any]) -> Span:
    return Span(record["start"], record["end"], record["label"])


def write_clusters(clusters: tuple[Cluster, ...]) -> list[dict[str, Any]]:
    """Write clusters as plain records for `doc._.clusters`."""
    return [
        {
            "name": cluster.name,
            "mentions": [write_end(mention, None) for mention in cluster.mentions],
            **({"members": list(cluster.members)} if cluster.members else {}),
        }
        for cluster in clusters
    ]
