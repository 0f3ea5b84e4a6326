"""Every edit on the screen has the meaning that the reference table gives it, or is quarantined.

One round is pushed for the module; each test works on the article that is named after it.
"""

from __future__ import annotations

import pytest
from desk import Desk, Shift
from playwright.sync_api import expect

import workbench as wb
from workbench.core.layer import Layer
from workbench.core.span import Span

pytestmark = pytest.mark.browser
MARKED = """Follow us on Chatter
[Egypt](GPE#e) [praised](#c) 👩‍👧 the [Nile Accord](AGREEMENT#n) while [Kenya](GPE#k) condemned the [blockade](ISSUE#b).
Envoys of the African
Union waited 🇬🇧 in Nairobi, “[at peace](QUOTE#q)”.
Case: {}
---
SUPPORT asserted: e -> n | c
QUOTE q: -"""


MASKED = ((0, 20),)


class Outcome:
    """What became of one task."""

    def __init__(self, shift: Shift, name: str) -> None:
        layers, reasons = shift.pull()
        self.shown = shift.shown[name]
        self.layer: Layer | None = layers.get(name)
        self.reasons = reasons.get(name, [])
        self.text = shift.read(name)

    def spans(self) -> set[tuple[str, str]]:
        assert self.layer is not None
        return {(self.text[s.start : s.end], s.label) for s in self.layer.spans}

    def added(self) -> set[tuple[str, str]]:
        return self.spans() - {(self.text[s.start : s.end], s.label) for s in self.shown.spans}

    def removed(self) -> set[tuple[str, str]]:
        return {(self.text[s.start : s.end], s.label) for s in self.shown.spans} - self.spans()

    def stances(self) -> list[tuple[list[str], str, list[str]]]:
        assert self.layer is not None

        def read(spans: tuple[Span, ...]) -> list[str]:
            return [self.text[span.start : span.end] for span in spans]

        return [(read(s.holders), s.polarity, read(s.targets)) for s in self.layer.stances]


class Submitted:
    """Submits the open task and tells its outcome."""

    def __init__(self, shift: Shift, desk: Desk, name: str) -> None:
        self._shift = shift
        self._desk = desk
        self._name = name

    def __call__(self) -> Outcome:
        self._desk.submit()
        return Outcome(self._shift, self._name)


@pytest.fixture
def submitted(shift: Shift, desk: Desk, request: pytest.FixtureRequest) -> Submitted:
    return Submitted(shift, desk, request.node.name)


KEPT = (["Egypt"], "SUPPORT", ["Nile Accord"])


def test_dragging_after_an_emoji(desk: Desk, submitted: Submitted) -> None:
    desk.press("3")
    desk.drag("Nairobi")

    outcome = submitted()
    assert (outcome.added(), outcome.removed(), outcome.reasons) == (
        {("Nairobi", "GPE")},
        set(),
        [],
    )
    assert outcome.stances() == [KEPT]


def test_dragging_over_a_line_break(desk: Desk, submitted: Submitted) -> None:
    desk.press("5")
    desk.drag("African\nUnion")

    outcome = submitted()
    assert (outcome.added(), outcome.reasons) == ({("African\nUnion", "ORG")}, [])


def test_dragging_with_spaces_at_the_ends(desk: Desk, submitted: Submitted) -> None:
    desk.press("5")
    desk.drag("Envoys ")

    outcome = submitted()
    assert (outcome.added(), outcome.reasons) == ({("Envoys", "ORG")}, [])


def test_resizing(desk: Desk, submitted: Submitted) -> None:
    desk.click("Kenya")
    desk.pull_handle("Kenya", to="condemned")

    outcome = submitted()
    assert outcome.added() == {("Kenya condemned", "GPE")}
    assert (outcome.removed(), outcome.reasons) == ({("Kenya", "GPE")}, [])


