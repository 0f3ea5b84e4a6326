"""Send a round's plan: make its projects, and put each task on the server exactly once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tqdm.auto import tqdm

from workbench.backends.backend import Backend
from workbench.backends.label_studio import BATCH, Prepared, prepare
from workbench.core.amendment import rename_layer
from workbench.core.errors import BackendError, RoundError
from workbench.core.identity import digest
from workbench.core.round import Assignment, Round
from workbench.project import Project
from workbench.rounds.advice import advise_unit
from workbench.rounds.drafts import Drafts
from workbench.rounds.screens import Screen, make_screen
from workbench.rounds.tasks import make_tasks
from workbench.store.articles import find_articles
from workbench.store.journal import chunk
from workbench.store.layers import get_layers
from workbench.store.rounds import PushedProject, add_project, find_assignments, find_projects
from workbench.store.tasks import (
    add_suggestions,
    confirm_tasks,
    find_suggestions,
    find_tasks,
    intend_tasks,
)

_FIRST = 100
"""Tasks in the first import, few, since nothing is sent while they are made."""


@dataclass(frozen=True)
class Pushed:
    """What a push did: the round's projects, and how many tasks are there and were new.

    `left_out` are articles that ought to show suggestions and have none; `advice` says what would
    be easier for the annotators.
    """

    round: str
    projects: tuple[PushedProject, ...]
    tasks: int
    added: int
    left_out: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()

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
                    "url": p.url,
                    "annotator": p.annotator or None,
                }
                for p in self.projects
            ],
            "tasks": self.tasks,
            "added": self.added,
            "left_out": list(self.left_out),
            "advice": list(self.advice),
        }


def send_plan(
    project: Project, rnd: Round, server: Backend, drafts: Drafts, *, progress: bool = True
) -> Pushed:
    """Put every task of a round's plan on the server that is not there yet."""
    sender = _Sender(project, rnd, server, drafts, make_screen(project, rnd.name))
    projects = sender.ensure_projects()
    added = 0
    with project.store() as connection:
        total = len(find_assignments(connection, rnd.name))
    bar = tqdm(desc=f"push {rnd.name}", unit="task", total=total, delay=1, disable=not progress)
    for pushed in projects:
        for count, is_new in sender.send(pushed):
            added += count * is_new
            bar.update(count)
    bar.close()
    with project.store() as connection:
        tasks = [task for task in find_tasks(connection, rnd.name) if task.task_id is not None]
    return Pushed(
        rnd.name,
        tuple(projects),
        len(tasks),
        added,
        tuple(sorted(sender.left_out)),
        advise_unit(rnd, sender.stances),
    )


def require_own_project(server: Backend, pushed: PushedProject) -> dict[str, Any]:
    """Return the settings of a round's Label Studio project.

    Raises RoundError where another project has its number: the server was restored from a backup,
    or is another one behind the same address. Raises BackendError where there is none.
    """
    settings = server.get_project(pushed.project_id)
    if pushed.marker not in (settings.get("description") or ""):
        raise RoundError(
            f"project {pushed.project_id} on {server.url} is not the one that round "
            f"{pushed.round!r} was pushed to: the server was restored from an older backup, or "
            "another one answers at this address; nothing was pushed or taken in; bring the right "
            "server back, or push to a new round"
        )
    return settings


