"""Everything that goes wrong with a real server is one sentence, and nothing is lost."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.core.errors import BackendError, RoundError, StudioError
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.rounds import sending
from workbench.simulation import annotate_round
from workbench.store.quarantine import list_quarantine
from workbench.store.rounds import find_projects
from workbench.studio import start_studio
from workbench.studio.server import read_admin

pytestmark = pytest.mark.studio


def push_all(project: Project, name: str, **options: Any) -> Any:
    drafts = wb.preannotate(project, progress=False)
    return wb.push(project, name, ["cairo", "lima", "oslo"], drafts, progress=False, **options)


def test_a_wrong_token_is_told_and_not_shown(studio_folder: Path) -> None:
    url, admin = read_admin(studio_folder)

    with pytest.raises(BackendError, match="token is wrong or expired") as caught:
        Server(url, admin.token[:-6] + "AAAAAA").check()

    assert caught.value.status == 401
    assert admin.token[:-6] not in str(caught.value)
    assert admin.token not in repr(Server(url, admin.token))


def test_a_server_that_is_away_is_told(studio_folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(BackendError, match="no Label Studio answers"):
        Server(f"http://127.0.0.1:{port}", read_admin(studio_folder)[1].token).check()


@pytest.mark.parametrize("version", ["1.12.1", "", "soon"])
def test_an_unsupported_version_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    # A real server can't be made to be of another version: only what it answers is replaced.
    answer = type(
        "Answer", (), {"release": version, "label_studio_os_package": {"version": version}}
    )
    monkeypatch.setattr(server._sdk.versions, "get", answer)

    with pytest.raises(BackendError, match=r"1\.13 or newer"):
        server.check()


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StudioError, match=f"port {port} is taken"):
            start_studio(tmp_path / "s", port=port)


def test_a_server_that_ends_at_its_start_shows_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_DB", "no-such-database")

    with pytest.raises(StudioError, match="ended at its start"):
        start_studio(tmp_path / "s")


def test_a_project_made_before_its_id_was_stored_is_found_again(
    connected: Project, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "add_project", fail)
    with pytest.raises(KeyboardInterrupt):
        push_all(connected, "cut")
    monkeypatch.undo()
    before = len(server.list_projects())

    assert push_all(connected, "cut").tasks == 3
    assert len(server.list_projects()) == before


def test_an_edited_text_is_told_and_quarantined_and_the_rest_comes_in(
    connected: Project, server: Server, tiny_gold: dict[str, Layer]
) -> None:
    push_all(connected, "edited", annotators=["simulated:eve"])
    annotate_round(connected, "edited", tiny_gold, server, progress=False)
    with connected.store() as connection:
        (found,) = find_projects(connection, "edited")
    task = next(iter(server.iter_tasks(found.project_id)))
    server.update_task(task["id"], {**task["data"], "text": "Something else."})

    pulled = wb.pull(connected, "edited", progress=False)

    assert len(pulled) == 2
    assert "its text was edited in Label Studio" in pulled.problems[0]
    with connected.store() as connection:
        assert len(list_quarantine(connection)) == len(pulled.quarantined) == 1


def test_a_deleted_project_is_told_and_what_was_pulled_stays(
    connected: Project, server: Server, tiny_gold: dict[str, Layer]
) -> None:
    push_all(connected, "gone", annotators=["simulated:eve"])
    annotate_round(connected, "gone", tiny_gold, server, progress=False)
    first = wb.pull(connected, "gone", progress=False)
    server.delete_project(first and find_first_project(connected, "gone"))

    again = wb.pull(connected, "gone", progress=False)

    assert "was it deleted in Label Studio?" in again.problems[0]
    assert len(wb.adjudicate(connected, "gone", policy="single").gold) == 3


def find_first_project(project: Project, name: str) -> int:
    with project.store() as connection:
        return find_projects(connection, name)[0].project_id


def test_skipped_drafts_and_empty_submissions_mean_what_they_say(
    connected: Project, server: Server
) -> None:
    pushed = push_all(connected, "empty")
    tasks = list(server.iter_tasks(pushed.projects[0].project_id))
    server.submit(tasks[0]["id"], [], seconds=1)
    server.submit(tasks[1]["id"], tasks[1]["predictions"][0]["result"], seconds=1, skipped=True)

    pulled = wb.pull(connected, "empty", progress=False)

    (layer,) = pulled
    assert layer.article_id == tasks[0]["data"]["article_id"]
    assert (layer.spans, len(layer.passages)) == ((), 1)
    counts = wb.status(connected, "empty")
    assert (counts.sum("done"), counts.sum("skipped"), counts.sum("remaining")) == (1, 1, 2)
    assert counts.projects[0].seconds == 1


def test_a_queue_that_is_not_there_begins_no_round(connected: Project, server: Server) -> None:
    with pytest.raises(RoundError, match="withdrawn: nowhere"):
        wb.push(connected, "late", ["nowhere"], [], overlap=1.0, progress=False)
    with pytest.raises(RoundError, match="the queue is empty"):
        wb.push(connected, "late", [], [], progress=False)

    assert push_all(connected, "late", overlap=2.0).tasks == 3


def test_other_settings_another_server_and_a_closed_round_are_refused(
    connected: Project, server: Server
) -> None:
    push_all(connected, "fixed")

    with pytest.raises(RoundError, match="overlap 1.0, not 2.0"):
        push_all(connected, "fixed", overlap=2.0)
    elsewhere = replace(connected, environment={})
    other = Server(
        server.url.replace("127.0.0.1", "localhost"), read_admin(connected.studio_folder)[1].token
    )
    with pytest.raises(RoundError, match="was pushed to"):
        push_all(elsewhere, "fixed", server=other)
    wb.close(connected, "fixed")
    for verb in (lambda: push_all(connected, "fixed"), lambda: wb.pull(connected, "fixed")):
        with pytest.raises(RoundError, match="'fixed' is closed"):
            verb()


def test_a_withdrawn_article_is_not_pushed_and_its_work_is_kept_aside(
    connected: Project, server: Server, tiny_gold: dict[str, Layer]
) -> None:
    push_all(connected, "less", annotators=["simulated:eve"])
    annotate_round(connected, "less", tiny_gold, server, progress=False)

    assert wb.withdraw(connected, "lima", reason="the source took it back")
    pulled = wb.pull(connected, "less", progress=False)

    assert {layer.article_id for layer in pulled} == {"cairo", "oslo"}
    assert len(pulled.quarantined) == 1
    with pytest.raises(RoundError, match="withdrawn: lima"):
        push_all(connected, "less", annotators=["simulated:eve"])
    with pytest.raises(RoundError, match="say why"):
        wb.withdraw(connected, "oslo", reason=" ")


def test_a_quarantined_part_is_closed_once_its_source_was_mended(
    connected: Project, server: Server
) -> None:
    pushed = push_all(connected, "mended")
    (task, *_) = server.iter_tasks(pushed.projects[0].project_id)
    result = task["predictions"][0]["result"]
    regions = [part for part in result if part["type"] == "labels"]
    both_ways = {
        "type": "relation",
        "from_id": regions[0]["id"],
        "to_id": regions[1]["id"],
        "direction": "bi",
    }
    annotation = server.submit(task["id"], [*result, both_ways], seconds=1)

    first = wb.pull(connected, "mended", progress=False)
    with connected.store() as connection:
        (entry,) = list_quarantine(connection)
    server.resubmit(annotation, result)
    second = wb.pull(connected, "mended", progress=False)

    assert first.quarantined == (entry.id,)
    assert entry.reason == "a link needs one direction, not 'bi'"
    assert second.quarantined == ()
    assert list(first) == list(second)
    with connected.store() as connection:
        assert list_quarantine(connection) == []


@pytest.fixture
def session(studio_folder: Path) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=read_admin(studio_folder)[0]) as client:
        yield client


def test_strangers_can_not_sign_up(session: httpx.Client) -> None:
    session.get("/user/signup/")
    form = {
        "email": "x@example.org",
        "password": "longenough1",
        "csrfmiddlewaretoken": session.cookies.get("csrftoken") or "",
    }

    assert (
        session.post(
            "/user/signup/", data=form, headers={"Referer": str(session.base_url)}
        ).status_code
        == 403
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_interrupted_sign_up_is_finished(
    connected: Project, server: Server, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    from workbench import annotators

    real = annotators.invite

    def interrupt(*arguments: Any) -> None:
        if when == "after":
            real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(annotators, "invite", interrupt)
    with pytest.raises(KeyboardInterrupt):
        wb.add_annotators(connected, f"halfway.{when}")
    monkeypatch.setattr(annotators, "invite", real)

    (account,) = wb.add_annotators(connected, f"halfway.{when}")

    assert account.token
    assert wb.add_annotators(connected, f"halfway.{when}") == []
    assert list(server.list_users().values()).count(account.email) == 1


def test_secrets_are_the_owners_alone(studio_folder: Path) -> None:
    assert (studio_folder / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert studio_folder.stat().st_mode & 0o777 == 0o700
