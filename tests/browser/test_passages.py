"""What a passage's task looks like, and a screen whose scheme has changed."""

from __future__ import annotations

import dataclasses

import pytest
from desk import Desk
from playwright.sync_api import Page, expect

import workbench as wb
from workbench.connection import connect
from workbench.project import Project
from workbench.store.rounds import find_assignments

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_text_beside_a_passage_is_shown_and_can_not_be_labelled(
    page: Page, connected: Project
) -> None:
    wb.preannotate(connected, ["lima"], progress=False)
    pushed = wb.push(connected, "beside", ["lima"], unit="window", window=1, progress=False)
    ref = pushed.projects[0].project_id
    with connected.store() as connection:
        second = find_assignments(connection, "beside")[1]
    task = next(
        task
        for task in connect(connected, start=False).iter_tasks(ref)
        if task["data"]["key"] == second.key
    )
    assert task["data"]["before"]
    assert task["data"]["after"]
    page.goto(f"/projects/{ref}/data?task={task['id']}")
    expect(page.locator("button:has-text('Submit')")).to_be_enabled(timeout=60_000)
    context = page.locator(".wb-context")

    assert [box.inner_text().strip() for box in context.all()] == [
        task["data"]["before"],
        task["data"]["after"],
    ]
    before = page.locator(".htx-highlight").count()
    page.keyboard.press("1")
    box = context.first.locator(":scope *").last.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert page.locator(".htx-highlight").count() == before


def test_a_renamed_label_stays_readable_and_can_not_be_chosen(
    page: Page, connected: Project
) -> None:
    desk = Desk(page, connected, "renamed")
    drafts = wb.preannotate(connected, ["lima"], progress=False)
    desk.open("lima", drafts)
    shown = page.locator(".htx-highlight").count()
    colours = "els => els.map(e => getComputedStyle(e).backgroundColor)"
    before = page.locator(".htx-highlight").evaluate_all(colours)
    folder = connected.seeds / "scheme"
    for path in list(folder.glob("*.md")):
        text = path.read_text(encoding="utf-8").replace("](GPE", "](PLACE")
        if path.stem == "GPE":
            path.unlink()
            path = folder / "PLACE.md"
            text = text.replace("GPE", "PLACE")
        path.write_text(text, encoding="utf-8")
    changed = dataclasses.replace(connected)

    wb.migrate(changed, "renamed", {"GPE": "PLACE"}, apply=True)

    page.reload()
    expect(page.locator("button:has-text('Submit')")).to_be_enabled(timeout=60_000)
    page.wait_for_function("document.querySelectorAll('.htx-highlight').length > 1")
    desk.settle()
    assert page.locator(".htx-highlight").count() == shown
    assert page.locator(".htx-highlight").evaluate_all(colours) == before
    palette = page.locator(".wb-labels").inner_text()
    assert palette.count("Country or city") == 1
    assert "was GPE" not in palette
    desk.project = changed
    layer, _ = desk.submit_and_pull()
    labels = {span.label for span in layer.spans}
    assert "PLACE" in labels
    assert "GPE" not in labels
