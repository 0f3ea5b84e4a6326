"""A real Chromium that reaches nothing but loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from workbench.studio.server import read_admin

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
    url, admin = read_admin(studio_folder)
    context = browser.new_context(viewport={"width": 1500, "height": 1100}, base_url=url)
    opened = context.new_page()
    opened.goto("/user/login/")
    opened.fill("input[name=email]", admin.email)
    opened.fill("input[name=password]", admin.password)
    opened.click("button[type=submit]")
    opened.wait_for_url(lambda address: "/login" not in address)
    yield opened
    context.close()
