"""What a place where people annotate must be able to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from workbench.backends.label_studio import Prepared, ProjectRef

Task = dict[str, Any]


class Backend(Protocol):
    """A Label Studio server, or a folder of files that people carry to and from one.

    Every method raises BackendError, with status 404 where a project is not there.
    """

    url: str

    def check(self) -> str:
        """Return the version of what answers, once it is known to do."""

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
        """Find the project that bears the marker, or make it."""

    def list_projects(self) -> list[tuple[int, str]]:
        """Return each project's id and description."""

    def get_project(self, project_id: int) -> dict[str, Any]:
        """Return a project's settings."""

    def update_project(self, project_id: int, **settings: Any) -> None:
        """Change a project's settings; a labelling config is validated first."""

    def delete_project(self, project_id: int) -> None:
        """Delete a project with all its tasks."""

    def find_tasks(self, project_id: int, keys: Sequence[str]) -> dict[str, int]:
        """Return the ids of the tasks that are there of these keys."""

    def import_tasks(
        self, project_id: int, batches: Iterable[Sequence[Prepared]]
    ) -> Iterator[dict[str, int]]:
        """Put batches of tasks there, each task once, and yield each batch's ids by key."""

    def import_predictions(self, project_id: int, predictions: Sequence[Mapping[str, Any]]) -> None:
        """Add predictions to tasks that are there."""

    def iter_pages(self, project_id: int) -> Iterator[list[Task]]:
        """Yield a project's tasks in pages, with annotations, drafts and predictions."""

    def iter_tasks(self, project_id: int) -> Iterator[Task]:
        """Yield every task of a project."""

    def find_newest(self, project_id: int, since: str) -> str:
        """Return when a project's work last changed, `since` where it did not after it."""

    def list_users(self) -> dict[int, str]:
        """Return the e-mail address, or else the name, of each account by its id."""

    def project_url(self, project_id: int) -> str:
        """Return where people find a project."""
