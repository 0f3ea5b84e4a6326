"""Push a round: plan it, make its projects, and put each task on the server exactly once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm.auto import tqdm

from workbench.adapters.label_studio.config import make_config, make_instructions
from workbench.adapters.records import write_scheme
from workbench.analysis.passages import cut_passages
from workbench.backends.label_studio import Server
from workbench.connection import connect
from workbench.core.article import Article
from workbench.core.errors import RoundError
from workbench.core.identity import digest
from workbench.core.layer import Layer
from workbench.core.round import Round, Unit
from workbench.project import Project
from workbench.rounds.plan import Planned, check_round, make_plan
from workbench.rounds.tasks import make_tasks
from workbench.store.articles import find_articles
from workbench.store.names import get_queue
from workbench.store.rounds import (
    PushedProject,
    add_assignments,
    add_project,
    add_round,
    find_assignments,
    find_projects,
    get_round,
    is_closed,
    list_rounds,
)
from workbench.store.tasks import confirm_tasks, find_tasks, intend_tasks


@dataclass(frozen=True)
class Pushed:
    """What a push did: the round's projects, and how many tasks are there and were new."""

    round: str
    projects: tuple[PushedProject, ...]
    tasks: int
    added: int
    left_out: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Count the tasks."""
        return (
            f"Pushed({self.round!r}: {self.tasks} tasks in {len(self.projects)} projects, "
            f"{self.added} new)"
        )

    def to_record(self) -> dict[str, Any]:
        """Write the push as plain JSON."""
        return {
            "round": self.round,
            "projects": [
                {
                    "id": p.project_id,
                    "url": f"{p.server}/projects/{p.project_id}/data",
                    "annotator": p.annotator or None,
                }
                for p in self.projects
            ],
            "tasks": self.tasks,
            "added": self.added,
            "left_out": list(self.left_out),
        }


def push(
    project: Project,
    name: str,
    queue: Iterable[str] | str,
    drafts: Iterable[Layer],
    *,
    annotators: Sequence[str] = (),
    overlap: float = 1.0,
    blind: float = 0.0,
    unit: Unit = "article",
    seed: int | None = None,
    server: Server | None = None,
    progress: bool = True,
) -> Pushed:
    """Push the articles of a queue as a round's tasks; run again, it pushes what is missing.

    Named annotators have a project each, nobody named makes one pool. The intent of each batch is
    recorded before it is sent and the server's ids after, and every push begins by asking the
    server what it has. Raises RoundError where the round stands with other settings, is closed,
    or was pushed to another server; BackendError where the server is away.
    """
    rnd = _ensure_round(project, name, annotators, overlap, blind, unit, seed)
    layers = {layer.article_id: layer for layer in drafts}
    articles = _read_queue(project, queue)
    _add_to_plan(project, rnd, articles)
    return send_plan(project, rnd, server or connect(project), layers, progress=progress)


def send_plan(
    project: Project,
    rnd: Round,
    server: Server,
    layers: Mapping[str, Layer],
    *,
    progress: bool = True,
) -> Pushed:
    """Put every task of a round's plan on the server that is not there yet."""
    name = rnd.name
    projects = _ensure_projects(project, rnd, server)
    added = 0
    left_out: list[str] = []
    bar = tqdm(desc=f"push {name}", unit="task", delay=1, disable=not progress)
    for pushed in projects:
        batches = _push_project(project, rnd, server, pushed, layers, left_out)
        for count in batches:
            added += count
            bar.update(count)
    bar.close()
    with project.store() as connection:
        tasks = [task for task in find_tasks(connection, name) if task.task_id is not None]
    return Pushed(name, tuple(projects), len(tasks), added, tuple(sorted(set(left_out))))


def _ensure_round(
    project: Project,
    name: str,
    annotators: Sequence[str],
    overlap: float,
    blind: float,
    unit: Unit,
    seed: int | None,
) -> Round:
    """Return the stored round, or store it; other settings than stored are refused."""
    scheme = project.scheme
    rnd = Round(
        name=name,
        scheme=scheme.hash,
        guideline=scheme.guideline_hash,
        asked=scheme.asked,
        annotators=tuple(annotators),
        overlap=overlap,
        blind=blind,
        seed=project.seed if seed is None else seed,
        unit=unit,
    )
    problems = check_round(rnd)
    if problems:
        raise RoundError(f"round {name!r}: {'; '.join(problems)}")
    with project.store() as connection:
        if name not in {known.name for known in list_rounds(connection)}:
            add_round(connection, rnd, write_scheme(scheme), at=project.now())
            return rnd
        known = get_round(connection, name)
        if is_closed(connection, name):
            raise RoundError(f"round {name!r} is closed; push to a new round")
    for what in ("scheme", "annotators", "overlap", "blind", "unit", "seed"):
        if getattr(known, what) != getattr(rnd, what):
            raise RoundError(
                f"round {name!r} was pushed with {what} {getattr(known, what)!r}, not "
                f"{getattr(rnd, what)!r}; push with the same, or to a new round"
            )
    return known


