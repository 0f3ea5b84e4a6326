"""What agreement and evaluation show in a notebook: heat maps, confusion, escaped and static."""

from __future__ import annotations

import re
from dataclasses import replace

from static_html import EVIL, check
from strategies import KINDS

from workbench.adapters.markup import parse_markup
from workbench.analysis.scoring.evaluation import evaluate_layers
from workbench.core.layer import Layer
from workbench.evaluation import ModelEvaluation
from workbench.rounds.agreement import agreement

BASE = "[Oslo](GPE#o) [praised](#c) the [accord](AGREEMENT#a).\n---\n"
TEXT, GOLD = parse_markup(f"{BASE}SUPPORT asserted: o -> a | c", asked=KINDS, article_id="a")


def read(change: tuple[str, str], polarity: str, author: str) -> Layer:
    _, layer = parse_markup(
        f"{BASE.replace(*change)}{polarity} asserted: o -> a | c",
        author=author,
        kind="annotation",
        asked=KINDS,
        article_id="a",
    )
    return layer


def list_cells(html: str, caption: str) -> list[list[str]]:
    """Return the body's cells, as text, of the table with that caption."""
    table = next(t for t in html.split("<table>") if caption in t)
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.DOTALL)
    return [[re.sub("<.*?>", " ", c).strip() for c in re.findall("<td.*?</td>", r)] for r in rows]


def test_an_evaluation_draws_what_was_taken_for_what() -> None:
    found = read(("GPE", "ORG"), "OPPOSE", "model:x")
    result = evaluate_layers([GOLD], [found], {"a": TEXT})

    html = ModelEvaluation(EVIL, result)._repr_html_()

    assert EVIL in check(html)
    labels = list_cells(html, "only labels that were confused")
    assert labels == [["GPE", "·", "1", "1"], ["ORG", "·", "·", "0"]]  # no AGREEMENT: it was right
    assert ["SUPPORT", "1", "·", "1"] in list_cells(html, "by polarity")
    assert len(html[html.index("only labels") :]) < 8_000


def test_an_evaluation_without_confusion_draws_none() -> None:
    html = ModelEvaluation("m", evaluate_layers([GOLD], [GOLD], {"a": TEXT}))._repr_html_()

    assert "confused" not in html
    assert "by polarity" in html
    nothing = replace(GOLD, spans=(), stances=())
    html = ModelEvaluation("m", evaluate_layers([GOLD], [nothing], {"a": TEXT}))._repr_html_()
    assert html.count("<table") == 1


def test_the_record_of_an_evaluation_has_the_confusion() -> None:
    found = read(("GPE", "ORG"), "OPPOSE", "model:x")

    record = evaluate_layers([GOLD, GOLD], [found, found], {"a": TEXT}).to_record()

    assert record["confusion"] == {
        "labels": [
            {"gold": "AGREEMENT", "found": "AGREEMENT", "n": 2},
            {"gold": "GPE", "found": "ORG", "n": 2},
        ],
        "polarity": [{"gold": "SUPPORT", "found": "OPPOSE", "n": 2}],
    }


def test_agreement_draws_heat_maps_with_intervals_and_polarities() -> None:
    work = []
    for article in ("a", "b", "c"):
        polarity = "SUPPORT" if article == "a" else "OPPOSE"
        label = ("GPE", "GPE" if article == "a" else "ORG")
        work += [
            replace(layer, article_id=article)
            for layer in (
                read(("GPE", "GPE"), "SUPPORT", "person:ana"),
                read(label, polarity, f"person:{EVIL}"),
            )
        ]

    found = agreement(work, n_samples=0, progress=False)
    html = found._repr_html_()

    assert EVIL in check(html)
    score = found.result.people[0].scores["spans"]
    assert score.interval is not None
    shown = f"{score.value:.2f}    {score.interval[0]:.2f}–{score.interval[1]:.2f}"
    spans = list_cells(html, "spans F1, everybody")
    assert [" ".join(row[1].split()) for row in spans] == ["·", " ".join(shown.split())]
    assert "stances triple F1, everybody" in html
    assert ["OPPOSE", "·", "2", "2"] in list_cells(html, "polarity of stances")
    assert ["SUPPORT", "2", "1", "3"] in list_cells(html, "polarity of stances")
    assert len(html) < 60_000


def test_agreement_of_nobody_draws_no_heat_map() -> None:
    assert "everybody" not in agreement([], progress=False)._repr_html_()
