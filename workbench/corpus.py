"""Who is for or against whom over a corpus: a matrix, and a signed network over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from tqdm.auto import tqdm

from workbench.analysis.adjudication.gold import Links
from workbench.analysis.references.clusters import make_clusters
from workbench.analysis.scoring.edges import derive_edges
from workbench.core.article import Article
from workbench.core.cluster import AUTHOR
from workbench.core.errors import SourceError
from workbench.core.layer import Layer, LayerKind
from workbench.core.naming import Names
from workbench.core.span import MENTION
from workbench.gold.links import choose_links
from workbench.project import Project
from workbench.rendering.matrices import draw_signed_matrix
from workbench.rendering.networks import draw_networks
from workbench.store.adjudications import find_links
from workbench.store.articles import find_articles
from workbench.store.layers import find_newest
from workbench.store.namings import find_namings

if TYPE_CHECKING:
    import pandas as pd

Period = Literal["year", "month", "day"]
_LENGTHS: dict[str, int] = {"year": 4, "month": 7, "day": 10}
UNDATED = "undated"
COLUMNS = ("article", "published", "holder", "polarity", "target", "kind")


@dataclass(frozen=True, slots=True)
class DatedEdge:
    """An edge of one article with the article's date, and the kind of layer it was read from."""

    article_id: str
    published: str
    holder: str
    polarity: str
    target: str
    kind: str


