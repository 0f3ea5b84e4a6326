"""What goes into a release: which rounds and imports, and everything that stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.adapters.records import write_layer
from workbench.core.errors import ReleaseError, RoundError
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.gold.adjudication import settle
from workbench.project import Project
from workbench.store.adjudications import find_probes
from workbench.store.articles import find_articles
from workbench.store.changes import list_schemes
from workbench.store.layers import find_layers
from workbench.store.quarantine import list_quarantine
from workbench.store.rounds import find_projects, list_rounds


@dataclass(frozen=True)
class Choice:
    """The rounds and imports of a release, and those of other schemes that were left out.

    `rights` holds for articles that state none themselves.
    """

    scheme: str
    rounds: tuple[str, ...]
    imports: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    rights: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Rounds and imports together, as gold layers name them."""
        return (*self.rounds, *self.imports)


def choose_gold(
    project: Project, rounds: Sequence[str] | None, imports: Sequence[str] | None
) -> Choice:
    """Choose the gold of these rounds and imports; without either, all of the project's scheme.

    A scheme that the project's one only adds labels to counts as it. Raises ReleaseError for a
    name that no gold has, or gold of another scheme that was asked for.
    """
    with project.store() as connection:
        known = [rnd.name for rnd in list_rounds(connection)]
        schemes = list_schemes(connection)
        gold = find_layers(connection, kind="gold")
    fitting = {s.hash for s in schemes.values() if project.scheme.succeeds(s)}
    fitting.add(project.scheme.hash)
    names: dict[str, bool] = {}
    for layer in gold:
        names[layer.round] = names.get(layer.round, True) and layer.scheme in fitting
    wanted = [*(rounds or ()), *(imports or ())]
    if rounds is None and imports is None:
        wanted = [name for name, fits in names.items() if fits]
    unknown = [name for name in wanted if name not in names]
    if not names:
        raise ReleaseError("there is no gold yet; run: workbench adjudicate ROUND")
    if unknown:
        there = ", ".join(sorted(names))
        raise ReleaseError(f"there is no gold of {', '.join(unknown)}; there is gold of: {there}")
    foreign = [name for name in wanted if not names[name]]
    if foreign:
        raise ReleaseError(
            f"the gold of {', '.join(foreign)} is of another scheme, which the project's does not "
            "only add labels to; migrate it, or release it from a project of that scheme"
        )
    chosen = sorted(set(wanted))
    return Choice(
        project.scheme.hash,
        tuple(name for name in chosen if name in known),
        tuple(name for name in chosen if name not in known),
        tuple(sorted(name for name, fits in names.items() if not fits)),
        str(project.setting("project", "rights", "")),
    )


def list_obstacles(project: Project, choice: Choice) -> list[str]:
    """List everything that keeps a release from being cut: not the first of it, all."""
    with project.store() as connection:
        gold = [
            layer for layer in find_layers(connection, kind="gold") if layer.round in choice.names
        ]
        articles = {article.id: article for article in find_articles(connection)}
        probes = {probe.item: probe.kind for probe in find_probes(connection)}
    present = [layer for layer in gold if layer.article_id in articles]
    problems = [line for name in choice.rounds for line in _check_round(project, name, present)]
    problems += [
        f"article {layer.article_id!r}: {item_id} is a probe, a wrong suggestion that was seeded "
        f"({probes[item_id]}); adjudicate it again"
        for layer in present
        for item_id in (identify(layer.text_sha256, item) for item in layer.items)
        if item_id in probes
    ]
    problems += _check_quarantine(project, choice)
    ids = sorted({layer.article_id for layer in present})
    without = [article_id for article_id in ids if not articles[article_id].rights.strip()]
    if without and not choice.rights.strip():
        problems.append(
            f"{len(without)} articles have no statement of rights: {', '.join(without)}; state "
            "them as project.rights in workbench.toml"
        )
    return problems


def _check_round(project: Project, name: str, gold: Sequence[Layer]) -> Iterator[str]:
    try:
        outcome = settle(project, name)
    except RoundError:
        return  # its annotations are gone with their articles; its gold is not in either
    if outcome.conflicts:
        shown = ", ".join(f"{c.id} ({c.kind} in {c.article_id})" for c in outcome.conflicts)
        yield (
            f"round {name!r} has {len(outcome.conflicts)} open conflicts: {shown}; decide them "
            f"with: workbench adjudicate {name}, then workbench decide ID"
        )
    stored = {layer.article_id: write_layer(layer) for layer in gold if layer.round == name}
    stale = [x.article_id for x in outcome.gold if stored.get(x.article_id) != write_layer(x)]
    if stale:
        yield (
            f"round {name!r} has annotations or decisions that are newer than its gold of "
            f"{', '.join(stale)}; run: workbench adjudicate {name}"
        )


def _check_quarantine(project: Project, choice: Choice) -> Iterator[str]:
    """Tell of open entries, but for those that are known to be of a round that is not chosen."""
    with project.store() as connection:
        entries = list_quarantine(connection)
        others = [rnd.name for rnd in list_rounds(connection) if rnd.name not in choice.rounds]
        elsewhere = {
            f"of project {pushed.project_id} on {pushed.server}"
            for name in others
            for pushed in find_projects(connection, name)
        }
    for entry in entries:
        if not any(_is_of(entry.source, place) for place in elsewhere):
            yield (
                f"{entry.id} is open ({entry.reason}); mend its source and pull, or close it with: "
                f"workbench decide {entry.id} --drop --reason TEXT"
            )


def _is_of(source: str, place: str) -> bool:
    return source.endswith(place) or f"{place}," in source
