"""How far a round is: what was done, skipped, doubted, and what remains, live from the server."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from workbench.adapters.label_studio.names import DOUBT
from workbench.backends.label_studio import Server
from workbench.connection import connect
from workbench.core.errors import RoundError
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.store.rounds import PushedProject, find_projects, get_round


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """The counts of one Label Studio project; a task is done once enough people submitted it."""

    id: int
    url: str
    annotator: str | None
    tasks: int
    done: int
    skipped: int
    doubtful: int
    remaining: int


@dataclass(frozen=True)
class RoundStatus:
    """The counts of a round, one row for each of its projects."""

    round: str
    projects: tuple[ProjectStatus, ...]

    def __repr__(self) -> str:
        """Count what is done and what remains."""
        return f"RoundStatus({self.round!r}: {self.sum('done')} of {self.sum('tasks')} tasks done)"

    def _repr_html_(self) -> str:
        columns = ("annotator", "tasks", "done", "skipped", "doubtful", "remaining")
        return draw_table(columns, self.list_rows(), f"round {self.round}")

    def sum(self, what: str) -> int:
        """Add up one count over all projects."""
        return sum(getattr(project, what) for project in self.projects)

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows, the sum last where there are several projects."""
        names = ("tasks", "done", "skipped", "doubtful", "remaining")
        rows: list[tuple[object, ...]] = [
            (p.annotator or "pool", *(getattr(p, name) for name in names)) for p in self.projects
        ]
        if len(rows) > 1:
            rows.append(("all", *(self.sum(name) for name in names)))
        return rows

    def to_record(self) -> dict[str, Any]:
        """Write the status in its documented JSON form."""
        pool = next((p for p in self.projects if p.annotator is None), None)
        names = ("tasks", "done", "skipped", "doubtful", "remaining")
        return {
            "round": self.round,
            "projects": [asdict(project) for project in self.projects],
            "project_id": pool.id if pool else None,
            "url": pool.url if pool else None,
            **{name: self.sum(name) for name in names},
        }


def status(project: Project, name: str, *, server: Server | None = None) -> RoundStatus:
    """Count what was done in a round, as the server has it now.

    Raises RoundError for a round that was never pushed, BackendError where the server is away or
    a project was deleted there.
    """
    with project.store() as connection:
        rnd = get_round(connection, name)
        projects = find_projects(connection, name)
    if not projects:
        raise RoundError(f"round {name!r} was never pushed; run: workbench push {name}")
    server = server or connect(project)
    people = 1 if rnd.annotators else max(1, round(rnd.overlap))
    return RoundStatus(name, tuple(_count(server, pushed, people) for pushed in projects))


def _count(server: Server, pushed: PushedProject, people: int) -> ProjectStatus:
    tasks = done = skipped = doubtful = 0
    for task in server.iter_tasks(pushed.project_id):
        annotations = task.get("annotations") or []
        submitted = [a for a in annotations if not a.get("was_cancelled")]
        tasks += 1
        done += len(submitted) >= people
        skipped += len(annotations) > len(submitted)
        doubtful += any(_is_doubtful(a) for a in submitted)
    url = server.project_url(pushed.project_id)
    who = pushed.annotator or None
    return ProjectStatus(pushed.project_id, url, who, tasks, done, skipped, doubtful, tasks - done)


def _is_doubtful(annotation: dict[str, Any]) -> bool:
    return any(part.get("from_name") == DOUBT for part in annotation.get("result") or [])
