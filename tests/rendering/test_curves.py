"""Figures: the same bytes each time, words instead of sight, and no text as markup."""

from __future__ import annotations

from xml.etree import ElementTree

from workbench.rendering.curves import Picture, Point, draw_curves, draw_reliability, draw_scores

HOSTILE = '<script>alert("1")</script>&'


def make_curve(name: str = "warm") -> Picture:
    points = [Point(2, 0.4), Point(8, 0.6, (0.5, 0.7)), Point(16, 0.7, (0.65, 0.75))]
    return draw_curves({name: points}, x="articles", y="F1", title="Training")


def test_a_figure_says_in_words_what_it_shows() -> None:
    picture = make_curve()

    assert picture.alt == "Training: warm from 0.40 at 2 to 0.70 at 16"
    root = ElementTree.fromstring(picture.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == picture.alt
    assert len(picture.svg) < 60_000


def test_the_same_numbers_draw_the_same_bytes() -> None:
    assert make_curve().svg == make_curve().svg


def test_text_from_outside_is_no_markup() -> None:
    for picture in (
        make_curve(HOSTILE),
        draw_reliability({HOSTILE: [(0.2, 0.1, 4), (0.8, 0.9, 9)]}),
        draw_scores({HOSTILE: {HOSTILE: (0.5, (0.4, 0.6))}}),
    ):
        assert "<script" not in picture.svg
        tags = {
            element.tag.rpartition("}")[2] for element in ElementTree.fromstring(picture.svg).iter()
        }
        assert tags <= {
            "svg",
            "title",
            "defs",
            "style",
            "g",
            "path",
            "text",
            "use",
            "clipPath",
            "rect",
            "tspan",
        }


def test_an_empty_reliability_diagram_says_so() -> None:
    assert "nothing has a score" in draw_reliability({}).alt