@dataclass(frozen=True)
class StanceMatrix:
    """The edges of a corpus by canonical name, an article counting once for each edge.

    `entities` are the names that some entity bears; what is drawn is between them alone, while
    `edges` also has pronouns, noun phrases and clauses that nothing resolved.
    """

    edges: tuple[DatedEdge, ...]
    articles: dict[str, int]
    entities: frozenset[str] = frozenset()
    most: int = 16

    def __repr__(self) -> str:
        """Count edges, names and what they rest on."""
        return f"StanceMatrix({len(self.edges)} edges of {len(self.names)} names; {self._source})"

    def _repr_html_(self) -> str:
        pairs = self.rank_pairs()
        holders, targets = (sorted({pair[end] for pair in pairs}) for end in (0, 1))
        left_out = len({(e.holder, e.target) for e in self.edges}) - len(pairs)
        caption = f"who is for or against whom, articles with each edge ({self._source})"
        if left_out:
            caption += f"; {left_out} further pairs are in to_frame()"
        return draw_signed_matrix(self.counts, holders, targets, caption)

    @property
    def names(self) -> list[str]:
        """Every name, those with most edges first."""
        counts = Counter(name for edge in self.edges for name in (edge.holder, edge.target))
        return sorted(counts, key=lambda name: (-counts[name], name))

    def rank_pairs(self, most: int | None = None) -> list[tuple[str, str]]:
        """Return the pairs of entities with most edges, as far as that many names reach.

        Pairs are taken by the number of their edges, then by how much is said of both, so that
        no row and no column of what is drawn is empty.
        """
        most = self.most if most is None else most
        degree = Counter(name for edge in self.edges for name in (edge.holder, edge.target))
        known = {*self.entities, AUTHOR}
        pairs = [pair for pair in self.counts if known.issuperset(pair)]
        pairs.sort(key=lambda p: (-self.counts[p].total(), -degree[p[0]] - degree[p[1]], p))
        names: set[str] = set()
        for pair in pairs:
            if len(names | set(pair)) <= most:
                names |= set(pair)
        return [pair for pair in pairs if names.issuperset(pair)]

    @cached_property
    def counts(self) -> dict[tuple[str, str], Counter[str]]:
        """How many articles have each polarity, for each holder and target."""
        return count(self.edges)

    def over_time(self, period: Period = "month", *, most: int = 10) -> StanceNetwork:
        """Return the signed network of the most frequent names, one picture a period."""
        return StanceNetwork(self, period, most)

    def to_record(self) -> dict[str, Any]:
        """Write the matrix as plain JSON, a list of edges."""
        rows = [dict(zip(COLUMNS, self._row(edge), strict=True)) for edge in self.edges]
        return {"articles": self.articles, "edges": rows}

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each edge: article, date, holder, polarity, target, kind of layer."""
        import pandas as pd

        return pd.DataFrame([self._row(edge) for edge in self.edges], columns=list(COLUMNS))

    @property
    def _source(self) -> str:
        return ", ".join(f"{n} articles of {kind}" for kind, n in sorted(self.articles.items()))

    @staticmethod
    def _row(edge: DatedEdge) -> tuple[str, ...]:
        return tuple(getattr(edge, name) for name in DatedEdge.__slots__)


@dataclass(frozen=True)
class StanceNetwork:
    """A stance matrix cut into periods; articles without a date are a period of their own."""

    matrix: StanceMatrix
    period: Period = "month"
    most: int = 10

    def __repr__(self) -> str:
        """Name the periods."""
        return f"StanceNetwork({', '.join(name for name, _ in self.cut())})"

    def _repr_html_(self) -> str:
        pairs = self.matrix.rank_pairs(self.most)
        names = sorted({name for pair in pairs for name in pair})
        periods = self.cut()
        drawn = [period for period in periods if not period[1].keys().isdisjoint(pairs)]
        title = f"+ for, − against, grey even or neutral; by {self.period}"
        if len(drawn) < len(periods):
            title += f"; {len(periods) - len(drawn)} more have nothing between these names"
        return draw_networks(drawn, names, title)

    def cut(self) -> list[tuple[str, dict[tuple[str, str], Counter[str]]]]:
        """Return each period with its counts, the earliest first."""
        periods: dict[str, list[DatedEdge]] = {}
        for edge in self.matrix.edges:
            name = edge.published[: _LENGTHS[self.period]] or UNDATED
            periods.setdefault(name, []).append(edge)
        return [(name, count(periods[name])) for name in sorted(periods)]


def stance_matrix(
    project: Project,
    *,
    kind: LayerKind | None = None,
    most: int = 16,
    keep: Callable[[Article], bool] | None = None,
    progress: bool = True,
) -> StanceMatrix:
    """Count who is for or against whom in the corpus, by entity.

    Takes each article's layer of a kind that was stored last; without a kind its gold, else its
    newest prediction. Mentions go by clusters and registry to names, and names by what
    `merge_names` and `split_name` decided. Only asserted stances count, each edge once an
    article. Raises SourceError where there is no such layer.
    """
    with project.store() as connection:
        articles = [a for a in find_articles(connection) if keep is None or keep(a)]
        layers: dict[str, Layer] = {}
        for wanted in (kind,) if kind else ("prediction", "gold"):
            layers |= find_newest(connection, wanted)
        names = Names(find_namings(connection))
        stored = find_links(connection)
    chosen = [(a, layers[a.id]) for a in articles if a.id in layers]
    if not chosen:
        raise SourceError(
            f"no article has {kind or 'gold or predictions'} yet; run: workbench preannotate"
        )
    edges: list[DatedEdge] = []
    entities: set[str] = set()
    for article, layer in tqdm(chosen, desc="edges", delay=1, disable=not progress):
        found = _cluster(project, article, layer, choose_links(stored, article.id))
        edges += _list_edges(article, found, names)
        entities |= {names.find(name, article.id) for name in _list_entities(found)}
    kinds = dict(Counter(str(layer.kind) for _, layer in chosen))
    return StanceMatrix(tuple(edges), kinds, frozenset(entities), most)


def count(edges: Sequence[DatedEdge]) -> dict[tuple[str, str], Counter[str]]:
    """Count polarities for each holder and target."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for edge in edges:
        found.setdefault((edge.holder, edge.target), Counter())[edge.polarity] += 1
    return found


def _cluster(project: Project, article: Article, layer: Layer, links: Links) -> Layer:
    """Cluster anew: clusters kept with a layer are a cache, older than registry and links."""
    clusters = make_clusters(
        article.text,
        layer.spans,
        layer.quotes,
        registry=project.registry,
        must_link=links.must,
        cannot_link=links.cannot,
    )
    return replace(layer, clusters=clusters)


def _list_entities(layer: Layer) -> set[str]:
    return {c.name for c in layer.clusters if any(m.label != MENTION for m in c.mentions)}


def _list_edges(article: Article, layer: Layer, names: Names) -> list[DatedEdge]:
    found = {
        (names.find(e.holder, article.id), e.polarity, names.find(e.target, article.id))
        for e in derive_edges(layer, article.text)
    }
    return [
        DatedEdge(article.id, article.published, holder, polarity, target, layer.kind)
        for holder, polarity, target in sorted(found)
        if holder != target
    ]
