"""Push a round: plan it, make its projects, and put each task on the server exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tqdm.auto import tqdm

from workbench.adapters.records import write_scheme
from workbench.analysis.passages import cut_passages
from workbench.backends.label_studio import Server
from workbench.connection import connect
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.core.round import Round, Unit
from workbench.project import Project
from workbench.rounds.drafts import Drafts
from workbench.rounds.plan import Planned, check_round, make_plan
from workbench.rounds.sending import Pushed, send_plan
from workbench.store.articles import find_articles, list_ids
from workbench.store.journal import chunk
from workbench.store.locks import hold_lock
from workbench.store.names import get_queue
from workbench.store.rounds import (
    add_assignments,
    add_round,
    find_assignments,
    get_round,
    is_closed,
    list_rounds,
)


def push(
    project: Project,
    name: str,
    queue: Iterable[str] | str,
    drafts: Iterable[Layer] | None = None,
    *,
    author: str | None = None,
    annotators: Sequence[str] = (),
    overlap: float = 1.0,
    blind: float = 0.0,
    unit: Unit = "article",
    seed: int | None = None,
    server: Server | None = None,
    progress: bool = True,
) -> Pushed:
    """Push the articles of a queue as a round's tasks; run again, it pushes what is missing.

    `drafts` are what suggested tasks show, by default the newest predictions in the store, of one
    `author` where one is named. Named annotators have a project each, nobody named makes one pool.
    The intent of each batch is recorded before it is sent and the server's ids after, and a push
    to projects that are there begins by asking the server what it has. Raises RoundError where
    the round stands with other settings, is closed, or was pushed to another server; BackendError
    where the server is away.
    """
    say = tqdm.write if progress else _ignore
    with hold_lock(project.engine, f"round {name!r}", report=say):
        # A round is not begun for a queue that can't be pushed: its settings would stay.
        ids = _read_queue(project, queue)
        rnd = _ensure_round(project, name, annotators, overlap, blind, unit, seed)
        _add_to_plan(project, rnd, ids)
        found = Drafts(project, drafts, author=author)
        return send_plan(project, rnd, server or connect(project), found, progress=progress)


def _ignore(_: str) -> None:
    """Say nothing."""


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


def _add_to_plan(project: Project, rnd: Round, ids: Sequence[str]) -> None:
    passages: list[Planned] = []
    for part in chunk(ids):
        with project.store() as connection:
            found = {article.id: article for article in find_articles(connection, part)}
        passages += [
            Planned(article.id, article.text_sha256, offsets, article.split == "test")
            for article in (found[article_id] for article_id in part)
            for offsets in cut_passages(article, rnd.unit)
        ]
    with project.store() as connection:
        existing = find_assignments(connection, rnd.name)
        add_assignments(connection, make_plan(rnd, passages, existing), at=project.now())
