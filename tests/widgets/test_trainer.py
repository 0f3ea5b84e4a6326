"""The Trainer compares with what is in use, promotes, and says why it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import workbench as wb
from workbench import evaluation
from workbench.core.release import Release
from workbench.ingestion import ingest
from workbench.project import Project
from workbench.promotion import find_current
from workbench.training import Model
from workbench.widgets import Trainer

pytestmark = pytest.mark.slow


@pytest.fixture
def project(empty_project: Project, tiny_articles: Path, tmp_path: Path) -> Project:
    """Make a project with an article in each split."""
    for path in tiny_articles.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "cairo":
            text = text.replace("split: train", "split: dev")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
        ingest(empty_project, tmp_path / path.name, progress=False)
    return empty_project


def press(panel: Trainer, action: str, **fields: str) -> None:
    """Press a button and wait for what it starts."""
    panel.act(action, fields=fields)
    for job in (panel._comparing, panel._promoting):
        if job is not None:
            job.wait()
    panel.redraw()


def test_the_panel_says_what_it_lacks(project: Project, released: Release) -> None:
    panel = Trainer(project)

    press(panel, "promote")
    press(panel, "compare")

    assert panel.alert == ""
    assert "no model of this release yet; in use: base" in panel.html
    assert find_current(project) is None


def test_compare_and_promote_are_the_verbs(project: Project, model: Model) -> None:
    panel = Trainer(project)

    press(panel, "compare")

    found = wb.compare(project, "base", model, on="0.1.0:dev")
    assert panel.alert == ""
    assert "Compare with base" in panel.html
    assert f"{model.name} minus base" in panel.html
    assert all(change.words in panel.html for change in found.changes)
    assert panel._compared == found

    press(panel, "promote")

    outcome = panel._promoted
    assert outcome is not None
    if not outcome.promoted:  # a short training may be worse; then a reason is asked for
        assert all(reason in panel.alert for reason in outcome.reasons)
        press(panel, "promote", force="a short training of a test")
    assert panel.alert == ""
    assert f"{model.name} is the project's model now" in panel.status
    assert find_current(project) == model
    assert f"in use: {model.name}" in Trainer(project).html  # a new kernel knows it too


def test_a_refusal_is_a_sentence_and_is_overruled_by_a_reason_alone(
    project: Project, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    worse = replace(model, name=f"{model.name}-<worse>")
    real = evaluation.predict

    def predict(project: Project, found: Model | None, articles: Any) -> Any:
        # The worse one is blind: it finds nothing at all.
        return ("model:blind", []) if found is worse else real(project, found, articles)

    monkeypatch.setattr("workbench.promotion.predict", predict)
    panel = Trainer(project)
    panel.model = worse

    press(panel, "promote", force="typed before anybody refused")

    assert panel.alert.startswith(f"{worse.name} was not promoted: on 0.1.0:test, against base, ")
    assert "entities strict F1 falls by" in panel.alert
    assert panel.alert.endswith("The project goes on with base.")
    assert "<worse>" not in panel.html
    assert 'name="force"' in panel.html
    assert 'name="force"' not in panel.draw_static()
    assert find_current(project) is None

    press(panel, "promote", force="  ")
    assert "was not promoted" in panel.alert

    press(panel, "promote", force="a drill")
    assert panel.alert == ""
    assert "is the project's model now" in panel.status


def test_what_can_not_be_judged_is_told(project: Project, model: Model) -> None:
    panel = Trainer(project)
    panel.model = replace(model, release="9.9.9")

    press(panel, "promote")

    assert panel.alert.startswith("The promotion did not end well: ")
    assert "9.9.9" in panel.alert
    assert panel.status == ""