def test_resizing_a_cue(desk: Desk, submitted: Submitted) -> None:
    desk.click("praised")
    desk.pull_handle("praised", to="the")

    outcome = submitted()
    assert outcome.layer is not None
    (stance,) = outcome.layer.stances
    assert [outcome.text[slice(*cue)] for cue in stance.cue] == ["praised 👩‍👧 the"]
    assert (outcome.stances(), outcome.reasons) == ([KEPT], [])


def test_relabelling(desk: Desk, submitted: Submitted) -> None:
    desk.click("Egypt")
    desk.press("5")

    outcome = submitted()
    assert (outcome.added(), outcome.removed()) == ({("Egypt", "ORG")}, {("Egypt", "GPE")})
    assert (outcome.stances(), outcome.reasons) == ([KEPT], [])


def test_deleting_an_entity_that_links_point_to(desk: Desk, submitted: Submitted) -> None:
    desk.click("Egypt")
    desk.press("Backspace")

    outcome = submitted()
    assert outcome.removed() == {("Egypt", "GPE")}
    assert (outcome.stances(), outcome.reasons) == ([([], "SUPPORT", ["Nile Accord"])], [])


def test_deleting_a_cue_that_links_point_to(desk: Desk, submitted: Submitted) -> None:
    desk.click("praised")
    desk.press("Backspace")

    outcome = submitted()
    assert (outcome.stances(), outcome.removed(), outcome.reasons) == ([], set(), [])


def test_a_second_holder(desk: Desk, submitted: Submitted) -> None:
    desk.link("Kenya", "praised")

    outcome = submitted()
    assert outcome.stances() == [(["Egypt", "Kenya"], "SUPPORT", ["Nile Accord"])]
    assert outcome.reasons == []


def test_a_new_stance_with_two_holders(desk: Desk, submitted: Submitted) -> None:
    desk.press("r")
    desk.drag("condemned")
    desk.link("Kenya", "condemned")
    desk.link("Egypt", "condemned")
    desk.link("condemned", "blockade")

    outcome = submitted()
    assert (["Egypt", "Kenya"], "OPPOSE", ["blockade"]) in outcome.stances()
    assert (len(outcome.stances()), outcome.reasons) == (2, [])


def test_reversing_a_link(desk: Desk, submitted: Submitted) -> None:
    desk.turn_link(0, times=2)

    outcome = submitted()
    assert (outcome.stances(), outcome.reasons) == ([([], "SUPPORT", ["Egypt", "Nile Accord"])], [])


def test_a_link_in_both_directions(desk: Desk, submitted: Submitted) -> None:
    desk.turn_link(0, times=1)

    outcome = submitted()
    assert outcome.stances() == [([], "SUPPORT", ["Nile Accord"])]
    assert outcome.reasons == ["a link needs one direction, not 'bi'"]


def test_a_speaker(desk: Desk, submitted: Submitted) -> None:
    desk.link("Kenya", "at peace")

    outcome = submitted()
    assert outcome.layer is not None
    (quote,) = outcome.layer.quotes
    assert quote.speaker is not None
    assert outcome.text[quote.speaker.start : quote.speaker.end] == "Kenya"


def test_a_quotation_as_target(desk: Desk, submitted: Submitted) -> None:
    desk.link("praised", "at peace")

    outcome = submitted()
    assert outcome.stances() == [(["Egypt"], "SUPPORT", ["Nile Accord", "at peace"])]
    assert outcome.added() == {("at peace", "MENTION")}


def test_a_cue_in_two_pieces(desk: Desk, submitted: Submitted) -> None:
    desk.press("e")
    desk.drag("condemned")
    desk.link("praised", "condemned")

    outcome = submitted()
    assert outcome.layer is not None
    (stance,) = outcome.layer.stances
    assert [outcome.text[slice(*cue)] for cue in stance.cue] == ["praised", "condemned"]
    assert (outcome.stances(), outcome.reasons) == ([KEPT], [])


