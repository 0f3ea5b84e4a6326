"""A real Chromium that reaches nothing but loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import log_in
from playwright.sync_api import Browser, Page, sync_playwright

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
