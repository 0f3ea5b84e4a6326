"""One Label Studio server: its projects, tasks and what people submitted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from workbench.backends.label_studio import tasks
from workbench.backends.label_studio.errors import translated
from workbench.backends.label_studio.tasks import BATCH, Prepared
from workbench.backends.label_studio.wire import ATTEMPTS, Wire, may_pass
from workbench.core.errors import BackendError
from workbench.core.imports import import_whole
from workbench.core.secret import Secret

OLDEST = (1, 13)
"""The first version whose personal access tokens and filters are as this code needs them."""
_TIMEOUT = 300
# The SDK imports each of these when it is first used, which an interrupt must not break off.
_USED = ("annotations", "projects", "tasks", "tokens", "users", "versions")
_SDK = ("label_studio_sdk.client", *(f"label_studio_sdk.{part}.client" for part in _USED))


@dataclass(frozen=True, slots=True)
class ProjectRef:
    """A project on a server; `is_new` says that it was made just now and holds nothing."""

    id: int
    url: str
    is_new: bool = False


class Server:
    """A server at an address, spoken to with one person's access token."""

    def __init__(self, url: str, token: str, *, timeout: float = _TIMEOUT) -> None:
        import_whole(*_SDK)
        from label_studio_sdk import LabelStudio

        self.url, token = url.rstrip("/"), Secret(token)
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
            # What may be made again is made again here, and the SDK would do so for everything.
            self._sdk: Any = make(
                base_url=f"{self.url}/", api_key=token, timeout=timeout, max_retries=0
            )
        self._wire = Wire(self._sdk, self.url)

    def __repr__(self) -> str:
        """Name the address and never the token."""
        return f"Server({self.url!r})"

    def check(self) -> str:
        """Return the server's version once token and version are known to do.

        Raises BackendError otherwise.
        """
        with translated(self.url, "log in"):
            # A server that is away is told at once.
            self._sdk.users.whoami()
        answer: Any = self._wire.repeat("read the version", lambda: self._sdk.versions.get())
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
        annotator: str = "",
    ) -> ProjectRef:
        """Find the project that bears the marker, or make it, so that a retry makes no second one.

        The title is cut to the 50 characters that Label Studio allows. The annotator is known by
        their account here.
        """
        for attempt in range(1, ATTEMPTS + 1):
            for project_id, description in self.list_projects():
                if marker in description:
                    return self._settle(project_id, maximum_annotations)
            try:
                made = self._make_project(title, config, marker, instructions)
            except BackendError as error:
                if attempt == ATTEMPTS or not may_pass(error):
                    raise
                self._wire.wait(error, attempt)
            else:
                return self._settle(made, maximum_annotations, is_new=True)
        raise AssertionError("unreachable")

    def _make_project(self, title: str, config: str, marker: str, instructions: str) -> int:
        with translated(self.url, f"make the project {title!r}"):
            project = self._sdk.projects.create(
                title=title[:50].ljust(3, "_"),
                description=marker,
                label_config=config,
                expert_instruction=instructions,
                show_instruction=bool(instructions),
                show_skip_button=True,
                enable_empty_annotation=True,
            )
        return int(project.id)

    def _settle(
        self, project_id: int, maximum_annotations: int, *, is_new: bool = False
    ) -> ProjectRef:
        """Set how many people get each task, and read it back: creating alone may not set it."""
        if self.get_project(project_id)["maximum_annotations"] != maximum_annotations:
            self.update_project(project_id, maximum_annotations=maximum_annotations)
            found = self.get_project(project_id)["maximum_annotations"]
            if found != maximum_annotations:
                raise BackendError(
                    f"project {project_id} on {self.url} gives each task to {found} people, not "
                    f"to {maximum_annotations}; set it under Settings, then push again",
                    url=self.url,
                )
        return ProjectRef(project_id, self.project_url(project_id), is_new)

    def read(self, path: str, doing: str) -> Any:
        """Read JSON from one of the server's own addresses."""
        return self._wire.read(path, {}, doing)

    def list_projects(self) -> list[tuple[int, str]]:
        """Return each project's id and description."""
        return self._wire.repeat(
            "list the projects",
            lambda: [(int(p.id), p.description or "") for p in self._sdk.projects.list()],
        )

    def get_project(self, project_id: int) -> dict[str, Any]:
        """Return a project's settings; raises BackendError where it was deleted."""
        return self._wire.repeat(
            f"read project {project_id}",
            lambda: dict(self._sdk.projects.get(id=project_id).model_dump()),
        )

    def update_project(self, project_id: int, **settings: Any) -> None:
        """Change a project's settings; a labelling config is validated first."""
        doing = f"change project {project_id}"
        if "label_config" in settings:
            config = settings["label_config"]
            self._wire.repeat(
                doing,
                lambda: self._sdk.projects.validate_label_config(
                    id=project_id, label_config=config
                ),
            )
        self._wire.repeat(doing, lambda: self._sdk.projects.update(id=project_id, **settings))

    def delete_project(self, project_id: int) -> None:
        """Delete a project with all its tasks."""
        with translated(self.url, f"delete project {project_id}"):
            self._sdk.projects.delete(id=project_id)

    def find_tasks(self, project_id: int, keys: Sequence[str]) -> dict[str, int]:
        """Return the ids of the tasks that the server has of these keys, each there once.

        A server that was slow to answer may commit a batch after it was looked for and sent
        again: what is there twice is deleted but for one, tasks that somebody worked on never.
        """
        kept: dict[str, int] = {}
        for key, ids in tasks.find_tasks(self._wire, project_id, keys).items():
            worked_on = [id_ for id_ in ids if len(ids) > 1 and self._is_worked_on(id_)]
            kept[key] = (worked_on or ids)[0]
            for id_ in ids:
                if id_ != kept[key] and id_ not in worked_on:
                    self.delete_task(id_)
        return kept

    def delete_task(self, task_id: int) -> None:
        """Delete a task with what people did in it; one that is not there is none to delete."""
        self._delete(f"delete task {task_id}", lambda: self._sdk.tasks.delete(id=str(task_id)))

    def delete_annotation(self, annotation_id: int) -> None:
        """Delete what somebody submitted; what is not there is none to delete."""
        self._delete(
            f"delete annotation {annotation_id}",
            lambda: self._sdk.annotations.delete(id=annotation_id),
        )

    def _delete(self, doing: str, call: Callable[[], None]) -> None:
        try:
            self._wire.repeat(doing, call)
        except BackendError as error:
            # A first attempt whose answer was lost did it.
            if error.status != 404:
                raise

    def _is_worked_on(self, task_id: int) -> bool:
        task = self.get_task(task_id)
        return bool(task.get("annotations") or task.get("drafts"))

    def import_tasks(
        self, project_id: int, batches: Iterable[Sequence[Prepared]]
    ) -> Iterator[dict[str, int]]:
        """Push batches of tasks and yield each one's ids by key once the server confirmed it.

        The next batch is asked for while the server works on the one before. One whose answer is
        lost is looked for before it is sent again, and once more at the end, since a slow server
        may have done both; its ids are then yielded once more. Raises BackendError in vain.
        """
        unsure: list[str] = []
        for ids, is_repeated in tasks.import_batches(self._wire, project_id, batches):
            unsure += ids if is_repeated else []
            yield ids
        if unsure:
            yield self.find_tasks(project_id, unsure)

    def iter_pages(self, project_id: int) -> Iterator[list[dict[str, Any]]]:
        """Yield a project's tasks with annotations, drafts and predictions, as sent, by id."""
        yield from tasks.iter_pages(self._wire, project_id, {"fields": "all"})

    def iter_tasks(self, project_id: int) -> Iterator[dict[str, Any]]:
        """Yield every task of a project with its annotations, drafts and predictions, as sent."""
        for page in self.iter_pages(project_id):
            yield from page

    def find_newest(self, project_id: int, since: str) -> str:
        """Return when a project's task last changed, `since` where none did after it.

        Submitting, changing and deleting an annotation all count; times are the server's own.
        """
        return tasks.find_newest(self._wire, project_id, since)

    def get_task(self, task_id: int) -> dict[str, Any]:
        """Return one task as sent."""
        found: dict[str, Any] = self._wire.read(f"api/tasks/{task_id}/", {}, f"read task {task_id}")
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
            )
        return int(answer.id or 0)

    def resubmit(self, annotation_id: int, result: Sequence[Mapping[str, Any]]) -> None:
        """Change an annotation that was submitted before."""
        with translated(self.url, f"change annotation {annotation_id}"):
            self._sdk.annotations.update(id=annotation_id, result=[dict(part) for part in result])

    def import_predictions(self, project_id: int, predictions: Sequence[Mapping[str, Any]]) -> None:
        """Add predictions to tasks that are there; each names its task and suggestion set."""
        for at in range(0, len(predictions), BATCH):
            body = to_json(predictions[at : at + BATCH])
            path = f"api/projects/{project_id}/import/predictions"
            self._wire.write(path, body, f"push suggestions into project {project_id}")

    def list_users(self) -> dict[int, str]:
        """Return the e-mail address of each account by its id."""
        return self._wire.repeat(
            "list the accounts",
            lambda: {int(user.id): user.email or "" for user in self._sdk.users.list()},
        )

    def project_url(self, project_id: int) -> str:
        """Return the address at which people open a project."""
        return f"{self.url}/projects/{project_id}/data"

    def task_url(self, project_id: int, task_id: int) -> str:
        """Return the address at which people open one task."""
        return f"{self.url}/projects/{project_id}/data?task={task_id}"
