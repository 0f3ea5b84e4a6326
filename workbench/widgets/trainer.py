"""Trainer: start, see the score as it rises, stop and keep the best, compare, promote."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from workbench.comparison import COLUMNS, Comparison, compare
from workbench.core.errors import WorkbenchError
from workbench.core.interval import write_interval
from workbench.project import Project
from workbench.promotion import Promotion, find_current, promote
from workbench.releases.files import list_versions
from workbench.rendering.sparklines import draw_sparkline
from workbench.rendering.tables import draw_table
from workbench.store.names import CURRENT
from workbench.training import Model, list_models, train
from workbench.widgets.controls import (
    draw_button,
    draw_choice,
    draw_head,
    draw_progress,
    draw_text_field,
)
from workbench.widgets.job import Job
from workbench.widgets.panel import Action, Panel

_EVERY = 0.3
"""Seconds between two drawings while scores come in."""
_SHOWN = 20
"""Won and lost items that the panel lists; `compare` has them all."""


@dataclass
class _Scores:
    """What a training reported so far."""

    step: int = 0
    steps: int = 0
    points: list[tuple[float, float]] = field(default_factory=list)
    drawn: float = 0.0


class Trainer(Panel):
    """Trains on a release in a thread, compares what comes out with what is in use, promotes it.

    Models are compared on dev articles, as often as one likes; `promote` judges on test articles.
    What is in use is the promoted model, or the base pipeline where none was promoted.
    """

    def __init__(self, project: Project, version: str = "", *, steps: int | None = None) -> None:
        super().__init__("Trainer")
        self.project = project
        self.steps = steps
        self.versions = list_versions(project)
        self.version = version or (self.versions[-1] if self.versions else "")
        self.model: Model | None = self._find_newest()
        self._scores = _Scores()
        self._training: Job[Model] | None = None
        self._comparing: Job[Comparison] | None = None
        self._compared: Comparison | None = None
        self._promoting: Job[Promotion] | None = None
        self._promoted: Promotion | None = None
        self._present = self._find_present()
        self.redraw()

    def list_actions(self) -> Mapping[str, Action]:
        """Return what the buttons do."""
        return {
            "release": self._choose,
            "start": self._start,
            "stop": self._stop,
            "compare": self._compare,
            "promote": self._promote,
        }

    def wait(self) -> Model | None:
        """Wait for the training's end and return the model; an interrupt keeps the best so far."""
        if self._training is not None:
            self._training.wait()
        return self.model

    def draw(self) -> str:
        """Draw the choice of release, the score so far and the buttons."""
        running = self._is_running(self._training)
        idle = not self._is_busy()
        start = draw_button(
            "start", "Start", key="s", main=True, disabled=not idle or not self.version
        )
        stop = draw_button("stop", "Stop and keep the best", key="x", disabled=not running)
        away = not idle or self.model is None
        compare_ = draw_button("compare", f"Compare with {self._present}", key="c", disabled=away)
        promote_ = draw_button("promote", "Promote", key="p", disabled=away)
        return (
            f"{draw_head('Trainer', self._describe())}"
            f'<div class="wb-bar">'
            f"{draw_choice('release', 'release', self.versions or [''], self.version)}"
            f"{start}{stop}{compare_}{promote_}</div>{self._draw_reason()}{self._draw_results()}"
        )

    def draw_static(self) -> str:
        """Draw the model, its scores and what it was held against, without buttons."""
        return f"<p>{self._describe()}</p>{self._draw_results()}"

    @staticmethod
    def _is_running(job: Job[Any] | None) -> bool:
        return job is not None and job.state == "running"

    def _is_busy(self) -> bool:
        return any(map(self._is_running, (self._training, self._comparing, self._promoting)))

    def _find_newest(self) -> Model | None:
        models = [m for m in list_models(self.project) if m.release == self.version]
        return models[-1] if models else None

    def _find_present(self) -> str:
        try:
            current = find_current(self.project)
        except WorkbenchError:  # its folder is gone; comparing and promoting say so
            return "current"
        return "base" if current is None else current.name

    def _describe(self) -> str:
        if self._is_running(self._training):
            return "training …"
        if self._is_running(self._comparing):
            return "comparing …"
        if self._is_running(self._promoting):
            return "judging on test articles …"
        name = f"model {self.model.name}" if self.model else "no model of this release yet"
        return escape(f"{name}; in use: {self._present}")

    def _draw_progress(self) -> str:
        scores = self._scores
        if not scores.steps:
            return ""
        words = f"step {scores.step} of {scores.steps}"
        bar = draw_progress(scores.step, scores.steps, words)
        return f"<div>{bar}</div>{draw_sparkline(scores.points, 'score on dev')}"

    def _draw_results(self) -> str:
        return f"{self._draw_progress()}{self._draw_comparison()}{self._draw_promotion()}"

    def _draw_comparison(self) -> str:
        found = self._compared
        if found is None:
            return ""
        rows = [
            (name, d.value, write_interval(d.interval, signed=True), d.n)
            for name, d in found.differences.items()
        ]
        before, after = found.models
        columns = ("difference of F1", f"{after} minus {before}", "95% interval", "n")
        tables = draw_table(columns, rows, f"on {found.on}")
        if found.changes:
            more = len(found.changes) - _SHOWN
            caption = repr(found) + (f"; {more} more are in wb.compare" if more > 0 else "")
            tables += draw_table(COLUMNS, found.list_rows()[:_SHOWN], caption)
        return tables

    def _draw_promotion(self) -> str:
        return "" if self._promoted is None else self._promoted._repr_html_()

    def _draw_reason(self) -> str:
        """Draw a field for why a refused model is promoted nevertheless."""
        if self._promoted is None or self._promoted.promoted or self._is_busy():
            return ""
        return draw_text_field("force", "reason to promote it nevertheless", key="e")

    def _choose(self, value: str) -> None:
        self.version = value if value in self.versions else self.version
        self.model = self._find_newest()
        self._forget()

    def _forget(self) -> None:
        self._scores, self._compared, self._promoted = _Scores(), None, None

    def _start(self, _: str) -> None:
        if self._is_busy():
            return
        self._forget()
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

    def _tell_trained(self, job: Job[Model]) -> None:
        if job.result is not None:
            self.model = job.result
            self.status = f"{job.state}: {job.result!r}"
        else:
            self.alert = f"No model came of it: {job.problem or 'it was stopped too early'}"
        self.redraw()

    def _stop(self, _: str) -> None:
        if self._training is not None:
            self._training.stop()
            self.status = "Stopping; the best so far is kept."

    def _compare(self, _: str) -> None:
        model = self.model
        if model is None or self._is_busy():
            return
        self._compared, self._present = None, self._find_present()
        present = None if self._present == "base" else CURRENT
        self.status = "Comparing on dev articles; test articles judge only what is promoted."
        self._comparing = Job(
            lambda _: compare(self.project, present, model, on=f"{self.version}:dev"),
            self._tell_compared,
        )

    def _tell_compared(self, job: Job[Comparison]) -> None:
        if job.result is not None:
            self._compared = job.result
            self.status = f"Compared: {job.result!r}"
        else:
            self.status, self.alert = "", f"The comparison did not end well: {job.problem}"
        self.redraw()

    def _promote(self, _: str) -> None:
        model, force = self.model, self._read_reason()
        if model is None or self._is_busy():
            return
        self._promoted = None
        self.status = "Judging on test articles whether the model is worse than what is in use."
        self._promoting = Job(
            lambda _: promote(self.project, model, force=force), self._tell_promoted
        )

    def _read_reason(self) -> str:
        """Return why a model is promoted nevertheless; a reason counts after a refusal alone."""
        refused = self._promoted is not None and not self._promoted.promoted
        return self.fields.get("force", "").strip() if refused else ""

    def _tell_promoted(self, job: Job[Promotion]) -> None:
        found = job.result
        self._promoted, self._present = found, self._find_present()
        if found is None:
            self.status, self.alert = "", f"The promotion did not end well: {job.problem}"
        elif found.promoted:
            self.status = f"{found.model} is the project's model now; preannotate uses it."
        else:
            self.status = ""
            self.alert = (
                f"{found.model} was not promoted: on {found.on}, against {found.against}, "
                f"{'; '.join(found.reasons)}. The project goes on with {found.against}."
            )
        self.redraw()
