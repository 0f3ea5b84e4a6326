"""A scheme that changes while a round runs, on a real server."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import workbench as wb
from workbench.adapters.label_studio.names import SPAN, TEXT
from workbench.backends.label_studio import Server
from workbench.core.article import Article
from workbench.core.errors import BackendError, RoundError, SchemeError
from workbench.core.layer import Layer, Passage
from workbench.core.span import Span
from workbench.project import Project
from workbench.rounds.migration import draft_map

pytestmark = pytest.mark.studio
SHIP = """---
label: SHIP
kind: entity
title: Ship
colour: "#123456"
hotkey: "z"
order: 12
---
A vessel with a name.
"""


def change_scheme(
    project: Project, *, add: str = "", drop: str = "", rename: tuple[str, str] | None = None
) -> Project:
    """Edit the project's own copy of the scheme, as its owner would, and open it again."""
    folder = project.seeds / "scheme"
    if add:
        (folder / "SHIP.md").write_text(add, encoding="utf-8")
    for path in folder.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        if drop and path.stem == drop:
            path.unlink()
        elif rename and path.stem == rename[0]:
            path.unlink()
            (folder / f"{rename[1]}.md").write_text(text.replace(*rename), encoding="utf-8")
        elif drop or rename:
            old, new = (drop, "MENTION") if drop else (rename or ("", ""))
            path.write_text(text.replace(f"]({old}", f"]({new}"), encoding="utf-8")
    return dataclasses.replace(project)


def suggest(article: Article) -> Layer:
    """Label the first unmasked word as a place, so that a label in use can be changed."""
    at = max((end + 1 for _, end in article.masked), default=0)
    return Layer(
        article.id,
        article.text_sha256,
        "model:m",
        "prediction",
        passages=(Passage(0, len(article.text), ("LOC",)),),
        spans=(Span(at, at + 3, "LOC", score=0.5, rule="first"),),
    )


def region(task: dict[str, Any], start: int, label: str) -> dict[str, Any]:
    text = task["data"]["text"][start : start + 2]
    return {
        "id": f"new_{start}",
        "from_name": SPAN,
        "to_name": TEXT,
        "type": "labels",
        "value": {"start": start, "end": start + 2, "text": text, "labels": [label]},
    }


def start(project: Project, server: Server, name: str) -> tuple[int, list[dict[str, Any]]]:
    drafts = wb.preannotate(project, ["lima", "cairo"], nlp=suggest, progress=False)
    pushed = wb.push(project, name, ["lima", "cairo"], drafts, progress=False)
    ref = pushed.projects[0].project_id
    return ref, list(server.iter_tasks(ref))


def test_labels_that_were_added_apply_and_older_work_was_not_asked_for_them(
    connected: Project, server: Server
) -> None:
    ref, tasks = start(connected, server, "more")
    server.submit(tasks[0]["id"], tasks[0]["predictions"][0]["result"], seconds=1)
    changed = change_scheme(connected, add=SHIP)
    with pytest.raises(RoundError, match="workbench migrate more"):
        wb.push(changed, "more", ["oslo"], progress=False)

    done = wb.migrate(changed, "more")

    assert (done.added, done.items, done.is_applied) == (("SHIP",), (), True)
    assert 'alias="SHIP"' in server.get_project(ref)["label_config"]
    # Not at the beginning, where page furniture may stand.
    last = len(tasks[1]["data"]["text"]) - 3
    server.submit(tasks[1]["id"], [region(tasks[1], last, "SHIP")], seconds=1)
    pulled = {layer.article_id: layer for layer in wb.pull(changed, "more", progress=False)}
    older = pulled[tasks[0]["data"]["article_id"]]
    newer = pulled[tasks[1]["data"]["article_id"]]
    assert "SHIP" not in older.passages[0].asked
    assert "SHIP" in newer.passages[0].asked
    assert [span.label for span in newer.spans] == ["SHIP"]
    assert {older.scheme, newer.scheme} == {changed.scheme.hash}
    assert wb.migrate(changed, "more").added == ()
    assert wb.push(changed, "more", ["oslo"], progress=False).added == 1


