"""Lexicons: the tables of words that a component carries, and how they travel with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import srsly

from workbench.core.errors import PipelineError
from workbench.seeds import find_seeds

_FILE = "tables.msgpack"


def read_seed_tables(names: Iterable[str]) -> dict[str, str]:
    """Return the package's own tables by their file name ("lexicons/stances.tsv")."""
    seeds = find_seeds()
    return {name: (seeds / name).read_text("utf-8") for name in names}


class TableCarrier:
    """A component whose tables are saved inside the pipeline, so that it loads anywhere.

    A subclass says in `load_tables` what it makes of the tables' sources.
    """

    needed: tuple[str, ...] = ()

    def __init__(self, tables: Mapping[str, str] | None) -> None:
        self.tables = dict(read_seed_tables(self.needed) if tables is None else tables)
        missing = sorted(set(self.needed) - set(self.tables))
        if missing:
            raise PipelineError(f"a component lacks the tables {', '.join(missing)}; pass them too")
        self.load_tables()

    def load_tables(self) -> None:
        """Make the component's data of `self.tables`."""

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialise the tables."""
        return bytes(srsly.msgpack_dumps(self.tables))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> TableCarrier:
        """Read what `to_bytes` wrote."""
        self.tables = dict(srsly.msgpack_loads(data))
        self.load_tables()
        return self

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Write the tables into a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> TableCarrier:
        """Read what `to_disk` wrote."""
        self.from_bytes((Path(path) / _FILE).read_bytes())
        return self
