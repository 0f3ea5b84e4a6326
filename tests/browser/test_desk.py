"""What an annotator does in the browser comes back as what they meant."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

import workbench as wb
from workbench.connection import connect
from workbench.core.layer import Layer
from workbench.project import Project

pytestmark = pytest.mark.browser


def open_task(page: Page, project: Project, name: str, article_id: str) -> Layer:
    """Push one article into a pool of its own and open its task; return what is suggested."""
    drafts = wb.preannotate(project, [article_id], progress=False)
    pushed = wb.push(project, name, [article_id], drafts, progress=False)
    ref = pushed.projects[0].project_id
    (task,) = connect(project, start=False).iter_tasks(ref)
    page.goto(f"/projects/{ref}/data?task={task['id']}")
    expect(page.locator("button:has-text('Submit')")).to_be_enabled(timeout=60_000)
    page.wait_for_function("document.querySelectorAll('.htx-highlight').length > 5")
    return drafts[0]


def submit(page: Page) -> None:
    page.locator("button:has-text('Submit')").click()
    expect(page.locator("button:has-text('Update')")).to_be_visible(timeout=30_000)


def pull_one(project: Project, name: str) -> Layer:
    pulled = wb.pull(project, name, progress=False)
    assert pulled.problems == ()
    (layer,) = pulled
    return layer


def test_accepting_a_task_brings_back_what_was_suggested(page: Page, connected: Project) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    shown = open_task(page, connected, "accept", "cairo")

    submit(page)

    layer = pull_one(connected, "accept")
    assert layer.spans == shown.spans
    assert layer.quotes == shown.quotes
    assert layer.stances == shown.stances
    assert [s.rule for s in layer.stances] == [s.rule for s in shown.stances]
    assert layer.passages[0].suggested_by == shown.author
    assert problems == []


def test_every_region_is_coloured(page: Page, connected: Project) -> None:
    open_task(page, connected, "colours", "lima")

    plain = page.evaluate(
        "[...document.querySelectorAll('.htx-highlight')].filter("
        "x => getComputedStyle(x).backgroundColor === 'rgba(0, 0, 0, 0)').length"
    )

    assert plain == 0
