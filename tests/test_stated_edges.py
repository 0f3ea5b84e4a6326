"""Gold that states who is for or against whom and no words: what it teaches and how it scores."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import workbench as wb
from workbench.analysis.scoring.counting import pair_layers
from workbench.analysis.scoring.evaluation import evaluate_layers
from workbench.core.cluster import AUTHOR, Cluster, Edge
from workbench.core.errors import TrainingError
from workbench.core.layer import Layer, Passage
from workbench.core.release import Release
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.project import Project
from workbench.training import select_examples

TEXT = "Tonga praised Samoa. The Samoans thanked Fiji."
TONGA, SAMOA = Span(0, 5, "GPE"), Span(14, 19, "GPE")
SAMOANS, FIJI = Span(25, 32, "NORP"), Span(41, 45, "GPE")


def make_gold(*edges: Edge, asked: tuple[str, ...] = ()) -> Layer:
    mentions = [Span(s.start, s.end, "MENTION") for s in (TONGA, SAMOA, SAMOANS)]
    return Layer(
        "a",
        "sha",
        "import:x",
        "gold",
        passages=(Passage(0, len(TEXT), asked),),
        spans=tuple(mentions),
        clusters=(Cluster("Kingdom", (mentions[0],)), Cluster("Samoa", tuple(mentions[1:]))),
        edges=edges,
    )


def make_found(*stances: Stance) -> Layer:
    clusters = (Cluster("Tonga", (TONGA,)), Cluster("Samoans", (SAMOANS,)))
    return Layer("a", "sha", "model:x", "prediction", stances=stances, clusters=clusters)


PRAISE = Stance(((6, 13),), (TONGA,), (SAMOA,), "SUPPORT")
THANKS = Stance(((33, 40),), (SAMOANS,), (FIJI,), "SUPPORT")


def test_stated_edges_are_matched_by_mentions_else_by_name() -> None:
    gold = make_gold(Edge("Kingdom", "SUPPORT", "Samoa"), Edge("Samoa", "SUPPORT", "FIJI"))

    found = evaluate_layers([gold], [make_found(PRAISE, THANKS)], {"a": TEXT})

    assert (found.edges.precision, found.edges.recall, found.edges.n) == (1, 1, 2)
    assert found.stances["pair"].value is None, "no words were asked for, so none can be wrong"


def test_a_polarity_or_an_end_that_no_edge_states_is_wrong() -> None:
    gold = make_gold(Edge("Kingdom", "OPPOSE", "Samoa"), Edge("Samoa", "SUPPORT", "Fiji"))
    author = replace(PRAISE, holders=(), by_author=True)

    found = evaluate_layers([gold], [make_found(PRAISE, THANKS, author)], {"a": TEXT})

    assert found.edges.precision == pytest.approx(1 / 3)
    assert found.edges.recall == pytest.approx(1 / 2)
    [pair] = pair_layers([gold], [make_found(author)], {"a": TEXT})
    assert pair.list_edges()[0] == (Edge(AUTHOR, "SUPPORT", "Samoa"),)


def test_where_stances_were_asked_for_edges_come_from_them() -> None:
    gold = replace(make_gold(asked=("SUPPORT", "OPPOSE", "NEUTRAL", "MIXED")), stances=(PRAISE,))

    found = evaluate_layers([gold], [make_found(PRAISE)], {"a": TEXT})

    assert found.stances["exact"].value == 1
    assert found.edges.n == 1


SENTENCES = {
    "SUPPORT": ("{} praised {} on Monday.", "{} welcomed the plan of {}.", "{} backs {}."),
    "OPPOSE": ("{} condemned {} on Monday.", "{} rejected the plan of {}.", "{} opposes {}."),
}
COUNTRIES = ("France", "Kenya", "Peru", "Japan", "Chile", "Ghana", "Norway", "Egypt")


@pytest.fixture
def stated(empty_project: Project, tmp_path: Path) -> Release:
    """A release of texts with triples by name and nothing else."""
    lines = []
    for number in range(24):
        holder, target = COUNTRIES[number % 8], COUNTRIES[(3 * number + 1) % 8]
        polarity = ("SUPPORT", "OPPOSE")[number % 2]
        text = SENTENCES[polarity][number % 3].format(holder, target) + f" Report {number}."
        triples = [{"holder": holder, "polarity": polarity, "target": target}]
        split = "test" if number % 4 == 0 else "train"
        lines.append(json.dumps({"text": text, "split": split, "triples": triples}))
    path = tmp_path / "stated.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    wb.import_layers(empty_project, path, format="triples", as_="gold")
    return wb.release(empty_project, "0.1.0")


@pytest.mark.slow
def test_rules_and_stances_learn_from_stated_edges(empty_project: Project, stated: Release) -> None:
    model = wb.train(empty_project, stated, progress=False)

    assert model.learnt["rules"]["scores"]["frame"] > 0.25, "an edge says that the rule was right"
    assert model.learnt["stances"]["right"] > 0
    assert model.learnt["entities"] == {
        "learnt": False,
        "labels": [],
        "reason": "no article has an entity",
    }
    assert model.learnt["quotations"]["reason"] == "nobody was asked for quotations"
    found = wb.evaluate(empty_project, model, on="0.1.0")
    assert found.result.edges.value is not None
    assert found.result.edges.value > 0.8
    assert found.against_rules is not None
    assert found.against_rules.n == 6
    assert "the rules'" in found.reading


@pytest.mark.slow
def test_gold_that_says_nothing_is_refused(stated: Release) -> None:
    empty = replace(stated, gold=tuple(replace(layer, edges=()) for layer in stated.gold))

    with pytest.raises(TrainingError, match="say nothing that could be learnt"):
        select_examples(empty, 0)
