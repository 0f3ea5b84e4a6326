"""How far a round is: what was done, skipped, doubted, and what remains, live from the server."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from workbench.adapters.label_studio.names import DOUBT
from workbench.backends.backend import Backend
from workbench.connection import open_backend
from workbench.core.errors import RoundError
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.store.rounds import PushedProject, find_projects, get_round

COUNTS = ("tasks", "done", "skipped", "doubtful", "remaining")
COLUMNS = ("annotator", *COUNTS, "median seconds")
LONGEST = 3600.0
"""Seconds at which a submission's time is capped: the page was left open."""


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """The counts of one Label Studio project; a task is done once enough people submitted it.

    `seconds` is the median time of a submission, None before the first.
    """

    id: int
    url: str
    annotator: str | None
    tasks: int
    done: int
    skipped: int
    doubtful: int
    remaining: int
    seconds: float | None = None


@dataclass(frozen=True)
class RoundStatus:
    """The counts of a round, one row for each of its projects."""

    round: str
    projects: tuple[ProjectStatus, ...]

    def __repr__(self) -> str:
        """Count what is done and what remains."""
        return f"RoundStatus({self.round!r}: {self.sum('done')} of {self.sum('tasks')} tasks done)"

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), f"round {self.round}")

    def sum(self, what: str) -> int:
        """Add up one count over all projects."""
        return sum(getattr(project, what) for project in self.projects)

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows, the sum last where there are several projects."""
        rows: list[tuple[object, ...]] = [
            (p.annotator or "pool", *(getattr(p, name) for name in COUNTS), p.seconds)
            for p in self.projects
        ]
        if len(rows) > 1:
            rows.append(("all", *(self.sum(name) for name in COUNTS), None))
        return rows

    def to_record(self) -> dict[str, Any]:
        """Write the status in its documented JSON form."""
        pool = next((p for p in self.projects if p.annotator is None), None)
        return {
            "round": self.round,
            "projects": [asdict(project) for project in self.projects],
            "project_id": pool.id if pool else None,
            "url": pool.url if pool else None,
            **{name: self.sum(name) for name in COUNTS},
        }


def status(project: Project, name: str, *, server: Backend | None = None) -> RoundStatus:
    """Count what was done in a round, as the server has it now.

    Raises RoundError for a round that was never pushed, BackendError where the server is away or
    a project was deleted there.
    """
    with project.store() as connection:
        rnd = get_round(connection, name)
        projects = find_projects(connection, name)
    if not projects:
        raise RoundError(f"round {name!r} was never pushed; run: workbench push {name}")
    server = server or open_backend(project, round_at=projects[0].server)
    people = 1 if rnd.annotators else max(1, round(rnd.overlap))
    return RoundStatus(name, tuple(_count(server, pushed, people) for pushed in projects))


def _count(server: Backend, pushed: PushedProject, people: int) -> ProjectStatus:
    tasks = done = skipped = doubtful = 0
    times: list[float] = []
    for task in server.iter_tasks(pushed.project_id):
        annotations = task.get("annotations") or []
        submitted = [a for a in annotations if not a.get("was_cancelled")]
        tasks += 1
        times += [min(float(a.get("lead_time") or 0), LONGEST) for a in submitted]
        done += len(submitted) >= people
        skipped += len(annotations) > len(submitted)
        doubtful += any(_is_doubtful(a) for a in submitted)
    url = server.project_url(pushed.project_id)
    who = pushed.annotator or None
    seconds = median(times) if times else None
    remaining = tasks - done
    return ProjectStatus(
        pushed.project_id, url, who, tasks, done, skipped, doubtful, remaining, seconds
    )


def _is_doubtful(annotation: dict[str, Any]) -> bool:
    return any(part.get("from_name") == DOUBT for part in annotation.get("result") or [])
