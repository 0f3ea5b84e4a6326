"""The annotation server in use: the one that the settings name, else the project's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.backends.backend import Backend
from workbench.backends.label_studio import Server
from workbench.backends.label_studio_files import PREFIX, LabelStudioFiles
from workbench.core.errors import SettingsError
from workbench.core.secret import Secret
from workbench.project import Project
from workbench.studio import start_studio
from workbench.studio.credentials import read_accounts
from workbench.studio.server import read_admin

BACKENDS = ("label_studio", "label_studio_files")
TOKEN_VARIABLE = "LABEL_STUDIO_API_KEY"  # noqa: S105 - a variable's name


def open_backend(
    project: Project, name: str | None = None, *, round_at: str | None = None
) -> Backend:
    """Open where people annotate: by name, else where a round lies, else what the settings say.

    `round_at` is the address that a round was pushed to. Raises SettingsError for an unknown name,
    and what `connect` raises.
    """
    stated = name or project.setting("project", "backend", BACKENDS[0])
    if stated not in BACKENDS:
        raise SettingsError(f"no backend is named {stated!r}; there are: {', '.join(BACKENDS)}")
    if name is None and round_at is not None:
        stated = BACKENDS[round_at.startswith(PREFIX)]
    if stated == "label_studio":
        return connect(project)
    files = LabelStudioFiles(
        project.files_folder, project.files_folder.relative_to(project.root).as_posix()
    )
    files.check()
    return files


def connect(
    project: Project, *, start: bool = True, report: Callable[[str], None] = lambda _: None
) -> Server:
    """Connect to the server, starting the embedded one where it is used and `start` allows it.

    Raises SettingsError where an address is named and no token is given, BackendError where the
    server is away, refuses the token, or is of a version that is not supported.
    """
    url = get_remote_url(project)
    if url:
        token = Secret(project.environment.get(TOKEN_VARIABLE, ""))
        if not token:
            raise SettingsError(
                f"the server {url} needs a token: make a personal access token there under "
                f"Account & Settings and put it into {TOKEN_VARIABLE}"
            )
        return _check(Server(url, token))
    if start:
        start_studio(
            project.studio_folder,
            port=project.setting("studio", "port") or None,
            templates=find_templates(),
            report=report,
        )
    url, admin = read_admin(project.studio_folder)
    return _check(Server(url, admin.token))


def _check(server: Server) -> Server:
    """Return the server once its version and the token are known to do."""
    server.check()
    return server


def get_remote_url(project: Project) -> str:
    """Return the address of the server that the user chose, empty for the embedded one."""
    stated = project.environment.get("LABEL_STUDIO_URL") or project.setting("studio", "url", "")
    return str(stated)


def find_templates() -> Path:
    """Return the folder that keeps migrated databases: it holds no account and no secret."""
    from platformdirs import user_cache_path

    return user_cache_path("stance-workbench")


def name_authors(project: Project, server: Backend) -> dict[int, str]:
    """Return the author of each account on the server: `person:` or `simulated:` and a name.

    Accounts that the project made have the name they were made with; others that of their
    address, whole where two share the part before the @.
    """
    ours = {a.email: name for name, a in read_accounts(project.annotators_file).items()}
    users = server.list_users()
    locals_ = [email.split("@")[0] for email in users.values()]
    authors = {}
    for user_id, email in users.items():
        local = email.split("@")[0]
        name = ours.get(email) or (local if locals_.count(local) == 1 else email)
        authors[user_id] = name if name.startswith("simulated:") else f"person:{name}"
    return authors
