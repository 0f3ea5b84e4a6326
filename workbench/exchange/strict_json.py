"""JSON from outside, read strictly: nothing too deep, no NaN, no half a character."""

from __future__ import annotations

import json
import re
from typing import Any

from workbench.core.errors import SourceError

_DEEPEST = 100
"""Levels: far more than any record has, far fewer than what breaks whoever writes it again."""
_TOO_DEEP = "its JSON is nested too deeply to be read"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(text: str) -> Any:
    """Read JSON; raises SourceError where it is none, too deep, or holds NaN or half a character.

    Half a character is a lone surrogate: an escape that names one half of a pair.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise SourceError(_TOO_DEEP) from None
    except ValueError as error:
        raise SourceError(f"it is no JSON ({error})") from None
    if not _is_shallow(value):
        raise SourceError(_TOO_DEEP)
    # Only an escape can bring half a character in, for the file itself was read as UTF-8.
    if _SURROGATE.search(text) and not _is_encodable(value):
        raise SourceError("it has a lone surrogate, which no UTF-8 file can hold")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _is_shallow(value: Any) -> bool:
    """Tell whether a value is nested no deeper than that, level by level."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(_DEEPEST):
        inner = [part.values() if isinstance(part, dict) else part for part in level]
        level = [x for part in inner for x in part if isinstance(x, (dict, list))]
        if not level:
            return True
    return False


def _is_encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
