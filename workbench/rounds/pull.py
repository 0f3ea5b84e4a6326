"""Pull a round: keep what the server sends, read it, and store everybody's work as layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tqdm.auto import tqdm

from workbench.adapters.label_studio.decoding import Decoded, decode_annotation
from workbench.adapters.label_studio.names import TEXT
from workbench.analysis.clusters import make_clusters
from workbench.backends.label_studio import Server
from workbench.connection import connect, name_authors
from workbench.core.article import Article
from workbench.core.errors import BackendError, RoundError
from workbench.core.layer import Layer
from workbench.core.round import Assignment, Round
from workbench.core.stance import derive_speaker
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.layers import add_layer, get_layer
from workbench.store.payloads import add_payload
from workbench.store.quarantine import add_quarantine, close_quarantine, list_quarantine
from workbench.store.rounds import (
    PushedProject,
    find_assignments,
    find_projects,
    get_round,
    get_round_scheme,
    is_closed,
)
from workbench.store.tasks import find_tasks, get_suggestion


@dataclass(frozen=True)
class Pulled:
    """What a pull took in: a layer for each author and article, and what could not be read."""

    round: str
    layers: tuple[Layer, ...]
    quarantined: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Count the layers."""
        return (
            f"Pulled({self.round!r}: {len(self.layers)} layers, "
            f"{len(self.quarantined)} quarantined, {len(self.problems)} problems)"
        )

    def __len__(self) -> int:
        """Count the layers."""
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        """Go through the layers."""
        return iter(self.layers)

    def __getitem__(self, index: int) -> Layer:
        """Return one of the layers."""
        return self.layers[index]


def pull(
    project: Project, name: str, *, server: Server | None = None, progress: bool = True
) -> Pulled:
    """Take in what everybody submitted in a round; it can be run at any time and again.

    Each task is stored as it came before it is read. What can't be read is quarantined with a
    reason; a task whose text was edited, or a project that was deleted, is told in `problems`,
    and the rest is taken in. Raises RoundError for a round that is closed or was never pushed.
    """
    with project.store() as connection:
        rnd = get_round(connection, name)
        if is_closed(connection, name):
            raise RoundError(f"round {name!r} is closed; nothing more is taken in")
        projects = find_projects(connection, name)
    if not projects:
        raise RoundError(f"round {name!r} was never pushed; run: workbench push {name}")
    server = server or connect(project)
    for pushed in projects:
        if pushed.server != server.url:
            raise RoundError(
                f"round {name!r} lies on {pushed.server}, not on {server.url}; "
                "set LABEL_STUDIO_URL to that server"
            )
    intake = _Intake(project, rnd, name_authors(project, server))
    bar = tqdm(desc=f"pull {name}", unit="task", delay=1, disable=not progress)
    for pushed in projects:
        try:
            for task in server.iter_tasks(pushed.project_id):
                intake.take(task, pushed)
                bar.update()
        except BackendError as error:
            if error.status != 404:
                raise
            intake.problems.append(str(error))
    bar.close()
    return intake.finish()


@dataclass
class _Work:
    """What one author submitted of one article, passage by passage."""

    parts: list[Decoded] = field(default_factory=list)