def test_cues_of_different_polarity_linked(desk: Desk, submitted: Submitted) -> None:
    desk.press("r")
    desk.drag("condemned")
    desk.link("praised", "condemned")

    outcome = submitted()
    assert [polarity for _, polarity, _ in outcome.stances()] == ["SUPPORT", "OPPOSE"]
    assert outcome.reasons == ["two cues of different polarity can't be one"]


def test_a_link_between_entities(desk: Desk, submitted: Submitted) -> None:
    desk.link("Kenya", "Egypt")

    outcome = submitted()
    assert (outcome.stances(), outcome.added()) == ([KEPT], set())
    assert outcome.reasons == ["a link from GPE to GPE means nothing"]


def test_the_same_words_twice(desk: Desk, submitted: Submitted) -> None:
    desk.press("3")
    desk.drag("Nairobi")
    desk.press("3")
    desk.drag("Nairobi")

    outcome = submitted()
    assert outcome.added() == {("Nairobi", "GPE")}
    assert outcome.reasons == [
        "another region has the same words and label; links to it count for that one"
    ]


def test_denied_by_the_author(desk: Desk, submitted: Submitted) -> None:
    desk.click("praised")
    desk.press("n")
    desk.press("v")

    outcome = submitted()
    assert outcome.layer is not None
    (stance,) = outcome.layer.stances
    assert (stance.status, stance.by_author, outcome.reasons) == ("denied", True, [])


def test_a_doubt_with_a_reason(desk: Desk, submitted: Submitted) -> None:
    desk.press("0")
    box = desk.page.locator("textarea[name=reason], [placeholder='What are you unsure of?']").first
    box.fill('<b>who</b> "waits"? 🤷')
    box.press("Enter")

    outcome = submitted()
    assert outcome.layer is not None
    doubt = outcome.layer.passages[0].doubt
    assert doubt is not None
    assert (doubt.flag, doubt.reason) == ("unsure", '<b>who</b> "waits"? 🤷')


def test_submitting_empty(desk: Desk, submitted: Submitted) -> None:
    for words in ("Egypt", "praised", "Nile Accord", "Kenya", "blockade", "at peace"):
        desk.click(words)
        desk.press("Backspace")

    outcome = submitted()
    assert outcome.layer is not None
    assert (outcome.layer.spans, outcome.layer.quotes, outcome.layer.stances) == ((), (), ())
    assert (len(outcome.layer.passages), outcome.reasons) == (1, [])


def test_page_furniture_takes_no_label(desk: Desk, submitted: Submitted) -> None:
    expect(desk.page.locator(".wb-labels >> text=Page furniture")).to_be_hidden()
    desk.press("w")
    desk.drag("Envoys")
    desk.press("5")
    desk.drag("Chatter")

    outcome = submitted()
    assert (outcome.added(), outcome.removed()) == (set(), set())
    assert outcome.reasons == ["the region lies in page furniture, in which nothing is labelled"]


def test_a_draft(desk: Desk, shift: Shift) -> None:
    desk.press("3")
    with desk.page.expect_response(lambda answer: "/drafts" in answer.url):
        desk.drag("Nairobi")

    outcome = Outcome(shift, "test_a_draft")
    assert (outcome.layer, outcome.reasons) == (None, [])


def test_skipping(shift: Shift) -> None:
    """Comes last: Label Studio offers tasks in their order, and the skipped one is all that is left."""
    page = shift.page
    page.goto(f"/projects/{shift.ref}/data?labeling=1")
    skip = page.locator("button:has-text('Skip')")
    expect(skip).to_be_enabled(timeout=60_000)
    page.keyboard.press("Escape")  # the instructions
    expect(page.locator("[class*=modal-ls_visible]")).to_have_count(0)
    with page.expect_response(lambda answer: "/annotations" in answer.url):
        skip.click()

    outcome = Outcome(shift, "test_skipping")
    assert (outcome.layer, outcome.reasons) == (None, [])
    assert wb.status(shift.project, shift.name).sum("skipped") == 1
