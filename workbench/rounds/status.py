"""How far a round is: what was done, skipped, doubted, and what remains, live from the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from workbench.backends.backend import Backend
from workbench.connection import name_authors, open_backend
from workbench.core.errors import RoundError
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.rounds.tally import Tally, find_median
from workbench.store.articles import list_ids
from workbench.store.rounds import PushedProject, find_projects, get_round, is_closed

if TYPE_CHECKING:
    import pandas as pd

COUNTS = ("tasks", "done", "skipped", "doubtful", "remaining")
COLUMNS = ("annotator", *COUNTS, "median seconds")


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """The counts of one Label Studio project; a task is done once enough people submitted it.

    In a person's own project what they skipped does not remain; in a pool it remains for others.
    `seconds` is the median time that an article took, None before the first one was done.
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


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """What one person did in a pool, where nobody's tasks are counted out beforehand."""

    annotator: str
    done: int
    skipped: int
    doubtful: int
    seconds: float | None = None


@dataclass(frozen=True)
class RoundStatus:
    """The counts of a round: one row for each annotator, and the total.

    `seconds` is the median over everybody's articles; `people` says who did what in a pool;
    `withdrawn` counts the tasks of articles that were withdrawn, which count nowhere else.
    """

    round: str
    projects: tuple[ProjectStatus, ...]
    people: tuple[PersonStatus, ...] = ()
    seconds: float | None = None
    withdrawn: int = 0
    is_closed: bool = False

    def __repr__(self) -> str:
        """Count what is done and what remains."""
        closed = ", closed" if self.is_closed else ""
        return (
            f"RoundStatus({self.round!r}: {self.sum('done')} of {self.sum('tasks')} tasks "
            f"done{closed})"
        )

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), f"round {self.round}")

    def sum(self, what: str) -> int:
        """Add up one count over all projects."""
        return sum(getattr(project, what) for project in self.projects)

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows, the total last where there is more than one."""
        rows: list[tuple[object, ...]] = [
            (p.annotator, *(getattr(p, name) for name in COUNTS), p.seconds)
            for p in self.projects
            if p.annotator is not None
        ]
        rows += [
            (p.annotator, None, p.done, p.skipped, p.doubtful, None, p.seconds) for p in self.people
        ]
        if len(rows) != 1 or self.people:
            name = "all" if rows else "pool"
            rows.append((name, *(self.sum(what) for what in COUNTS), self.seconds))
        return rows

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.list_rows(), columns=list(COLUMNS))

    def to_record(self) -> dict[str, Any]:
        """Write the status in its documented JSON form."""
        pool = next((p for p in self.projects if p.annotator is None), None)
        return {
            "round": self.round,
            "projects": [asdict(project) for project in self.projects],
            "people": [asdict(person) for person in self.people],
            "project_id": pool.id if pool else None,
            "url": pool.url if pool else None,
            **{name: self.sum(name) for name in COUNTS},
            "seconds": self.seconds,
            "withdrawn": self.withdrawn,
            "closed": self.is_closed,
        }


def status(project: Project, name: str, *, server: Backend | None = None) -> RoundStatus:
    """Count what was done in a round, as the server has it now.

    Raises RoundError for a round that was never pushed, BackendError where the server is away or
    a project was deleted there.
    """
    with project.store() as connection:
        rnd = get_round(connection, name)
        projects = find_projects(connection, name)
        there = set(list_ids(connection))
        closed = is_closed(connection, name)
    if not projects:
        raise RoundError(f"round {name!r} was never pushed; run: workbench push {name}")
    server = server or open_backend(project, round_at=projects[0].server)
    people = 1 if rnd.annotators else max(1, round(rnd.overlap))
    tallies = [Tally(people, there) for _ in projects]
    for pushed, tally in zip(projects, tallies, strict=True):
        for task in server.iter_tasks(pushed.project_id):
            tally.take(task)
    names = name_authors(project, server) if not rnd.annotators else {}
    return RoundStatus(
        name,
        tuple(_count(server, p, tally) for p, tally in zip(projects, tallies, strict=True)),
        tuple(row for tally in tallies for row in _list_people(tally, names)),
        find_median([time for tally in tallies for time in tally.list_times()]),
        sum(tally.withdrawn for tally in tallies),
        closed,
    )


def _count(server: Backend, pushed: PushedProject, tally: Tally) -> ProjectStatus:
    return ProjectStatus(
        id=pushed.project_id,
        url=server.project_url(pushed.project_id),
        annotator=pushed.annotator or None,
        tasks=tally.tasks,
        done=tally.done,
        skipped=tally.skipped,
        doubtful=tally.doubtful,
        remaining=tally.tasks - tally.done - (tally.only_skipped if pushed.annotator else 0),
        seconds=find_median(tally.list_times()),
    )


def _list_people(tally: Tally, names: Mapping[int, str]) -> list[PersonStatus]:
    """Return who did what in a pool, by name; nobody where every project has its annotator."""
    if not names:
        return []
    rows = [
        PersonStatus(
            names.get(account, f"account {account}").removeprefix("person:"),
            counts["done"],
            counts["skipped"],
            counts["doubtful"],
            find_median(tally.list_times(account)),
        )
        for account, counts in tally.people.items()
    ]
    return sorted(rows, key=lambda row: row.annotator)
