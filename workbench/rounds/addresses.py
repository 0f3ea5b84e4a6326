"""Where the tasks of a round can be opened."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.offsets import Offsets
from workbench.project import Project
from workbench.store.rounds import find_assignments, find_projects
from workbench.store.tasks import find_tasks


@dataclass(frozen=True, slots=True)
class TaskAddress:
    """The address of a task, with what it shows and who got it; a pool's tasks name nobody."""

    article_id: str
    start: int
    end: int
    annotator: str
    url: str

    def shows(self, offsets: Offsets) -> bool:
        """Tell whether the task shows all of the offsets."""
        return self.start <= offsets[0] and offsets[1] <= self.end


def find_addresses(project: Project, round_name: str) -> list[TaskAddress]:
    """Return the addresses of a round's tasks on its server, as far as they were confirmed."""
    with project.store() as connection:
        rows = {row.key: row for row in find_assignments(connection, round_name)}
        servers = {p.project_id: p.server for p in find_projects(connection, round_name)}
        tasks = find_tasks(connection, round_name)
    return [
        TaskAddress(
            rows[task.key].article_id,
            rows[task.key].start,
            rows[task.key].end,
            rows[task.key].annotator,
            f"{servers[task.project_id]}/projects/{task.project_id}/data?task={task.task_id}",
        )
        for task in tasks
        if task.task_id is not None and task.key in rows and task.project_id in servers
    ]
