"""Push a round: plan it, make its projects, and put each task on the server exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tqdm.auto import tqdm

from workbench.analysis.text.passages import cut_passages
from workbench.backends.backend import Backend
from workbench.connection import open_backend
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.core.round import Round, Unit
from workbench.project import Project
from workbench.rounds.drafts import Drafts
from workbench.rounds.plan import Planned, make_plan
from workbench.rounds.sending import Pushed, send_plan
from workbench.rounds.settings import ensure_round
from workbench.store.articles import find_articles, list_ids
from workbench.store.journal import chunk
from workbench.store.locks import hold_lock
from workbench.store.names import get_queue
from workbench.store.rounds import (
    add_assignments,
    find_assignments,
    find_projects,
)


def push(
    project: Project,
    name: str,
    queue: Iterable[str] | str,
    drafts: Iterable[Layer] | None = None,
    *,
    author: str | None = None,
    annotators: Sequence[str] | None = None,
    overlap: float | None = None,
    blind: float | None = None,
    unit: Unit | None = None,
    window: int | None = None,
    seed: int | None = None,
    backend: str | None = None,
    server: Backend | None = None,
    progress: bool = True,
) -> Pushed:
    """Push the articles of a queue as a round's tasks; run again, it pushes what is missing.

    `drafts` are what suggested tasks show, by default the newest predictions in the store, of one
    `author` where one is named. Named annotators have a project each, nobody named makes one pool.
    What is not stated is as the round was first pushed with, in a new one: an overlap of 1, no
    blind share, whole articles. The unit "paragraph" makes a task of each paragraph, "window" of
    each `window` sentences. `backend` names where people annotate, by default as settings say.
    The intent of each batch is recorded before it is sent and the server's ids after, and a push
    to projects that are there begins by asking the server what it has. Raises RoundError where
    the round stands with other settings, is closed, or was pushed to another server; BackendError
    where the server is away.
    """
    say = tqdm.write if progress else _ignore
    with hold_lock(project.engine, f"round {name!r}", report=say):
        # A round is not begun for a queue that can't be pushed: its settings would stay.
        ids = _read_queue(project, queue)
        stated = {"overlap": overlap, "blind": blind, "unit": unit, "window": window, "seed": seed}
        people = None if annotators is None else tuple(annotators)
        rnd = ensure_round(project, name, {**stated, "annotators": people})
        add_to_plan(project, rnd, ids)
        found = Drafts(project, drafts, author=author)
        server = server or _open(project, name, backend)
        return send_plan(project, rnd, server, found, progress=progress)


def _open(project: Project, name: str, backend: str | None) -> Backend:
    """Open the backend that is named, else the one where the round lies, else the settings'."""
    with project.store() as connection:
        known = find_projects(connection, name)
    return open_backend(project, backend, round_at=known[0].server if known else None)


def _ignore(_: str) -> None:
    """Say nothing."""


def _read_queue(project: Project, queue: Iterable[str] | str) -> list[str]:
    with project.store() as connection:
        ids = get_queue(connection, queue)["articles"] if isinstance(queue, str) else list(queue)
        known = set(list_ids(connection))
    missing = [article_id for article_id in ids if article_id not in known]
    if missing:
        raise RoundError(
            f"the queue names articles that are not there or were withdrawn: {', '.join(missing)}"
        )
    if not ids:
        raise RoundError(
            "the queue is empty; choose articles with: workbench select"
            if known
            else "there are no articles to push; take some in with: workbench ingest PATH"
        )
    return list(dict.fromkeys(ids))


def add_to_plan(project: Project, rnd: Round, ids: Sequence[str]) -> None:
    """Add the passages of articles to a round's plan; those that are in it stay as they are."""
    passages: list[Planned] = []
    for part in chunk(ids):
        with project.store() as connection:
            found = {article.id: article for article in find_articles(connection, part)}
        passages += [
            Planned(article.id, article.text_sha256, offsets, article.split == "test")
            for article in (found[article_id] for article_id in part)
            for offsets in cut_passages(article, rnd.unit, rnd.window)
        ]
    with project.store() as connection:
        existing = find_assignments(connection, rnd.name)
        add_assignments(connection, make_plan(rnd, passages, existing), at=project.now())