def _read_queue(project: Project, queue: Iterable[str] | str) -> list[Article]:
    with project.store() as connection:
        ids = get_queue(connection, queue)["articles"] if isinstance(queue, str) else list(queue)
        found = {article.id: article for article in find_articles(connection, ids)}
    missing = [article_id for article_id in ids if article_id not in found]
    if missing:
        raise RoundError(
            f"the queue names articles that are not there or were withdrawn: {', '.join(missing)}"
        )
    if not ids:
        raise RoundError("the queue is empty; choose articles with: workbench select")
    return [found[article_id] for article_id in ids]


def _add_to_plan(project: Project, rnd: Round, articles: Sequence[Article]) -> None:
    passages = [
        Planned(article.id, article.text_sha256, offsets, article.split == "test")
        for article in articles
        for offsets in cut_passages(article, rnd.unit)
    ]
    with project.store() as connection:
        existing = find_assignments(connection, rnd.name)
        add_assignments(connection, make_plan(rnd, passages, existing), at=project.now())


def _ensure_projects(project: Project, rnd: Round, server: Server) -> list[PushedProject]:
    """Make or find the Label Studio projects of a round, each by a marker of its own."""
    with project.store() as connection:
        known = {found.annotator: found for found in find_projects(connection, rnd.name)}
        planned = {row.annotator for row in find_assignments(connection, rnd.name)}
    # Whoever joined the plan later comes after those whom the round began with.
    people = [*(rnd.annotators or ("",)), *sorted(planned - set(rnd.annotators or ("",)))]
    for found in known.values():
        if found.server != server.url:
            raise RoundError(
                f"round {rnd.name!r} was pushed to {found.server}, not to {server.url}; "
                "set LABEL_STUDIO_URL to that server, or push to a new round"
            )
    overlap = math.ceil(rnd.overlap) if not rnd.annotators else 1
    for annotator in people:
        if annotator in known:
            continue
        marker = f"workbench:{digest(str(project.root), rnd.name, annotator)}"
        title = f"{rnd.name} · {annotator.removeprefix('simulated:') or 'pool'}"
        ref = server.ensure_project(
            title,
            make_config(project.scheme),
            marker=marker,
            instructions=make_instructions(project.scheme),
            maximum_annotations=overlap,
        )
        known[annotator] = PushedProject(rnd.name, annotator, server.url, ref.id, marker)
        with project.store() as connection:
            add_project(connection, known[annotator], at=project.now())
    return [known[annotator] for annotator in people]


def _push_project(
    project: Project,
    rnd: Round,
    server: Server,
    pushed: PushedProject,
    layers: Mapping[str, Layer],
    left_out: list[str],
) -> Iterator[int]:
    """Push one project's missing tasks and yield how many each batch added."""
    suggestion_set = f"r{rnd.name}-s1"
    with project.store() as connection:
        rows = find_assignments(connection, rnd.name, pushed.annotator)
        confirmed = {task.key for task in find_tasks(connection, rnd.name) if task.task_id}
        ids = {row.article_id for row in rows}
        articles = {article.id: article for article in find_articles(connection, ids)}
    missing = [row for row in rows if row.key not in confirmed and row.article_id in articles]
    if not missing:
        return
    landed = server.find_tasks(pushed.project_id, [row.key for row in missing])
    with project.store() as connection:
        intend_tasks(connection, landed, pushed.project_id, suggestion_set, at=project.now())
        confirm_tasks(connection, landed)
    todo = [row for row in missing if row.key not in landed]
    tasks = make_tasks(project, todo, articles, layers, suggestion_set, left_out)
    _intend(project, [task["data"]["key"] for task in tasks], pushed, suggestion_set)
    for confirmed_ids in server.import_tasks(pushed.project_id, tasks):
        with project.store() as connection:
            confirm_tasks(connection, confirmed_ids)
        yield len(confirmed_ids)
    if any(task.get("predictions") for task in tasks):
        # People see the predictions of the project's set and of no other.
        server.update_project(pushed.project_id, model_version=suggestion_set)


def _intend(
    project: Project, keys: Sequence[str], pushed: PushedProject, suggestion_set: str
) -> None:
    with project.store() as connection:
        intend_tasks(connection, keys, pushed.project_id, suggestion_set, at=project.now())
