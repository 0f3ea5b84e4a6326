"""Let people join a running round: rows of the plan are added, and none is changed."""

from __future__ import annotations

from dataclasses import replace

from tqdm.auto import tqdm

from workbench.backends.backend import Backend
from workbench.connection import open_backend
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.core.round import Assignment
from workbench.project import Project
from workbench.rounds.drafts import Drafts
from workbench.rounds.plan import find_share, plan_joiner
from workbench.rounds.sending import Pushed, send_plan
from workbench.store.articles import find_articles
from workbench.store.changes import join_round
from workbench.store.layers import find_newest_seqs, get_layers
from workbench.store.locks import hold_lock
from workbench.store.rounds import (
    add_assignments,
    find_assignments,
    find_projects,
    get_round,
    is_closed,
)
from workbench.store.tasks import find_suggestions, find_tasks


def join(
    project: Project,
    name: str,
    *people: str,
    n: int | None = None,
    server: Backend | None = None,
    progress: bool = True,
) -> Pushed:
    """Let people join a running round, each with n of its passages and a part of what comes later.

    By default n is what the others have on average. Passages that the fewest people have come
    first; arms are drawn for newcomers as for everybody, and they are shown what the others are
    shown. Run again, it adds nothing to who is in already and pushes what is missing. Raises
    RoundError for a pool, and where the round is closed or was never pushed.
    """
    with hold_lock(project.engine, f"round {name!r}", report=tqdm.write if progress else _ignore):
        with project.store() as connection:
            rnd = get_round(connection, name)
            if is_closed(connection, name):
                raise RoundError(f"round {name!r} is closed; nobody can join it")
            projects = find_projects(connection, name)
            rows = find_assignments(connection, name)
            ids = {row.article_id for row in rows}
            articles = find_articles(connection, ids)
        _check(name, people, n, is_pool=not rnd.annotators, is_pushed=bool(projects))
        there = {article.id for article in articles}
        tests = {article.id for article in articles if article.split == "test"}
        share = find_share(rows) if n is None else n
        open_rows = [row for row in rows if row.article_id in there]
        new: list[Assignment] = []
        for person in dict.fromkeys(people):
            if person not in rnd.annotators:
                has = [row for row in rows if row.annotator == person]
                wanted = max(0, share - len(has)) if n is None else share
                new += plan_joiner(rnd, [*open_rows, *new], person, wanted, tests=tests)
        with project.store() as connection:
            join_round(connection, name, people, at=project.now())
            add_assignments(connection, new, at=project.now())
        rnd = replace(rnd, annotators=tuple(dict.fromkeys((*rnd.annotators, *people))))
        drafts = Drafts(project, find_shown(project, name))
        server = server or open_backend(project, round_at=projects[0].server)
        return send_plan(project, rnd, server, drafts, progress=progress)


def find_shown(project: Project, name: str) -> dict[str, Layer]:
    """Return the prediction that a round shows of each article, else the newest there is."""
    with project.store() as connection:
        rows = {row.key: row for row in find_assignments(connection, name)}
        current = {task.key: task.suggestion_set for task in find_tasks(connection, name)}
        seqs = find_newest_seqs(connection, "prediction")
        for (suggestion_set, key), shown in sorted(find_suggestions(connection, rows).items()):
            if current.get(key) == suggestion_set:
                seqs[rows[key].article_id] = shown.layer_seq
        wanted = {row.article_id for row in rows.values()}
        found = get_layers(connection, [seqs[id_] for id_ in seqs if id_ in wanted])
    return {layer.article_id: layer for layer in found.values()}


def _check(
    name: str, people: tuple[str, ...], n: int | None, *, is_pool: bool, is_pushed: bool
) -> None:
    problems = []
    if not is_pushed:
        problems.append(f"it was never pushed; run: workbench push {name}")
    if is_pool:
        problems.append("it is a pool: whoever has an account takes part")
    if not people or any(not person.strip() for person in people):
        problems.append("name who joins")
    if n is not None and n < 0:
        problems.append(f"{n} passages can't be given")
    if problems:
        raise RoundError(f"round {name!r}: {'; '.join(problems)}")


def _ignore(_: str) -> None:
    """Say nothing."""
