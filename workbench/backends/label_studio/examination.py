"""What a server tells of itself to anybody who opens it, and a throwaway project to try it with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from workbench.adapters.label_studio.config import make_config
from workbench.backends.label_studio.errors import translated
from workbench.backends.label_studio.server import ProjectRef, Server
from workbench.core.scheme import Scheme

MARKER = "workbench:doctor"
"""What the description of every throwaway project begins with."""
_TIMEOUT = 10.0
_ANALYTICS = re.compile(r"collect_analytics\W{1,8}(true|false)", re.IGNORECASE)


def find_analytics(url: str) -> bool | None:
    """Tell whether the server's pages report use to its vendor, None where they don't say it."""
    with translated(url, "read the login page"):
        page = httpx.get(f"{url}/user/login/", timeout=_TIMEOUT, follow_redirects=True).text
    stated = _ANALYTICS.search(page)
    return stated[1].lower() == "true" if stated else None


def is_signup_open(url: str) -> bool:
    """Tell whether a stranger may make an account: an empty form is refused outright if not."""
    with (
        translated(url, "look at the sign-up page"),
        httpx.Client(base_url=url, timeout=_TIMEOUT) as client,
    ):
        client.get("/user/signup/")
        form = {"csrfmiddlewaretoken": client.cookies.get("csrftoken") or ""}
        answer = client.post("/user/signup/", data=form, headers={"Referer": url})
    return answer.status_code not in (403, 404, 405)


def describe_account(server: Server) -> tuple[str, bool]:
    """Return whose token is used, and whether the server still takes legacy tokens."""
    account = server.read("api/current-user/whoami", "ask whose token it is")
    settings = server.read("api/jwt/settings", "read the token settings")
    return str(account.get("email")), bool(settings.get("legacy_api_tokens_enabled"))


@contextmanager
def throwaway_project(server: Server, scheme: Scheme, people: int) -> Iterator[ProjectRef]:
    """Give a project to try things in; it is deleted whatever happens, as are left-over ones."""
    _clear(server)
    try:
        yield server.ensure_project(
            "workbench doctor, may be deleted",
            make_config(scheme),
            marker=f"{MARKER}:{scheme.hash}",
            maximum_annotations=people,
        )
    finally:
        _clear(server)


def _clear(server: Server) -> None:
    for project_id, description in server.list_projects():
        if description.startswith(MARKER):
            server.delete_project(project_id)


def try_offsets(server: Server, ref: ProjectRef, task: dict[str, Any]) -> list[str]:
    """Send a task through the server and back, and list what came back otherwise."""
    from workbench.backends.label_studio.tasks import prepare

    (confirmed,) = server.import_tasks(ref.id, [[prepare(task)]])
    task_id = confirmed[task["data"]["key"]]
    (sent,) = task["predictions"]
    server.submit(task_id, sent["result"], seconds=1.0)
    found = server.get_task(task_id)
    problems = []
    if found["data"]["text"] != task["data"]["text"]:
        problems.append("the text came back changed")
    for what, results in (
        ("suggestions", [p["result"] for p in found["predictions"]]),
        ("annotations", [a["result"] for a in found["annotations"]]),
    ):
        if [_read_values(result) for result in results] != [_read_values(sent["result"])]:
            problems.append(f"the {what} came back changed")
    return problems


def try_size(server: Server, ref: ProjectRef, size: int) -> None:
    """Send a batch of that many bytes; raises BackendError where it is too large for the way."""
    from workbench.backends.label_studio.tasks import prepare

    data = {"title": "", "byline": "", "before": "", "after": "", "text": "x" * (size // 8)}
    batch = [prepare({"data": {**data, "key": f"size-{n}"}}) for n in range(8)]
    list(server.import_tasks(ref.id, [batch]))


def _read_values(result: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (part.get("id"), part["value"].get("start"), part["value"].get("end"))
        for part in result
        if part["type"] == "labels"
    ]
