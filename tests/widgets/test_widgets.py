"""Widgets are views over plain functions: what they store is in the store, and nothing else."""

from __future__ import annotations

import threading
from html.parser import HTMLParser

import pytest

import workbench as wb
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.exploration import list_items
from workbench.gold.docket import Docket
from workbench.project import Project
from workbench.store.decisions import find_decisions
from workbench.widgets import Adjudicator, Explorer
from workbench.widgets.job import Job
from workbench.widgets.panel import Panel

ROUND = "2026-02"


def list_controls(html: str) -> list[dict[str, str | None]]:
    """Return the attributes of every element that does something."""
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if "data-do" in dict(attrs) or "data-key" in dict(attrs):
                found.append(dict(attrs))

    Reader().feed(html)
    return found


def stored(project: Project) -> dict[str, tuple[str, str]]:
    with project.store() as connection:
        found = find_decisions(connection, ROUND)
    return {name: (decision.action, decision.reason) for name, decision in found.items()}


def test_every_decision_is_stored_as_it_is_made(annotated: Project) -> None:
    panel = Adjudicator(annotated, ROUND)
    first = panel.docket.current
    assert first is not None
    left = len(panel.docket.open)

    panel.act("accept", "1", {"reason": "the guideline says so"})

    assert stored(annotated) == {first.id: ("accept", "the guideline says so")}
    assert f"{left - 1}</b> left, 1 decided" in panel.html
    assert "Stored: accepted" in panel.status


def test_a_new_kernel_goes_on_where_the_old_one_was(annotated: Project) -> None:
    one = Adjudicator(annotated, ROUND)
    one.act("reject")
    one.act("contested")

    other = Adjudicator(annotated, ROUND)

    assert other.docket.decided == 2
    assert other.html == one.html


def test_undo_takes_the_newest_back_even_in_a_new_kernel(annotated: Project) -> None:
    panel = Adjudicator(annotated, ROUND)
    conflict = panel.docket.current
    before = panel.html
    panel.act("accept", "1")

    again = Adjudicator(annotated, ROUND)
    again.act("undo")

    assert stored(annotated) == {}
    assert again.docket.current == conflict
    assert again.html == before


def test_undo_without_a_decision_is_told(annotated: Project) -> None:
    panel = Adjudicator(annotated, ROUND)

    panel.act("undo")

    assert "no decision of person:adjudicator stands" in panel.alert


def test_a_conflict_that_another_notebook_decided_is_told(annotated: Project) -> None:
    one, other = Adjudicator(annotated, ROUND), Adjudicator(annotated, ROUND, author="person:cy")
    other.act("accept", "1")

    one.act("reject")

    assert "person:cy decided this one in the meantime (accept)" in one.alert
    assert [action for action, _ in stored(annotated).values()] == ["accept"]
    one.act("next")
    assert one.alert == ""


def test_deciding_all_gives_gold(annotated: Project) -> None:
    panel = Adjudicator(annotated, ROUND)
    for _ in range(200):
        if panel.docket.current is None:
            break
        panel.act("accept", "1")

    assert "Nothing is open" in panel.html
    panel.act("finish")
    outcome = wb.adjudicate(annotated, ROUND)
    assert len(outcome.gold) == 3
    assert "0 conflicts open" in panel.status


def test_a_contested_reading_is_kept_with_its_reason(annotated: Project) -> None:
    docket = Docket(annotated, ROUND)
    while docket.current is not None and docket.current.kind != "label":
        docket.step(1)
    conflict = docket.current
    assert conflict is not None

    docket.decide("contested", reason="unclear")

    assert stored(annotated)[conflict.id] == ("contested", "unclear")
    assert conflict not in docket.open


def test_merging_stores_one_item_of_all_readings(annotated: Project) -> None:
    panel = Adjudicator(annotated, ROUND)
    while panel.docket.current is not None and panel.docket.current.kind != "polarity":
        panel.act("next")
    conflict = panel.docket.current
    assert conflict is not None

    panel.act("merge")

    with annotated.store() as connection:
        made = find_decisions(connection, ROUND)[conflict.id]
    assert made.action == "merge"
    assert made.item is not None


