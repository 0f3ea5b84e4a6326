"""Arms on a real server: never mixed, whatever happens, and not to be seen from the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.core.article import Article
from workbench.core.errors import BackendError
from workbench.core.layer import Layer, Passage
from workbench.core.span import Span
from workbench.project import Project
from workbench.store.rounds import find_assignments, find_projects
from workbench.store.tasks import find_suggestions

pytestmark = pytest.mark.studio
TEXTS = [
    f"{name} spoke on Monday.\n\nIt rained." for name in ("Ana", "Bob", "Cy", "Di", "Ed", "Flo")
]


def suggest(label: str) -> Callable[[Article], Layer]:
    """Make a pre-annotator that labels the first word."""

    def layer(article: Article) -> Layer:
        return Layer(
            article.id,
            article.text_sha256,
            f"model:{label}",
            "prediction",
            passages=(Passage(0, len(article.text), (label,)),),
            spans=(Span(0, article.text.index(" "), label, score=0.5),),
        )

    return layer


def add_articles(project: Project, texts: list[str]) -> list[str]:
    folder = project.root / f"news-{len(texts)}-{texts[0][:2]}"
    folder.mkdir()
    for text in texts:
        name = text.split()[0].lower()
        (folder / f"{name}.md").write_text(f"---\nid: {name}\nsplit: train\n---\n{text}\n")
    wb.ingest(project, folder, progress=False)
    return [text.split()[0].lower() for text in texts]


def check_arms(project: Project, server: Server, name: str) -> dict[str, dict[str, Any]]:
    """Hold what every task shows against plan and ledger, and return the tasks by key."""
    with project.store() as connection:
        rows = {row.key: row for row in find_assignments(connection, name)}
        projects = find_projects(connection, name)
        recorded = find_suggestions(connection, rows)
    tasks = {}
    for pushed in projects:
        current = server.get_project(pushed.project_id)["model_version"]
        for task in server.iter_tasks(pushed.project_id):
            row = rows[task["data"]["key"]]
            assert row.annotator == pushed.annotator
            assert row.key not in tasks, "one task a key"
            tasks[row.key] = task
            shown = [p for p in task["predictions"] if p["model_version"] == current]
            if row.arm == "blind":
                assert task["predictions"] == []
                assert not [key for _, key in recorded if key == row.key]
            else:
                assert [len(p["result"]) for p in shown] == [1]
                assert (current, row.key) in recorded
    assert tasks.keys() == rows.keys()
    return tasks


def test_arms_stay_apart_through_retries_joins_reissues_and_new_sets(
    connected: Project, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = add_articles(connected, TEXTS[:4])
    wb.preannotate(connected, ids, nlp=suggest("ORG"), progress=False)
    two = ["simulated:ina", "simulated:jo"]

    def fail(*_: object, **__: object) -> None:
        raise BackendError("cut short")

    with monkeypatch.context() as patch:
        patch.setattr(Server, "update_project", fail)
        with pytest.raises(BackendError, match="cut short"):
            wb.push(connected, "arms", ids, annotators=two, overlap=2, blind=0.5, seed=4)
    # Newer predictions came in between: what was recorded and sent stands.
    wb.preannotate(connected, ids, nlp=suggest("LOC"), progress=False)
    pushed = wb.push(connected, "arms", ids, progress=False)
    first = check_arms(connected, server, "arms")
    with connected.store() as connection:
        plan = find_assignments(connection, "arms")
    assert {row.arm for row in plan} == {"blind", "suggested"}

    wb.repredict(connected, "arms", nlp=suggest("GPE"))
    check_arms(connected, server, "arms")
    wb.join(connected, "arms", "simulated:kay", n=3, progress=False)
    check_arms(connected, server, "arms")
    wb.preannotate(connected, add_articles(connected, TEXTS[4:]), nlp=suggest("ORG"))
    wb.push(connected, "arms", ["ed", "flo"], progress=False)
    wb.reissue(connected, "arms", giver="simulated:ina", taker="simulated:lee")
    wb.push(connected, "arms", ids, progress=False)
    wb.repredict(connected, "arms", nlp=suggest("PERSON"))
    tasks = check_arms(connected, server, "arms")
    newest = {
        part["value"]["labels"][0]
        for task in tasks.values()
        for p in task["predictions"]
        if p["model_version"] == "rarms-s3"
        for part in p["result"]
    }
    assert newest == {"PERSON"}

    assert first.keys() <= tasks.keys()
    with connected.store() as connection:
        after = {row.key: row for row in find_assignments(connection, "arms")}
    assert {row.key: row for row in plan}.items() <= after.items()
    assert sum(row.annotator == "simulated:kay" for row in after.values()) >= 3
    assert pushed.advice == ()


def test_a_task_that_was_lost_comes_back_with_what_it_showed(
    connected: Project, server: Server
) -> None:
    ids = add_articles(connected, TEXTS[:1])
    wb.preannotate(connected, ids, nlp=suggest("ORG"), progress=False)
    pushed = wb.push(connected, "lost", ids, progress=False)
    ref = pushed.projects[0].project_id
    server._sdk.tasks.delete(id=str(next(server.iter_tasks(ref))["id"]))
    wb.preannotate(connected, ids, nlp=suggest("LOC"), progress=False)

    wb.push(connected, "lost", ids, progress=False)

    (task,) = server.iter_tasks(ref)
    labels = [part["value"]["labels"] for part in task["predictions"][0]["result"]]
    assert labels == [["ORG"]]


def test_nothing_on_the_screen_but_the_suggestions_gives_the_arm_away(
    connected: Project, server: Server
) -> None:
    ids = add_articles(connected, [f"{t}\n" for t in TEXTS])
    wb.preannotate(connected, ids, nlp=suggest("ORG"), progress=False)
    pushed = wb.push(connected, "look", ids, blind=0.5, seed=1, progress=False)
    ref = pushed.projects[0].project_id
    with connected.store() as connection:
        arms = {row.key: row.arm for row in find_assignments(connection, "look")}

    by_arm: dict[str, list[dict[str, Any]]] = {"blind": [], "suggested": []}
    for task in server.iter_tasks(ref):
        by_arm[arms[task["data"]["key"]]].append(task)

    assert all(by_arm.values())
    blind, suggested = by_arm["blind"][0], by_arm["suggested"][0]
    assert blind["data"].keys() == suggested["data"].keys()
    told = ("predictions", "total_predictions", "predictions_score", "predictions_results")
    # Counts and scores of predictions are those of their presence; all else is alike in kind.
    per_task = ("id", "inner_id", "data", "created_at", "updated_at", "unique_id", *told)
    alike = [
        {
            key: value
            for key, value in task.items()
            if key not in per_task and not key.startswith("predictions_")
        }
        for task in (blind, suggested)
    ]
    assert alike[0] == alike[1]
    for task in (*by_arm["blind"], *by_arm["suggested"]):
        assert "blind" not in str(task["data"])
        assert "suggest" not in str(task["data"])
        for prediction in task["predictions"]:
            assert prediction["model_version"] == "rlook-s1"
            assert all("score" not in part for part in prediction["result"])
    with connected.store() as connection:
        rows = find_assignments(connection, "look")
    assert [task["data"]["key"] for task in server.iter_tasks(ref)] == [row.key for row in rows]