class _Intake:
    """Reads tasks one by one and makes layers of them at the end."""

    def __init__(self, project: Project, rnd: Round, authors: dict[int, str]) -> None:
        self._project = project
        self._round = rnd
        self._authors = authors
        self._work: dict[tuple[str, str], _Work] = {}
        self.problems: list[str] = []
        self._quarantined: list[str] = []
        self._seen: set[str] = set()
        with project.store() as connection:
            self._kinds = get_round_scheme(connection, rnd.name).kinds
            rows = find_assignments(connection, rnd.name)
            self._tasks = {task.key: task for task in find_tasks(connection, rnd.name)}
            ids = {row.article_id for row in rows}
            self._articles = {a.id: a for a in find_articles(connection, ids)}
        self._rows = {row.key: row for row in rows}

    def take(self, task: dict[str, Any], pushed: PushedProject) -> None:
        """Keep a task as it came, then read every annotation in it."""
        with self._project.store() as connection:
            add_payload(
                connection,
                task,
                server=pushed.server,
                project_id=pushed.project_id,
                at=self._project.now(),
            )
        data = task.get("data") or {}
        row = self._rows.get(str(data.get("key")))
        annotations = task.get("annotations") or []
        where = f"task {task.get('id')} of project {pushed.project_id} on {pushed.server}"
        self._seen.add(where)
        if row is None:
            self._quarantine(annotations, "the task is in no plan of this round", where)
            return
        article = self._articles.get(row.article_id)
        if article is None:
            self._quarantine(annotations, f"article {row.article_id!r} was withdrawn", where)
            return
        if data.get(TEXT) != article.text[row.start : row.end]:
            self.problems.append(
                f"{where}: its text was edited in Label Studio, so its offsets mean nothing for "
                f"article {article.id!r}; restore the text there, then pull again"
            )
            self._quarantine(annotations, "the task's text was edited in Label Studio", where)
            return
        sets = {p.get("id"): p.get("model_version") for p in task.get("predictions") or []}
        for annotation in annotations:
            # Who began before a new set came was shown the old one; the server remembers which.
            shown_set = sets.get(annotation.get("parent_prediction"))
            self._read(annotation, row, article, where, shown_set)

    def finish(self) -> Pulled:
        """Unite each author's passages into a layer and store it."""
        layers = []
        for (article_id, author), work in sorted(self._work.items()):
            layer = self._unite(self._articles[article_id], author, work)
            with self._project.store() as connection:
                add_layer(connection, layer, at=self._project.now())
            layers.append(layer)
        self._close_mended()
        name = self._round.name
        return Pulled(name, tuple(layers), tuple(self._quarantined), tuple(self.problems))

    def _close_mended(self) -> None:
        """Close the entries of tasks that were read again and are sound now."""
        with self._project.store() as connection:
            for entry in list_quarantine(connection):
                task = entry.source.split(", annotation")[0]
                if task in self._seen and entry.id not in self._quarantined:
                    now = self._project.now()
                    close_quarantine(connection, entry.id, reason="its source changed", at=now)

    def _read(
        self,
        annotation: dict[str, Any],
        row: Assignment,
        article: Article,
        where: str,
        shown_set: str | None,
    ) -> None:
        author = self._authors.get(_get_account(annotation))
        if author is None:
            self._quarantine([annotation], "its author has no account any more", where)
            return
        stated = self._tasks[row.key].suggestion_set if row.key in self._tasks else ""
        suggestion_set = shown_set or stated
        with self._project.store() as connection:
            suggestion = get_suggestion(connection, suggestion_set, row.key)
            shown = get_layer(connection, suggestion.layer_seq) if suggestion else None
        decoded = decode_annotation(
            annotation,
            article,
            (row.start, row.end),
            kinds=self._kinds,
            asked=self._round.asked,
            suggested_by=shown.author if shown else None,
            shown=shown,
            notes=suggestion.notes if suggestion else None,
        )
        source = f"{where}, annotation {annotation.get('id')}"
        for reason, part in decoded.quarantined:
            self._quarantine([part], reason, source)
        if decoded.passage is None:
            return
        work = self._work.setdefault((article.id, author), _Work())
        known = [part for part in work.parts if part.passage and _covers(part, decoded)]
        if known:
            reason = "the same person submitted this passage twice; the first counts"
            self._quarantine([annotation], reason, source)
            return
        work.parts.append(decoded)

    def _unite(self, article: Article, author: str, work: _Work) -> Layer:
        spans = {span: span for part in work.parts for span in part.spans}
        quotes = tuple(sorted({q for p in work.parts for q in p.quotes}, key=lambda q: q.offsets))
        stances = {
            replace(stance, speaker=derive_speaker(stance.cue, quotes)): None
            for part in work.parts
            for stance in part.stances
        }
        passages = [part.passage for part in work.parts if part.passage is not None]
        return Layer(
            article_id=article.id,
            text_sha256=article.text_sha256,
            author=author,
            kind="annotation",
            round=self._round.name,
            scheme=self._round.scheme,
            guideline=self._round.guideline,
            passages=tuple(sorted(passages, key=lambda passage: passage.start)),
            spans=tuple(sorted(spans.values())),
            quotes=quotes,
            stances=tuple(sorted(stances, key=lambda s: (s.cue, s.polarity))),
            clusters=make_clusters(article.text, spans, quotes, registry=self._project.registry),
        )

    def _quarantine(self, parts: list[Any], reason: str, source: str) -> None:
        with self._project.store() as connection:
            for part in parts:
                entry = add_quarantine(
                    connection, part, reason=reason, source=source, at=self._project.now()
                )
                if entry not in self._quarantined:
                    self._quarantined.append(entry)


def _get_account(annotation: dict[str, Any]) -> int:
    """Return the id of the account that submitted an annotation, 0 where none is named."""
    account = annotation.get("completed_by")
    if isinstance(account, dict):
        account = account.get("id")
    return account if isinstance(account, int) else 0


def _covers(one: Decoded, other: Decoded) -> bool:
    a, b = one.passage, other.passage
    return a is not None and b is not None and (a.start, a.end) == (b.start, b.end)
