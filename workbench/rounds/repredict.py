"""Give a running round a new suggestion set, without touching what people have begun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.adapters.label_studio.encoding import (
    Encoded,
    encode_furniture,
    encode_layer,
    make_prediction,
)
from workbench.backends.backend import Backend
from workbench.connection import open_backend
from workbench.core.amendment import compose, rename_layer
from workbench.core.article import Article
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.core.round import Assignment
from workbench.preannotation import preannotate
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.changes import find_amendments
from workbench.store.layers import add_layer, get_layer
from workbench.store.rounds import (
    PushedProject,
    find_assignments,
    find_projects,
    get_round,
    is_closed,
)
from workbench.store.tasks import (
    PushedTask,
    Suggestion,
    add_suggestions,
    find_tasks,
    get_suggestion,
    set_suggestion_set,
)


@dataclass(frozen=True)
class Repredicted:
    """What a new suggestion set changed: tasks with new suggestions, and tasks that kept theirs."""

    round: str
    suggestion_set: str
    renewed: int
    kept: int

    def __repr__(self) -> str:
        """Name the set and count the tasks."""
        return f"Repredicted({self.suggestion_set!r}: {self.renewed} renewed, {self.kept} kept)"

    def to_record(self) -> dict[str, Any]:
        """Write what was done as plain JSON."""
        return {
            "round": self.round,
            "set": self.suggestion_set,
            "renewed": self.renewed,
            "kept": self.kept,
        }


def repredict(
    project: Project, name: str, *, nlp: Any = None, server: Backend | None = None
) -> Repredicted:
    """Make a new suggestion set with a pipeline, as `preannotate` takes it.

    Untouched suggested tasks get its suggestions, touched ones keep theirs under the new set's
    name, and blind ones get none. What was cut short goes on where it stopped when it is run
    again. Raises RoundError for a round that is closed or was never pushed.
    """
    with project.store() as connection:
        get_round(connection, name)
        if is_closed(connection, name):
            raise RoundError(f"round {name!r} is closed; its suggestions stay as they are")
        projects = find_projects(connection, name)
        rows = {row.key: row for row in find_assignments(connection, name)}
        tasks = {task.key: task for task in find_tasks(connection, name)}
        names = compose(find_amendments(connection, name))
        articles = {
            a.id: a for a in find_articles(connection, {r.article_id for r in rows.values()})
        }
    if not projects:
        raise RoundError(f"round {name!r} was never pushed; run: workbench push {name}")
    server = server or open_backend(project, round_at=projects[0].server)
    suggestion_set = _name_next(name, tasks.values())
    drafts = {x.article_id: x for x in preannotate(project, articles, nlp=nlp, progress=False)}
    work = _Work(project, server, suggestion_set, rows, tasks, articles, drafts, names)
    for pushed in projects:
        work.renew(pushed)
    return Repredicted(name, suggestion_set, work.renewed, work.kept)


def _name_next(name: str, tasks: Iterable[PushedTask]) -> str:
    """Name the set to make: one that some projects have and others lack is gone on with."""
    newest: dict[int, int] = {}
    for task in tasks:
        number = int(task.suggestion_set.rsplit("-s", 1)[1])
        newest[task.project_id] = max(number, newest.get(task.project_id, 0))
    last = max(newest.values(), default=0)
    is_unfinished = any(number < last for number in newest.values())
    return f"r{name}-s{last if is_unfinished else last + 1}"


@dataclass
class _Work:
    """What one new suggestion set needs to know, and what it has done so far."""

    project: Project
    server: Backend
    suggestion_set: str
    rows: Mapping[str, Assignment]
    tasks: Mapping[str, PushedTask]
    articles: Mapping[str, Article]
    drafts: Mapping[str, Layer]
    names: Mapping[str, str]
    renewed: int = 0
    kept: int = 0

    def renew(self, pushed: PushedProject) -> None:
        """Push one project's new set and then let people see it."""
        predictions, keys = [], []
        is_there = False
        for task in self.server.iter_tasks(pushed.project_id):
            row = self.rows.get(str((task.get("data") or {}).get("key")))
            if row is None or row.article_id not in self.articles:
                continue
            keys.append(row.key)
            there = {p.get("model_version") for p in task.get("predictions") or []}
            is_there |= self.suggestion_set in there
            prediction = self._predict(row, task)
            if prediction is not None and self.suggestion_set not in there:
                predictions.append({"task": task["id"], **prediction})
        self.server.import_predictions(pushed.project_id, predictions)
        if predictions or is_there:
            self.server.update_project(pushed.project_id, model_version=self.suggestion_set)
        with self.project.store() as connection:
            set_suggestion_set(connection, keys, self.suggestion_set)

    def _predict(self, row: Assignment, task: Mapping[str, Any]) -> dict[str, Any] | None:
        """Make what a task shows in the new set, and record it before it is pushed."""
        article, passage = self.articles[row.article_id], (row.start, row.end)
        is_touched = bool(task.get("annotations") or task.get("drafts"))
        with self.project.store() as connection:
            old = get_suggestion(connection, self.tasks[row.key].suggestion_set, row.key)
            # A run that was cut short has recorded what it was about to show.
            begun = get_suggestion(connection, self.suggestion_set, row.key)
            if row.arm != "suggested" or (is_touched and old is None):
                furniture = encode_furniture(article, passage)
                return make_prediction(furniture, None, self.suggestion_set) if furniture else None
            stands = begun or (old if is_touched else None)
            layer = get_layer(connection, stands.layer_seq) if stands else self.drafts[article.id]
            seq = (
                stands.layer_seq if stands else add_layer(connection, layer, at=self.project.now())
            )
            layer = rename_layer(layer, self.names)
            encoded: Encoded = encode_layer(layer, article, passage)
            shown = Suggestion(self.suggestion_set, row.key, seq, encoded.notes)
            add_suggestions(connection, [shown], at=self.project.now())
        self.kept += is_touched
        self.renewed += not is_touched
        return make_prediction(encoded.result, layer, self.suggestion_set)
