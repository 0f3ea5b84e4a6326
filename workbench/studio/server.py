"""Start, find and stop the embedded Label Studio."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import httpx
from filelock import FileLock

from workbench.core.errors import StudioError
from workbench.studio.credentials import Account, ensure_token, make_account, write_secret
from workbench.studio.processes import (
    end_process,
    find_free_port,
    find_process,
    is_free,
    wait,
    write_pid,
)

Report = Callable[[str], None]
READY_SECONDS = 300
"""How long a start may take; the first one migrates a database."""
_DATABASE = "label_studio.sqlite3"


@dataclass(frozen=True, slots=True)
class StudioStatus:
    """Whether the embedded server runs, where, and which file holds its login."""

    url: str
    state: Literal["running", "stopped"]
    version: str
    credentials: Path

    def to_record(self) -> dict[str, Any]:
        """Write the status as plain JSON; the secrets stay in their file."""
        return {
            "url": self.url,
            "state": self.state,
            "version": self.version,
            "credentials": str(self.credentials),
        }


def get_version() -> str:
    """Return the version of the installed server; raises StudioError where there is none."""
    try:
        return version("label-studio")
    except PackageNotFoundError:
        raise StudioError(
            "no Label Studio is installed here; install the extra: "
            "pip install 'stance-workbench[studio]', or name your server in workbench.toml"
        ) from None


def get_status(folder: Path) -> StudioStatus:
    """Tell whether the server of a folder runs."""
    path = folder / "credentials.json"
    url = json.loads(path.read_text(encoding="utf-8"))["url"] if path.exists() else ""
    running = find_process(folder / "pid") is not None and bool(url) and _is_up(url)
    return StudioStatus(url, "running" if running else "stopped", get_version(), path)


def start_studio(
    folder: Path,
    *,
    port: int | None = None,
    templates: Path | None = None,
    report: Report = lambda _: None,
    environment: Mapping[str, str] | None = None,
) -> StudioStatus:
    """Start the server of a folder, or find it running, and make sure that its token works.

    `templates` is a folder that keeps a migrated, empty database for each server version, which
    spares a new folder the migration. Raises StudioError where the port is taken or the server
    does not come up, with the last lines of its log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with FileLock(folder / "start.lock"):
        status = get_status(folder)
        if status.state == "stopped":
            _launch(folder, port, templates, report, environment or os.environ)
        path = folder / "credentials.json"
        values = json.loads(path.read_text(encoding="utf-8"))
        url = values.pop("url")
        account = Account(name="admin", **values)
        token = ensure_token(url, account)
        if token != account.token:
            _write_credentials(path, url, replace(account, token=token))
    return get_status(folder)


def stop_studio(folder: Path) -> bool:
    """Stop the server of a folder and tell whether it ran."""
    process = find_process(folder / "pid")
    if process is not None:
        end_process(process)
    (folder / "pid").unlink(missing_ok=True)
    return process is not None


def read_admin(folder: Path) -> tuple[str, Account]:
    """Return the address and the administrator's account of a folder's server.

    Raises StudioError where it was never started or its credentials are damaged.
    """
    path = folder / "credentials.json"
    if not path.exists():
        raise StudioError(
            "the embedded Label Studio was never started; run: workbench studio start"
        )
    found = _parse_credentials(path)
    if found is None:
        raise StudioError(
            f"the credentials in {path} can't be read; put a copy of the file back, or move the "
            "folder away and start again"
        )
    return found


