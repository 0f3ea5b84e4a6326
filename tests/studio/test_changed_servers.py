"""What is deleted on a server, a server that went back in time, another server at its address."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.connection import find_templates
from workbench.core.errors import BackendError, RoundError
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.simulation import annotate_round
from workbench.studio import start_studio, stop_studio
from workbench.studio.server import read_admin

pytestmark = pytest.mark.studio
ARTICLES = ["cairo", "lima", "oslo"]


@pytest.fixture
def drafts(project: Project) -> list[Layer]:
    return list(wb.preannotate(project, progress=False))


def test_a_deleted_task_is_told_kept_and_restored(
    connected: Project, server: Server, drafts: list[Layer]
) -> None:
    pushed = wb.push(connected, "less", ARTICLES, drafts, progress=False)
    ref = pushed.projects[0].project_id
    (first, *_) = server.iter_tasks(ref)
    server.submit(first["id"], first["predictions"][0]["result"], seconds=1)
    before = list(wb.pull(connected, "less", progress=False))
    server.delete_task(first["id"])

    pulled = wb.pull(connected, "less", progress=False)
    restored = wb.push(connected, "less", ARTICLES, drafts, progress=False)

    assert list(pulled) == before
    assert len(pulled.problems) == 2
    assert f"1 tasks of round 'less' are gone from the server ({first['id']})" in pulled.problems[0]
    assert "work that was pulled before is gone" in pulled.problems[1]
    assert (restored.tasks, restored.added) == (3, 1)
    assert len(list(server.iter_tasks(ref))) == 3
    after = wb.pull(connected, "less", progress=False)
    assert list(after) == before
    assert len(after.problems) == 1


def test_a_deleted_annotation_is_told_and_kept_and_a_skip_takes_it_out(
    connected: Project, server: Server, drafts: list[Layer]
) -> None:
    pushed = wb.push(connected, "undone", ARTICLES, drafts, progress=False)
    tasks = list(server.iter_tasks(pushed.projects[0].project_id))
    results = [task["predictions"][0]["result"] for task in tasks[:2]]
    ids = [
        server.submit(task["id"], result, seconds=1)
        for task, result in zip(tasks, results, strict=False)
    ]
    before = list(wb.pull(connected, "undone", progress=False))

    server.delete_annotation(ids[0])
    server.delete_annotation(ids[1])
    server.submit(tasks[1]["id"], results[1], seconds=1, skipped=True)
    pulled = wb.pull(connected, "undone", progress=False)

    by_article = {layer.article_id: layer for layer in pulled}
    kept, skipped = (by_article[task["data"]["article_id"]] for task in tasks[:2])
    assert kept in before
    assert (skipped.passages, skipped.spans, skipped.stances) == ((), (), ())
    (problem,) = pulled.problems
    assert tasks[0]["data"]["article_id"] in problem
    assert tasks[1]["data"]["article_id"] not in problem


def test_a_deleted_account_is_told_and_its_pulled_work_stays(
    connected: Project, server: Server, drafts: list[Layer], tiny_gold: dict[str, Layer]
) -> None:
    people = ["simulated:gone"]
    wb.push(connected, "leaver", ARTICLES, drafts, annotators=people, progress=False)
    annotate_round(connected, "leaver", tiny_gold, server, progress=False)
    before = list(wb.pull(connected, "leaver", progress=False))
    (account,) = [id_ for id_, email in server.list_users().items() if "gone" in email]
    server._sdk.users.delete(id=account)

    pulled = wb.pull(connected, "leaver", progress=False)

    assert len(before) == 3
    assert list(pulled) == before
    assert pulled.problems or pulled.quarantined


def test_tasks_that_come_and_go_between_pages_hide_none(
    connected: Project, server: Server, drafts: list[Layer], monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.backends.label_studio import tasks as pages

    monkeypatch.setattr(pages, "PAGE", 1)
    pushed = wb.push(connected, "pages", ARTICLES, drafts, progress=False)
    ref = pushed.projects[0].project_id
    ids = [task["id"] for task in server.iter_tasks(ref)]

    seen = []
    for task in server.iter_tasks(ref):
        seen.append(task["id"])
        if len(seen) == 1:
            server.delete_task(ids[0])

    assert seen == ids


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A Label Studio of this test's own, which may be stopped and changed."""
    folder = tmp_path / "own" / "studio"
    start_studio(folder, templates=find_templates())
    yield folder
    stop_studio(folder)


def reach(folder: Path) -> Server:
    url, admin = read_admin(folder)
    return Server(url, admin.token)


def restart(folder: Path, port: int) -> Server:
    start_studio(folder, port=port, templates=find_templates())
    return reach(folder)


@pytest.mark.slow
def test_a_server_that_went_back_in_time_is_refused(
    project: Project, own: Path, tmp_path: Path, drafts: list[Layer]
) -> None:
    (project.root / "data").mkdir(exist_ok=True)
    (project.root / "data" / "studio").symlink_to(own, target_is_directory=True)
    server = reach(own)
    port = int(server.url.rsplit(":", 1)[1])
    pushed = wb.push(project, "old", ["cairo", "lima"], drafts, server=server, progress=False)
    stop_studio(own)
    shutil.copytree(own, tmp_path / "backup", symlinks=True)
    server = restart(own, port)
    for task in server.iter_tasks(pushed.projects[0].project_id):
        server.submit(task["id"], task["predictions"][0]["result"], seconds=1)
    wb.push(project, "old", ARTICLES, drafts, server=server, progress=False)
    wb.push(project, "lost", ARTICLES, drafts, server=server, progress=False)
    before = list(wb.pull(project, "old", server=server, progress=False))
    stop_studio(own)
    shutil.rmtree(own)
    shutil.copytree(tmp_path / "backup", own, symlinks=True)
    server = restart(own, port)

    with pytest.raises(BackendError, match="restored from an older backup"):
        wb.pull(project, "old", server=server, progress=False)
    # Somebody else's work takes the numbers of the project and the tasks that were lost.
    other = replace(project, settings={**project.settings})
    wb.push(other, "usurper", ARTICLES, drafts, server=server, progress=False)
    with pytest.raises(RoundError, match="is not the one that round 'lost' was pushed to"):
        wb.pull(project, "lost", server=server, progress=False)
    with pytest.raises(RoundError, match="is not the one that round 'lost' was pushed to"):
        wb.push(project, "lost", ARTICLES, drafts, server=server, progress=False)
    with project.store() as connection:
        from workbench.store.layers import find_layers

        assert find_layers(connection, kind="annotation", round="old") == before


@pytest.mark.slow
def test_another_server_at_the_same_address_is_refused(
    project: Project, own: Path, tmp_path: Path, drafts: list[Layer]
) -> None:
    server = reach(own)
    port = int(server.url.rsplit(":", 1)[1])
    wb.push(project, "here", ARTICLES, drafts, server=server, progress=False)
    stop_studio(own)
    stranger = tmp_path / "stranger" / "studio"
    try:
        server = restart(stranger, port)
        with pytest.raises(RoundError, match="push to a new round"):
            wb.push(project, "here", ARTICLES, drafts, server=server, progress=False)
        with pytest.raises(BackendError, match="none of the projects"):
            wb.pull(project, "here", server=server, progress=False)
    finally:
        stop_studio(stranger)
