"""The contract of a backend, kept by a server and by files that people carry to one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

import pytest

import workbench as wb
from workbench.adapters.label_studio.config import make_config
from workbench.backends.backend import Backend
from workbench.backends.label_studio import Server, prepare
from workbench.backends.label_studio_files import LabelStudioFiles
from workbench.core.errors import BackendError, RoundError, SettingsError
from workbench.core.layer import Layer
from workbench.project import Project

pytestmark = pytest.mark.studio
Result = list[dict[str, Any]]


class Desk(Protocol):
    """A backend and a person who works on what it holds."""

    backend: Backend

    def work(self, project_id: int, results: dict[str, Result], *, skip: str = "") -> None:
        """Submit results by the tasks' keys, skipping one task, and bring the work back."""


class ServerDesk:
    """People work on the server itself."""

    def __init__(self, server: Server) -> None:
        self.backend = server
        self._server = server

    def work(self, project_id: int, results: dict[str, Result], *, skip: str = "") -> None:
        for task in list(self._server.iter_tasks(project_id)):
            key = task["data"]["key"]
            if key in results or key == skip:
                result = results.get(key, [])
                self._server.submit(task["id"], result, seconds=7, skipped=key == skip)


class FilesDesk:
    """People import the files into a Label Studio of theirs, work there and export as JSON."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.backend = LabelStudioFiles(folder, "desk")
        self._server, self._folder = server, folder
        self._theirs: dict[int, int] = {}
        self._imported: set[Path] = set()

    def work(self, project_id: int, results: dict[str, Result], *, skip: str = "") -> None:
        place = self._folder / "projects" / str(project_id)
        sdk = self._server._sdk
        if project_id not in self._theirs:
            config = (place / "labelling-config.xml").read_text(encoding="utf-8")
            made = sdk.projects.create(title="by hand", label_config=config)
            self._theirs[project_id] = made.id
        theirs = self._theirs[project_id]
        for path in sorted(place.glob("tasks-*.json")):
            if path not in self._imported:
                sdk.projects.import_tasks(id=theirs, request=json.loads(path.read_text("utf-8")))
                self._imported.add(path)
        ServerDesk(self._server).work(theirs, results, skip=skip)
        where = f"api/projects/{theirs}/export"
        export = self._server._wire.read(where, {"exportType": "JSON"}, "export")
        body = json.dumps(export, ensure_ascii=False)
        (place / "exports" / f"project-{theirs}.json").write_text(body, encoding="utf-8")


@pytest.fixture(params=["label_studio", "label_studio_files"])
def desk(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Desk:
    """Return each backend with somebody to work on it."""
    return ServerDesk(server) if request.param == "label_studio" else FilesDesk(server, tmp_path)


def make_tasks(project: Project, n: int, first: int = 0) -> list[dict[str, Any]]:
    shared = {"article_id": "a", "title": "<b>T</b>", "byline": "", "before": "", "after": ""}
    return [
        {
            "data": {**shared, "key": f"key-{number}", "text": f"💩 {number} Ana&amp; spoke."},
            "predictions": [{"model_version": "r-s1", "score": 0.5, "result": [span(0, 1, "💩")]}],
        }
        for number in range(first, first + n)
    ]


def span(start: int, end: int, text: str, label: str = "PERSON") -> dict[str, Any]:
    return {
        "id": f"span_{start}",
        "from_name": "span",
        "to_name": "text",
        "type": "labels",
        "value": {"start": start, "end": end, "text": text, "labels": [label]},
    }


class TestContract:
    """What push, pull and status rest on."""

    def make(self, desk: Desk, project: Project, marker: str) -> int:
        config = make_config(project.scheme)
        ref = desk.backend.ensure_project("round · ana", config, marker=marker, annotator="ana")
        assert ref.is_new
        return ref.id

    def test_a_project_is_made_once_by_its_marker(self, desk: Desk, project: Project) -> None:
        first = self.make(desk, project, "workbench:one")

        again = desk.backend.ensure_project(
            "other", "<View/>", marker="workbench:one", maximum_annotations=2
        )

        assert (again.id, again.is_new) == (first, False)
        assert desk.backend.get_project(first)["maximum_annotations"] == 2
        assert "workbench:one" in dict(desk.backend.list_projects())[first]
        desk.backend.delete_project(first)
        with pytest.raises(BackendError) as error:
            desk.backend.get_project(first)
        assert error.value.status == 404

    def test_tasks_go_in_once_and_are_found_by_key(self, desk: Desk, project: Project) -> None:
        ref = self.make(desk, project, "workbench:two")
        batches = [[prepare(t) for t in make_tasks(project, 2)], [], []]
        batches[1] = [prepare(t) for t in make_tasks(project, 1, first=2)]

        confirmed = list(desk.backend.import_tasks(ref, batches))

        ids = {key: id_ for part in confirmed for key, id_ in part.items()}
        assert sorted(ids) == ["key-0", "key-1", "key-2"]
        assert desk.backend.find_tasks(ref, ["key-0", "key-2", "none"]) == {
            "key-0": ids["key-0"],
            "key-2": ids["key-2"],
        }
        tasks = list(desk.backend.iter_tasks(ref))
        assert [(task["id"], task["data"]["key"]) for task in tasks] == sorted(
            (id_, key) for key, id_ in ids.items()
        )
        assert tasks[0]["data"]["text"] == "💩 0 Ana&amp; spoke."
        assert all(not task["annotations"] and not task["drafts"] for task in tasks)

    def test_work_comes_back_with_author_and_skips(self, desk: Desk, project: Project) -> None:
        ref = self.make(desk, project, "workbench:three")
        tasks = make_tasks(project, 3)
        list(desk.backend.import_tasks(ref, [[prepare(task) for task in tasks]]))
        before = desk.backend.find_newest(ref, "")

        desk.work(ref, {"key-0": [span(4, 7, "Ana")]}, skip="key-1")

        found = {task["data"]["key"]: task for task in desk.backend.iter_tasks(ref)}
        (done,) = found["key-0"]["annotations"]
        assert done["result"][0]["value"]["start"] == 4
        assert (done["was_cancelled"], done["lead_time"]) == (False, 7)
        assert [a["was_cancelled"] for a in found["key-1"]["annotations"]] == [True]
        assert found["key-2"]["annotations"] == []
        account = done["completed_by"]
        account = account["id"] if isinstance(account, dict) else account
        assert account in desk.backend.list_users()
        assert desk.backend.find_newest(ref, before) > before

    def test_a_config_that_is_none_is_refused(self, desk: Desk, project: Project) -> None:
        ref = self.make(desk, project, "workbench:four")

        with pytest.raises(BackendError):
            desk.backend.update_project(ref, label_config="<View><Text></View>")
        desk.backend.update_project(ref, label_config=make_config(project.scheme, {"OLD": "ORG"}))

        assert 'alias="OLD"' in desk.backend.get_project(ref)["label_config"]

    def test_a_round_goes_out_and_comes_back(
        self, desk: Desk, connected: Project, tiny_gold: dict[str, Layer]
    ) -> None:
        drafts = wb.preannotate(connected, progress=False)
        settings = {"annotators": ["ana"], "progress": False, "server": desk.backend}
        pushed = wb.push(connected, "both", ["lima", "cairo"], drafts, **settings)
        again = wb.push(connected, "both", ["lima", "cairo"], drafts, **settings)
        ref = pushed.projects[0].project_id
        shown = {
            task["data"]["key"]: task["predictions"][0]["result"]
            for task in desk.backend.iter_tasks(ref)
        }

        desk.work(ref, shown)

        assert (pushed.added, again.added, again.tasks) == (2, 0, 2)
        counts = wb.status(connected, "both", server=desk.backend)
        assert (counts.sum("done"), counts.sum("remaining")) == (2, 0)
        pulled = wb.pull(connected, "both", server=desk.backend, progress=False)
        assert (pulled.quarantined, pulled.problems, len(pulled)) == ((), (), 2)
        by_article = {draft.article_id: draft for draft in drafts}
        for layer in pulled:
            draft = by_article[layer.article_id]
            assert set(layer.spans) == set(draft.spans)
            assert set(layer.stances) == set(draft.stances)
            assert layer.passages[0].suggested_by == draft.author
            assert layer.passages[0].seconds == 7


def test_files_are_chosen_by_name_or_setting_and_found_again(
    project: Project, server: Server, tmp_path: Path
) -> None:
    drafts = wb.preannotate(project, progress=False)
    pushed = wb.push(
        project, "hand", ["lima"], drafts, annotators=["ana"], backend="label_studio_files"
    )
    place = project.root / "data" / "label_studio_files" / "projects" / "1"

    assert pushed.to_record()["projects"][0]["url"] == "files:data/label_studio_files/projects/1"
    assert {path.name for path in place.iterdir()} == {
        "READ-ME.txt",
        "exports",
        "instructions.html",
        "labelling-config.xml",
        "project.json",
        "tasks-0001.json",
    }
    desk = FilesDesk(server, place.parent.parent)
    (task,) = desk.backend.iter_tasks(1)
    desk.work(1, {task["data"]["key"]: task["predictions"][0]["result"]})
    (layer,) = wb.pull(project, "hand", progress=False)  # without a word about the backend
    assert layer.author == "person:ana"
    assert wb.status(project, "hand").sum("done") == 1
    assert wb.pull(project, "hand", backend="label_studio_files").problems == ()
    with pytest.raises(BackendError, match="by its API alone"):
        wb.repredict(project, "hand")

    by_setting = Project(project.root, {"project": {"backend": "label_studio_files"}}, {})
    assert wb.push(by_setting, "set", ["lima"], drafts).projects[0].server.startswith("files:")
    with pytest.raises(SettingsError, match="no backend is named 'paper'"):
        wb.push(project, "hand", ["lima"], drafts, backend="paper")


def test_bad_exports_are_all_named_and_strange_tasks_are_quarantined(project: Project) -> None:
    drafts = wb.preannotate(project, progress=False)
    wb.push(project, "bad", ["lima"], drafts, backend="label_studio_files")
    exports = project.root / "data" / "label_studio_files" / "projects" / "1" / "exports"
    (exports / "a.json").write_text("{", encoding="utf-8")
    (exports / "b.json").write_text('[{"id": 1, "text": "x", "span": []}]', encoding="utf-8")

    with pytest.raises(BackendError, match=r"a\.json: it is no JSON.*b\.json: .*JSON-MIN"):
        wb.pull(project, "bad", progress=False)

    (exports / "a.json").unlink()
    strange = {"id": 3, "data": {"text": "x", "key": "other"}, "annotations": [{"id": 4}]}
    (exports / "b.json").write_text(json.dumps([strange]), encoding="utf-8")
    pulled = wb.pull(project, "bad", progress=False)
    assert (len(pulled.quarantined), pulled.problems) == (1, ())


def test_newer_exports_win_and_accounts_are_named_by_hand(project: Project) -> None:
    drafts = wb.preannotate(project, progress=False)
    wb.push(project, "pool", ["lima"], drafts, overlap=2, backend="label_studio_files")
    place = project.root / "data" / "label_studio_files" / "projects" / "1"
    (task,) = json.loads((place / "tasks-0001.json").read_text(encoding="utf-8"))

    def export(name: str, *annotations: tuple[int, int, str, Result]) -> None:
        rows = [
            {"id": id_, "completed_by": who, "updated_at": at, "result": result,
             "was_cancelled": False, "lead_time": 2.0, "unique_id": f"u{id_}"}
            for id_, who, at, result in annotations
        ]  # fmt: skip
        body = [{"id": 1, "data": task["data"], "annotations": rows, "predictions": [9]}]
        (place / "exports" / name).write_text(json.dumps(body), encoding="utf-8")

    text = task["data"]["text"]
    at = text.index("Lima")
    export("2.json", (1, 1, "2026-01-01T00:00:00Z", []), (2, 2, "2026-01-01T00:00:00Z", []))
    export("1.json", (1, 1, "2026-01-03T00:00:00Z", [span(at, at + 4, "Lima", "GPE")]))
    (place / "accounts.json").write_text('{"1": "zoe@example.org"}', encoding="utf-8")

    pulled = {layer.author: layer for layer in wb.pull(project, "pool", progress=False)}

    assert sorted(pulled) == ["person:project-1-account-2", "person:zoe"]
    assert [span.label for span in pulled["person:zoe"].spans] == ["GPE"]
    assert wb.status(project, "pool").sum("done") == 1


def test_a_round_on_a_server_is_not_pushed_to_files(connected: Project, server: Server) -> None:
    drafts = wb.preannotate(connected, progress=False)
    wb.push(connected, "there", ["lima"], drafts, progress=False)

    with pytest.raises(RoundError, match="was pushed to http"):
        wb.push(connected, "there", ["lima"], drafts, backend="label_studio_files")
