"""Give work that somebody left undone to somebody else, in the same arm."""

from __future__ import annotations

from dataclasses import replace

from workbench.backends.backend import Backend
from workbench.connection import open_backend
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.rounds.abandoned import list_abandoned
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


def reissue(
    project: Project,
    name: str,
    *,
    giver: str,
    taker: str,
    idle: float | None = None,
    server: Backend | None = None,
) -> Pushed:
    """Plan the giver's undone passages for the taker as well, and push them.

    The arm stays, and with it what is shown: blind work is given on blind. Nothing is taken away
    from the giver; what both submit in the end counts for both. Passages that the taker has
    already are left out; so is what the giver has begun, unless it was left for `idle` hours.
    Raises RoundError where there is nothing to give.
    """
    with project.store() as connection:
        rnd = get_round(connection, name)
        if is_closed(connection, name):
            raise RoundError(f"round {name!r} is closed; nothing is given on")
        theirs = find_assignments(connection, name, taker)
        projects = find_projects(connection, name)
        sets = {task.key: task.suggestion_set for task in find_tasks(connection, name)}
    if not rnd.annotators:
        raise RoundError(f"round {name!r} is a pool: whoever comes gets what is left")
    server = server or open_backend(project, round_at=projects[0].server if projects else None)
    has = {(row.text_sha256, row.start, row.end) for row in theirs}
    undone = list_abandoned(project, name, giver, idle=idle, server=server)
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
