"""A round from the first push to its end: people come and go, articles too."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

import workbench as wb
from workbench.annotators import add_annotators
from workbench.backends.label_studio import Server
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.simulation import annotate_round
from workbench.store.rounds import find_assignments
from workbench.studio.credentials import read_accounts

pytestmark = pytest.mark.studio
DOUBT = {
    "from_name": "doubt",
    "to_name": "text",
    "id": "d",
    "type": "choices",
    "value": {"choices": ["unsure"]},
}


def test_status_counts_everybody_and_leaves_withdrawn_articles_out(
    connected: Project, server: Server
) -> None:
    wb.preannotate(connected, progress=False)
    everything = ["cairo", "lima", "oslo"]
    two = ["simulated:pam", "simulated:quy"]
    pushed = wb.push(connected, "count", everything, annotators=two, overlap=2, progress=False)
    refs = {p.annotator: p.project_id for p in pushed.projects}
    pam = list(server.iter_tasks(refs["simulated:pam"]))
    server.submit(pam[0]["id"], [DOUBT], seconds=40)
    server.submit(pam[1]["id"], [], seconds=9, skipped=True)
    for task in server.iter_tasks(refs["simulated:quy"]):
        server.submit(task["id"], [], seconds=10_000_000)

    found = wb.status(connected, "count")

    rows = {row[0]: row[1:] for row in found.list_rows()}
    assert rows["simulated:pam"] == (3, 1, 1, 1, 1, 40)
    assert rows["simulated:quy"] == (3, 3, 0, 0, 0, 3600)
    assert rows["all"] == (6, 4, 1, 1, 1, 3600)
    wb.withdraw(connected, pam[2]["data"]["article_id"], reason="the source took it back")
    wb.close(connected, "count")
    after = wb.status(connected, "count")
    assert (after.sum("tasks"), after.sum("remaining"), after.withdrawn) == (4, 0, 2)
    assert after.to_record()["closed"] is True


def test_a_pool_names_who_did_what(connected: Project, server: Server) -> None:
    wb.preannotate(connected, progress=False)
    pushed = wb.push(connected, "pooled", ["cairo", "lima"], overlap=2, progress=False)
    ref = pushed.projects[0].project_id
    assert server.get_project(ref)["maximum_annotations"] == 2
    add_annotators(connected, "simulated:rae")
    rae = Server(server.url, read_accounts(connected.annotators_file)["simulated:rae"].token)
    first, second = (task["id"] for task in server.iter_tasks(ref))
    rae.submit(first, [], seconds=20)
    server.submit(first, [], seconds=40)
    rae.submit(second, [], seconds=60)

    found = wb.status(connected, "pooled")

    assert found.list_rows() == [
        ("admin", None, 1, 0, 0, None, 40),
        ("simulated:rae", None, 2, 0, 0, None, 40),
        ("all", 2, 1, 0, 0, 1, 45),
    ]


def test_articles_come_and_people_join_without_a_word_about_settings(
    connected: Project, server: Server, tiny_gold: dict[str, Layer]
) -> None:
    wb.preannotate(connected, progress=False)
    wb.push(
        connected, "grow", ["lima"], annotators=["simulated:sue"], blind=0.3, seed=5, progress=False
    )

    joined = wb.join(connected, "grow", "simulated:tom", progress=False)
    again = wb.join(connected, "grow", "simulated:tom", progress=False)
    wb.push(connected, "grow", ["cairo", "oslo"], progress=False)

    assert (joined.added, again.added) == (1, 0)
    with connected.store() as connection:
        rows = find_assignments(connection, "grow")
    load = {name: [r.article_id for r in rows if r.annotator == name] for name in
            ("simulated:sue", "simulated:tom")}  # fmt: skip
    assert load["simulated:tom"][0] == "lima"
    assert {len(ids) for ids in load.values()} == {2}
    annotate_round(connected, "grow", tiny_gold, server, progress=False)
    assert len(wb.pull(connected, "grow", progress=False)) == 4
    for people, problem in (
        (("simulated:tom",), "overlap"),
        (("simulated:sue", "simulated:zed"), "annotators"),
    ):
        overlap = 2 if problem == "overlap" else None
        named = None if problem == "overlap" else people
        with pytest.raises(RoundError, match=f"was pushed with {problem}"):
            wb.push(connected, "grow", ["lima"], annotators=named, overlap=overlap)
    wb.push(connected, "grow", ["lima"], annotators=["simulated:sue"], progress=False)
    wb.push(connected, "pool", ["lima"], progress=False)
    with pytest.raises(RoundError, match="it is a pool"):
        wb.join(connected, "pool", "ana", progress=False)
    with pytest.raises(RoundError, match=r"-1 passages.*"):
        wb.join(connected, "grow", "ana", n=-1, progress=False)


def test_idle_work_is_listed_and_given_on_with_what_was_begun(
    connected: Project, server: Server
) -> None:
    wb.preannotate(connected, progress=False)
    two = ["simulated:uma", "simulated:vic"]
    wb.push(connected, "idle", ["cairo", "lima", "oslo"], annotators=two, overlap=2, progress=False)
    later = dataclasses.replace(connected, clock=lambda: datetime.now(UTC) + timedelta(hours=30))
    with connected.store() as connection:
        rows = find_assignments(connection, "idle", "simulated:uma")
    found = wb.status(connected, "idle")
    ref = next(p.id for p in found.projects if p.annotator == "simulated:uma")
    tasks = list(server.iter_tasks(ref))
    server.submit(tasks[0]["id"], [], seconds=1)
    server._wire.write(f"api/tasks/{tasks[1]['id']}/drafts", b'{"result": []}', "save a draft")

    assert wb.abandoned(connected, "idle", idle=24).people == ()
    listed = wb.abandoned(later, "idle", idle=24)

    assert {one.annotator: (one.undone, one.begun) for one in listed.people} == {
        "simulated:uma": (1, 1),
        "simulated:vic": (3, 0),
    }
    assert all(29 < one.idle_hours < 31 for one in listed.people)
    assert [row[3] == "" for row in listed.list_rows()] == [
        one.annotator == "simulated:vic" for one in listed.people
    ]
    assert wb.abandoned(later, "idle", idle=48).people == ()
    given = wb.reissue(later, "idle", giver="simulated:uma", taker="simulated:wes", idle=24)
    assert given.added == len(rows) - 1


def test_passages_that_were_done_are_gold_for_what_they_cover(
    connected: Project, server: Server, tiny_gold: dict[str, Layer]
) -> None:
    wb.preannotate(connected, progress=False)
    two = ["simulated:xia", "simulated:yul"]
    pushed = wb.push(
        connected, "parts", ["cairo", "lima"], annotators=two, overlap=2, unit="paragraph",
        progress=False,
    )  # fmt: skip
    with connected.store() as connection:
        rows = find_assignments(connection, "parts", two[0])
    ref = pushed.projects[0].project_id
    shown = {task["data"]["key"]: task["data"] for task in server.iter_tasks(ref)}
    assert len(rows) > 2
    assert any(data["before"] for data in shown.values())
    for row in rows:
        assert shown[row.key]["title"] == row.article_id
        assert shown[row.key]["before"] == "" or row.start > 0
    # Only the first paragraph of each article is worked on, by both.
    first = {min(r.start for r in rows if r.article_id == x): x for x in ("cairo", "lima")}
    for project in pushed.projects:
        for task in server.iter_tasks(project.project_id):
            row = next(r for r in rows if r.article_id == task["data"]["article_id"]
                       and shown[r.key]["text"] == task["data"]["text"])  # fmt: skip
            if row.start in first and first[row.start] == row.article_id:
                prediction = task["predictions"][0] if task["predictions"] else {"result": []}
                server.submit(task["id"], prediction["result"], seconds=5)
    wb.pull(connected, "parts", progress=False)

    outcome = wb.adjudicate(connected, "parts", policy="single")

    for layer in (*outcome.gold, *wb.pull(connected, "parts", progress=False)):
        covered = [(passage.start, passage.end) for passage in layer.passages]
        starts = {row.start for row in rows if row.article_id == layer.article_id}
        assert [start for start, _ in covered] == [min(starts)]
        assert all(start < covered[0][1] for start, _ in (s.offsets for s in layer.stances))


def test_windows_and_advice_reach_the_result(connected: Project, server: Server) -> None:
    drafts = wb.preannotate(connected, ["lima"], progress=False)
    (draft,) = drafts
    stance = draft.stances[0] if draft.stances else None
    assert stance is not None
    many = [
        dataclasses.replace(stance, cue=((at, at + 1),))
        for at in range(20)
        if not connected_text(connected)[at].isspace()
    ]
    crowded = dataclasses.replace(draft, stances=tuple(many))

    whole = wb.push(connected, "crowd", ["lima"], [crowded], progress=False)
    parts = wb.push(
        connected, "window", ["lima"], [crowded], unit="window", window=1, progress=False
    )

    assert len(whole.advice) == 1
    assert "paragraph" in whole.advice[0]
    assert parts.advice == ()
    assert parts.tasks > 1
    assert whole.to_record()["advice"] == list(whole.advice)


def connected_text(project: Project) -> str:
    from workbench.store.articles import get_article

    with project.store() as connection:
        return get_article(connection, "lima").text
