"""Every notebook runs from top to bottom against the real Label Studio."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from workbench.initialisation import init
from workbench.seeds import find_notebooks

pytestmark = [pytest.mark.studio, pytest.mark.slow]
NOTEBOOKS = sorted(find_notebooks().glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(
    path: Path, tmp_path: Path, studio_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = init(tmp_path / "project").root
    (root / "data").mkdir()
    (root / "data" / "studio").symlink_to(studio_folder, target_is_directory=True)
    shutil.copytree(path.parent, root / "notebooks")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    notebook = nbformat.read(path, as_version=4)

    NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": root / "notebooks"}}
    ).execute()

    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    assert not [out for out in outputs if out.output_type == "error"]
    # Thirty-two articles are in its tables; pictures are small.
    assert len(nbformat.writes(notebook)) < 800_000
