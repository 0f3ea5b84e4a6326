"""A new suggestion set in a running round, against a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.core.article import Article
from workbench.core.errors import BackendError, RoundError
from workbench.core.layer import Layer, Passage
from workbench.core.span import Span
from workbench.project import Project

pytestmark = pytest.mark.studio


def suggest_first(label: str) -> Callable[[Article], Layer]:
    """Make a pre-annotator that labels the first unmasked character."""

    def suggest(article: Article) -> Layer:
        at = max((end + 1 for _, end in article.masked), default=0)
        return Layer(
            article.id,
            article.text_sha256,
            f"model:{label}",
            "prediction",
            passages=(Passage(0, len(article.text), (label,)),),
            spans=(Span(at, at + 1, label, score=0.5),),
        )

    return suggest


def read_shown(server: Server, project_id: int) -> dict[str, Any]:
    """Return what each task shows now: the labels of its project's set, None for nothing."""
    current = server.get_project(project_id)["model_version"]
    shown = {}
    for task in server.iter_tasks(project_id):
        found = [p for p in task["predictions"] if p["model_version"] == current]
        labels = [
            x["value"]["labels"][0] for p in found for x in p["result"] if x["type"] == "labels"
        ]
        shown[task["data"]["article_id"]] = labels
        assert len(found) <= 1
    return shown


def test_touched_tasks_keep_what_they_had_and_blind_ones_get_nothing(
    connected: Project, server: Server
) -> None:
    drafts = wb.preannotate(connected, nlp=suggest_first("ORG"), progress=False)
    pushed = wb.push(connected, "again", ["cairo", "lima", "oslo"], drafts, progress=False)
    ref = pushed.projects[0].project_id
    task = next(t for t in server.iter_tasks(ref) if t["data"]["article_id"] == "lima")
    server.submit(task["id"], task["predictions"][0]["result"], seconds=1)

    done = wb.repredict(connected, "again", nlp=suggest_first("GPE"))

    assert (done.suggestion_set, done.renewed, done.kept) == ("ragain-s2", 1, 1)
    # Oslo is a test article and blind; Cairo has furniture, which is greyed out in any set.
    assert read_shown(server, ref) == {"lima": ["ORG"], "cairo": ["FURNITURE", "GPE"], "oslo": []}
    (layer,) = wb.pull(connected, "again", progress=False)
    assert layer.passages[0].suggested_by == "model:ORG"
    assert [span.score for span in layer.spans] == [0.5]

    again = wb.repredict(connected, "again", nlp=suggest_first("GPE"))
    assert again.suggestion_set == "ragain-s3"
    assert read_shown(server, ref) == {"lima": ["ORG"], "cairo": ["FURNITURE", "GPE"], "oslo": []}
    wb.close(connected, "again")
    with pytest.raises(RoundError, match="closed"):
        wb.repredict(connected, "again", nlp=suggest_first("GPE"))


def test_watching_sees_what_is_submitted_changed_and_nothing_else(
    connected: Project, server: Server
) -> None:
    drafts = wb.preannotate(connected, nlp=suggest_first("ORG"), progress=False)
    pushed = wb.push(connected, "live", ["cairo", "lima"], drafts, progress=False)
    tasks = list(server.iter_tasks(pushed.projects[0].project_id))
    asked: list[float] = []
    annotation = 0

    def act(seconds: float) -> None:
        nonlocal annotation
        asked.append(seconds)
        if len(asked) == 3:
            annotation = server.submit(tasks[0]["id"], [], seconds=1)
        if len(asked) == 6:
            server.resubmit(
                annotation,
                [
                    {
                        "from_name": "doubt",
                        "to_name": "text",
                        "id": "d",
                        "type": "choices",
                        "value": {"choices": ["unsure"]},
                    }
                ],
            )

    seen = wb.watch(connected, "live", server=server, sleep=act)

    assert next(seen).sum("done") == 0
    assert (next(seen).sum("done"), len(asked)) == (1, 3)
    assert (next(seen).sum("doubtful"), len(asked)) == (1, 6)


def test_a_set_that_was_cut_short_is_finished_as_it_was_begun(
    connected: Project, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = wb.preannotate(connected, nlp=suggest_first("ORG"), progress=False)
    pushed = wb.push(connected, "half", ["cairo", "lima"], drafts, progress=False)

    def fail(*_: object, **__: object) -> None:
        raise BackendError("cut short")

    monkeypatch.setattr(Server, "update_project", fail)
    with pytest.raises(BackendError, match="cut short"):
        wb.repredict(connected, "half", nlp=suggest_first("GPE"))
    monkeypatch.undo()

    done = wb.repredict(connected, "half", nlp=suggest_first("LOC"))

    # What was recorded and sent stands: nothing is shown that the ledger does not know.
    assert done.suggestion_set == "rhalf-s2"
    shown = read_shown(server, pushed.projects[0].project_id)
    assert shown == {"cairo": ["FURNITURE", "GPE"], "lima": ["GPE"]}
