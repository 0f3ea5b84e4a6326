"""Probes of a round: seed wrong suggestions before a push, and count afterwards who caught them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.adapters.records import read_item, write_item
from workbench.analysis.adjudication import probes as analysis
from workbench.analysis.adjudication.probes import CatchRate
from workbench.analysis.adjudication.trust import name_label
from workbench.core.article import Article
from workbench.core.errors import RoundError
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.store.adjudications import StoredProbe, add_probes, find_probes
from workbench.store.articles import find_articles
from workbench.store.layers import find_layers, find_newest

RATE = 0.04
"""The share of suggestions that are made wrong where no other is stated."""
COLUMNS = ("by", "name", "seen", "caught", "rate")


@dataclass(frozen=True)
class Caught:
    """How many of a round's probes were caught: by annotator, by kind of error, and by label."""

    round: str
    rates: Mapping[str, tuple[CatchRate, ...]]

    def __repr__(self) -> str:
        """Count probes as they were seen."""
        seen = sum(rate.seen for rate in self.rates["author"])
        caught = sum(rate.caught for rate in self.rates["author"])
        return f"Caught({self.round!r}: {caught} of {seen} probes)"

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), f"probes of round {self.round}")

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows."""
        return [
            (by, rate.name, rate.seen, rate.caught, rate.caught / rate.seen)
            for by, rates in self.rates.items()
            for rate in rates
        ]

    def to_record(self) -> dict[str, Any]:
        """Write the counts as plain JSON."""
        rates = {by: [rate.to_record() for rate in rows] for by, rows in self.rates.items()}
        return {"round": self.round, **rates}


def seed_probes(
    project: Project,
    round_name: str,
    drafts: Iterable[Layer],
    *,
    rate: float = RATE,
    seed: int | None = None,
) -> list[Layer]:
    """Return drafts in which a share of the suggestions is wrong, for a push of that round.

    Which they are is kept in the ledger alone. Test articles and drafts that have probes are left
    as they are. Raises RoundError unless the rate is between 0 and 1.
    """
    if not 0 < rate <= 1:
        raise RoundError(f"the rate of probes is {rate}; 0.03 to 0.05 is usual, and 1 the most")
    with project.store() as connection:
        articles = {article.id: article for article in find_articles(connection)}
    labels = project.scheme.names_of("entity")
    start = f"{project.seed if seed is None else seed} {round_name}"
    seeded, rows = [], []
    for draft in drafts:
        article = articles.get(draft.article_id)
        if article is None or article.split == "test" or draft.author.endswith(analysis.MARK):
            seeded.append(draft)
            continue
        layer, found = analysis.seed_layer(draft, article, labels, rate=rate, seed=start)
        seeded.append(layer)
        rows += [
            StoredProbe(
                round_name,
                article.id,
                identify(draft.text_sha256, probe.item),
                probe.kind,
                name_label(probe.item),
                write_item(probe.item),
                None if probe.before is None else write_item(probe.before),
            )
            for probe in found
        ]
    with project.store() as connection:
        add_probes(connection, rows, at=project.now())
    return seeded


def seed_stored(
    project: Project,
    round_name: str,
    *,
    author: str | None = None,
    rate: float = RATE,
    seed: int | None = None,
) -> list[Layer]:
    """Seed the newest predictions in the store, of one author where one is named."""
    with project.store() as connection:
        drafts = find_newest(connection, "prediction", author=author)
    return seed_probes(project, round_name, drafts.values(), rate=rate, seed=seed)


def measure_probes(project: Project, round_name: str) -> Caught:
    """Count which of a round's probes were caught; raises RoundError where none were seeded."""
    with project.store() as connection:
        probes = find_probes(connection, round_name)
        layers = find_layers(connection, kind="annotation", round=round_name)
    if not probes:
        raise RoundError(f"round {round_name!r} has no probes; seed them before it is pushed")
    ways: tuple[analysis.By, ...] = ("author", "kind", "label")
    rates: dict[str, tuple[CatchRate, ...]] = {
        by: tuple(analysis.measure_probes(probes, layers, by=by)) for by in ways
    }
    return Caught(round_name, rates)


def name_probed(probes: Iterable[StoredProbe], articles: Mapping[str, Article]) -> set[str]:
    """Return the ids of probes and of what each stands for, which agreement leaves out alike.

    Without the latter, whoever caught a probe would disagree with whoever did not.
    """
    found: set[str] = set()
    for probe in probes:
        found.add(probe.item)
        if probe.before is not None and probe.article_id in articles:
            sha = articles[probe.article_id].text_sha256
            found.add(identify(sha, read_item(probe.before)))
    return found
