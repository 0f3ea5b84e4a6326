"""The demo as a newcomer runs it: in a process of its own, ended by Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

pytestmark = [pytest.mark.studio, pytest.mark.slow]
PATIENCE = 400


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "workbench", "demo", "--folder", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder.parent,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )


def read_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    lines = []
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE:
        line = process.stdout.readline()
        lines.append(line)
        if "until Ctrl-C" in line or not line:
            break
    return "".join(lines)


def find_descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def test_the_demo_comes_up_and_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    process = start(folder)
    said = read_until_ready(process)
    family = find_descendants(process)

    studio = re.search(r"Label Studio  (\S+)", said)
    lab = re.search(r"JupyterLab    (\S+)", said)
    assert studio, said
    assert lab, said
    assert httpx.get(studio[1], follow_redirects=True).status_code == 200
    assert httpx.get(lab[1], follow_redirects=True).status_code == 200
    assert studio[1].startswith("http://127.0.0.1:")
    assert lab[1].startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 0
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []

    second = start(folder)
    said = read_until_ready(second)
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=60)
    assert "0 of them new" in said
    tasks = re.search(r"(\d+) tasks in Label Studio, (\d+) of them new", said)
    assert tasks, said
    assert tasks[2] == "0"


def test_the_simulated_loop_runs_to_its_end(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "workbench",
        "demo",
        "--simulate",
        "--json",
        "--folder",
        "demo",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["tasks on the server"] == 2 * summary["articles ingested and pre-annotated"]
    assert summary["layers pulled"] == summary["tasks on the server"]
    assert 0.6 < summary["agreement, entities strict F1"] < 1
    manifest = json.loads(
        (tmp_path / "demo" / "annotations" / "releases" / "0.1.0" / "manifest.json").read_text(
            encoding="utf-8"
        )
    )
    assert manifest["simulated"] is True
    assert set(manifest["authors"]) == {"simulated:p1", "simulated:p2"}
    assert manifest["quarantined"]["open"] == 0
