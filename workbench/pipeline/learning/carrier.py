"""What a component has learnt travels inside the pipeline, as numbers and without scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

import srsly

from workbench.pipeline.learning.regression import Regression

_FILE = "regressions.msgpack"


class RegressionCarrier:
    """A component around one or several regressions by name; without any it changes nothing."""

    def __init__(self, regressions: Mapping[str, Regression] | None = None) -> None:
        self.regressions = dict(regressions or {})

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialise the regressions."""
        records = {name: found.to_record() for name, found in sorted(self.regressions.items())}
        return bytes(srsly.msgpack_dumps(records))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Self:
        """Read what `to_bytes` wrote."""
        records = srsly.msgpack_loads(data)
        self.regressions = {name: Regression.from_record(r) for name, r in records.items()}
        return self

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Write the regressions into a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> Self:
        """Read what `to_disk` wrote."""
        return self.from_bytes((Path(path) / _FILE).read_bytes())
