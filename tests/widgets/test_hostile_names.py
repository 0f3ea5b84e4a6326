"""Whatever people are called and give as a reason, it stays text in panels and tables."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from static_html import EVIL

import workbench as wb
from workbench.adapters.records import write_scheme
from workbench.core.layer import Layer
from workbench.core.round import Round
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.layers import add_layer, find_layers
from workbench.store.rounds import add_round
from workbench.widgets import Adjudicator, Explorer

from .conftest import ROUND, read_people

NAMES = (
    f"person:ana {EVIL}",
    'person:<img src=x onerror="alert(1)"> &amp; =HYPERLINK("x") \u202eben',
)


@pytest.fixture
def hostile(project: Project, tiny_gold: dict[str, Layer]) -> Project:
    """A round whose two annotators have names that are markup."""
    scheme = project.scheme
    with project.store() as connection:
        rnd = Round(ROUND, scheme.hash, scheme.guideline_hash, scheme.asked, NAMES, 2.0)
        add_round(connection, rnd, write_scheme(scheme), at=project.now())
        for article in find_articles(connection):
            rows = read_people(article, tiny_gold[article.text_sha256], scheme.asked)
            for name, (_, layer) in zip(NAMES, rows, strict=True):
                add_layer(connection, replace(layer, author=name), at=project.now())
    return project


class Words(HTMLParser):
    """Collects the text of a document, and the elements and attributes that would run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.active: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.text += "".join(value or "" for name, value in attrs if name in ("title", "value"))
        if tag in ("script", "img") and not (values.get("src") or "").startswith("data:image/"):
            self.active.append(tag)
        self.active += [name for name in values if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def show(html: str) -> str:
    found = Words(html)
    assert found.active == []
    return found.text


def test_panels_show_names_and_reasons_as_text(hostile: Project) -> None:
    adjudicator = Adjudicator(hostile, ROUND, author=NAMES[0])
    adjudicator.act("accept", "1", {"reason": EVIL})
    explorer = Explorer(hostile)

    for panel in (adjudicator, explorer):
        shown = show(panel.html)
        assert any(name.removeprefix("person:") in shown for name in NAMES), type(panel).__name__
        show(panel.draw_static())
    assert not adjudicator.alert
    explorer.act("open", "0")
    show(explorer.html)


def test_tables_and_cards_show_names_as_text(hostile: Project) -> None:
    with hostile.store() as connection:
        layers = list(find_layers(connection, round=ROUND))
        articles = list(find_articles(connection))
    ana, ben = (name.removeprefix("person:") for name in NAMES)

    report = wb.agreement(layers, articles, progress=False)
    wb.adjudicate(hostile, ROUND)
    found = wb.diagnose(hostile, ROUND)

    for table in (report, found):
        shown = show(table._repr_html_())
        assert ana in shown
        assert ben in shown
    for article in articles:
        mine = [layer for layer in layers if layer.article_id == article.id]
        assert ana in show(wb.show(article, *mine)._repr_html_())
