"""Label Studio without its API: task files for hand import, and its JSON exports read back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from workbench.backends.label_studio import Prepared, ProjectRef
from workbench.backends.label_studio_exports import Exports, Task
from workbench.core.errors import BackendError

PREFIX = "files:"
"""What the address of a folder begins with."""
PAGE = 100
_STRANGE = 1_000_000_000
"""Added to the id of an exported task that was never written here."""
_READ_ME = """\
How to annotate these tasks in any Label Studio

1. Make a project there. Under Settings, Labeling Interface, Code: paste labelling-config.xml.
2. Under Settings, General: paste instructions.html as the instructions, and let each task be
   annotated by {people}.
3. Import every file tasks-*.json of this folder, each once. Files that come later are imported too.
4. When work was done: Export, format JSON (not JSON-MIN), and put the file into the folder exports.
   A newer export may lie beside older ones: of each annotation the newest version counts.
5. Run: workbench pull {round}

Exports name people by numbers. Whose they are: {owner}
"""


class LabelStudioFiles:
    """A folder with one folder for each project: configuration, tasks, and what was exported."""

    def __init__(self, folder: Path, name: str = "") -> None:
        """Work in `folder`; `name` is what the ledger calls it, so that a project can be moved."""
        self.url = f"{PREFIX}{name or folder.name}"
        self._folder = folder / "projects"

    def __repr__(self) -> str:
        """Name the folder."""
        return f"LabelStudioFiles({self.url!r})"

    def check(self) -> str:
        """Return what it is, once the folder can be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BackendError(
                f"the folder {self._folder} can't be made: {error.strerror}; choose another one",
                url=self.url,
            ) from None
        return "files"

    def ensure_project(
        self,
        title: str,
        config: str,
        *,
        marker: str,
        instructions: str = "",
        maximum_annotations: int = 1,
        annotator: str = "",
    ) -> ProjectRef:
        """Find the project that bears the marker, or make its folder, whole or not at all."""
        self.check()
        for project_id, description in self.list_projects():
            if marker in description:
                self.update_project(project_id, maximum_annotations=maximum_annotations)
                return ProjectRef(project_id, self.project_url(project_id))
        project_id = max((id_ for id_, _ in self.list_projects()), default=0) + 1
        settings = {
            "id": project_id,
            "title": title,
            "description": marker,
            "annotator": annotator,
            "maximum_annotations": maximum_annotations,
            "expert_instruction": instructions,
            "label_config": config,
            "model_version": "",
        }
        place = self._folder / str(project_id)
        (place / "exports").mkdir(parents=True, exist_ok=True)
        self._write_settings(project_id, settings)
        return ProjectRef(project_id, self.project_url(project_id), is_new=True)

    def list_projects(self) -> list[tuple[int, str]]:
        """Return each project's id and description."""
        places = sorted(self._folder.glob("*/project.json"), key=lambda path: int(path.parent.name))
        return [(int(p.parent.name), str(_read(p, self.url)["description"])) for p in places]

    def get_project(self, project_id: int) -> dict[str, Any]:
        """Return a project's settings; raises BackendError where its folder was deleted."""
        settings: dict[str, Any] = _read(self._find(project_id) / "project.json", self.url)
        return settings

    def update_project(self, project_id: int, **settings: Any) -> None:
        """Change a project's settings; a labelling config that is no XML is refused."""
        if "label_config" in settings:
            try:
                Xml.fromstring(settings["label_config"])  # noqa: S314 - our own configuration
            except Xml.ParseError as error:
                raise BackendError(
                    f"the labelling config is no XML: {error}", url=self.url
                ) from None
        self._write_settings(project_id, {**self.get_project(project_id), **settings})

    def delete_project(self, project_id: int) -> None:
        """Delete a project's folder with the exports in it."""
        shutil.rmtree(self._find(project_id))

    def find_tasks(self, project_id: int, keys: Sequence[str]) -> dict[str, int]:
        """Return the numbers of the tasks that were written of these keys."""
        wanted = set(keys)
        numbered = enumerate(self._iter_written(project_id), start=1)
        found = ((_get_key(task), number) for number, task in numbered)
        return {key: number for key, number in found if key in wanted}

    def import_tasks(
        self, project_id: int, batches: Iterable[Sequence[Prepared]]
    ) -> Iterator[dict[str, int]]:
        """Write each batch as a file of its own and yield the numbers of its tasks by key."""
        place = self._find(project_id)
        written = sum(1 for _ in self._iter_written(project_id))
        for batch in batches:
            if not batch:
                continue
            number = len(list(place.glob("tasks-*.json"))) + 1
            body = b"[" + b",\n".join(task.body for task in batch) + b"]\n"
            _write(place / f"tasks-{number:04}.json", body)
            yield {task.key: written + n for n, task in enumerate(batch, start=1)}
            written += len(batch)

    def import_predictions(self, project_id: int, predictions: Sequence[Mapping[str, Any]]) -> None:
        """Refuse: Label Studio takes suggestions for tasks that are there by its API alone."""
        if predictions:
            raise BackendError(
                f"the tasks of {self.project_url(project_id)} were written as files, and Label "
                "Studio takes new suggestions for tasks that are there by its API alone; push the "
                "remaining articles to a new round",
                url=self.url,
            )

    def iter_pages(self, project_id: int) -> Iterator[list[Task]]:
        """Yield the tasks that were written, each with what exports say of it, then strange ones.

        Raises BackendError that names every export that can't be read.
        """
        exports = self._open_exports(project_id)
        page: list[Task] = []
        keys = set()
        for number, task in enumerate(self._iter_written(project_id), start=1):
            keys.add(_get_key(task))
            page.append({**task, **exports.find(_get_key(task)), "id": number})
            if len(page) == PAGE:
                yield page
                page = []
        page += [{**task, "id": _STRANGE + n} for n, task in enumerate(exports.list_others(keys))]
        if page:
            yield page

    def iter_tasks(self, project_id: int) -> Iterator[Task]:
        """Yield every task of a project with its annotations."""
        for page in self.iter_pages(project_id):
            yield from page

    def find_newest(self, project_id: int, since: str) -> str:
        """Return when the newest export came in, `since` where none did after it."""
        paths = (self._find(project_id) / "exports").glob("*.json")
        times = (datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in paths)
        newest = max((time.strftime("%Y-%m-%dT%H:%M:%S.%fZ") for time in times), default="")
        return max(newest, since)

    def list_users(self) -> dict[int, str]:
        """Return who worked, by the account numbers that `iter_pages` gives them."""
        users: dict[int, str] = {}
        for project_id, _ in self.list_projects():
            users |= self._open_exports(project_id).users
        return users

    def project_url(self, project_id: int) -> str:
        """Return the folder of a project."""
        return f"{self.url}/projects/{project_id}"

    def _open_exports(self, project_id: int) -> Exports:
        place = self._find(project_id)
        accounts = place / "accounts.json"
        known = _read(accounts, self.url) if accounts.exists() else {}
        owner = str(self.get_project(project_id)["annotator"])
        paths = sorted((place / "exports").glob("*.json"))
        return Exports(paths, project_id, {str(k): str(v) for k, v in known.items()}, owner)

    def _iter_written(self, project_id: int) -> Iterator[Task]:
        for path in sorted(self._find(project_id).glob("tasks-*.json")):
            yield from _read(path, self.url)

    def _find(self, project_id: int) -> Path:
        place = self._folder / str(project_id)
        if not (place / "project.json").exists():
            raise BackendError(
                f"{self.project_url(project_id)} is not there (any more); was it deleted?",
                url=self.url,
                status=404,
            )
        return place

    def _write_settings(self, project_id: int, settings: Mapping[str, Any]) -> None:
        place = self._folder / str(project_id)
        people = settings["maximum_annotations"]
        owner = settings["annotator"]
        read_me = _READ_ME.format(
            people="one person" if people == 1 else f"{people} people",
            round=str(settings["title"]).split(" · ")[0],
            owner=f"all of {owner}."
            if owner
            else 'write accounts.json here, such as {"1": "ana@example.org"}.',
        )
        _write(place / "labelling-config.xml", str(settings["label_config"]).encode())
        _write(place / "instructions.html", str(settings["expert_instruction"]).encode())
        _write(place / "READ-ME.txt", read_me.encode())
        # Last, for it is what makes the folder a project.
        _write(place / "project.json", json.dumps(settings, ensure_ascii=False, indent=1).encode())


def _read(path: Path, url: str) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, OSError) as error:
        raise BackendError(f"{path.name} can't be read: {error}", url=url) from None


def _write(path: Path, body: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(body)
    temporary.replace(path)


def _get_key(task: Task) -> str:
    return str((task.get("data") or {}).get("key"))
