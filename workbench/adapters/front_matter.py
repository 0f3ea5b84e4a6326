"""Front matter: a YAML table between two lines of dashes, before the body of a text file."""

from __future__ import annotations

from typing import Any

import yaml

from workbench.core.errors import SourceError

_FENCE = "---"


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Return a text's front matter and its body; a text without front matter is all body.

    Raises SourceError where the front matter is never closed or is no table.
    """
    first, _, rest = text.partition("\n")
    if first.rstrip() != _FENCE:
        return {}, text
    lines = rest.split("\n")
    closing = next((i for i, line in enumerate(lines) if line.rstrip() == _FENCE), None)
    if closing is None:
        raise SourceError("its front matter is never closed; write a line '---' after it")
    try:
        matter = yaml.safe_load("\n".join(lines[:closing])) or {}
    except yaml.YAMLError as error:
        what = " ".join(str(error).split())
        raise SourceError(f"its front matter is no YAML: {what}") from None
    if not isinstance(matter, dict) or not all(isinstance(key, str) for key in matter):
        raise SourceError("its front matter is no table of names and values")
    return matter, "\n".join(lines[closing + 1 :])
