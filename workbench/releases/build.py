"""Cut a release: select the stored gold, freeze it, and never change it by a byte."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.analysis.adjudication.gold import Links
from workbench.analysis.adjudication.probes import leave_out
from workbench.analysis.adjudication.trust import report_audit
from workbench.core.article import Article
from workbench.core.errors import ReleaseError
from workbench.core.layer import Layer
from workbench.core.release import Release
from workbench.gold.lineage import History, read_history
from workbench.gold.links import choose_links
from workbench.gold.probes import name_probed
from workbench.project import Project
from workbench.releases.agreement import dump_agreement
from workbench.releases.cards import write_card, write_datasheet
from workbench.releases.changes import compare_releases
from workbench.releases.choice import Choice, choose_gold, list_obstacles
from workbench.releases.files import (
    ARTICLES,
    LINES,
    MANIFEST,
    SPLITS,
    TRUTHS,
    check_version,
    dump_json,
    dump_manifest,
    dump_truths,
    hash_files,
    hash_lines,
    parse_lines,
    parse_release,
    read_folder,
    write_folder,
)
from workbench.releases.metadata import write_croissant, write_provenance
from workbench.releases.pseudonyms import hide_people, name_people
from workbench.releases.records import LAYERS, dump_records
from workbench.releases.textfree import strip_truths
from workbench.releases.union import unite_gold
from workbench.store.adjudications import StoredLink, find_links, find_probes
from workbench.store.articles import find_articles
from workbench.store.journal import latest_seq
from workbench.store.layers import find_layers
from workbench.store.lineage import list_people
from workbench.store.quarantine import list_quarantine

README = "README.md"
DATASHEET = "DATASHEET.md"
AGREEMENT = "agreement.json"
CHANGES = "changes.json"
CROISSANT = "croissant.json"
PROVENANCE = "prov.json"
_CONTRADICTION = (
    "the gold of different rounds or imports contradicts itself: choose which go in with --rounds "
    "and --imports, or decide the items in one of them and adjudicate it again"
)


def release(
    project: Project,
    version: str,
    *,
    rounds: Sequence[str] | None = None,
    imports: Sequence[str] | None = None,
    text: bool = True,
    progress: bool = True,
) -> Release:
    """Cut a release of stored gold, or find that the version holds exactly it already.

    `rounds` and `imports` choose what goes in, by default all of the project's scheme. Without
    `text` it holds offsets and hashes, which `rehydrate` brings together with the texts again.
    Raises ReleaseError with everything that stands in the way (`problems`), where there is no
    gold, or where the version exists with other content.
    """
    folder = project.releases / check_version(version)
    choice = choose_gold(project, rounds, imports)
    if folder.exists():
        present = read_folder(folder)
        files = select_gold(project, version, choice, text=text, progress=progress)
        changed = [name for name in TRUTHS if files[name] != present[name]]
        if changed:
            raise ReleaseError(
                f"the release {version} exists and the gold has changed since "
                f"({', '.join(changed)}); cut a new version"
            )
        return _parse(version, present)
    problems = list_obstacles(project, choice)
    if problems:
        raise ReleaseError(f"the release {version} can't be cut", problems)
    files = complete(
        project, version, select_gold(project, version, choice, text=text, progress=progress)
    )
    write_folder(folder, files)
    return _parse(version, files)


@dataclass(frozen=True)
class _Selection:
    """What the store held of a choice, as of a sequence number."""

    sequence: int
    articles: Sequence[Article]
    stored: Sequence[Layer]
    gold: Sequence[Layer]
    layers: Sequence[Layer]
    history: History
    probed: set[str]
    names: Mapping[str, str]
    quarantined: Mapping[str, int]

    @property
    def splits(self) -> dict[str, str]:
        """The split of each article."""
        return {article.id: article.split or "train" for article in self.articles}


def select_gold(
    project: Project,
    version: str,
    choice: Choice,
    *,
    text: bool = True,
    upto: int | None = None,
    progress: bool = False,
) -> dict[str, bytes]:
    """Make the files that only the store decides: truths, records, agreement and a manifest.

    Raises ReleaseError where there is no gold, where it is of several schemes, or where two rounds
    say different things of the same words.
    """
    selection = _select(project, choice, upto)
    gold = [hide_people(layer, selection.names) for layer in selection.gold]
    files = dump_truths(selection.articles, gold, selection.splits)
    if not text:
        files = strip_truths(files, selection.articles, gold)
    files |= dump_records(
        selection.stored,
        selection.layers,
        selection.history,
        selection.names,
        text=text,
        progress=progress,
    )
    files[AGREEMENT] = dump_agreement(
        [
            hide_people(leave_out(layer, selection.probed), selection.names)
            for layer in selection.layers
        ],
        seed=project.seed,
    )
    manifest = {
        **_describe(selection, choice),
        "version": version,
        "text": text,
        "sequence": selection.sequence,
        "quarantined": dict(selection.quarantined),
        "files": hash_files(files),
    }
    return {**files, MANIFEST: dump_manifest(manifest)}


def complete(project: Project, version: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Add what derives from a release's files: changes, card, datasheet, metadata, line hashes."""
    manifest = json.loads(files[MANIFEST])
    name = str(project.setting("project", "name", project.root.name))
    rows = parse_lines(files[ARTICLES])
    rights = [row["rights"] for row in rows]
    done = {key: data for key, data in files.items() if key != MANIFEST}
    done[CHANGES] = dump_json(compare_releases(project.releases, version, files))
    done[README] = write_card(name, manifest, rights)
    done[DATASHEET] = write_datasheet(name, manifest, rights)
    layers = parse_lines(files[LAYERS])
    done[PROVENANCE] = write_provenance(
        manifest, {row["id"]: row["text_sha256"] for row in rows}, layers
    )
    done[CROISSANT] = write_croissant(name, manifest, hash_files(done), rights)
    done[LINES] = dump_json(hash_lines(done))
    return {**done, MANIFEST: dump_manifest({**manifest, "files": hash_files(done)})}


