"""JupyterLab on a project, on this machine alone."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from workbench.core.errors import StudioError
from workbench.core.secret import Secret
from workbench.project import Project
from workbench.seeds import find_notebooks
from workbench.studio.credentials import write_secret
from workbench.studio.processes import end_process, find_free_port, find_process, wait, write_pid

READY_SECONDS = 120
OPEN_COMMAND = "server-proxy:open"
"""The command of jupyter-server-proxy that shows any address in a tab of JupyterLab."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A running JupyterLab; its address holds the token that opens it."""

    address: str
    was_running: bool = False

    def __repr__(self) -> str:
        """Name the address without its token."""
        return f"Lab({self.address.split('?')[0]!r})"


def start_lab(project: Project, path: str = "notebooks", *, studio_url: str = "") -> Lab:
    """Start JupyterLab in the project's folder, or find it running; opens a notebook or folder.

    With the address of a Label Studio, a button in every notebook's toolbar opens it in a tab.
    Bound to loopback, without announcements or checks for updates. Raises StudioError where it
    does not come up.
    """
    folder = project.root / "data" / "lab"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    secret = folder / "lab.json"
    if find_process(folder / "pid") is not None and secret.exists():
        return Lab(
            Secret(json.loads(secret.read_text(encoding="utf-8"))["address"]), was_running=True
        )
    port, token = find_free_port(), Secret(secrets.token_urlsafe(24))
    place = f"/lab/tree/{path}" if (project.root / path).exists() else "/lab"
    address = Secret(f"http://127.0.0.1:{port}{place}?token={token}")
    write_secret(secret, {"address": address})
    _write_config(folder / "config", studio_url)
    _trust_notebooks(project.root / "notebooks", folder / "share")
    process = _spawn(project.root, folder, port, token)
    write_pid(folder / "pid", process.pid)
    _await_start(process, port, token, folder / "lab.log")
    return Lab(address)


def stop_lab(project: Project) -> bool:
    """End the project's JupyterLab with its kernels and tell whether it ran."""
    path = project.root / "data" / "lab" / "pid"
    process = find_process(path)
    if process is not None:
        end_process(process)
    path.unlink(missing_ok=True)
    return process is not None


def _write_config(folder: Path, studio_url: str) -> None:
    """Turn off the announcements, which would ask a server on the internet; add the button."""
    place = folder / "labconfig"
    place.mkdir(parents=True, exist_ok=True)
    disabled = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (place / "page_config.json").write_text(json.dumps(disabled), encoding="utf-8")
    settings = {}
    if studio_url:
        title = "Label Studio"
        args = {"id": "label-studio", "title": title, "url": studio_url, "newBrowserTab": False}
        button = {"name": "label-studio", "label": title, "command": OPEN_COMMAND, "args": args}
        settings["@jupyterlab/notebook-extension:panel"] = {"toolbar": [{**button, "rank": 35}]}
    overrides = place / "default_setting_overrides.json"
    overrides.write_text(json.dumps(settings), encoding="utf-8")


def _trust_notebooks(notebooks: Path, share: Path) -> None:
    """Sign the notebooks that are still as the package ships them, and no others.

    In a notebook without a signature JupyterLab asks before a button opens Label Studio.
    """
    import nbformat
    from nbformat.sign import NotebookNotary

    share.mkdir(parents=True, exist_ok=True)
    notary = NotebookNotary(data_dir=str(share))  # type: ignore[no-untyped-call]  # nbformat has no types
    for shipped in find_notebooks().glob("*.ipynb"):
        copy = notebooks / shipped.name
        if copy.is_file() and copy.read_bytes() == shipped.read_bytes():
            notary.sign(nbformat.read(copy, as_version=4))  # type: ignore[no-untyped-call]  # as above
    notary.store.close()


def _spawn(root: Path, folder: Path, port: int, token: str) -> subprocess.Popen[bytes]:
    options = [
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    # The token stands in the environment, where other users can't read it as they can a command.
    environment = {
        **os.environ,
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "share"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    with (folder / "lab.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=environment,
            cwd=root,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def _await_start(process: subprocess.Popen[bytes], port: int, token: str, log: Path) -> None:
    for _ in range(READY_SECONDS * 4):
        if process.poll() is not None:
            raise StudioError(f"JupyterLab ended at its start; see {log}")
        try:
            url = f"http://127.0.0.1:{port}/api/status"
            if httpx.get(url, params={"token": token}, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        wait(0.25)
    process.terminate()
    raise StudioError(f"JupyterLab was not ready after {READY_SECONDS} s; see {log}")
