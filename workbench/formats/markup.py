"""Marked-up text: hand-written gold, an article's text with its marks and records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.adapters.front_matter import split_front_matter
from workbench.adapters.markup import parse_markup
from workbench.adapters.records import write_layer
from workbench.core.errors import MarkupError, SourceError
from workbench.formats.text import read_text


def read_layers(path: Path) -> Iterator[dict[str, Any] | SourceError]:
    """Yield the layer of a file, or of each file in a folder; articles are found by their text."""
    files = sorted(path.glob("*.md")) if path.is_dir() else [path]
    files = [file for file in files if file.name != "README.md" or file == path]
    for file in files:
        try:
            _, body = split_front_matter(read_text(file))
            _, layer = parse_markup(body.strip("\n"))
        except (MarkupError, SourceError) as error:
            yield SourceError(f"{file.name}: {error}")
            continue
        record = write_layer(layer)
        # What was asked is the importing project's whole scheme, which the file can't know.
        for key in ("passages", "author", "kind"):
            del record[key]
        yield record
