"""Examine a project and the server in use: named checks, each with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from workbench.connection import connect, get_remote_url
from workbench.core.errors import WorkbenchError
from workbench.project import Project
from workbench.store.quarantine import list_quarantine
from workbench.studio import get_status


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: whether all is well, what was found, and what to do."""

    check: str
    ok: bool
    found: str
    remedy: str = ""

    def to_record(self) -> dict[str, Any]:
        """Write the finding as plain JSON."""
        return asdict(self)


def examine(project: Project) -> list[Finding]:
    """Run every check; one that fails does not keep the others from running."""
    return [finding for check in _CHECKS for finding in _run(check, project)]


def _run(check: Callable[[Project], Iterator[Finding]], project: Project) -> list[Finding]:
    try:
        return list(check(project))
    except WorkbenchError as error:
        return [Finding(check.__name__.removeprefix("_check_"), False, str(error))]


def _check_scheme(project: Project) -> Iterator[Finding]:
    scheme = project.scheme
    yield Finding("scheme", True, f"{len(scheme.labels)} labels, hash {scheme.hash}")


def _check_store(project: Project) -> Iterator[Finding]:
    with project.store() as connection:
        kind = connection.dialect.name
        entries = list_quarantine(connection)
    yield Finding("store", True, f"{kind}, schema up to date")
    remedy = "look at each, then: workbench decide ID --drop --reason TEXT" if entries else ""
    shown = "; ".join(f"{entry.id} ({entry.reason})" for entry in entries[:3])
    yield Finding("quarantine", True, f"{len(entries)} open{': ' + shown if shown else ''}", remedy)


def _check_pipeline(project: Project) -> Iterator[Finding]:
    from workbench.pipeline.english import find_base

    base = project.setting("pipeline", "base") or find_base()
    found = str(base or "no trained English pipeline; blank English is used")
    remedy = "" if base else "pip install 'stance-workbench[english]'"
    yield Finding("pipeline", bool(base), found, remedy)


def _check_server(project: Project) -> Iterator[Finding]:
    remote = get_remote_url(project)
    if not remote and get_status(project.studio_folder).state != "running":
        yield Finding(
            "server", True, "the project's own Label Studio does not run now",
            "start it with: workbench studio start",
        )  # fmt: skip
        return
    server = connect(project, start=False)
    yield Finding("server", True, f"Label Studio {server.check()} at {server.url}")
    host = urlsplit(server.url).hostname or ""
    is_local = host in ("127.0.0.1", "::1", "localhost")
    remedy = "" if is_local else "make sure that it speaks https and is closed to strangers"
    yield Finding("address", is_local or server.url.startswith("https"), host, remedy)
    yield Finding(
        "privacy",
        True,
        "in the community edition any account can look into any project",
        "give accounts only to people who may see everybody's work",
    )


_CHECKS = (_check_scheme, _check_store, _check_pipeline, _check_server)
