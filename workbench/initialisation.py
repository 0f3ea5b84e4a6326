"""Make a project: a folder with its own copy of scheme, gazetteers and lexicons."""

from __future__ import annotations

import shutil
from pathlib import Path

from workbench.core.errors import SettingsError
from workbench.project import SETTINGS_FILE, Project, open_project
from workbench.seeds import find_seeds

COPIED = ("scheme", "gazetteers", "lexicons")
_SETTINGS = """\
# The settings of this project; every line may be left out.

[project]
# rights = "what the sources allow, for articles that do not say it themselves"
# seed = 0

[store]
# url = "postgresql://user@host/database"   # default: SQLite in annotations/work

[studio]
# url = "https://labels.example.org"        # default: a Label Studio of the project's own
# The token of your own server is read from LABEL_STUDIO_API_KEY, never from this file.

[pipeline]
# base = "en_core_web_md"                   # default: the best English pipeline installed
"""
_IGNORED = "/data/\n/models/\n/annotations/work/\n"
_STATEMENT = """\
# Annotations

`releases/<version>/` are immutable gold datasets, kept in git.
`work/` is the working database, which is not.
"""


def init(folder: str | Path) -> Project:
    """Make a project in a folder, which may exist; nothing that lies there is overwritten.

    Raises SettingsError where the folder is a file or holds a project already.
    """
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise SettingsError(f"{root} is a file; name a folder for the project")
    if (root / SETTINGS_FILE).exists():
        raise SettingsError(f"{root} holds a project already; its settings are in {SETTINGS_FILE}")
    seeds = find_seeds()
    for name in COPIED:
        target = root / "seeds" / name
        if (seeds / name).is_dir() and not target.exists():
            shutil.copytree(seeds / name, target)
    _write(root / ".gitignore", _IGNORED)
    _write(root / "annotations" / "README.md", _STATEMENT)
    # The settings come last: a folder is a project once everything else is there.
    _write(root / SETTINGS_FILE, _SETTINGS)
    return open_project(root)


def _write(path: Path, text: str) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
