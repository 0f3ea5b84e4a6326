"""Script in titles, texts, labels, guidelines and reasons stays text on the labelling screen."""

from __future__ import annotations

import pytest
from desk import Shift
from playwright.sync_api import Page, expect

import workbench as wb
from workbench.project import Project
from workbench.store.articles import get_article

pytestmark = pytest.mark.browser
ATTACK = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>&lt;'
MARKED = f"{ATTACK} [Egypt](GPE#e) [praised](#c) [{ATTACK}](ORG#o) in </span></style>{{}}\n---\nSUPPORT asserted: e -> o | c"
ADDRESSES = {
    "script": "javascript:window.hacked=1",
    "quotes": 'https://news.example/"onmouseover="window.hacked=1"<script>window.hacked=1</script>',
}


def poison_scheme(project: Project) -> None:
    """Put markup into a label's title, another's colour's neighbour, and the guidelines."""
    for name, title in (("ORG", "Organisation"), ("SUPPORT", "Supports")):
        path = project.seeds / "scheme" / f"{name}.md"
        prose = path.read_text(encoding="utf-8")
        assert f"title: {title}" in prose
        prose = prose.replace(f"title: {title}", f"title: '</style>{ATTACK}'")
        escaped = ATTACK.replace("[", "\\[")
        path.write_text(f"{prose}\n{escaped}\n", encoding="utf-8")


def test_no_script_runs_and_the_words_are_shown_as_they_are(page: Page, connected: Project) -> None:
    poison_scheme(connected)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    shift = Shift(page, connected, f"h {ATTACK}"[:40])
    for name, address in ADDRESSES.items():
        facts = {"title": f"**{ATTACK}**", "outlet": f"[{ATTACK}]({address})", "url": address}
        shift.push({name: MARKED.format(name)}, **facts)

    for name in ADDRESSES:
        desk = shift.open(name)
        expect(page.locator(f"h3:text-is({quote(f'**{ATTACK}**')})")).to_be_visible()
        byline = page.locator(".wb-byline")
        assert ATTACK in byline.inner_text()
        links = byline.locator("a")
        assert links.count() == (0 if name == "script" else 1)
        if links.count():
            assert str(links.get_attribute("href")).startswith("https://news.example/")
            assert links.get_attribute("target") == "_blank"
            links.hover()
        assert shift.read(name) == page.evaluate(
            "document.querySelector('[class*=richtext__container]').innerText"
        )
        assert (
            page.locator(".wb-labels .lsf-label__text").all_inner_texts().count(f"</style>{ATTACK}")
            == 2
        )
        page.locator("button:has-text('Instructions')").click()
        page.wait_for_timeout(500)
        page.keyboard.press("Escape")
        desk.press("0")
        box = page.locator("[placeholder='What are you unsure of?']").first
        box.fill(ATTACK)
        box.press("Enter")
        desk.settle()
        assert page.evaluate("window.hacked") is None
        desk.submit()
    page.goto(f"/projects/{shift.ref}/data")
    page.wait_for_timeout(1000)

    assert page.evaluate("window.hacked") is None
    assert dialogs == []
    layers, reasons = shift.pull()
    assert reasons == {}
    for name, layer in layers.items():
        assert set(layer.spans) == set(shift.shown[name].spans)
        assert layer.passages[0].doubt is not None
        assert layer.passages[0].doubt.reason == ATTACK
        with connected.store() as connection:
            html = wb.show(get_article(connection, name), layer)._repr_html_()
        assert "<img" not in html
        assert "<script" not in html


def quote(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
