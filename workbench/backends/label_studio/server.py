"""One Label Studio server: its projects, tasks and what people submitted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from workbench.backends.label_studio.errors import translated
from workbench.core.errors import BackendError

OLDEST = (1, 13)
"""The first version whose personal access tokens and filters are as this code needs them."""
BATCH = 500
"""Tasks in one import: the best size measured."""
_KEYS_AT_ONCE = 200
_TIMEOUT = 300


@dataclass(frozen=True, slots=True)
class ProjectRef:
    """A project on a server."""

    id: int
    url: str


class Server:
    """A server at an address, spoken to with one person's access token."""

    def __init__(self, url: str, token: str, *, timeout: float = _TIMEOUT) -> None:
        from label_studio_sdk import LabelStudio

        self.url = url.rstrip("/")
        if not token:
            raise BackendError(
                f"there is no token for Label Studio at {self.url}; make a personal access token "
                "under Account & Settings and put it into LABEL_STUDIO_API_KEY",
                url=self.url,
            )
        with translated(self.url, "log in"):
            # The SDK reads its defaults from the environment unless both are given; under a path
            # it needs the trailing slash.
            make: Any = LabelStudio
            self._sdk: Any = make(base_url=f"{self.url}/", api_key=token, timeout=timeout)

    def __repr__(self) -> str:
        """Name the address and never the token."""
        return f"Server({self.url!r})"

    def check(self) -> str:
        """Return the server's version once token and version are known to do.

        Raises BackendError otherwise.
        """
        with translated(self.url, "log in"):
            # A server that is away is told at once; what follows may be retried by the SDK.
            self._sdk.users.whoami(request_options={"max_retries": 0})
        with translated(self.url, "read the version"):
            answer: Any = self._sdk.versions.get()
        package = getattr(answer, "label_studio_os_package", None) or {}
        found = package.get("version") if isinstance(package, dict) else None
        found = str(found or getattr(answer, "release", "") or "")
        numbers = [part for part in found.split(".")[:2] if part.isdigit()]
        if tuple(int(number) for number in numbers) < OLDEST:
            raise BackendError(
                f"Label Studio at {self.url} is of version {found or 'unknown'!r}; "
                f"{OLDEST[0]}.{OLDEST[1]} or newer is needed",
                url=self.url,
            )
        return found

    def ensure_project(
        self,
        title: str,
        config: str,
        *,
        marker: str,
        instructions: str = "",
        maximum_annotations: int = 1,
    ) -> ProjectRef:
        """Find the project that bears the marker, or make it, so that a retry makes no second one.

        The title is cut to the 50 characters that Label Studio allows.
        """
        for project_id, description in self.list_projects():
            if marker in description:
                return ProjectRef(project_id, self.project_url(project_id))
        with translated(self.url, f"make the project {title!r}"):
            project = self._sdk.projects.create(
                title=title[:50].ljust(3, "_"),
                description=marker,
                label_config=config,
                expert_instruction=instructions,
                show_instruction=bool(instructions),
                maximum_annotations=maximum_annotations,
                show_skip_button=True,
                enable_empty_annotation=True,
                request_options={"max_retries": 0},
            )
        return ProjectRef(int(project.id), self.project_url(int(project.id)))

    def list_projects(self) -> list[tuple[int, str]]:
        """Return each project's id and description."""
        with translated(self.url, "list the projects"):
            return [(int(p.id), p.description or "") for p in self._sdk.projects.list()]

    def get_project(self, project_id: int) -> dict[str, Any]:
        """Return a project's settings; raises BackendError where it was deleted."""
        with translated(self.url, f"read project {project_id}"):
            return dict(self._sdk.projects.get(id=project_id).model_dump())

    def update_project(self, project_id: int, **settings: Any) -> None:
        """Change a project's settings; a labelling config is validated first."""
        with translated(self.url, f"change project {project_id}"):
            if "label_config" in settings:
                self._sdk.projects.validate_label_config(
                    id=project_id, label_config=settings["label_config"]
                )
            self._sdk.projects.update(id=project_id, **settings)

    def delete_project(self, project_id: int) -> None:
        """Delete a project with all its tasks."""
        with translated(self.url, f"delete project {project_id}"):
            self._sdk.projects.delete(id=project_id)

    def find_tasks(self, project_id: int, keys: Sequence[str]) -> dict[str, int]:
        """Return the ids of the tasks that the server has of these keys."""
        found: dict[str, int] = {}
        for at in range(0, len(keys), _KEYS_AT_ONCE):
            item = {
                "filter": "filter:tasks:data.key",
                "operator": "in_list",
                "type": "String",
                "value": list(keys[at : at + _KEYS_AT_ONCE]),
            }
            query = {"filters": {"conjunction": "and", "items": [item]}}
            with translated(self.url, f"look for tasks in project {project_id}"):
                for task in self._sdk.tasks.list(
                    project=project_id,
                    query=json.dumps(query),
                    fields="task_only",
                    include=["id", "data"],
                    page_size=_KEYS_AT_ONCE,
                ):
                    found[str((task.data or {})["key"])] = int(task.id or 0)
        return found

    def import_tasks(
        self, project_id: int, tasks: Iterable[Mapping[str, Any]]
    ) -> Iterator[dict[str, int]]:
        """Push tasks in batches and yield each batch's ids by key once the server confirmed it.

        Nothing is retried here: a batch whose answer was lost may have landed, so ask
        `find_tasks` before pushing again.
        """
        batch: list[Mapping[str, Any]] = []
        for task in tasks:
            batch.append(task)
            if len(batch) == BATCH:
                yield self._import(project_id, batch)
                batch = []
        if batch:
            yield self._import(project_id, batch)

    def _import(self, project_id: int, batch: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        with translated(self.url, f"push {len(batch)} tasks into project {project_id}"):
            answer: Any = self._sdk.projects.import_tasks(
                id=project_id,
                request=[dict(task) for task in batch],
                return_task_ids=True,
                request_options={"max_retries": 0, "timeout_in_seconds": _TIMEOUT},
            )
        ids = list(answer.task_ids or [])
        if len(ids) != len(batch):
            raise BackendError(
                f"Label Studio at {self.url} took {len(ids)} of {len(batch)} tasks into project "
                f"{project_id}; run the push again, what has landed is not pushed twice",
                url=self.url,
            )
        return {str(t["data"]["key"]): int(i) for t, i in zip(batch, ids, strict=True)}

    def iter_tasks(self, project_id: int, *, page_size: int = 100) -> Iterator[dict[str, Any]]:
        """Yield every task of a project with its annotations, drafts and predictions, as sent."""
        with translated(self.url, f"read the tasks of project {project_id}"):
            for task in self._sdk.tasks.list(project=project_id, fields="all", page_size=page_size):
                yield json.loads(task.model_dump_json())

    def find_newest(self, project_id: int, since: str) -> str:
        """Return when a project's task last changed, `since` where none did after it.

        Submitting, changing and deleting an annotation all count; times are the server's own.
        """
        query: dict[str, Any] = {"ordering": ["-tasks:updated_at"]}
        if since:
            item = {
                "filter": "filter:tasks:updated_at",
                "operator": "greater",
                "type": "Datetime",
                "value": since,
            }
            query["filters"] = {"conjunction": "and", "items": [item]}
        with translated(self.url, f"watch project {project_id}"):
            found = self._sdk.tasks.list(
                project=project_id,
                query=json.dumps(query),
                fields="task_only",
                include=["id", "updated_at"],
                page_size=1,
            )
            for task in found:
                # The one form of a time that the server's own filter reads.
                return str(task.updated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        return since

    def get_task(self, task_id: int) -> dict[str, Any]:
        """Return one task as sent."""
        with translated(self.url, f"read task {task_id}"):
            found: dict[str, Any] = json.loads(
                self._sdk.tasks.get(id=str(task_id)).model_dump_json()
            )
            return found

    def update_task(self, task_id: int, data: Mapping[str, Any]) -> None:
        """Change a task's data, as somebody might by hand."""
        with translated(self.url, f"change task {task_id}"):
            self._sdk.tasks.update(id=str(task_id), data=dict(data))

    def submit(
        self,
        task_id: int,
        result: Sequence[Mapping[str, Any]],
        *,
        seconds: float,
        skipped: bool = False,
    ) -> int:
        """Submit an annotation as the token's owner and return its id."""
        with translated(self.url, f"submit task {task_id}"):
            answer = self._sdk.annotations.create(
                id=task_id,
                result=[dict(part) for part in result],
                lead_time=seconds,
                was_cancelled=skipped,
                request_options={"max_retries": 0},
            )
        return int(answer.id or 0)

    def resubmit(self, annotation_id: int, result: Sequence[Mapping[str, Any]]) -> None:
        """Change an annotation that was submitted before."""
        with translated(self.url, f"change annotation {annotation_id}"):
            self._sdk.annotations.update(id=annotation_id, result=[dict(part) for part in result])

    def import_predictions(self, project_id: int, predictions: Sequence[Mapping[str, Any]]) -> None:
        """Add predictions to tasks that are there; each names its task and suggestion set."""
        for at in range(0, len(predictions), BATCH):
            batch = [dict(prediction) for prediction in predictions[at : at + BATCH]]
            with translated(self.url, f"push suggestions into project {project_id}"):
                self._sdk.projects.import_predictions(id=project_id, request=batch)

    def list_users(self) -> dict[int, str]:
        """Return the e-mail address of each account by its id."""
        with translated(self.url, "list the accounts"):
            return {int(user.id): user.email or "" for user in self._sdk.users.list()}

    def project_url(self, project_id: int) -> str:
        """Return the address at which people open a project."""
        return f"{self.url}/projects/{project_id}/data"

    def task_url(self, project_id: int, task_id: int) -> str:
        """Return the address at which people open one task."""
        return f"{self.url}/projects/{project_id}/data?task={task_id}"
