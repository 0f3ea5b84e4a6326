"""Explorer: filter items by what they say and who says it, and click through to the text."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from workbench.core.errors import SourceError, WorkbenchError
from workbench.exploration import COLUMNS, SHOWN, ItemRow, ItemTable, list_items, show_row
from workbench.gold.why import why
from workbench.project import Project
from workbench.rendering.marks import Mark, draw_text, pale_colours
from workbench.rendering.tables import Drawn, draw_rows, draw_table
from workbench.rounds.addresses import find_addresses
from workbench.store.articles import get_article
from workbench.widgets.controls import (
    draw_button,
    draw_choice,
    draw_field,
    draw_head,
    draw_task_link,
)
from workbench.widgets.panel import Action, Panel

_CHOICES = ("label", "author", "kind", "round", "status")
_FIELDS = ("words", "holder", "target")
_DISPUTED = ("", "yes", "no")


class Explorer(Panel):
    """Shows the items that fit the filters, a page at a time, and one of them in its text."""

    def __init__(
        self, project: Project, *, round_name: str | None = None, items: ItemTable | None = None
    ) -> None:
        super().__init__("Explorer")
        self.project = project
        self.items = list_items(project, round_name=round_name) if items is None else items
        place = "project" if round_name is None else f"project, round_name={round_name!r}"
        self._source = f"wb.list_items({place})" if items is None else "items"
        self.chosen: dict[str, str] = {}
        self.shown = self.items
        self._options = {name: ["", *self.items.list_values(name)] for name in _CHOICES}
        self._page = 0
        self._opened: int | None = None
        self.redraw()

    def list_actions(self) -> Mapping[str, Action]:
        """Return what the fields and buttons do."""
        names = (*_CHOICES, *_FIELDS, "least", "most", "disagreement")
        setters = {name: self._make_setter(name) for name in names}
        return {
            **setters,
            "next": lambda _: self._turn(1),
            "previous": lambda _: self._turn(-1),
            "clear": self._clear,
            "open": self._open,
        }

    def to_code(self) -> str:
        """Return the Python that gives the same items."""
        options = ", ".join(f"{name}={value!r}" for name, value in self._read_filters().items())
        return f"{self._source}.filter({options})"

    def draw(self) -> str:
        """Draw the filters, a page of items, and the one that was opened."""
        first = self._page * SHOWN
        page = self.shown.rows[first : first + SHOWN]
        rows = [
            (Drawn(draw_button("open", "Text", value=str(first + at))), *show_row(row))
            for at, row in enumerate(page)
        ]
        last = first + len(page)
        choices = "".join(
            draw_choice(name, name, self._options[name], self.chosen.get(name, ""))
            for name in _CHOICES
            if len(self._options[name]) > 1
        )
        texts = "".join(draw_field(name, name, self.chosen.get(name, "")) for name in _FIELDS)
        scores = "".join(
            draw_field(name, f"score at {name}", self.chosen.get(name, ""), width=5)
            for name in ("least", "most")
        )
        disputed = draw_choice(
            "disagreement", "disagreement", _DISPUTED, self.chosen.get("disagreement", "")
        )
        return (
            f"{draw_head('Explorer', f'<b>{len(self.shown)}</b> of {len(self.items)} items')}"
            f'<div class="wb-bar">{texts}{choices}{disputed}{scores}</div>'
            f'<div class="wb-wide" tabindex="0" role="region" aria-label="items">'
            f"{draw_rows(('open', *COLUMNS), rows)}</div>"
            f'<div class="wb-bar">'
            f"{draw_button('previous', 'Previous', key='p', disabled=not first)}"
            f"{draw_button('next', 'Next', key='n', disabled=last >= len(self.shown))}"
            f"<span>{first + bool(page)}–{last}</span>"
            f"{draw_button('clear', 'Clear filters', key='x')}"
            f"<code>{escape(self.to_code())}</code></div>{self._draw_opened()}"
        )

    def draw_static(self) -> str:
        """Draw the page of items and the one that was opened, without buttons."""
        rows = self.shown.rows[self._page * SHOWN :][:SHOWN]
        caption = f"{len(self.shown)} of {len(self.items)} items"
        return draw_table(COLUMNS, [show_row(row) for row in rows], caption) + self._draw_opened()

    def _make_setter(self, name: str) -> Action:
        def store(value: str) -> None:
            if name in ("least", "most") and value:
                _read_score(value)
            self.chosen = {**self.chosen, name: value}
            self._page, self._opened = 0, None
            self.shown = self.items.filter(**self._read_filters())  # type: ignore[arg-type]  # by name

        return store

    def _read_filters(self) -> dict[str, object]:
        found: dict[str, object] = {
            name: self.chosen[name] for name in (*_FIELDS, *_CHOICES) if self.chosen.get(name)
        }
        for name in ("least", "most"):
            if self.chosen.get(name):
                found[name] = _read_score(self.chosen[name])
        if self.chosen.get("disagreement"):
            found["differs"] = self.chosen["disagreement"] == "yes"
        return found

    def _clear(self, _: str) -> None:
        self.chosen, self.shown, self._page, self._opened = {}, self.items, 0, None

    def _turn(self, by: int) -> None:
        last = max(0, (len(self.shown) - 1) // SHOWN)
        self._page = min(max(0, self._page + by), last)
        self._opened = None

    def _open(self, value: str) -> None:
        self._opened = int(value) if value.isdigit() and int(value) < len(self.shown) else None

    def _draw_opened(self) -> str:
        if self._opened is None:
            return ""
        row = self.shown.rows[self._opened]
        with self.project.store() as connection:
            article = get_article(connection, row.article_id)
        start = article.text.rfind("\n", 0, row.start) + 1
        end = article.text.find("\n", row.end)
        window = (start, len(article.text) if end < 0 else end)
        mark = Mark(row.start, row.end, row.label, row.label)
        text = draw_text(article, [mark], pale_colours(self.project.scheme), window)
        return (
            f'<strong class="wb-title">{escape(article.title or article.id)}</strong>'
            f'<div class="wb-text" style="line-height:1.9;white-space:pre-wrap">{text}</div>'
            f"{self._draw_lineage(row)}{self._draw_links(row)}"
        )

    def _draw_lineage(self, row: ItemRow) -> str:
        """Draw how a gold item came about; of others, who made them and by which rule."""
        if row.kind == "gold":
            try:
                return why(self.project, row.id)._repr_html_()
            except WorkbenchError as error:
                return f"<p>{escape(str(error))}</p>"
        facts = [("item", row.id), ("kind of layer", row.kind), ("author", row.author)]
        facts += [("round", row.round), ("rule", row.rule)]
        return draw_table(("lineage", ""), [fact for fact in facts if fact[1]])

    def _draw_links(self, row: ItemRow) -> str:
        tasks = find_addresses(self.project, row.round) if row.round else []
        links = [
            draw_task_link(task.url, f"Task of {task.annotator or 'the pool'}")
            for task in tasks
            if task.article_id == row.article_id and task.shows((row.start, row.end))
        ]
        return f'<div class="wb-bar">{" ".join(links)}</div>' if links else ""


def _read_score(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise SourceError(f"the score {value!r} is no number; write one such as 0.5") from None
