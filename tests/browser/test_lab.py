"""A data scientist's day in a real JupyterLab beside a real Label Studio."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Notebook, serve
from playwright.sync_api import Browser, Page, expect

from workbench.initialisation import init
from workbench.project import Project
from workbench.samples import annotate_samples
from workbench.store.decisions import find_decisions
from workbench.studio.server import read_admin
from workbench.widgets import Adjudicator, Explorer, Round, Trainer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROUND = "notebook"
OUTCOME = re.compile("is the project's model now|was not promoted")


@pytest.fixture(scope="module")
def lab(
    tmp_path_factory: pytest.TempPathFactory, studio_folder: Path
) -> Iterator[tuple[Project, str]]:
    """Run JupyterLab on a project that uses the session's server."""
    root = tmp_path_factory.mktemp("lab") / "project"
    project = init(root)
    (root / "data").mkdir(exist_ok=True)
    (root / "data" / "studio").symlink_to(studio_folder, target_is_directory=True)
    with serve(project) as address:
        yield project, address


def list_actions(project: Project) -> list[str]:
    with project.store() as connection:
        return sorted(d.action for d in find_decisions(connection, ROUND).values())


def list_violations(page: Page, context: str) -> list[tuple[str, list[str]]]:
    """Return each rule of axe-core that is broken, with the elements that break it."""
    found = Axe().run(page, context=context, options={"resultTypes": ["violations"]}).response
    assert len(found["passes"]) > 5
    return [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found["violations"]]


def test_a_round_is_run_and_adjudicated_by_keyboard(
    browser: Browser, lab: tuple[Project, str]
) -> None:
    project, address = lab
    notebook = Notebook(browser, address, "01-first-round.ipynb")
    page = notebook.page
    cell = notebook.run_until("Adjudicator(project")
    panel = cell.locator(".wb-panel")
    panel.wait_for(timeout=60_000)
    cells = notebook.count_cells()
    left = int(panel.locator(".wb-counter b").inner_text())

    watched = notebook.find_cell("Round(project")
    watched.locator("button", has_text="Look now").click()
    expect(watched.locator(".wb-status")).to_have_text("Looked at the server.", timeout=30_000)

    panel.scroll_into_view_if_needed()
    panel.locator(".wb-head").click()
    page.keyboard.press("1")
    notebook.expect_left(cell, left - 1)
    page.keyboard.press("e")
    page.keyboard.type("bdd x: none of both")
    page.keyboard.press("Enter")
    page.keyboard.press("r")
    notebook.expect_left(cell, left - 2)
    page.keyboard.press("c")
    notebook.expect_left(cell, left - 3)
    for key in ("b", "a", "x", "j"):  # each of them would change the notebook
        page.keyboard.press(key)

    assert list_actions(project) == ["accept", "contested", "reject"]
    assert notebook.count_cells() == cells
    with project.store() as connection:
        reasons = {d.action: d.reason for d in find_decisions(connection, ROUND).values()}
    assert reasons["reject"] == "bdd x: none of both"

    page.keyboard.press("u")
    notebook.expect_left(cell, left - 2)
    page.keyboard.press("c")
    notebook.expect_left(cell, left - 3)
    notebook.restart()
    cell = notebook.run_until("Adjudicator(project")
    notebook.expect_left(cell, left - 3)
    assert list_actions(project) == ["accept", "contested", "reject"]

    notebook.run_all()

    assert notebook.list_errors() == []
    assert notebook.problems == []
    assert notebook.strangers == []
    notebook.close()


def test_a_task_opens_in_a_tab_beside_the_notebook(
    browser: Browser, lab: tuple[Project, str]
) -> None:
    _, address = lab
    notebook = Notebook(browser, address, "06-your-own-articles.ipynb")
    cell = notebook.run_until("Round(project")
    page = notebook.page

    cell.locator("button[data-commandlinker-command]").first.click()

    frame = page.frame_locator("iframe[src*='/projects/']")
    # No question whether to trust it: the package's own notebooks are signed.
    expect(frame.locator("input[name=email]")).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-NotebookPanel-toolbar").get_by_text("Label Studio")).to_be_attached()
    assert notebook.strangers == []
    notebook.close()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_panels_are_accessible(browser: Browser, lab: tuple[Project, str], theme: str) -> None:
    _, address = lab
    notebook = Notebook(browser, address, "02-agreement-and-adjudication.ipynb")
    notebook.use_theme(theme)
    notebook.run_until("Adjudicator(project")
    explorer = notebook.find_cell("Explorer(project").locator(".wb-panel")
    opener = explorer.locator("button", has_text="Text").nth(2)
    opener.click()
    expect(explorer.locator(".wb-text")).to_be_visible()
    # The panel was drawn anew, and the keyboard still stands where it stood.
    expect(opener).to_be_focused()

    assert list_violations(notebook.page, ".wb-panel") == []
    notebook.use_theme("JupyterLab Light")
    notebook.close()


def test_the_panels_of_rounds_and_models_are_accessible(
    browser: Browser, lab: tuple[Project, str]
) -> None:
    project, address = lab
    notebook = Notebook(browser, address, "02-agreement-and-adjudication.ipynb")
    notebook.run_until("annotate_samples")
    watched = notebook.run_new(
        "from workbench.widgets import Round, Trainer\nRound(project, round_name)"
    )
    watched.locator("button", has_text="Look now").click()
    expect(watched.locator(".wb-status")).to_have_text("Looked at the server.", timeout=30_000)
    cell = notebook.run_new(
        "from workbench.samples import release_samples\n"
        "release_samples(project, '0.1.0')\nTrainer(project, '0.1.0', steps=4)"
    )
    said, alert = cell.locator(".wb-status"), cell.locator(".wb-alert")
    cell.locator("button", has_text="Start").click(timeout=120_000)
    expect(said).to_contain_text("done: Model(", timeout=240_000)
    cell.locator("button", has_text="Compare").click()
    expect(said).to_contain_text("Compared:", timeout=120_000)
    cell.locator("button", has_text="Promote").click()
    expect(said.or_(alert).filter(has_text=OUTCOME)).to_be_visible(timeout=120_000)

    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.use_theme(theme)
        assert notebook.panel.locator(".wb-panel").count() == 2
        assert list_violations(notebook.page, ".wb-panel") == []
    assert notebook.problems == []
    notebook.command("docmanager:save")
    saved = (project.root / "notebooks" / notebook.name).read_text(encoding="utf-8")
    assert "Trainer(project, '0.1.0', steps=4)" in saved
    _, admin = read_admin(project.studio_folder)
    for secret in (admin.token, admin.password):
        assert secret not in saved
    notebook.close()


def test_what_is_left_without_a_kernel_is_accessible(
    browser: Browser, lab: tuple[Project, str]
) -> None:
    project, _ = lab
    annotate_samples(project)
    panels = (
        Adjudicator(project, "samples"),
        Explorer(project, round_name="samples"),
        Round(project, "samples"),
        Trainer(project, steps=4),
    )
    page = browser.new_page()
    parts = "".join(f"<h2>{panel.title}</h2>{panel.draw_static()}" for panel in panels)
    page.set_content(
        f"<!doctype html><html lang='en'><title>An export</title><main><h1>An export</h1>{parts}"
        "</main></html>"
    )

    assert list_violations(page, "main") == []
    page.close()
