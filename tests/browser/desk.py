"""A task on the labelling screen, worked as a person works it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

import workbench as wb
from workbench.adapters.markup import parse_markup
from workbench.connection import connect
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.store.articles import add_article, get_article
from workbench.store.quarantine import list_quarantine
from workbench.studio.server import read_admin

_FIND = """(words) => {
  const root = document.querySelector('[class*=richtext__container]');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  let text = '', nodes = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeName === 'BR') text += '\\n';
    if (node.nodeName !== '#text' || !node.data) continue;
    nodes.push([text.length, node]);
    text += node.data;
  }
  const start = text.indexOf(words), end = start + words.length;
  const locate = at => {
    const [from, node] = nodes.filter(([from]) => from <= at).pop();
    return [node, at - from];
  };
  const range = document.createRange();
  range.setStart(...locate(start));
  const [last, offset] = locate(end - 1);
  range.setEnd(last, offset + 1);
  const boxes = range.getClientRects(), a = boxes[0], b = boxes[boxes.length - 1];
  return [a.left, (a.top + a.bottom) / 2, b.right, (b.top + b.bottom) / 2];
}"""


def log_in(browser: Browser, folder: Path) -> Page:
    """Open a page that is logged into Label Studio as its administrator."""
    url, admin = read_admin(folder)
    context = browser.new_context(viewport={"width": 1500, "height": 1100}, base_url=url)
    opened = context.new_page()
    opened.goto("/user/login/")
    opened.fill("input[name=email]", admin.email)
    opened.fill("input[name=password]", admin.password)
    opened.click("button[type=submit]")
    opened.wait_for_url(lambda address: "/login" not in address)
    return opened


class Shift:
    """Many small articles in one pool: pushed once, each worked on a desk of its own."""

    def __init__(self, page: Page, project: Project, name: str) -> None:
        self.page = page
        self.project = project
        self.name = name
        self.shown: dict[str, Layer] = {}
        self.tasks: dict[str, int] = {}
        self.ref = 0

    def push(self, marked: Mapping[str, str], **facts: Any) -> None:
        """Push articles written in markup, by id; the markup is what is suggested of them."""
        asked = self.project.scheme.asked
        for article_id, markup in marked.items():
            text, layer = parse_markup(
                markup, article_id=article_id, author="model:one", kind="prediction", asked=asked
            )
            self.shown[article_id] = layer
            with self.project.store() as connection:
                add_article(connection, Article(article_id, text, split="train", **facts), at="t")
        drafts = wb.preannotate(
            self.project, list(marked), nlp=lambda a: self.shown[a.id], progress=False
        )
        pushed = wb.push(self.project, self.name, list(marked), drafts, progress=False)
        self.ref = pushed.projects[0].project_id
        for task in connect(self.project, start=False).iter_tasks(self.ref):
            self.tasks[task["data"]["article_id"]] = task["id"]

    def open(self, article_id: str) -> Desk:
        """Open one article's task."""
        desk = Desk(self.page, self.project, self.name)
        desk.article_id = article_id
        desk.visit(self.ref, self.tasks[article_id])
        return desk

    def read(self, article_id: str) -> str:
        """Return an article's text."""
        with self.project.store() as connection:
            return get_article(connection, article_id).text

    def pull(self) -> tuple[dict[str, Layer], dict[str, list[str]]]:
        """Take in all work: the layers, and the reasons of what was quarantined, by article."""
        pulled = wb.pull(self.project, self.name, progress=False)
        assert pulled.problems == ()
        with self.project.store() as connection:
            entries = list_quarantine(connection)
        reasons: dict[str, list[str]] = {}
        by_task = {str(task): article_id for article_id, task in self.tasks.items()}
        for entry in entries:
            numbers = re.findall(r"task (\d+)", entry.source)
            reasons.setdefault(by_task[numbers[0]], []).append(entry.reason)
        return {layer.article_id: layer for layer in pulled}, reasons


