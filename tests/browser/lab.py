"""A JupyterLab with a project in it, driven as a person drives it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from workbench.lab import start_lab, stop_lab
from workbench.project import Project
from workbench.seeds import find_notebooks
from workbench.studio.server import read_admin

_READY = """() => {
  const s = window.jupyterapp?.shell.currentWidget?.sessionContext;
  return !!(s && s.isReady && s.session?.kernel?.status === 'idle'
    && s.session.kernel.connectionStatus === 'connected');
}"""
# The browser's own and the server's, about pages that are none of ours.
_HARMLESS = ("favicon", "ResizeObserver", "status of 404", "status of 403")


@contextmanager
def serve(project: Project) -> Iterator[str]:
    """Run JupyterLab on a project with the notebooks in it, and end it."""
    shutil.copytree(find_notebooks(), project.root / "notebooks", dirs_exist_ok=True)
    config = project.root / "data" / "lab" / "config" / "jupyter_lab_config.json"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(json.dumps({"LabApp": {"expose_app_in_browser": True}}), encoding="utf-8")
    url, _ = read_admin(project.studio_folder)
    try:
        yield start_lab(project, studio_url=url).address
    finally:
        stop_lab(project)


class Notebook:
    """One notebook, opened in a browser, with what went wrong and who was asked on the network."""

    def __init__(self, browser: Browser, address: str, name: str) -> None:
        base, token = address.split("/lab")[0], address.split("token=")[1]
        self.name = name
        self.page: Page = browser.new_page(viewport={"width": 1400, "height": 1000})
        self.problems: list[str] = []
        self.strangers: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("request", self._watch)
        self.page.goto(f"{base}/lab/tree/notebooks/{name}?token={token}&reset")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=90_000)
        self.panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.panel.wait_for()
        self.await_kernel()

    def await_kernel(self) -> None:
        self.page.wait_for_function(_READY, timeout=90_000)

    def run_all(self) -> None:
        """Run all cells and wait for the last one."""
        self.command("notebook:run-all-cells")

    def run_until(self, words: str) -> Locator:
        """Run every cell up to the first code cell with some words, and return that cell."""
        self.page.evaluate(
            """async (words) => {
              const app = window.jupyterapp, notebook = app.shell.currentWidget.content;
              const has = c => c.model.type === 'code' && c.model.sharedModel.source.includes(words);
              notebook.activeCellIndex = notebook.widgets.findIndex(has);
              await app.commands.execute('notebook:run-all-above');
              await app.commands.execute('notebook:run-cell');
            }""",
            words,
        )
        return self.find_cell(words)

    def run_new(self, code: str) -> Locator:
        """Add a cell at the end, run it, and return it."""
        self.page.evaluate(
            """async (code) => {
              const app = window.jupyterapp, notebook = app.shell.currentWidget.content;
              notebook.activeCellIndex = notebook.widgets.length - 1;
              await app.commands.execute('notebook:insert-cell-below');
              notebook.activeCell.model.sharedModel.setSource(code);
              await app.commands.execute('notebook:run-cell');
            }""",
            code,
        )
        # A cell that failed would only be seen as a control that never comes.
        errors = self.list_errors()
        assert errors == [], "\n".join(errors)
        cell = self.panel.locator(".jp-CodeCell").last
        cell.scroll_into_view_if_needed()
        return cell

    def find_cell(self, words: str) -> Locator:
        cell = self.panel.locator(".jp-CodeCell").filter(has_text=words).first
        cell.scroll_into_view_if_needed()
        return cell

    def count_cells(self) -> int:
        found: int = self.page.evaluate(
            "window.jupyterapp.shell.currentWidget.content.widgets.length"
        )
        return found

    def restart(self) -> None:
        """Restart the kernel, as the menu does."""
        self.page.evaluate(
            """async () => {
              const context = window.jupyterapp.shell.currentWidget.sessionContext;
              await context.restartKernel();
              await context.ready;
            }"""
        )
        self.await_kernel()

    def use_theme(self, name: str) -> None:
        self.command("apputils:change-theme", {"theme": name})
        light = "false" if "Dark" in name else "true"
        self.page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")

    def command(self, name: str, args: dict[str, Any] | None = None) -> None:
        self.page.evaluate(
            "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args) }",
            [name, args or {}],
        )

    def close(self) -> None:
        """Close the page, and end the kernel, which would hold its memory until the server ends."""
        self.page.evaluate(
            """async () => {
              for (const widget of window.jupyterapp.shell.widgets('main'))
                await widget.sessionContext?.shutdown();
            }"""
        )
        self.page.close()

    def list_errors(self) -> list[str]:
        """Return the tracebacks that the cells hold, also of cells that are not in view."""
        found: list[str] = self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
              .flatMap(cell => cell.model.type === 'code' ? cell.model.outputs.toJSON() : [])
              .filter(output => output.output_type === 'error')
              .map(output => output.traceback.join('\\n'))"""
        )
        return found

    def expect_left(self, cell: Locator, left: int) -> None:
        counter = cell.locator(".wb-counter b").first
        expect(counter).to_have_text(str(left), timeout=30_000)

    def save(self, path: Path) -> None:
        self.page.screenshot(path=path)

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not any(word in message.text for word in _HARMLESS):
            self.problems.append(message.text)

    def _watch(self, request: Any) -> None:
        host = request.url.split("/")[2].split(":")[0] if "://" in request.url else ""
        if host not in ("", "127.0.0.1", "localhost"):
            self.strangers.append(request.url)
