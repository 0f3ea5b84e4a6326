"""Where the package's seeds and notebooks lie: in a wheel and in a source tree alike."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import SourceError


def find_seeds() -> Path:
    """Return the folder with scheme, gazetteers, lexicons and sample articles."""
    return _find("seeds")


def find_notebooks() -> Path:
    """Return the folder with the numbered notebooks."""
    return _find("notebooks")


def _find(name: str) -> Path:
    package = Path(__file__).resolve().parent
    for folder in (package / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise SourceError(f"the package's {name!r} folder is missing beside {package}; install again")
