"""The agreement of a round from the store, in Python and in the shell."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from workbench.cli.app import run as run_command
from workbench.core.article import Article
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.core.round import Round
from workbench.project import Project
from workbench.rounds.agreement import agreement, measure_round
from workbench.store.layers import add_layer
from workbench.store.rounds import add_round


@pytest.fixture
def annotated(
    project: Project, articles: dict[str, Article], tiny_gold: dict[str, Layer]
) -> Project:
    """Fill a round with the gold as two people, two models and adjudication have it."""
    scheme = project.scheme
    with project.store() as connection:
        add_round(
            connection,
            Round("r", "s", "g", scheme.asked),
            {"labels": [], "guideline": ""},
            at="t",
        )
        for article in articles.values():
            gold = tiny_gold[article.text_sha256]
            passages = tuple(
                replace(p, asked=scheme.asked, suggested_by="model:one") for p in gold.passages
            )
            layer = replace(gold, article_id=article.id, passages=passages)
            for author, kind, spans in (
                ("person:ana", "annotation", layer.spans),
                ("person:ben", "annotation", layer.spans[1:]),
                ("model:one", "prediction", layer.spans),
                ("model:unseen", "prediction", layer.spans),
                ("model:two", "prediction", layer.spans),
                ("adjudication", "gold", layer.spans),
            ):
                name = "" if kind == "prediction" else "r"
                add_layer(
                    connection,
                    replace(
                        layer,
                        author=author,
                        kind=kind,  # type: ignore[arg-type]  # one of the kinds
                        round=name,
                        spans=spans,
                        quotes=(),
                        stances=() if author == "person:ben" else layer.stances,
                    ),
                    at="t",
                )
    return project


def test_a_round_is_measured_with_the_models_seen_the_newest_and_gold(annotated: Project) -> None:
    found = measure_round(annotated, "r", n_samples=10, progress=False)

    authors = {pair.authors for pair in found.result.pairs}
    assert authors == {
        ("person:ana", "person:ben"),
        *((p, o) for p in ("person:ana", "person:ben") for o in ("model:one", "model:two")),
        ("person:ana", "adjudication"),
        ("person:ben", "adjudication"),
    }
    assert (found.result.articles, found.result.shared) == (3, 3)
    assert found.result.suggested == 1
    assert 0.5 < (found.average("spans") or 0) < 1
    tokens = found.result.people[0].tokens["all tokens"]
    assert tokens.value is not None
    with pytest.raises(RoundError):
        found.list_rows("nope")
    with pytest.raises(RoundError):
        measure_round(annotated, "nope")


def test_the_shell_says_the_same(
    annotated: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(annotated.root)
    arguments = ["workbench", "agreement", "r", "--samples", "10", "--seed", "4"]

    monkeypatch.setattr(sys, "argv", [*arguments, "--json"])
    assert run_command() == 0
    record = json.loads(capsys.readouterr().out)
    assert record == measure_round(annotated, "r", n_samples=10, seed=4, progress=False).to_record()

    monkeypatch.setattr(sys, "argv", arguments)
    assert run_command() == 0
    shown = capsys.readouterr().out
    for word in ("spans F1", "gamma", "seed 4", "person:ana × adjudication", "holder", "masi"):
        assert word in shown


def test_nobody_yet_is_an_answer_and_no_error(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with project.store() as connection:
        add_round(connection, Round("r", "s", "g", ()), {"labels": [], "guideline": ""}, at="t")
    monkeypatch.chdir(project.root)
    monkeypatch.setattr(sys, "argv", ["workbench", "agreement", "r"])

    assert run_command() == 0
    assert "no two people share an article" in capsys.readouterr().out


def test_the_verb_takes_a_generator() -> None:
    assert agreement(iter([]), progress=False).average("spans") is None
