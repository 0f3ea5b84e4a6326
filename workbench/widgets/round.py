"""Round: live status while people annotate, stuck work, and a button that pulls."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from workbench.connection import connect
from workbench.project import Project
from workbench.rendering.tables import QUIET, draw_table
from workbench.rounds.pull import Pulled, pull
from workbench.rounds.status import RoundStatus, status
from workbench.rounds.stuck import Stuck, find_stuck
from workbench.rounds.watch import watch
from workbench.widgets.controls import draw_button, draw_head, draw_progress, draw_task_link
from workbench.widgets.job import Job
from workbench.widgets.panel import Action, Panel

_SLICE = 0.2
"""Seconds between two looks at whether to stop."""


class Round(Panel):
    """Shows how far a round is, as the server has it, and goes on looking until it is stopped."""

    def __init__(self, project: Project, name: str, *, live: bool = True) -> None:
        super().__init__(f"Round {name}")
        self.project = project
        self.round = name
        self._server = connect(project)
        self._status: RoundStatus = status(project, name, server=self._server)
        self._stuck: list[Stuck] = find_stuck(project, name, server=self._server)
        self._watching: Job[None] | None = None
        self._pulling: Job[Pulled] | None = None
        if live:
            self._watch()
        self.redraw()

    def list_actions(self) -> Mapping[str, Action]:
        """Return what the buttons do."""
        return {"look": self._look, "watch": self._toggle, "pull": self._pull}

    def close(self) -> None:
        """Stop watching and close the panel."""
        if self._watching is not None:
            self._watching.stop()
        super().close()

    def draw(self) -> str:
        """Draw the counts with a bar, stuck work and the buttons."""
        done, tasks = self._status.sum("done"), self._status.sum("tasks")
        live = self._is_live
        busy = self._pulling is not None and self._pulling.state == "running"
        words = f"{'● live' if live else '○ not live'} · <b>{done}</b> of {tasks} tasks done"
        counter = draw_progress(done, tasks, words)
        links = " ".join(
            draw_task_link(p.url, f"Label Studio: {p.annotator or 'the pool'}",
                           key="o" if at == 0 else "")
            for at, p in enumerate(self._status.projects)
        )  # fmt: skip
        return (
            f"{draw_head(self.title, counter)}"
            f'<div class="wb-wide">{self._status._repr_html_()}</div>{self._draw_stuck()}'
            f'<div class="wb-bar">{draw_button("pull", "Pull", key="p", main=True, disabled=busy)}'
            f"{draw_button('look', 'Look now', key='l')}"
            f"{draw_button('watch', 'Stop watching' if live else 'Watch', key='w')}{links}</div>"
        )

    def draw_static(self) -> str:
        """Draw the counts and stuck work, without buttons."""
        return self._status._repr_html_() + self._draw_stuck()

    @property
    def _is_live(self) -> bool:
        return self._watching is not None and self._watching.state == "running"

    def _draw_stuck(self) -> str:
        if not self._stuck:
            return f'<p style="color:{QUIET}">No work is stuck.</p>'
        return draw_table(("stuck work",), [(str(row),) for row in self._stuck])

    def _look(self, _: str) -> None:
        self._status = status(self.project, self.round, server=self._server)
        self._stuck = find_stuck(self.project, self.round, server=self._server)
        self.status = "Looked at the server."

    def _toggle(self, _: str) -> None:
        if self._is_live and self._watching is not None:
            self._watching.stop()
            self._watching.wait(5)
            return
        self._watch()

    def _watch(self) -> None:
        def follow(should_stop: Callable[[], bool]) -> None:
            def sleep(seconds: float) -> None:
                for _ in range(max(1, round(seconds / _SLICE))):
                    if should_stop():
                        raise KeyboardInterrupt  # ends the watching, as Ctrl-C does in a shell
                    time.sleep(_SLICE)

            for seen in watch(self.project, self.round, server=self._server, sleep=sleep):
                self._status = seen
                self.redraw()

        self._watching = Job(follow, self._tell_watching)

    def _tell_watching(self, job: Job[None]) -> None:
        if job.problem:
            self.alert = f"Watching ended: {job.problem}"
        self.redraw()

    def _pull(self, _: str) -> None:
        self.status = "Pulling …"
        self._pulling = Job(
            lambda _: pull(self.project, self.round, server=self._server, progress=False),
            self._tell_pulled,
        )

    def _tell_pulled(self, job: Job[Pulled]) -> None:
        if job.result is not None:
            self.status = (
                f"Pulled {len(job.result.layers)} layers, {len(job.result.quarantined)} parts in "
                f"quarantine."
            )
            self.alert = " ".join(job.result.problems)
        else:
            self.alert = f"The pull did not end well: {job.problem}"
        self.redraw()