def test_a_label_in_use_is_renamed_by_a_map_alone_and_dry_first(
    connected: Project, server: Server
) -> None:
    ref, tasks = start(connected, server, "name")
    sent = tasks[0]["predictions"][0]["result"]
    server.submit(tasks[0]["id"], sent, seconds=1)
    wb.pull(connected, "name", progress=False)
    changed = change_scheme(connected, rename=("LOC", "PLACE"))
    before = server.get_project(ref)["label_config"]

    with pytest.raises(SchemeError) as refused:
        wb.migrate(changed, "name")
    assert "--map FILE" in str(refused.value)
    assert len(refused.value.problems) == 3  # two suggestions, one of them accepted
    dry = wb.migrate(changed, "name", {"LOC": "PLACE"})
    assert (dry.is_applied, dry.added, len(dry.items)) == (False, ("PLACE",), 3)
    assert {item.within for item in dry.items} == {"annotation", "suggestion"}
    assert 'LOC = ""  # 3 regions' in draft_map(dry.items, changed.scheme)
    assert server.get_project(ref)["label_config"] == before
    for wrong in ({"LOC": "SUPPORT"}, {"ORG": "PLACE"}, {"LOC": "NOWHERE"}):
        with pytest.raises(SchemeError, match="can't be brought into the round"):
            wb.migrate(changed, "name", wrong, apply=True)

    assert wb.migrate(changed, "name", {"LOC": "PLACE"}, apply=True).is_applied

    (layer,) = wb.pull(changed, "name", progress=False)
    assert [(s.label, s.score, s.rule) for s in layer.spans] == [("PLACE", 0.5, "first")]
    assert layer.scheme == changed.scheme.hash
    # The task that nobody touched still shows its suggestion, and can be accepted.
    (shown,) = list(server.iter_tasks(ref))[1]["predictions"]
    server.submit(tasks[1]["id"], shown["result"], seconds=1)
    for accepted in wb.pull(changed, "name", progress=False):
        assert [span.label for span in accepted.spans] == ["PLACE"]
        assert "PLACE" in accepted.passages[0].asked
    # Articles that come later show what was predicted before in the words of now.
    drafts = wb.preannotate(connected, ["oslo"], nlp=suggest, progress=False)
    wb.push(changed, "name", ["oslo"], drafts, progress=False)
    wb.repredict(changed, "name", nlp=suggest_place)


def suggest_place(article: Article) -> Layer:
    layer = suggest(article)
    return dataclasses.replace(
        layer, spans=tuple(dataclasses.replace(span, label="PLACE") for span in layer.spans)
    )


def test_a_dropped_label_goes_into_quarantine_and_nowhere_else(
    connected: Project, server: Server
) -> None:
    _, tasks = start(connected, server, "drop")
    server.submit(tasks[0]["id"], tasks[0]["predictions"][0]["result"], seconds=1)
    changed = change_scheme(connected, drop="LOC")

    wb.migrate(changed, "drop", {"LOC": ""}, apply=True)

    pulled = wb.pull(changed, "drop", progress=False)
    assert [layer.spans for layer in pulled] == [()]
    assert len(pulled.quarantined) == 1


def test_a_label_that_nobody_used_may_go(connected: Project, server: Server) -> None:
    ref, _ = start(connected, server, "unused")
    changed = change_scheme(connected, drop="MONEY")

    done = wb.migrate(changed, "unused")

    assert (done.labels, done.items, done.is_applied) == ({"MONEY": ""}, (), True)
    assert 'visible="false"' in server.get_project(ref)["label_config"]


def test_a_migration_that_was_cut_short_is_finished(
    connected: Project, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = wb.preannotate(connected, ["lima"], progress=False)
    two = ["simulated:ned", "simulated:oda"]
    pushed = wb.push(connected, "cut", ["lima"], drafts, annotators=two, overlap=2, progress=False)
    changed = change_scheme(connected, add=SHIP)
    honest, seen = Server.update_project, []

    def fail_second(self: Server, project_id: int, **settings: Any) -> None:
        seen.append(project_id)
        if len(seen) == 2:
            raise BackendError("cut short")
        honest(self, project_id, **settings)

    with monkeypatch.context() as patch:
        patch.setattr(Server, "update_project", fail_second)
        with pytest.raises(BackendError, match="cut short"):
            wb.migrate(changed, "cut")

    wb.migrate(changed, "cut")

    for project in pushed.projects:
        assert 'alias="SHIP"' in server.get_project(project.project_id)["label_config"]
    wb.close(changed, "cut")
    with pytest.raises(RoundError, match="closed"):
        wb.migrate(changed, "cut")