def _parse(version: str, files: Mapping[str, bytes]) -> Release:
    """Make the release; one without texts has its manifest and splits, and nothing to train on."""
    manifest = json.loads(files[MANIFEST])
    if manifest.get("text") is False:
        return Release(version, (), (), json.loads(files[SPLITS]), manifest)
    return parse_release(version, files)


def _select(project: Project, choice: Choice, upto: int | None) -> _Selection:
    with project.store() as connection:
        sequence = latest_seq(connection) if upto is None else upto
        articles = {a.id: a for a in find_articles(connection, upto=sequence)}
        everything = find_layers(connection, kind="gold", upto=sequence)
        stored = [x for x in everything if x.round in choice.names and x.article_id in articles]
        ids = {layer.article_id for layer in stored}
        annotations = find_layers(connection, kind="annotation", upto=sequence)
        seeded = find_probes(connection, upto=sequence)
        links = find_links(connection, upto=sequence)
        entries = list_quarantine(connection, "all", upto=sequence)
        history = read_history(connection, ids, upto=sequence)
        names = name_people(list_people(connection, upto=sequence))
    probes = {probe.item for probe in seeded}
    gold = _unite_all(stored, articles, project.registry, links)
    return _Selection(
        sequence,
        [_state_rights(articles[layer.article_id], choice.rights) for layer in gold],
        stored,
        gold,
        [
            leave_out(layer, probes)
            for layer in annotations
            if layer.article_id in ids and layer.round in choice.names
        ],
        history,
        name_probed(seeded, articles),
        names,
        {
            "open": sum(entry.is_open for entry in entries),
            "closed": sum(not entry.is_open for entry in entries),
        },
    )


def _state_rights(article: Article, rights: str) -> Article:
    """Let the project's statement stand where an article has none of its own."""
    return article if article.rights.strip() else replace(article, rights=rights)


def _unite_all(
    layers: Iterable[Layer],
    articles: Mapping[str, Article],
    registry: Mapping[str, str],
    links: Sequence[StoredLink],
) -> list[Layer]:
    """Return one gold layer for each article, sorted by its id."""
    grouped: dict[str, list[Layer]] = {}
    for layer in layers:
        grouped.setdefault(layer.article_id, []).append(layer)
    if not grouped:
        raise ReleaseError("there is no gold yet; run: workbench adjudicate ROUND")
    gold: list[Layer] = []
    problems: list[str] = []
    for article_id, work in sorted(grouped.items()):
        found_links: Links = choose_links(links, article_id)
        united, found = unite_gold(articles[article_id], work, registry, found_links)
        problems += found
        gold.append(united)
    if problems:
        raise ReleaseError(_CONTRADICTION, problems)
    return gold


def _describe(selection: _Selection, choice: Choice) -> dict[str, Any]:
    gold = [hide_people(layer, selection.names) for layer in selection.gold]
    verdicts = [verdict for layer in gold for verdict in layer.verdicts.values()]
    authors = {voter for verdict in verdicts for voter in verdict.votes}
    authors |= {selection.names.get(x.author, x.author) for x in selection.layers}
    policies = sorted({verdict.policy for verdict in verdicts})
    splits = selection.splits
    decided = [
        row.decision
        for row in selection.history.decisions.values()
        if row.decision.round in choice.rounds
    ]
    return {
        "format": 1,
        "scheme": choice.scheme,
        "guideline": sorted({layer.guideline for layer in gold}),
        "rounds": list(choice.rounds),
        "imports": list(choice.imports),
        "left_out": list(choice.left_out),
        "rights": choice.rights,
        "languages": sorted({article.lang for article in selection.articles}),
        "authors": sorted(authors),
        "simulated": any(author.startswith("simulated:") for author in authors),
        "policies": {name: sum(v.policy == name for v in verdicts) for name in policies},
        "audit": report_audit(decided),
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
