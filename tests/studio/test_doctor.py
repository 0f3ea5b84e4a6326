"""The doctor on a real server: named checks that leave nothing behind."""

from __future__ import annotations

import dataclasses

import pytest

import workbench as wb
from workbench.backends.label_studio import Server, examination
from workbench.core.errors import BackendError
from workbench.project import Project
from workbench.server_checks import Finding, check_address

pytestmark = pytest.mark.studio
NAMES = {
    "server",
    "version",
    "credential",
    "address",
    "signup",
    "analytics",
    "privacy",
    "storage",
    "overlap",
    "offsets",
    "import limits",
}


def run(project: Project) -> dict[str, Finding]:
    return {finding.check: finding for finding in wb.examine(project)}


def test_every_check_is_well_on_our_own_server_and_nothing_is_left(
    connected: Project, server: Server
) -> None:
    before = server.list_projects()

    findings = run(connected)

    assert findings.keys() >= NAMES
    assert [finding for finding in findings.values() if not finding.ok] == []
    assert findings["analytics"].found.startswith("off")
    assert "any account can look into" in findings["privacy"].found
    assert "admin@localhost.local" in findings["credential"].found
    assert all(finding.found for finding in findings.values())
    assert server.list_projects() == before
    token = server._sdk._client_wrapper
    assert str(token) not in str(findings)


def test_a_probe_that_fails_is_told_and_deleted(
    connected: Project, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BackendError("the proxy says no")

    with monkeypatch.context() as patch:
        patch.setattr(Server, "submit", fail)
        findings = run(connected)

    assert findings["overlap"].ok
    assert (findings["probe"].ok, findings["probe"].found) == (False, "the proxy says no")
    assert not [d for _, d in server.list_projects() if d.startswith(examination.MARKER)]


def test_what_an_earlier_doctor_left_is_cleared_away(connected: Project, server: Server) -> None:
    server.ensure_project("left over", "<View/>", marker=f"{examination.MARKER}:old")

    assert run(connected)["offsets"].ok

    assert not [d for _, d in server.list_projects() if d.startswith(examination.MARKER)]


def test_changed_offsets_are_found(
    connected: Project, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Server.get_task

    def shift(self: Server, task_id: int) -> dict[str, object]:
        task = honest(self, task_id)
        task["annotations"][0]["result"][2]["value"]["start"] += 1  # as counting UTF-16 would
        return task

    monkeypatch.setattr(Server, "get_task", shift)

    found = run(connected)["offsets"]

    assert (found.ok, found.found) == (False, "the annotations came back changed")
    assert found.remedy


def test_a_refused_batch_names_the_limit(
    connected: Project, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BackendError("too large", status=413)

    monkeypatch.setattr("workbench.server_checks.try_size", refuse)

    found = run(connected)["import limits"]

    assert not found.ok
    assert "client_max_body_size" in found.remedy


@pytest.mark.parametrize(
    ("url", "ok", "word"),
    [
        ("http://127.0.0.1:8080", True, "bound to this machine"),
        ("https://labels.example.org/ls", True, "others can reach it"),
        ("http://labels.example.org", False, "read along"),
    ],
)
def test_an_address_that_others_reach_is_warned_of(url: str, ok: bool, word: str) -> None:
    class Somewhere:
        def __init__(self) -> None:
            self.url = url

    (finding,) = check_address(Somewhere())  # type: ignore[arg-type]  # only its address is read

    assert (finding.ok, word in finding.found) == (ok, True)
    assert bool(finding.remedy) != ok


def test_a_token_that_is_wrong_is_a_finding(connected: Project, server: Server) -> None:
    environment = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": "x" * 40}
    stranger = dataclasses.replace(connected, environment=environment)

    found = run(stranger)["server"]

    assert not found.ok
    assert "token" in found.found


def test_files_need_no_server(project: Project) -> None:
    by_files = dataclasses.replace(project, settings={"project": {"backend": "label_studio_files"}})

    findings = run(by_files)

    assert findings["backend"].ok
    assert "server" not in findings
