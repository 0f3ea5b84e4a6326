"""Processes that the workbench started: known by id and start time, ended by no other."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from pathlib import Path

import psutil

_PATIENCE = 15.0


def write_pid(path: Path, pid: int) -> None:
    """Remember a process by its id and the time it started at."""
    path.write_text(f"{pid} {psutil.Process(pid).create_time()}", encoding="utf-8")


def find_process(path: Path) -> psutil.Process | None:
    """Return the process that a file remembers, None where it ended or its id went to another."""
    try:
        pid, started = path.read_text(encoding="utf-8").split()
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(started)) < 1
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, psutil.NoSuchProcess):
        return None


def end_process(process: psutil.Process) -> None:
    """End a process and its children, first politely, then surely."""
    family = [process, *process.children(recursive=True)]
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=_PATIENCE)
    for member in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(alive, timeout=_PATIENCE)


def is_free(port: int) -> bool:
    """Tell whether a loopback port can be listened on."""
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def find_free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(seconds: float) -> None:
    """Let time pass between two looks at a process."""
    time.sleep(seconds)
