"""A task on the labelling screen, worked as a person works it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

import workbench as wb
from workbench.connection import connect
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.store.articles import get_article

LABELS = (
    "PERSON",
    "ROLE",
    "GPE",
    "LOC",
    "ORG",
    "NORP",
    "EVENT",
    "AGREEMENT",
    "ISSUE",
    "DATE",
    "MONEY",
    "PERCENT",
)
_FIND = """(words) => {
  const root = document.querySelector('[class*=richtext__container]');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let text = '', nodes = [];
  while (walker.nextNode()) {
    nodes.push([text.length, walker.currentNode]);
    text += walker.currentNode.data;
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
        self.page.goto(f"/projects/{ref}/data?task={task['id']}")
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

    def submit_and_pull(self) -> tuple[Layer, str]:
        """Press Submit and take the work in."""
        self.page.locator("button:has-text('Submit')").click()
        return self.pull()

    def pull(self) -> tuple[Layer, str]:
        """Wait until the server has the work, and take it in with the article's text."""
        expect(self.page.locator("button:has-text('Update')")).to_be_visible(timeout=30_000)
        pulled = wb.pull(self.project, self.name, progress=False)
        assert pulled.problems == ()
        (layer,) = pulled
        with self.project.store() as connection:
            return layer, get_article(connection, self.article_id).text

    def locate(self, words: str) -> Any:
        """Return left and middle of the first, right and middle of the last line of some words."""
        return self.page.evaluate(_FIND, words)
