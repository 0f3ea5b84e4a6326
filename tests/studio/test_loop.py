"""The whole loop on tiny articles against a real server."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.core.errors import ReleaseError, TrainingError
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.simulation import annotate_round, decide_round

pytestmark = pytest.mark.studio
TWO = ("simulated:ana", "simulated:ben")


def test_from_articles_to_a_model_and_back(
    connected: Project, server: Server, tiny_gold: dict[str, Layer]
) -> None:
    project = connected
    drafts = wb.preannotate(project, progress=False)
    queue = ["lima", "cairo", "oslo"]

    pushed = wb.push(project, "r1", queue, drafts, annotators=TWO, overlap=2, progress=False)
    again = wb.push(project, "r1", queue, drafts, annotators=TWO, overlap=2, progress=False)

    assert (pushed.tasks, pushed.added, again.tasks, again.added) == (6, 6, 6, 0)
    counts = wb.status(project, "r1")
    assert (counts.sum("tasks"), counts.sum("done"), counts.sum("remaining")) == (6, 0, 6)

    assert annotate_round(project, "r1", tiny_gold, server, seed=3, progress=False) == 6
    assert annotate_round(project, "r1", tiny_gold, server, seed=3, progress=False) == 0
    pulled = wb.pull(project, "r1", progress=False)
    assert pulled.quarantined == ()
    assert {layer.author for layer in pulled} == set(TWO)
    assert list(wb.pull(project, "r1", progress=False)) == list(pulled)
    assert wb.status(project, "r1").sum("done") == 6

    agreement = wb.agreement(pulled)
    assert 0.5 < (agreement.average("spans") or 0) < 1

    first = wb.adjudicate(project, "r1")
    assert first.conflicts
    with pytest.raises(ReleaseError, match="no gold|open conflicts"):
        wb.release(project, "0.1.0")
    outcome, decided = decide_round(project, "r1", tiny_gold, progress=False)
    assert decided >= len(first.conflicts)
    assert len(outcome.gold) == 3
    for layer in outcome.gold:
        right = tiny_gold[layer.text_sha256]
        assert {s for s in layer.spans if s.label != "MENTION"} <= set(right.spans)

    release = wb.release(project, "0.1.0")
    assert wb.release(project, "0.1.0").manifest == release.manifest
    assert release.manifest["simulated"] is True
    assert wb.verify(project, "0.1.0", rebuild=True).problems == ()

    model = wb.train(project, release, steps=4, progress=False)
    assert wb.train(project, release, steps=4, progress=False).author == model.author
    evaluation = wb.evaluate(project, model, on=release.test)
    assert evaluation.result.articles == 1
    assert evaluation.result.entities["strict"].value is not None


def test_a_release_without_train_articles_teaches_nothing(
    connected: Project, server: Server, tiny_gold: dict[str, Layer]
) -> None:
    drafts = wb.preannotate(connected, ["oslo"], progress=False)
    wb.push(connected, "r2", ["oslo"], drafts, annotators=TWO, overlap=2, progress=False)
    annotate_round(connected, "r2", tiny_gold, server, progress=False)
    wb.pull(connected, "r2", progress=False)
    decide_round(connected, "r2", tiny_gold, progress=False)

    with pytest.raises(TrainingError, match="no train article"):
        wb.train(connected, wb.release(connected, "0.1.0"), progress=False)
