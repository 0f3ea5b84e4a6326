"""A real Label Studio for everything that touches it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.backends.label_studio import Server
from workbench.connection import find_templates
from workbench.project import Project
from workbench.studio import start_studio, stop_studio
from workbench.studio.server import read_admin


@pytest.fixture(scope="session")
def studio_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run one server for the whole session, and end it."""
    folder = tmp_path_factory.mktemp("studio") / "data" / "studio"
    start_studio(folder, templates=find_templates())
    yield folder
    stop_studio(folder)


@pytest.fixture
def server(studio_folder: Path) -> Server:
    """Return the session's server as its administrator sees it."""
    url, admin = read_admin(studio_folder)
    return Server(url, admin.token)


@pytest.fixture
def connected(project: Project, studio_folder: Path) -> Project:
    """Let the test's project use the session's server as its own."""
    (project.root / "data").mkdir(exist_ok=True)
    (project.root / "data" / "studio").symlink_to(studio_folder, target_is_directory=True)
    return project