class Desk:
    """One task in a pool of its own, opened in a browser."""

    def __init__(self, page: Page, project: Project, name: str) -> None:
        self.page = page
        self.project = project
        self.name = name
        self.article_id = ""

    def open(self, article_id: str, drafts: list[Layer]) -> None:
        """Push one article and open its task."""
        self.article_id = article_id
        pushed = wb.push(self.project, self.name, [article_id], drafts, progress=False)
        ref = pushed.projects[0].project_id
        (task,) = connect(self.project, start=False).iter_tasks(ref)
        self.visit(ref, task["id"])

    def visit(self, ref: int, task_id: int) -> None:
        """Go to a task and wait until its regions are drawn."""
        self.page.goto(f"/projects/{ref}/data?task={task_id}")
        expect(self.page.locator("button:has-text('Submit')")).to_be_enabled(timeout=60_000)
        self.page.wait_for_function("document.querySelectorAll('.htx-highlight').length > 1")
        self.settle()

    def select_what_is_made(self) -> None:
        """Set, once and for all tasks, that a region is selected when it is made."""
        self.page.locator("button[aria-label='Settings']").click()
        self.page.locator("text=Select region after creating it").click()
        self.page.reload()
        expect(self.page.locator("button:has-text('Submit')")).to_be_enabled(timeout=60_000)
        self.page.wait_for_function("document.querySelectorAll('.htx-highlight').length > 1")
        self.settle()

    def settle(self) -> None:
        """Let the editor take in what was done."""
        self.page.wait_for_timeout(250)

    def click(self, words: str) -> None:
        """Click into the middle of some words."""
        left, top, right, _ = self.locate(words)
        self.page.mouse.click((left + right) / 2, top)
        self.settle()

    def drag(self, words: str) -> None:
        """Drag from the beginning of some words to their end, over line breaks too."""
        left, top, right, bottom = self.locate(words)
        self.page.mouse.move(left + 1, top)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=6)
        self.page.mouse.move(right - 1, bottom, steps=6)
        self.page.mouse.up()
        self.settle()

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)
        self.settle()

    def pull_handle(self, words: str, *, to: str) -> None:
        """Drag the right edge of the selected region to the end of other words."""
        _, _, right, middle = self.locate(words)
        _, _, end, height = self.locate(to)
        self.page.mouse.move(right - 1, middle)
        self.page.mouse.down()
        self.page.mouse.move((right + end) / 2, (middle + height) / 2, steps=6)
        self.page.mouse.move(end - 1, height, steps=6)
        self.page.mouse.up()
        self.settle()

    def turn_link(self, number: int, *, times: int) -> None:
        """Turn a link in the list of relations: first into both directions, then around."""
        self.page.locator("[class*=panel-tabs__tab]:visible:has-text('Relations')").last.click()
        icon = self.page.locator(".lsf-relations__icon").nth(number)
        for _ in range(times):
            icon.click()
            self.settle()

    def link(self, start: str, end: str) -> None:
        """Link one region to another."""
        self.click(start)
        self.press("Alt+r")
        self.click(end)

    def submit(self) -> None:
        """Press Submit and wait until the server has the work."""
        self.page.locator("button:has-text('Submit')").click()
        expect(self.page.locator("button:has-text('Update')")).to_be_visible(timeout=30_000)

    def submit_and_pull(self) -> tuple[Layer, str]:
        """Press Submit and take the work in."""
        self.page.locator("button:has-text('Submit')").click()
        return self.pull()

    def pull(self) -> tuple[Layer, str]:
        """Wait until the server has the work, and take it in with the article's text."""
        expect(self.page.locator("button:has-text('Update')")).to_be_visible(timeout=30_000)
        pulled = wb.pull(self.project, self.name, progress=False)
        assert pulled.problems == ()
        (layer,) = (layer for layer in pulled if layer.article_id == self.article_id)
        with self.project.store() as connection:
            return layer, get_article(connection, self.article_id).text

    def locate(self, words: str) -> Any:
        """Return left and middle of the first, right and middle of the last line of some words."""
        return self.page.evaluate(_FIND, words)
