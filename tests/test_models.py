"""The verbs about models on real, short trainings: refuse, evaluate, compare, promote, draw."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import workbench as wb
from workbench import evaluation, traincurve
from workbench.analysis.scoring.paired import Difference
from workbench.cli.app import app, run
from workbench.core.article import Article
from workbench.core.errors import PipelineError, ReleaseError, TrainingError
from workbench.core.layer import Layer, Passage
from workbench.core.release import Release
from workbench.core.span import Span
from workbench.project import Project
from workbench.promotion import find_current, list_reasons
from workbench.store.layers import add_layer
from workbench.training import Model, refuse_test, select_examples

pytestmark = pytest.mark.slow


def test_test_articles_are_refused(project: Project, released: Release) -> None:
    examples, dev = select_examples(released, 0)
    assert {a.id for a, _ in [*examples, *dev]} == {"cairo", "lima"}
    lima = next(pair for pair in examples if pair[0].id == "lima")

    with pytest.raises(TrainingError, match="test articles are never learnt from: oslo"):
        refuse_test([*examples, *released.test], released)
    with pytest.raises(TrainingError, match="lima"):
        refuse_test([(replace(lima[0], group=released.test[0][0].group), lima[1])], released)
    moved = replace(released, splits={**released.splits, "oslo": "train"})
    with pytest.raises(TrainingError, match="oslo"):
        wb.train(project, moved, progress=False)


def test_a_large_train_split_lends_a_fifth_by_groups_where_dev_is_small(released: Release) -> None:
    (article, layer), *_ = released.select("train")
    many = [replace(article, id=f"a{i}", group=f"g{i // 2}", split="train") for i in range(40)]
    big = replace(
        released,
        articles=tuple(many),
        gold=tuple(replace(layer, article_id=a.id) for a in many),
        splits={a.id: "train" for a in many},
    )

    examples, dev = select_examples(big, 7)

    assert (len(examples), len(dev)) == (32, 8)
    assert {a.group for a, _ in examples}.isdisjoint(a.group for a, _ in dev)
    assert select_examples(big, 7) == (examples, dev)


def test_the_same_release_and_settings_are_trained_once(
    project: Project, released: Release
) -> None:
    first = wb.train(project, released, steps=4, trainers=["rules"], progress=False)

    assert wb.train(project, released, steps=4, trainers=["rules"], progress=False) == first
    assert wb.train(project, released, steps=5, trainers=["rules"], progress=False) != first
    files: dict[str, str] = dict(released.manifest["files"])  # type: ignore[call-overload]
    reworded = replace(
        released, manifest={**released.manifest, "files": {**files, "README.md": "x"}}
    )
    assert wb.train(project, reworded, steps=4, trainers=["rules"], progress=False) == first
    other = replace(released, manifest={**released.manifest, "files": {**files, "gold.jsonl": "x"}})
    assert wb.train(project, other, steps=4, trainers=["rules"], progress=False) != first
    with pytest.raises(TrainingError, match="options for entities"):
        wb.train(project, released, trainers=["rules"], options={"entities": {}}, progress=False)


def test_ctrl_c_keeps_what_was_learnt_and_does_not_pass_for_the_whole(
    project: Project, released: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("workbench.trainers.stances.annotate_before", stop)
        partial = wb.train(project, released, trainers=["rules", "stances"], progress=False)
        again = wb.train(project, released, trainers=["rules", "stances"], progress=False)
    whole = wb.train(project, released, trainers=["rules", "stances"], progress=False)

    assert partial.name == again.name == f"{whole.name}-partial"
    assert partial.learnt["rules"]["rules"] > 0
    assert partial.learnt["stances"] == {"interrupted": True}
    assert wb.evaluate(project, partial, on="0.1.0").result.articles == 1


def change_meta(model: Model, **changes: object) -> None:
    path = model.path / "meta.json"
    meta = json.loads(path.read_text(encoding="utf-8"))
    meta["workbench"].update(changes)
    path.write_text(json.dumps(meta), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scheme": "0123"}, "trained under the scheme 0123"),
        ({"spacy": "3.2.1"}, "made with spaCy 3.2.1"),
        ({"version": "9.0.0"}, "made with workbench 9.0.0"),
    ],
)
def test_a_model_that_does_not_fit_is_refused_with_what_to_do(
    project: Project, released: Release, change: dict[str, object], said: str
) -> None:
    model = wb.train(project, released, trainers=["rules"], progress=False)
    change_meta(model, **change)

    for use in (model.path, model.name):
        with pytest.raises(PipelineError, match=f"{said}.*workbench train 0.1.0"):
            wb.preannotate(project, nlp=use, progress=False)
    with pytest.raises(PipelineError, match=said):
        wb.evaluate(project, model, on="0.1.0")


def test_evaluation_has_its_documented_form_and_people_beside_it(
    project: Project, released: Release
) -> None:
    (article, gold), *_ = released.test
    with project.store() as connection:
        for who, spans in (("person:ana", gold.spans), ("person:ben", gold.spans)):
            work = replace(gold, author=who, kind="annotation", spans=spans, verdicts={})
            add_layer(connection, work, at=project.now())

    found = wb.evaluate(project, None, on="0.1.0:test")
    record = json.loads(json.dumps(found.to_record()))

    assert {"strict", "boundary", "partial", "type", "labels"} == set(record["entities"])
    levels = {"pair", "triple", "strict", "exact", "polarity", "edges", "sentiment_graph"}
    assert levels == set(record["stances"])
    assert {"precision", "recall", "f1", "n"} <= set(record["quotes"])
    assert record["human"]["entities"]["strict"]["f1"] == 1
    assert record["against_rules"] is None
    assert found.reading == ""
    assert {"entities", "quotes", "stances"} == set(record["reliability"])
    assert "people" in found.plot().alt
    assert found.plot_reliability().svg.startswith("<svg")
    assert len(found.to_frame()) == len(found.list_rows())
    assert article.id == "oslo"


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((0.01, 0.05), "beat the rules': +0.030 of triple F1, 95% interval +0.010 to +0.050"),
        ((-0.01, 0.05), "do not beat the rules' for sure"),
        ((-0.05, -0.01), "are worse than the rules'"),
        (None, "too few articles to tell"),
    ],
)
def test_an_evaluation_says_whether_learning_beats_the_rules(
    project: Project, released: Release, interval: tuple[float, float] | None, words: str
) -> None:
    base = wb.evaluate(project, None, on="0.1.0:test")

    found = replace(base, against_rules=Difference(0.03, interval, 0.0, 9))

    assert words in found.reading
    assert "<p>" in found._repr_html_()
    assert found.to_record()["against_rules"]["reading"] == found.reading


def test_a_promoted_model_is_what_preannotate_uses(
    project: Project, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_current(project) is None
    before = wb.preannotate(project, ["oslo"], progress=False)[0].author

    outcome = wb.promote(project, model, margin=1.0)

    assert (outcome.promoted, outcome.against) == (True, "base")
    assert set(outcome.differences) >= {"entities strict", "quotes", "stances triple"}
    drafts = wb.preannotate(project, ["oslo"], progress=False)
    assert drafts[0].author == model.author != before
    assert find_current(project) == model
    again = wb.promote(project, model)
    assert (again.against, again.reasons) == (model.name, ())
    assert all(not d.value for d in again.differences.values())
    model.path.rename(model.path.with_name("gone"))
    with pytest.raises(PipelineError, match="workbench train 0.1.0"):
        wb.preannotate(project, ["oslo"], progress=False)


def test_what_speaks_against_a_model() -> None:
    def say(name: str, value: float, interval: tuple[float, float], n: int = 50) -> list[str]:
        return list_reasons({name: Difference(value, interval, 0.5, n)}, 0.05)

    assert say("entities strict", 0.02, (-0.03, 0.06)) == []
    assert say("entities strict", -0.02, (-0.06, 0.02)) == []
    assert say("entities strict", -0.02, (-0.03, -0.01)) == ["entities strict F1 falls by 0.020"]
    assert say("stances triple", -0.06, (-0.2, 0.1)) == ["stances triple F1 falls by 0.060"]
    assert say("label ORG", -0.06, (-0.2, 0.1)) == ["ORG F1 falls by 0.060"]
    assert say("label ORG", -0.06, (-0.2, 0.1), n=3) == []
    assert say("label ORG", -0.04, (-0.2, 0.1)) == []


def test_a_worse_model_is_refused_and_force_says_why(
    project: Project, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wb.promote(project, model, margin=1.0).promoted
    worse = replace(model, name=f"{model.name}-worse")
    real = evaluation.predict

    def predict(project: Project, found: Model | None, articles: Any) -> Any:
        # The worse one is blind: it finds nothing at all.
        return ("model:blind", []) if found is worse else real(project, found, articles)

    monkeypatch.setattr("workbench.promotion.predict", predict)

    refused = wb.promote(project, worse)
    assert not refused.promoted
    assert "entities strict F1 falls by" in refused.reasons[0]
    assert find_current(project) == model
    assert wb.promote(project, worse, force="a drill").promoted


def test_comparison_lists_what_was_won_and_lost_and_counts_the_drift(
    project: Project, model: Model
) -> None:
    same = wb.compare(project, model, model)
    assert (same.changes, same.unlabelled) == ((), 0)

    there, back = wb.compare(project, "base", model), wb.compare(project, model, "base")

    won = {(c.item_id, c.words) for c in there.changes if c.kind == "won"}
    assert won == {(c.item_id, c.words) for c in back.changes if c.kind == "lost"}
    record = there.to_record()
    assert {"won", "lost", "drift", "differences"} <= set(record)
    with pytest.raises(ReleaseError, match="two base pipelines"):
        wb.compare(project, "base", "base")


def test_drift_is_counted_on_articles_without_gold(
    project: Project, model: Model, tmp_path: Path
) -> None:
    (tmp_path / "new.md").write_text(
        "---\nid: new\nsplit: train\n---\nPeru praised Kenya on Monday, said Otto Braun.\n"
    )
    wb.ingest(project, tmp_path / "new.md", progress=False)

    found = wb.compare(project, "base", model)

    assert found.unlabelled == 1
    assert found.drift["GPE"]["same"] + found.drift["GPE"]["first"] >= 2


def test_what_gold_holds_nothing_of_has_no_line_in_the_curve() -> None:
    article = Article("a", "Oslo praised Lima.")
    asked = Layer(
        article_id="a",
        text_sha256=article.text_sha256,
        author="gold",
        kind="gold",
        passages=(Passage(0, len(article.text), ("GPE",)),),
        spans=(Span(0, 4, "GPE"),),
    )
    found = replace(asked, author="model:m", kind="prediction", spans=(Span(13, 17, "GPE"),))

    scores = traincurve._score([found], [(article, asked)], traincurve._MEASURES)

    assert scores == {"entities strict": 0.0}


def test_the_train_curve_trains_on_growing_shares_and_says_what_it_can(
    project: Project, released: Release
) -> None:
    curve = wb.train_curve(project, released, shares=(0.5, 1.0), repeats=1, steps=2, progress=False)

    assert [(run.share, run.articles) for run in curve.runs] == [(0.5, 1), (1.0, 2)]
    assert {"recogniser, warm", "recogniser, blank", "entities strict"} <= set(curve.runs[0].scores)
    assert all("cannot tell yet" in reading.sentence for reading in curve.readings)
    assert "train articles" in curve.plot().svg
    assert json.loads(json.dumps(curve.to_record()))["on"] == "0.1.0:test"
    with pytest.raises(TrainingError, match="shares"):
        wb.train_curve(project, released, shares=(0.0,), progress=False)


def test_the_shell_says_the_same(
    project: Project, model: Model, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def shell(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["workbench", *arguments, "-C", str(project.root)])
        code = run()
        return code, capsys.readouterr().out

    assert app is not None
    figure = tmp_path / "f.svg"
    code, out = shell("evaluate", model.name, "--on", "0.1.0", "--plot", str(figure), "--json")
    assert (code, json.loads(out)["articles"]) == (0, 1)
    assert figure.read_text(encoding="utf-8").startswith("<svg")
    code, out = shell("compare", "base", model.name)
    assert code == 0
    assert "won" in out
    code, out = shell("promote", model.name, "--margin", "1")
    assert (code, "is the project's model now" in out) == (0, True)
    code, out = shell("evaluate", "current", "--on", "0.1.0", "--json")
    assert json.loads(out)["author"] == model.author
