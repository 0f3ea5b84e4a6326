"""A real Chromium that reaches nothing but loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk import Desk, Shift, log_in
from playwright.sync_api import Browser, Page, sync_playwright

from workbench.initialisation import init
from workbench.project import Project

MISSING = "Chromium not found; apt-get install chromium"
OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, studio_folder: Path) -> Iterator[Page]:
    """Open a page that is logged into Label Studio as its administrator."""
    opened = log_in(browser, studio_folder)
    yield opened
    opened.context.close()


@pytest.fixture(scope="module")
def shift(
    browser: Browser,
    studio_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Shift]:
    """Push one copy of the module's MARKED for each of its tests, named after them, in one round."""
    made = init(tmp_path_factory.mktemp("shift") / "project")
    project = Project(made.root, made.settings, {}, lambda: datetime(2026, 1, 2, tzinfo=UTC))
    (project.root / "data").mkdir(exist_ok=True)
    (project.root / "data" / "studio").symlink_to(studio_folder, target_is_directory=True)
    page = log_in(browser, studio_folder)
    shift = Shift(page, project, Path(request.path).stem)
    names = [item.name for item in request.session.items if item.path == request.path]
    marked = {name: request.module.MARKED.format(number) for number, name in enumerate(names)}
    shift.push(marked, masked=request.module.MASKED)
    yield shift
    page.context.close()


@pytest.fixture
def desk(shift: Shift, request: pytest.FixtureRequest) -> Desk:
    """Open the task that is named after the test."""
    return shift.open(request.node.name)
