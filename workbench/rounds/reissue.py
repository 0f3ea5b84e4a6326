"""Give work that somebody left undone to somebody else, in the same arm."""

from __future__ import annotations

from dataclasses import replace

from workbench.backends.label_studio import Server
from workbench.connection import connect
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.core.round import Assignment
from workbench.project import Project
from workbench.rounds.drafts import Drafts
from workbench.rounds.sending import Pushed, send_plan
from workbench.store.layers import get_layer
from workbench.store.rounds import (
    add_assignments,
    find_assignments,
    find_projects,
    get_round,
    is_closed,
)
from workbench.store.tasks import find_tasks, get_suggestion


def list_abandoned(
    project: Project, name: str, annotator: str, *, server: Server | None = None
) -> list[Assignment]:
    """Return what an annotator has neither submitted, skipped nor begun, in their order.

    Raises RoundError where the round has nobody of that name.
    """
    with project.store() as connection:
        get_round(connection, name)
        projects = {p.annotator: p for p in find_projects(connection, name)}
        rows = {row.key: row for row in find_assignments(connection, name, annotator)}
    if annotator not in projects:
        known = ", ".join(sorted(projects)) or "nobody yet"
        raise RoundError(f"round {name!r} has no annotator {annotator!r}; there are: {known}")
    server = server or connect(project)
    undone = [
        rows[str(task["data"]["key"])]
        for task in server.iter_tasks(projects[annotator].project_id)
        if not task.get("annotations") and not task.get("drafts")
        if str(task["data"].get("key")) in rows
    ]
    return sorted(undone, key=lambda row: row.position)


def reissue(
    project: Project, name: str, *, giver: str, taker: str, server: Server | None = None
) -> Pushed:
    """Plan the giver's undone passages for the taker as well, and push them.

    The arm stays, and with it what is shown: blind work is given on blind. Nothing is taken away
    from the giver; what both submit in the end counts for both. Passages that the taker has
    already are left out. Raises RoundError where there is nothing to give.
    """
    with project.store() as connection:
        rnd = get_round(connection, name)
        if is_closed(connection, name):
            raise RoundError(f"round {name!r} is closed; nothing is given on")
        theirs = find_assignments(connection, name, taker)
        sets = {task.key: task.suggestion_set for task in find_tasks(connection, name)}
    if not rnd.annotators:
        raise RoundError(f"round {name!r} is a pool: whoever comes gets what is left")
    server = server or connect(project)
    has = {(row.text_sha256, row.start, row.end) for row in theirs}
    undone = list_abandoned(project, name, giver, server=server)
    given = [row for row in undone if (row.text_sha256, row.start, row.end) not in has]
    if not given:
        raise RoundError(f"{giver!r} has nothing undone in round {name!r} that {taker!r} lacks")
    shown: dict[str, Layer] = {}
    with project.store() as connection:
        for row in given:
            suggestion = get_suggestion(connection, sets.get(row.key, ""), row.key)
            if suggestion is not None:
                shown[row.article_id] = get_layer(connection, suggestion.layer_seq)
        first = len(theirs)
        rows = [
            replace(row, annotator=taker, position=first + number)
            for number, row in enumerate(given)
        ]
        add_assignments(connection, rows, at=project.now())
    return send_plan(project, rnd, server, Drafts(project, shown), progress=False)
