"""Projects that use the session's server, and kernels on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kernels import Kernel

from workbench.initialisation import init
from workbench.project import Project


@pytest.fixture
def desk(tmp_path: Path, studio_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Make a project that uses the session's server, and folders for its kernels."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    project = init(tmp_path / "project")
    (project.root / "data").mkdir()
    (project.root / "data" / "studio").symlink_to(studio_folder, target_is_directory=True)
    return project


@pytest.fixture
def start_kernel(desk: Project) -> Iterator[Callable[[], Kernel]]:
    """Start kernels on the project, and end them."""
    started: list[Kernel] = []

    def start() -> Kernel:
        started.append(Kernel(desk))
        return started[-1]

    yield start
    for kernel in started:
        kernel.close()
