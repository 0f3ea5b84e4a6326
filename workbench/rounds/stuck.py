"""Work that does not move: who has tasks left and has sent nothing for long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workbench.backends.label_studio import Server
from workbench.connection import connect
from workbench.project import Project
from workbench.store.rounds import find_projects

HOURS = 24.0
"""How long somebody may send nothing before their tasks count as stuck."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """An annotator's tasks that do not move; `hours` is None where nothing was ever sent."""

    annotator: str
    tasks: int
    hours: float | None

    def __str__(self) -> str:
        """Say it in a sentence."""
        since = (
            "never sent anything" if self.hours is None else f"sent nothing for {self.hours:.0f} h"
        )
        return f"{self.annotator or 'the pool'} has {self.tasks} tasks left and {since}"


def find_stuck(
    project: Project, name: str, *, hours: float = HOURS, server: Server | None = None
) -> list[Stuck]:
    """Return whose tasks are stuck in a round, as the server has it now."""
    server = server or connect(project)
    with project.store() as connection:
        projects = find_projects(connection, name)
    found = []
    for pushed in projects:
        left, newest = 0, ""
        for task in server.iter_tasks(pushed.project_id):
            annotations = task.get("annotations") or []
            left += not annotations
            newest = max([newest, *(str(a.get("updated_at") or "") for a in annotations)])
        idle = _measure(newest, project.clock()) if newest else None
        if left and (idle is None or idle >= hours):
            found.append(Stuck(pushed.annotator, left, idle))
    return found


def _measure(then: str, now: datetime) -> float:
    return (now - datetime.fromisoformat(then)).total_seconds() / 3600
