"""What many tests share: a project with three tiny articles, and a real Label Studio."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

import workbench as wb
from workbench.adapters.front_matter import split_front_matter
from workbench.adapters.markup import parse_markup
from workbench.backends.label_studio import Server
from workbench.connection import find_templates
from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.core.layer import Layer, Verdict
from workbench.core.release import Release
from workbench.ingestion import ingest
from workbench.initialisation import init
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.layers import add_layer
from workbench.studio import start_studio, stop_studio
from workbench.studio.server import read_admin
from workbench.training import Model

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
SPLITS = {"cairo": "train", "lima": "train", "oslo": "test"}

# A fifth of the examples by default, all of them when WORKBENCH_THOROUGH is 1.
THOROUGH = os.environ.get("WORKBENCH_THOROUGH") == "1"
settings.register_profile("default", deadline=None, max_examples=500 if THOROUGH else 100)
settings.load_profile("default")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a skip for want of a program a failure where everything is required, as in CI."""
    report = yield
    required = os.environ.get("WORKBENCH_REQUIRE_ALL") == "1"
    if required and report.skipped and "apt-get install" in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = str(report.longrepr)
    return report


@pytest.fixture(scope="session")
def tiny_gold() -> dict[str, Layer]:
    """Return the hand-written gold of the tiny articles by the hash of their text."""
    found = {}
    for path in sorted((DATA / "gold").glob("*.md")):
        _, body = split_front_matter(path.read_text(encoding="utf-8"))
        _, layer = parse_markup(body.strip("\n"))
        found[layer.text_sha256] = layer
    return found


@pytest.fixture(scope="session")
def tiny_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the tiny articles as Markdown files into a folder."""
    folder = tmp_path_factory.mktemp("articles")
    for path in sorted((DATA / "gold").glob("*.md")):
        _, body = split_front_matter(path.read_text(encoding="utf-8"))
        text, _ = parse_markup(body.strip("\n"))
        matter = f"---\nid: {path.stem}\ntitle: {path.stem}\nsplit: {SPLITS[path.stem]}\n"
        matter += "rights: CC0-1.0\n---\n"
        (folder / path.name).write_text(matter + text + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def empty_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Make a project without articles whose clock stands still."""
    for name in ("WORKBENCH_STORE_URL", "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    made = init(tmp_path / "project")
    return Project(made.root, made.settings, {}, lambda: datetime(2026, 1, 2, tzinfo=UTC))


@pytest.fixture
def project(empty_project: Project, tiny_articles: Path) -> Project:
    """Make a project that holds the three tiny articles."""
    ingest(empty_project, tiny_articles, progress=False)
    return empty_project


@pytest.fixture
def articles(project: Project) -> dict[str, Article]:
    """Return the articles of the project by id."""
    with project.store() as connection:
        return {article.id: article for article in find_articles(connection)}


@pytest.fixture
def released(project: Project, tiny_gold: dict[str, Layer]) -> Release:
    """Cut a release of the tiny articles' hand-written gold."""
    scheme = project.scheme
    with project.store() as connection:
        for article in find_articles(connection):
            layer = tiny_gold[article.text_sha256]
            passages = tuple(replace(p, asked=scheme.asked) for p in layer.passages)
            layer = replace(layer, article_id=article.id, kind="gold", author="adjudication",
                            scheme=scheme.hash, guideline=scheme.guideline_hash, round="r1",
                            passages=passages)  # fmt: skip
            ids = [identify(layer.text_sha256, item) for item in layer.items]
            layer = replace(layer, verdicts={i: Verdict("single", ("person:ana",)) for i in ids})
            add_layer(connection, layer, at=project.now())
    return wb.release(project, "0.1.0")


@pytest.fixture
def model(project: Project, released: Release) -> Model:
    """Train on that release for a few steps."""
    return wb.train(project, released, steps=4, progress=False)


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