@dataclass
class _Sender:
    """Sends one round's plan, project by project."""

    project: Project
    round: Round
    server: Backend
    drafts: Drafts
    screen: Screen
    left_out: set[str] = field(default_factory=set)
    stances: dict[str, int] = field(default_factory=dict)
    _new: set[int] = field(default_factory=set)

    def ensure_projects(self) -> list[PushedProject]:
        """Make or find the Label Studio projects of the round, each by a marker of its own."""
        name, named = self.round.name, self.round.annotators
        with self.project.store() as connection:
            known = {found.annotator: found for found in find_projects(connection, name)}
            planned = {row.annotator for row in find_assignments(connection, name)}
        # Whoever joined the plan later comes after those whom the round began with.
        people = [*(named or ("",)), *sorted(planned - set(named or ("",)))]
        for found in known.values():
            if found.server != self.server.url:
                raise RoundError(
                    f"round {name!r} was pushed to {found.server}, not to {self.server.url}; "
                    "set LABEL_STUDIO_URL to that server, or push to a new round"
                )
        for annotator in people:
            if annotator not in known:
                known[annotator] = self._make_project(annotator)
        return [known[annotator] for annotator in people]

    def _make_project(self, annotator: str) -> PushedProject:
        marker = f"workbench:{digest(str(self.project.root), self.round.name, annotator)}"
        title = f"{self.round.name} · {annotator.removeprefix('simulated:') or 'pool'}"
        ref = self.server.ensure_project(
            title,
            self.screen.config,
            marker=marker,
            instructions=self.screen.instructions,
            annotator=annotator,
            maximum_annotations=1 if self.round.annotators else math.ceil(self.round.overlap),
        )
        if ref.is_new:
            self._new.add(ref.id)
        made = PushedProject(self.round.name, annotator, self.server.url, ref.id, marker)
        with self.project.store() as connection:
            add_project(connection, made, at=self.project.now())
        return made

    def send(self, pushed: PushedProject) -> Iterator[tuple[int, bool]]:
        """Push a project's missing tasks; yield how many each step settled and whether it sent."""
        settings = self._read_settings(pushed)
        with self.project.store() as connection:
            rows = find_assignments(connection, self.round.name, pushed.annotator)
            whole = find_tasks(connection, self.round.name)
        ledger = [task for task in whole if task.project_id == pushed.project_id]
        # A project that is new begins with the set that the others show.
        sets = [task.suggestion_set for task in ledger or whole]
        suggestion_set = _name_newest(self.round.name, sets)
        landed = {}
        if pushed.project_id not in self._new:
            landed = self._reconcile(pushed, rows, suggestion_set)
            yield len(landed), False
        todo = [row for row in rows if row.key not in landed]
        batches = _Batches(self, pushed, suggestion_set)
        sent: set[str] = set()
        for confirmed in self.server.import_tasks(pushed.project_id, batches.make(todo)):
            with self.project.store() as connection:
                confirm_tasks(connection, confirmed)
            yield len(confirmed.keys() - sent), True
            sent |= confirmed.keys()
        if batches.show_something and settings.get("model_version") != suggestion_set:
            # People see the predictions of the project's set and of no other.
            self.server.update_project(pushed.project_id, model_version=suggestion_set)

    def _read_settings(self, pushed: PushedProject) -> dict[str, Any]:
        try:
            return require_own_project(self.server, pushed)
        except BackendError as error:
            if error.status != 404:
                raise
            raise RoundError(
                f"project {pushed.project_id} of round {self.round.name!r} was deleted on "
                f"{self.server.url}; what was pulled of it is kept; push to a new round"
            ) from None

    def _reconcile(
        self, pushed: PushedProject, rows: Sequence[Assignment], suggestion_set: str
    ) -> dict[str, int]:
        """Ask the server which tasks it has, and let the ledger say the same."""
        landed = self.server.find_tasks(pushed.project_id, [row.key for row in rows])
        with self.project.store() as connection:
            at = self.project.now()
            intend_tasks(connection, landed, pushed.project_id, suggestion_set, at=at)
            confirm_tasks(connection, landed)
        return landed


class _Batches:
    """The tasks of a plan's rows, made a batch at a time, each intended before it is sent."""

    def __init__(self, sender: _Sender, pushed: PushedProject, suggestion_set: str) -> None:
        self._sender = sender
        self._project = sender.project
        self._pushed = pushed
        self._set = suggestion_set
        self.show_something = False

    def make(self, rows: Sequence[Assignment]) -> Iterator[list[Prepared]]:
        """Yield batches; rows of articles that were withdrawn are left out."""
        kinds, names = self._sender.screen.scheme.kinds, self._sender.screen.names
        for part in (*chunk(rows[:_FIRST]), *chunk(rows[_FIRST:], BATCH)):
            ids = [row.article_id for row in part]
            drafts = self._sender.drafts.find(ids)
            with self._project.store() as connection:
                articles = {article.id: article for article in find_articles(connection, ids)}
                there = [row for row in part if row.article_id in articles]
                # A push that was cut short, or a task that was lost, must not come back with other
                # suggestions than those that the ledger holds its work against.
                shown = find_suggestions(connection, [row.key for row in there])
                stands = [(r.article_id, shown.get((self._set, r.key))) for r in there]
                seqs = {id_: found.layer_seq for id_, found in stands if found}
                layers = get_layers(connection, seqs.values())
                drafts |= {id_: (seq, layers[seq]) for id_, seq in seqs.items()}
                if names:
                    drafts = {i: (seq, rename_layer(x, names)) for i, (seq, x) in drafts.items()}
                tasks, new, bare = make_tasks(there, articles, drafts, self._set, kinds)
                at, keys = self._project.now(), [row.key for row in there]
                add_suggestions(connection, new, at=at)
                intend_tasks(connection, keys, self._pushed.project_id, self._set, at=at)
            self._sender.left_out.update(bare)
            self._sender.stances |= {id_: len(layer.stances) for id_, (_, layer) in drafts.items()}
            self.show_something |= any(task.get("predictions") for task in tasks)
            yield [prepare(task) for task in tasks]


def _name_newest(round_name: str, sets: Sequence[str]) -> str:
    """Name the suggestion set that a project's tasks show now, the first where it has none."""
    numbers = [int(name.rsplit("-s", 1)[1]) for name in sets]
    return f"r{round_name}-s{max(numbers, default=1)}"
