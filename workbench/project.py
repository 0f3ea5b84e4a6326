"""A project's paths and settings: the only module that knows them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.core.errors import SettingsError
from workbench.core.scheme import Scheme

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

SETTINGS_FILE = "workbench.toml"
_KNOWN: Mapping[str, Mapping[str, type]] = {
    "project": {"name": str, "rights": str, "seed": int, "backend": str},
    "store": {"url": str},
    "studio": {"url": str, "port": int},
    "pipeline": {"base": str},
    "llm": {"url": str, "model": str, "input_price": float, "output_price": float},
    "splits": {"train": float, "dev": float, "test": float},
}


@dataclass(frozen=True)
class Project:
    """A folder with settings, seeds, a working database, releases and models.

    `settings` holds the tables of `workbench.toml`; `environment` overrides some of them:
    WORKBENCH_STORE_URL, LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY. `clock` tells the time.
    """

    root: Path
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC), repr=False)

    def __repr__(self) -> str:
        """Name the folder; never the settings, which may hold a database's password."""
        return f"Project({str(self.root)!r})"

    @property
    def seeds(self) -> Path:
        """The project's own copy of scheme, gazetteers and lexicons."""
        return self.root / "seeds"

    @property
    def releases(self) -> Path:
        """Where releases lie, one folder a version."""
        return self.root / "annotations" / "releases"

    @property
    def models(self) -> Path:
        """Where trained pipelines are saved."""
        return self.root / "models"

    @property
    def studio_folder(self) -> Path:
        """The embedded Label Studio's own folder, with its credentials and its database."""
        return self.root / "data" / "studio"

    @property
    def files_folder(self) -> Path:
        """Where tasks are written for hand import, and exports are read."""
        return self.root / "data" / "label_studio_files"

    @property
    def annotators_file(self) -> Path:
        """The accounts of annotators on the embedded server, readable by the owner alone."""
        return self.studio_folder / "annotators.json"

    @property
    def store_url(self) -> str:
        """The working database's URL: environment, settings, else SQLite in the project."""
        url = self.environment.get("WORKBENCH_STORE_URL") or self.setting("store", "url", "")
        return str(url) or f"sqlite:///{self.root / 'annotations' / 'work' / 'workbench.sqlite'}"

    @property
    def seed(self) -> int:
        """What every random choice of the project starts from."""
        return int(self.setting("project", "seed", 0))

    @cached_property
    def engine(self) -> Engine:
        """The working database, migrated to this version's schema."""
        from workbench.store.connection import open_store

        return open_store(self.store_url)

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme that `seeds/scheme/` holds; raises SchemeError with every problem."""
        from workbench.adapters.scheme_markdown import read_scheme

        folder = self.seeds / "scheme"
        files = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
        if not files:
            raise SettingsError(f"{folder} holds no labels; copy them with: workbench init")
        return read_scheme(files)

    @cached_property
    def registry(self) -> Mapping[str, str]:
        """The canonical name of each alias, from `seeds/gazetteers/registry.tsv`."""
        from workbench.analysis.references.names import read_registry

        path = self.seeds / "gazetteers" / "registry.tsv"
        if not path.is_file():
            raise SettingsError(f"{path} is missing; copy it with: workbench init")
        return read_registry(path.read_text(encoding="utf-8"))

    def setting(self, table: str, key: str, default: Any = None) -> Any:
        """Return one setting, or the default where the file does not state it."""
        return self.settings.get(table, {}).get(key, default)

    @contextmanager
    def store(self) -> Iterator[Connection]:
        """Give a connection in one transaction: all of it is kept, or nothing."""
        with self.engine.begin() as connection:
            yield connection

    def now(self) -> str:
        """Tell the time as ISO 8601 in UTC."""
        return self.clock().astimezone(UTC).isoformat(timespec="seconds")


def open_project(folder: str | Path | None = None) -> Project:
    """Open the project in a folder, or the one that the working directory lies in.

    Raises SettingsError where there is none, or with every mistake in its settings.
    """
    start = Path(folder) if folder is not None else Path.cwd()
    places = [start] if folder is not None else [start, *start.resolve().parents]
    for place in places:
        path = place / SETTINGS_FILE
        if path.is_file():
            return Project(place.resolve(), read_settings(path))
    raise SettingsError(
        f"there is no {SETTINGS_FILE} in {start}"
        f"{'' if folder is not None else ' or above it'}; make a project with: workbench init DIR"
    )


def read_settings(path: Path) -> dict[str, dict[str, Any]]:
    """Read `workbench.toml`; raises SettingsError with every unknown or mistyped key."""
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no TOML: {error}") from None
    problems = []
    for table, values in settings.items():
        if table not in _KNOWN or not isinstance(values, dict):
            problems.append(f"[{table}] is no table of settings; there are {', '.join(_KNOWN)}")
            continue
        for key, value in values.items():
            kind = _KNOWN[table].get(key)
            if kind is None:
                problems.append(f"{table}.{key} is unknown; there are {', '.join(_KNOWN[table])}")
            elif not isinstance(value, kind) and not (kind is float and isinstance(value, int)):
                problems.append(f"{table}.{key} must be of type {kind.__name__}, not {value!r}")
    if problems:
        raise SettingsError(f"{path}: {'; '.join(problems)}")
    return settings
