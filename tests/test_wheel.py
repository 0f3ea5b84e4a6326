"""A built wheel has everything in it: seeds, notebooks, migrations, entry points."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Built by the installed backend itself: an isolated build would need the network.
    code = f"import os; os.chdir({str(ROOT)!r}); from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return folder / done.stdout.strip().splitlines()[-1]


@pytest.mark.slow
def test_a_project_is_made_from_a_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (tmp_path / "x.txt").write_text("Norway praised Kenya on Monday.", encoding="utf-8")
    # -S -E would lose the installed libraries; the editable package must not win over the wheel.
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import workbench as wb, workbench.seeds\n"
        f"assert str(workbench.seeds.find_seeds()).startswith({str(site)!r})\n"
        f"project = wb.init({str(tmp_path / 'p')!r})\n"
        f"wb.ingest(project, {str(tmp_path / 'x.txt')!r}, progress=False)\n"
        "(layer,) = wb.preannotate(project, progress=False)\n"
        "print(len(layer.spans), len(layer.stances))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["3", "1"]


@pytest.mark.slow
def test_the_wheel_holds_what_a_user_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    for wanted in (
        "workbench/seeds/scheme/PERSON.md",
        "workbench/seeds/gazetteers/registry.tsv",
        "workbench/seeds/lexicons/stances.tsv",
        "workbench/notebooks/01-first-round.ipynb",
        "workbench/store/migrations/versions/0001_first_tables.py",
        "workbench/py.typed",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]