def _parse_credentials(path: Path) -> tuple[str, Account] | None:
    """Return a file's address and account; None where damaged, so that no error shows secrets."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return values.pop("url"), Account(name="admin", **values)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _launch(
    folder: Path,
    port: int | None,
    templates: Path | None,
    report: Report,
    environment: Mapping[str, str],
) -> None:
    release = get_version()
    path = folder / "credentials.json"
    account = read_admin(folder)[1] if path.exists() else make_account("admin")
    port = _choose_port(path, port)
    url = f"http://127.0.0.1:{port}"
    _write_credentials(path, url, account)
    template = templates / f"label-studio-{release}.sqlite3" if templates else None
    is_new = not (folder / _DATABASE).exists()
    if is_new and template is not None and template.exists():
        shutil.copyfile(template, folder / _DATABASE)
        is_new = False
    if is_new and template is not None:
        _make_template(template, environment, report)
        shutil.copyfile(template, folder / _DATABASE)
    elif is_new:
        report("first start: Label Studio sets up its database, which takes about a minute")
    else:
        report("starting Label Studio")
    process = _spawn(folder, url, port, account, environment)
    write_pid(folder / "pid", process.pid)
    _await_start(process, url, folder / "server.log")


def _make_template(template: Path, environment: Mapping[str, str], report: Report) -> None:
    """Migrate an empty database by Label Studio's own command, so that it holds no account."""
    report("first start: Label Studio sets up its database, which takes about a minute")
    template.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(template.with_suffix(".lock")):
        if template.exists():
            return
        work = template.with_suffix(f".{os.getpid()}")
        work.mkdir(parents=True, exist_ok=True)
        code = (
            "import os, sys, label_studio;"
            "sys.path.insert(0, os.path.dirname(label_studio.__file__));"
            "os.environ['DJANGO_SETTINGS_MODULE'] = 'label_studio.core.settings.label_studio';"
            "import django; django.setup();"
            "from django.core.management import call_command; call_command('migrate', verbosity=0)"
        )
        with (work / "log").open("wb") as log:
            done = subprocess.run(
                [sys.executable, "-c", code],
                env=_make_environment(work, 0, Account("", "", ""), environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        if done.returncode or not (work / _DATABASE).exists():
            raise StudioError(f"Label Studio's database can't be set up: {_tail(work / 'log')}")
        with sqlite3.connect(work / _DATABASE) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        (work / _DATABASE).replace(template)
        shutil.rmtree(work)


def _choose_port(path: Path, port: int | None) -> int:
    if port:
        if not is_free(port):
            raise StudioError(f"port {port} is taken; choose another one, or none to let us choose")
        return port
    if path.exists():
        used = int(str(json.loads(path.read_text(encoding="utf-8"))["url"]).rsplit(":", 1)[1])
        if is_free(used):
            return used
    return find_free_port()


def _write_credentials(path: Path, url: str, account: Account) -> None:
    values = asdict(account)
    values.pop("name")
    write_secret(path, {"url": url, **values})


def _make_environment(
    folder: Path, port: int, account: Account, environment: Mapping[str, str]
) -> dict[str, str]:
    """Return what keeps the server local, silent and closed to strangers."""
    return {
        **environment,
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_PORT": str(port),
        "LABEL_STUDIO_USERNAME": account.email,
        "LABEL_STUDIO_PASSWORD": account.password,
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "LATEST_VERSION_CHECK": "false",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LOG_LEVEL": "WARNING",
        "fflag_feat_utc_210_prediction_validation_15082025": "true",
    }


def _spawn(
    folder: Path, url: str, port: int, account: Account, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    variables = {**_make_environment(folder, port, account, environment), "LABEL_STUDIO_HOST": url}
    command = [sys.executable, "-m", "label_studio.server", "start", "--no-browser"]
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            [*command, "--internal-host", "127.0.0.1"],
            env=variables,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def _await_start(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(READY_SECONDS * 4):
        if process.poll() is not None:
            raise StudioError(f"Label Studio ended at its start: {_tail(log)}")
        if _is_up(url):
            return
        wait(0.25)
    process.terminate()
    process.wait()
    raise StudioError(f"Label Studio was not ready after {READY_SECONDS} s: {_tail(log)}")


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().split("\n")
    return f"{' / '.join(lines[-3:])} (all of it: {log})"
