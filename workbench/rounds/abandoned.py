"""Abandoned work: what somebody was given and has left lying, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from workbench.backends.backend import Backend
from workbench.connection import open_backend
from workbench.core.errors import RoundError
from workbench.core.round import Assignment
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.store.rounds import PushedProject, find_assignments, find_projects, get_round

COLUMNS = ("annotator", "undone", "begun", "last active", "idle hours")


@dataclass(frozen=True, slots=True)
class Idle:
    """Somebody with undone work: not begun, begun and never submitted, and since when.

    `last_active` is when they last submitted or saved, empty where they never began; idle hours
    then count from when their newest task came.
    """

    annotator: str
    undone: int
    begun: int
    last_active: str
    idle_hours: float


@dataclass(frozen=True)
class Abandoned:
    """The people of a round who have undone work and were idle for long enough."""

    round: str
    people: tuple[Idle, ...]

    def __repr__(self) -> str:
        """Count people and tasks."""
        tasks = sum(one.undone + one.begun for one in self.people)
        return f"Abandoned({self.round!r}: {tasks} tasks of {len(self.people)} people)"

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), f"abandoned work of round {self.round}")

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows, the longest idle first."""
        return [tuple(asdict(one).values()) for one in self.people]

    def to_record(self) -> dict[str, Any]:
        """Write the list as plain JSON."""
        return {"round": self.round, "people": [asdict(one) for one in self.people]}


def abandoned(
    project: Project, name: str, *, idle: float = 0.0, server: Backend | None = None
) -> Abandoned:
    """List who of a round has undone work and has been idle for `idle` hours or longer.

    In a pool the work is everybody's. Raises RoundError for a round that was never pushed.
    """
    with project.store() as connection:
        get_round(connection, name)
        projects = find_projects(connection, name)
        keys = {row.key for row in find_assignments(connection, name)}
    if not projects:
        raise RoundError(f"round {name!r} was never pushed; run: workbench push {name}")
    server = server or open_backend(project, round_at=projects[0].server)
    found = [_look(project, server, pushed, keys) for pushed in projects]
    people = [one for one in found if one.undone + one.begun and one.idle_hours >= idle]
    return Abandoned(name, tuple(sorted(people, key=lambda one: (-one.idle_hours, one.annotator))))


def list_abandoned(
    project: Project,
    name: str,
    annotator: str,
    *,
    idle: float | None = None,
    server: Backend | None = None,
) -> list[Assignment]:
    """Return what an annotator has neither submitted nor skipped, in their order.

    What they have begun is theirs, unless it has been left for `idle` hours. Raises RoundError
    where the round has nobody of that name.
    """
    with project.store() as connection:
        get_round(connection, name)
        projects = {p.annotator: p for p in find_projects(connection, name)}
        rows = {row.key: row for row in find_assignments(connection, name, annotator)}
    if annotator not in projects:
        known = ", ".join(sorted(projects)) or "nobody yet"
        raise RoundError(f"round {name!r} has no annotator {annotator!r}; there are: {known}")
    pushed = projects[annotator]
    server = server or open_backend(project, round_at=pushed.server)
    limit = None if idle is None else project.clock() - timedelta(hours=idle)
    undone = [
        rows[str(task["data"]["key"])]
        for task in server.iter_tasks(pushed.project_id)
        if str(task["data"].get("key")) in rows and not task.get("annotations")
        if not task.get("drafts") or _is_left(task, limit)
    ]
    return sorted(undone, key=lambda row: row.position)


def _is_left(task: Mapping[str, Any], limit: datetime | None) -> bool:
    times = [_read_time(draft) for draft in task["drafts"]]
    return limit is not None and all(time is None or time <= limit for time in times)


def _look(project: Project, server: Backend, pushed: PushedProject, keys: set[str]) -> Idle:
    undone = begun = 0
    active: list[datetime] = []
    came: list[datetime] = []
    for task in server.iter_tasks(pushed.project_id):
        annotations, drafts = task.get("annotations") or [], task.get("drafts") or []
        if str((task.get("data") or {}).get("key")) not in keys:
            continue
        times = (_read_time(part) for part in (*annotations, *drafts) if isinstance(part, dict))
        active += [time for time in times if time is not None]
        came += [time for time in [_read_time(task, "created_at")] if time is not None]
        undone += not annotations and not drafts
        begun += not annotations and bool(drafts)
    since = max(active or came, default=None)
    idle = (project.clock() - since).total_seconds() / 3600 if since else 0.0
    last = max(active).isoformat(timespec="minutes") if active else ""
    return Idle(pushed.annotator or "pool", undone, begun, last, round(max(0.0, idle), 1))


def _read_time(part: Mapping[str, Any], name: str = "updated_at") -> datetime | None:
    stated = part.get(name) or part.get("created_at")
    return datetime.fromisoformat(str(stated).replace("Z", "+00:00")) if stated else None