def test_keys_are_named_once_and_stand_on_controls(annotated: Project) -> None:
    for panel in (Adjudicator(annotated, ROUND), Explorer(annotated)):
        keys = [c["data-key"] for c in list_controls(panel.html) if c.get("data-key")]
        assert len(keys) == len(set(keys))
        actions = {c["data-do"] for c in list_controls(panel.html) if c.get("data-do")}
        assert actions <= set(panel.list_actions())


def test_a_panel_has_static_html_for_where_no_kernel_is(annotated: Project) -> None:
    for panel in (Adjudicator(annotated, ROUND), Explorer(annotated)):
        data, _ = panel._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in data
        assert not list_controls(data["text/html"])
        assert "<table" in data["text/html"]
        assert data["text/plain"] == repr(panel)


def test_what_an_unknown_error_says_stays_in_the_log(annotated: Project) -> None:
    class Broken(Panel):
        def list_actions(self):  # type: ignore[no-untyped-def]
            return {"go": lambda _: 1 / 0}

        def draw(self) -> str:
            return ""

    panel = Broken("broken")

    panel.act("go")

    assert "the log" in panel.alert
    assert "division" not in panel.alert


def test_messages_from_the_browser_do_known_actions_alone(annotated: Project) -> None:
    panel = Adjudicator(annotated, ROUND)

    panel._receive(panel, {"do": "__class__", "value": "x"}, [])
    panel._receive(panel, "nonsense", [])
    panel._receive(panel, {"do": "next", "value": 3, "fields": [1]}, [])

    assert stored(annotated) == {}
    assert panel.docket.position == 2


def test_the_explorer_filters_as_its_code_says(annotated: Project) -> None:
    panel = Explorer(annotated)
    panel.act("label", "SUPPORT")
    panel.act("author", "person:ana")
    panel.act("disagreement", "yes")

    code = panel.to_code()
    items = eval(code, {"wb": wb, "project": annotated})  # noqa: S307 - our own code

    assert code == (
        "wb.list_items(project).filter(label='SUPPORT', author='person:ana', differs=True)"
    )
    assert items.rows == panel.shown.rows
    assert 0 < len(items) < len(panel.items)
    assert all(row.differs and row.label == "SUPPORT" for row in items)


def test_the_explorer_opens_the_text_and_the_lineage(annotated: Project) -> None:
    panel = Explorer(annotated)
    panel.act("words", "Nile Accord")

    panel.act("open", "0")

    assert "Nile Accord" in panel.html
    assert "lineage" in panel.html
    panel.act("least", "high")
    assert "is no number" in panel.alert


def test_items_that_all_have_do_not_differ(annotated: Project, tiny_gold: dict[str, Layer]) -> None:
    items = list_items(annotated, round_name=ROUND)

    both = items.filter(differs=False)
    assert {row.author for row in both} == {"person:ana", "person:ben"}
    assert all(row.author == "person:ana" for row in items.filter(label="QUOTE"))
    assert all(row.differs for row in items.filter(label="QUOTE"))
    assert len(items.to_frame()) == len(items)
    with pytest.raises(TypeError, match="no such field: colour"):
        items.filter(colour="red")


def test_a_job_hears_stop_and_tells_what_went_wrong() -> None:
    started = threading.Event()

    def work(should_stop):  # type: ignore[no-untyped-def]
        started.set()
        while not should_stop():
            pass
        return 7

    job = Job(work)
    started.wait()
    job.stop()

    assert (job.wait(), job.result) == ("stopped", 7)

    def fail(_: object) -> None:
        raise RoundError("no such round")

    told: list[Job[None]] = []
    failed = Job(fail, told.append)
    assert (failed.wait(), failed.problem) == ("failed", "no such round")
    assert told == [failed]
