"""What an annotator does, counted: one key, click or drag each."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from desk import Desk

import workbench as wb
from workbench.core.layer import Layer

pytestmark = pytest.mark.browser
MARKED = """[Egypt](GPE#e) and [Kenya](GPE) [praised](#c) the [Nile Accord](AGREEMENT#n), while the African Union condemned the [blockade](ISSUE).
Case: {}
---
SUPPORT asserted: e -> n | c"""
MASKED = ()


@dataclass
class Counter:
    """Counts what is done on a desk."""

    desk: Desk
    count: int = 0
    done: list[str] = field(default_factory=list)

    def key(self, key: str) -> None:
        self.count += 1
        self.desk.press(key)

    def click(self, words: str) -> None:
        self.count += 1
        self.desk.click(words)

    def drag(self, words: str) -> None:
        self.count += 1
        self.desk.drag(words)


@pytest.fixture
def counter(desk: Desk) -> Counter:
    return Counter(desk)


def words(layer: Layer, text: str) -> set[tuple[str, str]]:
    return {(text[s.start : s.end], s.label) for s in layer.spans}


def test_accepting_takes_one(counter: Counter) -> None:
    counter.key("Control+Enter")

    layer, text = counter.desk.pull()
    assert counter.count == 1
    assert len(layer.stances) == 1
    assert words(layer, text) >= {("Egypt", "GPE")}


def test_relabelling_takes_two(counter: Counter) -> None:
    counter.click("Kenya")
    counter.key("5")

    layer, text = counter.desk.submit_and_pull()
    assert counter.count == 2
    assert ("Kenya", "ORG") in words(layer, text)
    assert ("Kenya", "GPE") not in words(layer, text)


def test_deleting_takes_two(counter: Counter) -> None:
    counter.click("blockade")
    counter.key("Backspace")

    layer, text = counter.desk.submit_and_pull()
    assert counter.count == 2
    assert "blockade" not in {found for found, _ in words(layer, text)}


def test_adding_an_entity_takes_two(counter: Counter) -> None:
    counter.key("5")
    counter.drag("African Union")

    layer, text = counter.desk.submit_and_pull()
    assert counter.count == 2
    assert ("African Union", "ORG") in words(layer, text)


def test_flipping_a_polarity_takes_two(counter: Counter) -> None:
    counter.click("praised")
    counter.key("r")

    layer, _ = counter.desk.submit_and_pull()
    assert counter.count == 2
    (stance,) = layer.stances
    assert stance.polarity == "OPPOSE"
    assert (len(stance.holders), len(stance.targets)) == (1, 1)


def test_selecting_a_cue_does_not_move_the_text(counter: Counter) -> None:
    before = counter.desk.locate("blockade")
    counter.click("praised")

    assert counter.desk.page.locator("text=Hypothetical").is_visible()
    assert counter.desk.locate("blockade") == before


def test_adding_a_stance_with_both_ends_takes_seven_at_most(counter: Counter) -> None:
    counter.desk.select_what_is_made()
    counter.key("r")
    counter.drag("condemned")
    counter.key("Alt+r")
    counter.click("blockade")
    counter.click("Kenya")
    counter.key("Alt+r")
    counter.click("condemned")

    layer, text = counter.desk.submit_and_pull()
    assert counter.count <= 7
    (added,) = [s for s in layer.stances if s.polarity == "OPPOSE"]
    assert [text[s.start : s.end] for s in added.holders] == ["Kenya"]
    assert [text[s.start : s.end] for s in added.targets] == ["blockade"]


@pytest.mark.parametrize(("key", "status"), [("n", "denied"), ("h", "hypothetical")])
def test_a_status_takes_two(counter: Counter, key: str, status: str) -> None:
    counter.click("praised")
    counter.key(key)

    layer, _ = counter.desk.submit_and_pull()
    assert counter.count == 2
    assert [s.status for s in layer.stances] == [status]


def test_the_authors_voice_takes_two(counter: Counter) -> None:
    counter.click("praised")
    counter.key("v")

    layer, _ = counter.desk.submit_and_pull()
    assert [s.by_author for s in layer.stances] == [True]


def test_a_doubt_takes_one(counter: Counter) -> None:
    counter.key("0")

    layer, _ = counter.desk.submit_and_pull()
    assert counter.count == 1
    assert layer.passages[0].doubt is not None
    assert wb.status(counter.desk.project, counter.desk.name).sum("doubtful") == 1
