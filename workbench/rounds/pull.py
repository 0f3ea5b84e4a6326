"""Pull a round: keep what the server sends, read it, and store everybody's work as layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tqdm.auto import tqdm

from workbench.backends.backend import Backend
from workbench.connection import name_authors, open_backend
from workbench.core.errors import BackendError, RoundError
from workbench.core.layer import Layer
from workbench.core.round import Round
from workbench.project import Project
from workbench.rounds.intake import Intake
from workbench.rounds.sending import require_own_project
from workbench.store.articles import list_ids
from workbench.store.journal import chunk
from workbench.store.layers import find_seqs, get_layer, get_layers
from workbench.store.locks import hold_lock
from workbench.store.rounds import PushedProject, find_projects, get_round, is_closed


@dataclass(frozen=True)
class Pulled:
    """What a round holds after a pull: a layer for each author and article, and what went wrong.

    Layers are read from the store as they are asked for; `seqs` are their numbers there, by
    article and author.
    """

    round: str
    seqs: tuple[int, ...]
    quarantined: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    project: Project | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        """Count the layers."""
        return (
            f"Pulled({self.round!r}: {len(self.seqs)} layers, "
            f"{len(self.quarantined)} quarantined, {len(self.problems)} problems)"
        )

    def __len__(self) -> int:
        """Count the layers."""
        return len(self.seqs)

    def __iter__(self) -> Iterator[Layer]:
        """Go through the layers."""
        if self.project is None:
            return
        for part in chunk(self.seqs):
            with self.project.store() as connection:
                found = get_layers(connection, part)
            yield from (found[seq] for seq in part)

    def __getitem__(self, index: int) -> Layer:
        """Return one of the layers."""
        if self.project is None:
            raise IndexError(index)
        with self.project.store() as connection:
            return get_layer(connection, self.seqs[index])

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers at once."""
        return tuple(self)


def pull(
    project: Project,
    name: str,
    *,
    backend: str | None = None,
    server: Backend | None = None,
    progress: bool = True,
) -> Pulled:
    """Take in what everybody submitted in a round; it can be run at any time and again.

    Each task is stored as it came before it is read. What can't be read is quarantined with a
    reason. What is gone from the server (a project, a task, an annotation) or was edited there is
    told in `problems`, stays as it was pulled before, and the rest is taken in. `backend` names
    where people annotate, by default where the round was pushed to. Raises RoundError
    for a round that is closed or was never pushed, or where the server is another one than it was
    pushed to; BackendError where it was restored from an older backup or is away.
    """
    say = tqdm.write if progress else _ignore
    with hold_lock(project.engine, f"the pull of round {name!r}", report=say):
        with project.store() as connection:
            rnd = get_round(connection, name)
            if is_closed(connection, name):
                raise RoundError(f"round {name!r} is closed; nothing more is taken in")
            projects = find_projects(connection, name)
        if not projects:
            raise RoundError(f"round {name!r} was never pushed; run: workbench push {name}")
        server = server or open_backend(project, backend, round_at=projects[0].server)
        for pushed in projects:
            if pushed.server != server.url:
                raise RoundError(
                    f"round {name!r} lies on {pushed.server}, not on {server.url}; "
                    "set LABEL_STUDIO_URL to that server"
                )
        return _take_in(project, rnd, projects, server, progress)


def _ignore(_: str) -> None:
    """Say nothing."""


def _take_in(
    project: Project,
    rnd: Round,
    projects: list[PushedProject],
    server: Backend,
    progress: bool,
) -> Pulled:
    intake = Intake(project, rnd, name_authors(project, server))
    total, gone = intake.planned, 0
    bar = tqdm(desc=f"pull {rnd.name}", unit="task", total=total, delay=1, disable=not progress)
    for pushed in projects:
        try:
            require_own_project(server, pushed)
            intake.begin(pushed)
            for page in server.iter_pages(pushed.project_id):
                intake.take(page)
                bar.update(len(page))
        except BackendError as error:
            if error.status != 404:
                raise
            intake.problems.append(str(error))
            gone += 1
        intake.end()
    bar.close()
    if gone == len(projects) > 0 and not server.list_projects():
        raise BackendError(
            f"Label Studio at {server.url} has none of the projects of round {rnd.name!r}, nor any "
            "other: is another server at this address? what was pulled before is kept",
            url=server.url,
        )
    intake.finish()
    with project.store() as connection:
        there = set(list_ids(connection))
        seqs = find_seqs(connection, "annotation", rnd.name)
    kept = tuple(seq for (article_id, *_), seq in seqs.items() if article_id in there)
    return Pulled(rnd.name, kept, tuple(intake.quarantined), tuple(intake.problems), project)
