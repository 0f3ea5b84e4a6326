"""kill -9 at each step of push and pull, and at random moments: nothing lost, nothing doubled."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import event
from test_lost_answers import ARTICLES, PEOPLE, assert_each_task_is_there_once

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.simulation import annotate_round
from workbench.store.quarantine import list_quarantine
from workbench.studio.server import read_admin

pytestmark = [pytest.mark.studio, pytest.mark.slow]
THOROUGH = os.environ.get("WORKBENCH_THOROUGH") == "1"
RANDOM_KILLS = 100 if THOROUGH else 20
_fork = multiprocessing.get_context("fork")
Work = Callable[[Project, Server], object]


class Steps:
    """Counts the boundaries between steps in a child: each commit, each call and each answer."""

    def __init__(self, deadly: int) -> None:
        self.deadly = deadly
        self.count = 0

    def __call__(self, *_: object) -> None:
        self.count += 1
        if self.count == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, project: Project, server: Server) -> None:
        """Count what the project commits and what goes to the server and comes back."""
        event.listen(project.engine, "begin", self)
        event.listen(project.engine, "commit", self)
        client = server._sdk._client_wrapper.httpx_client.httpx_client
        client.event_hooks = {"request": [self], "response": [self]}


def run_child(root: Path, folder: Path, work: Work, deadly: int, done: object) -> None:
    """Open the project anew, as another process would, and work until the deadly step."""
    opened = wb.open_project(root)
    project = Project(opened.root, opened.settings, {})
    url, admin = read_admin(folder)
    server = Server(url, admin.token)
    Steps(deadly).watch(project, server)
    work(project, server)
    done.set()  # type: ignore[attr-defined]  # the context's event
    os._exit(0)


def die_at(project: Project, folder: Path, work: Work, deadly: int) -> bool:
    """Let a child do the work and die at a step; tell whether it lived to the end."""
    done = _fork.Event()
    child = _fork.Process(target=run_child, args=(project.root, folder, work, deadly, done))
    child.start()
    child.join(120)
    assert child.exitcode in (0, -signal.SIGKILL)
    return bool(done.is_set())


def push_round(name: str, drafts: list[Layer]) -> Work:
    def work(project: Project, server: Server) -> object:
        return wb.push(
            project, name, ARTICLES, drafts, annotators=PEOPLE, overlap=2, server=server,
            progress=False,
        )  # fmt: skip

    return work


@pytest.fixture
def drafts(connected: Project) -> list[Layer]:
    return list(wb.preannotate(connected, progress=False))


def test_a_kill_at_each_step_of_a_push(
    connected: Project, server: Server, studio_folder: Path, drafts: list[Layer]
) -> None:
    for deadly in count(1, 1 if THOROUGH else 4):
        name = f"push{deadly}"
        connected.engine.dispose()
        lived = die_at(connected, studio_folder, push_round(name, drafts), deadly)
        push_round(name, drafts)(connected, server)
        assert_each_task_is_there_once(connected, name, server)
        if lived:
            break
    assert deadly > 20


def test_a_kill_at_each_step_of_a_pull(
    connected: Project,
    server: Server,
    studio_folder: Path,
    drafts: list[Layer],
    tiny_gold: dict[str, Layer],
) -> None:
    push_round("whole", drafts)(connected, server)
    annotate_round(connected, "whole", tiny_gold, server, progress=False)

    def pull(project: Project, server: Server) -> object:
        return wb.pull(project, "whole", server=server, progress=False)

    for deadly in count(1):
        connected.engine.dispose()
        if die_at(connected, studio_folder, pull, deadly):
            break
    pulled = wb.pull(connected, "whole", server=server, progress=False)
    assert deadly > 10
    assert (len(pulled), pulled.problems, pulled.quarantined) == (6, (), ())
    again = wb.pull(connected, "whole", server=server, progress=False)
    assert (list(again), again.seqs) == (list(pulled), pulled.seqs)
    with connected.store() as connection:
        assert list_quarantine(connection, "all") == []


def test_kills_at_random_moments_of_push_and_pull(
    connected: Project,
    server: Server,
    studio_folder: Path,
    drafts: list[Layer],
    tiny_gold: dict[str, Layer],
) -> None:
    generator = random.Random(11)
    for number in range(RANDOM_KILLS):
        name = f"random{number}"

        def work(project: Project, server: Server, name: str = name) -> None:
            push_round(name, drafts)(project, server)
            annotate_round(project, name, tiny_gold, server, progress=False)
            wb.pull(project, name, server=server, progress=False)

        connected.engine.dispose()
        done = _fork.Event()
        child = _fork.Process(
            target=run_child, args=(connected.root, studio_folder, work, -1, done)
        )
        child.start()
        time.sleep(generator.uniform(0.05, 2.5))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid or 0, signal.SIGKILL)
        child.join(60)

        push_round(name, drafts)(connected, server)
        annotate_round(connected, name, tiny_gold, server, progress=False)
        pulled = wb.pull(connected, name, server=server, progress=False)
        assert_each_task_is_there_once(connected, name, server)
        assert (len(pulled), pulled.problems, pulled.quarantined) == (6, (), ())


def test_two_processes_push_the_same_round(
    connected: Project, server: Server, studio_folder: Path, drafts: list[Layer]
) -> None:
    connected.engine.dispose()
    work = push_round("both", drafts)
    children = [
        _fork.Process(
            target=run_child, args=(connected.root, studio_folder, work, -1, _fork.Event())
        )
        for _ in range(2)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(120)

    assert [child.exitcode for child in children] == [0, 0]
    assert_each_task_is_there_once(connected, "both", server)
