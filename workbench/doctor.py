"""Examine a project and the server in use: named checks, each with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from workbench.connection import BACKENDS, connect, get_remote_url
from workbench.core.errors import WorkbenchError
from workbench.project import Project
from workbench.server_checks import (
    Finding,
    check_address,
    check_analytics,
    check_by_probe,
    check_credential,
    check_privacy,
    check_signup,
    check_storage,
    check_version,
)
from workbench.store.quarantine import list_quarantine
from workbench.studio import get_status

T = TypeVar("T")


def examine(project: Project) -> list[Finding]:
    """Run every check; one that fails does not keep the others from running."""
    return [finding for check in _CHECKS for finding in _run(check, project)]


def _run(check: Callable[[T], Iterator[Finding]], on: T, name: str = "") -> list[Finding]:
    """Run a check; what fails in it is a finding, and what it found before that stays."""
    findings: list[Finding] = []
    try:
        findings.extend(check(on))
    except WorkbenchError as error:
        name = name or check.__name__.removeprefix("_").removeprefix("check_")
        findings.append(Finding(name, False, str(error)))
    return findings


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


def _check_backend(project: Project) -> Iterator[Finding]:
    stated = project.setting("project", "backend", BACKENDS[0])
    if stated not in BACKENDS:
        known = f"there are: {', '.join(BACKENDS)}"
        yield Finding("backend", False, f"no backend is named {stated!r}", known)
    elif stated != BACKENDS[0]:
        yield Finding("backend", True, f"{stated}: tasks go to {project.files_folder.name}/")


def _check_server(project: Project) -> Iterator[Finding]:
    if project.setting("project", "backend", BACKENDS[0]) != BACKENDS[0]:
        return
    if not get_remote_url(project) and get_status(project.studio_folder).state != "running":
        yield Finding(
            "server", True, "the project's own Label Studio does not run now",
            "start it with: workbench studio start",
        )  # fmt: skip
        return
    server = connect(project, start=False)
    for check in (check_version, check_credential, check_address, check_signup, check_analytics,
                  check_privacy):  # fmt: skip
        yield from _run(check, server)
    yield from check_storage(project, server)
    yield from _run(lambda found: check_by_probe(found, project.scheme), server, "probe")


_CHECKS = (_check_scheme, _check_store, _check_pipeline, _check_backend, _check_server)
