"""Label Studio's JSON exports of one project: what people submitted, by the tasks' keys."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.core.errors import BackendError
from workbench.core.identity import digest

Task = dict[str, Any]
_NEVER = "1970-01-01T00:00:00Z"


class Exports:
    """Several exports of one project as one: of each annotation the newest version counts.

    `accounts` maps the account numbers of exports to addresses; where it is silent and an export
    does not tell the address, the work is the owner's, or in a pool that of a numbered account.
    `users` is who worked, by a number made of the address.
    Raises BackendError that names every file that is no such export, and why.
    """

    def __init__(
        self, paths: Sequence[Path], project_id: int, accounts: Mapping[str, str], owner: str
    ) -> None:
        self.users: dict[int, str] = {}
        self._project_id, self._accounts, self._owner = project_id, accounts, owner
        self._tasks: dict[str, Task] = {}
        self._annotations: dict[str, dict[str, Task]] = {}
        problems = []
        for path in paths:
            problem = self._take(path)
            if problem:
                problems.append(f"{path.name}: {problem}")
        if problems:
            raise BackendError(
                f"{'; '.join(problems)}; export the project again as JSON, and take such files "
                "out of the folder exports"
            )

    def find(self, key: str) -> Task:
        """Return what exports say of a task: nothing, if none has it."""
        annotations = sorted(
            self._annotations.get(key, {}).values(), key=lambda annotation: annotation["id"]
        )
        newest = max((_read_time(annotation) for annotation in annotations), default=_NEVER)
        found: Task = {"annotations": annotations, "drafts": [], "updated_at": newest}
        if key in self._tasks:
            # The text may have been edited there.
            found["data"] = self._tasks[key]["data"]
            found["drafts"] = [
                d for d in self._tasks[key].get("drafts") or [] if isinstance(d, dict)
            ]
        return found

    def list_others(self, known: Container[str]) -> list[Task]:
        """Return the tasks of exports that are none of the known ones."""
        return [
            {"predictions": [], **self.find(key)} for key in sorted(self._tasks) if key not in known
        ]

    def _take(self, path: Path) -> str:
        """Take an export; return why it is none, or nothing."""
        try:
            tasks = json.loads(path.read_bytes())
        except (ValueError, OSError) as error:
            return f"it is no JSON ({error})"
        if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
            return "it is no list of tasks"
        if any(
            "annotations" not in task or not isinstance(task.get("data"), dict) for task in tasks
        ):
            return "its tasks have no data or no annotations; is it JSON-MIN, which loses links?"
        for task in tasks:
            key = str(task["data"].get("key") or f"no key, task {task.get('id')}")
            self._tasks[key] = task
            for annotation in task["annotations"] or []:
                if isinstance(annotation, dict):
                    self._keep(self._annotations.setdefault(key, {}), annotation)
        return ""

    def _keep(self, known: dict[str, Task], annotation: Task) -> None:
        name = str(annotation.get("unique_id") or annotation.get("id"))
        before = known.get(name)
        if before is None or _read_time(annotation) >= _read_time(before):
            id_ = annotation.get("id")
            known[name] = {
                **annotation,
                "id": id_ if isinstance(id_, int) else 0,
                "completed_by": self._number(annotation.get("completed_by")),
            }

    def _number(self, account: Any) -> int | None:
        """Return the number of whoever submitted, and note their address."""
        stated = account if isinstance(account, dict) else {"id": account}
        number = stated.get("id")
        address = stated.get("email") or self._accounts.get(str(number)) or self._owner
        if not address and number is None:
            return None
        # Two servers number their accounts alike, so a number alone names nobody elsewhere.
        address = str(address or f"project-{self._project_id}-account-{number}")
        own = int(digest(address)[:12], 16)
        self.users[own] = address
        return own


def _read_time(annotation: Mapping[str, Any]) -> str:
    return str(annotation.get("updated_at") or annotation.get("created_at") or _NEVER)
