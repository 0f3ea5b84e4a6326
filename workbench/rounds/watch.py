"""Watch a round live: what people submit is seen by asking the server what changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from workbench.backends.backend import Backend
from workbench.connection import open_backend
from workbench.project import Project
from workbench.rounds.status import RoundStatus, status
from workbench.store.rounds import find_projects

EVERY = 1.0
"""Seconds between two questions to the server: work is seen within two."""


def watch(
    project: Project,
    name: str,
    *,
    server: Backend | None = None,
    every: float = EVERY,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[RoundStatus]:
    """Yield a round's counts now, and again whenever somebody's work reached the server.

    Goes on until the caller stops it. Only tasks that changed are asked for, so that watching
    costs the annotators nothing. Raises what `status` raises.
    """
    with project.store() as connection:
        projects = find_projects(connection, name)
    refs = [pushed.project_id for pushed in projects]
    server = server or open_backend(project, round_at=projects[0].server if projects else None)
    yield status(project, name, server=server)
    newest = {ref: server.find_newest(ref, "") for ref in refs}
    while True:
        sleep(every)
        changed = {ref: server.find_newest(ref, newest[ref]) for ref in refs}
        if changed != newest:
            newest = changed
            yield status(project, name, server=server)
