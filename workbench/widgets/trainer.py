"""Trainer: start, see the score as it rises, stop and keep the best, compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from workbench.evaluation import ModelEvaluation, evaluate
from workbench.project import Project
from workbench.releases.files import list_versions
from workbench.rendering.sparklines import draw_sparkline
from workbench.rendering.tables import draw_table
from workbench.training import Model, list_models, train
from workbench.widgets.controls import draw_button, draw_choice, draw_head, draw_progress
from workbench.widgets.job import Job
from workbench.widgets.panel import Action, Panel

_EVERY = 0.3
"""Seconds between two drawings while scores come in."""


@dataclass
class _Scores:
    """What a training reported so far."""

    step: int = 0
    steps: int = 0
    points: list[tuple[float, float]] = field(default_factory=list)
    drawn: float = 0.0


class Trainer(Panel):
    """Trains on a release in a thread, and compares what comes out with the base pipeline."""

    def __init__(self, project: Project, version: str = "", *, steps: int | None = None) -> None:
        super().__init__("Trainer")
        self.project = project
        self.steps = steps
        self.versions = list_versions(project)
        self.version = version or (self.versions[-1] if self.versions else "")
        self.model: Model | None = self._find_newest()
        self._scores = _Scores()
        self._training: Job[Model] | None = None
        self._comparing: Job[list[ModelEvaluation]] | None = None
        self._compared: list[ModelEvaluation] = []
        self.redraw()

    def list_actions(self) -> Mapping[str, Action]:
        """Return what the buttons do."""
        return {
            "release": self._choose,
            "start": self._start,
            "stop": self._stop,
            "compare": self._compare,
        }

    def wait(self) -> Model | None:
        """Wait for the training's end and return the model; an interrupt keeps the best so far."""
        if self._training is not None:
            self._training.wait()
        return self.model

    def draw(self) -> str:
        """Draw the choice of release, the score so far and the buttons."""
        running = self._is_running(self._training)
        comparing = self._is_running(self._comparing)
        idle = not running and not comparing
        start = draw_button(
            "start", "Start", key="s", main=True, disabled=not idle or not self.version
        )
        stop = draw_button("stop", "Stop and keep the best", key="x", disabled=not running)
        compare = draw_button(
            "compare", "Compare with the base", key="c", disabled=not idle or self.model is None
        )
        return (
            f"{draw_head('Trainer', self._describe())}"
            f'<div class="wb-bar">'
            f"{draw_choice('release', 'release', self.versions or [''], self.version)}"
            f"{start}{stop}{compare}</div>{self._draw_progress()}{self._draw_comparison()}"
        )

    def draw_static(self) -> str:
        """Draw the model, its scores and the comparison, without buttons."""
        return f"<p>{self._describe()}</p>{self._draw_progress()}{self._draw_comparison()}"

    @staticmethod
    def _is_running(job: Job[Model] | Job[list[ModelEvaluation]] | None) -> bool:
        return job is not None and job.state == "running"

    def _find_newest(self) -> Model | None:
        models = [m for m in list_models(self.project) if m.release == self.version]
        return models[-1] if models else None

    def _describe(self) -> str:
        if self._is_running(self._training):
            return "training …"
        if self._is_running(self._comparing):
            return "comparing …"
        return escape(f"model {self.model.name}" if self.model else "no model of this release yet")

    def _draw_progress(self) -> str:
        scores = self._scores
        if not scores.steps:
            return ""
        words = f"step {scores.step} of {scores.steps}"
        bar = draw_progress(scores.step, scores.steps, words)
        return f"<div>{bar}</div>{draw_sparkline(scores.points, 'score on dev')}"

    def _draw_comparison(self) -> str:
        if not self._compared:
            return ""
        rows = []
        for one, other in zip(*(list(e.result.list_rows()) for e in self._compared), strict=False):
            if not str(one[0]).startswith("  "):
                rows.append((one[0], one[3], other[3], one[4], other[4], one[5]))
        names = [evaluation.author for evaluation in self._compared]
        columns = ("F1 on dev", *names, "interval", "interval", "n")
        return draw_table(columns, rows, "the base beside the trained model")

    def _choose(self, value: str) -> None:
        self.version = value if value in self.versions else self.version
        self.model = self._find_newest()
        self._scores, self._compared = _Scores(), []

    def _start(self, _: str) -> None:
        if self._is_running(self._training):
            return
        self._scores, self._compared = _Scores(), []
        self.status = f"Training on release {self.version}."
        self._training = Job(self._train, self._tell_trained)

    def _train(self, should_stop: Callable[[], bool]) -> Model:
        def report(step: int, steps: int, score: float) -> None:
            scores = self._scores
            if step < scores.step:  # the next trainer begins
                scores.points.clear()
            scores.step, scores.steps = step, steps
            if score:
                scores.points.append((float(step), score))
            if time.monotonic() - scores.drawn > _EVERY:
                scores.drawn = time.monotonic()
                self.redraw()
            if should_stop():
                raise KeyboardInterrupt  # trainers keep the best at an interrupt

        return train(self.project, self.version, steps=self.steps, progress=False, report=report)

    def _tell_trained(self) -> None:
        job = self._training
        if job is not None and job.result is not None:
            self.model = job.result
            self.status = f"{job.state}: {job.result!r}"
        elif job is not None:
            self.alert = f"No model came of it: {job.problem or 'it was stopped too early'}"
        self.redraw()

    def _stop(self, _: str) -> None:
        if self._training is not None:
            self._training.stop()
            self.status = "Stopping; the best so far is kept."

    def _compare(self, _: str) -> None:
        model, on = self.model, f"{self.version}:dev"
        self.status = "Comparing on dev articles; test articles judge only what is released."
        self._comparing = Job(
            lambda _: [evaluate(self.project, which, on=on) for which in (None, model)],
            self._tell_compared,
        )

    def _tell_compared(self) -> None:
        job = self._comparing
        if job is not None and job.result is not None:
            self._compared = job.result
            self.status = "Compared."
        elif job is not None:
            self.alert = f"The comparison did not end well: {job.problem}"
        self.redraw()
