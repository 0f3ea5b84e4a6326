"""Cut a release: select the stored gold, freeze it, and never change it by a byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.core.article import Article
from workbench.core.errors import ReleaseError, RoundError
from workbench.core.layer import Layer
from workbench.core.release import Release
from workbench.gold.adjudication import settle
from workbench.project import Project
from workbench.releases.files import (
    MANIFEST,
    TRUTHS,
    check_version,
    dump_manifest,
    dump_truths,
    hash_files,
    parse_release,
    read_folder,
    write_folder,
)
from workbench.releases.union import unite_gold
from workbench.store.articles import find_articles
from workbench.store.journal import latest_seq
from workbench.store.layers import find_layers
from workbench.store.quarantine import list_quarantine
from workbench.store.rounds import list_rounds


def release(project: Project, version: str) -> Release:
    """Cut a release of all stored gold, or find that the version holds exactly it already.

    Raises ReleaseError where there is no gold, a conflict is open, two rounds differ, or the
    version exists with other content.
    """
    folder = project.releases / check_version(version)
    if folder.exists():
        present = read_folder(folder)
        files = select_gold(project, version)
        changed = [name for name in TRUTHS if files[name] != present[name]]
        if changed:
            raise ReleaseError(
                f"the release {version} exists and the gold has changed since "
                f"({', '.join(changed)}); cut a new version"
            )
        return parse_release(version, present)
    _refuse_open_conflicts(project)
    files = select_gold(project, version)
    write_folder(folder, files)
    return parse_release(version, files)


def select_gold(project: Project, version: str, upto: int | None = None) -> dict[str, bytes]:
    """Make a release's files of the gold that was stored as of a sequence number.

    Raises ReleaseError where there is none, where it is of several schemes, or where two rounds
    say different things of the same words.
    """
    with project.store() as connection:
        sequence = latest_seq(connection) if upto is None else upto
        articles = {a.id: a for a in find_articles(connection, upto=sequence)}
        layers = find_layers(connection, kind="gold", upto=sequence)
        entries = list_quarantine(connection, "all", upto=sequence)
    gold = _unite_all(layers, articles, project.registry)
    chosen = [articles[layer.article_id] for layer in gold]
    splits = {article.id: article.split or "train" for article in chosen}
    files = dump_truths(chosen, gold, splits)
    manifest = {
        **_describe(gold, splits),
        "version": version,
        "sequence": sequence,
        "quarantined": {
            "open": sum(entry.is_open for entry in entries),
            "closed": sum(not entry.is_open for entry in entries),
        },
        "files": hash_files(files),
    }
    return {**files, MANIFEST: dump_manifest(manifest)}


def _unite_all(
    layers: Iterable[Layer], articles: Mapping[str, Article], registry: Mapping[str, str]
) -> list[Layer]:
    """Return one gold layer for each article that is there, sorted by its id."""
    grouped: dict[str, list[Layer]] = {}
    for layer in layers:
        if layer.article_id in articles:
            grouped.setdefault(layer.article_id, []).append(layer)
    if not grouped:
        raise ReleaseError("there is no gold yet; run: workbench adjudicate ROUND")
    gold: list[Layer] = []
    problems: list[str] = []
    for article_id, work in sorted(grouped.items()):
        united, found = unite_gold(articles[article_id], work, registry)
        problems += found
        gold.append(united)
    schemes = sorted({layer.scheme for layer in gold})
    if len(schemes) > 1:
        problems.append(f"the gold is of several schemes: {', '.join(schemes)}")
    if problems:
        raise ReleaseError(f"the gold contradicts itself: {'; '.join(problems)}")
    return gold


def _describe(gold: list[Layer], splits: Mapping[str, str]) -> dict[str, Any]:
    verdicts = [verdict for layer in gold for verdict in layer.verdicts.values()]
    voters = sorted({voter for verdict in verdicts for voter in verdict.votes})
    policies = sorted({verdict.policy for verdict in verdicts})
    return {
        "format": 1,
        "scheme": gold[0].scheme,
        "guideline": sorted({layer.guideline for layer in gold}),
        "rounds": sorted({layer.round for layer in gold if layer.round}),
        "authors": voters,
        "simulated": any(voter.startswith("simulated:") for voter in voters),
        "policies": {name: sum(v.policy == name for v in verdicts) for name in policies},
        "counts": {
            "articles": len(gold),
            "spans": sum(len(layer.spans) for layer in gold),
            "quotes": sum(len(layer.quotes) for layer in gold),
            "stances": sum(len(layer.stances) for layer in gold),
            "contested": sum(verdict.contested for verdict in verdicts),
            "splits": {
                name: list(splits.values()).count(name) for name in sorted({*splits.values()})
            },
        },
    }


def _refuse_open_conflicts(project: Project) -> None:
    """Raise ReleaseError where a round that has gold has conflicts again."""
    with project.store() as connection:
        rounds = [rnd.name for rnd in list_rounds(connection)]
        adjudicated = {layer.round for layer in find_layers(connection, kind="gold")}
    for name in rounds:
        if name not in adjudicated:
            continue
        try:
            open_ = settle(project, name).conflicts
        except RoundError:
            continue
        if open_:
            raise ReleaseError(
                f"round {name!r} has {len(open_)} open conflicts; decide them with: "
                f"workbench adjudicate {name}, then workbench decide ID"
            )
