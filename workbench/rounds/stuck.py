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
    """An annotator's tasks that do not move, and for how many hours they have not.

    `began` tells whether anything was ever sent; where not, the hours count from the push.
    """

    annotator: str
    tasks: int
    hours: float
    began: bool

    def __str__(self) -> str:
        """Say it in a sentence."""
        sent = "sent nothing for" if self.began else "has not begun for"
        who = self.annotator or "the pool"
        return f"{who} has {self.tasks} tasks left and {sent} {self.hours:.0f} h"


def find_stuck(
    project: Project, name: str, *, hours: float = HOURS, server: Server | None = None
) -> list[Stuck]:
    """Return whose tasks are stuck in a round, as the server has it now."""
    server = server or connect(project)
    with project.store() as connection:
        projects = find_projects(connection, name)
    found = []
    for pushed in projects:
        left, sent, made = 0, "", ""
        for task in server.iter_tasks(pushed.project_id):
            annotations = task.get("annotations") or []
            left += not annotations
            made = max(made, str(task.get("created_at") or ""))
            sent = max([sent, *(str(a.get("updated_at") or "") for a in annotations)])
        idle = _measure(sent or made, project.clock()) if sent or made else 0.0
        if left and idle >= hours:
            found.append(Stuck(pushed.annotator, left, idle, bool(sent)))
    return found


def _measure(then: str, now: datetime) -> float:
    return (now - datetime.fromisoformat(then)).total_seconds() / 3600
