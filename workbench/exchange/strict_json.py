"""JSON from outside, read strictly: nothing too deep, no NaN, no half a character."""

from __future__ import annotations

import json
import re
from typing import Any

from workbench.core.errors import SourceError

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(text: str) -> Any:
    """Read JSON; raises SourceError where it is none, too deep, or holds NaN or half a character.

    Half a character is a lone surrogate: an escape that names one half of a pair.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise SourceError("its JSON is nested too deeply to be read") from None
    except ValueError as error:
        raise SourceError(f"it is no JSON ({error})") from None
    # Only an escape can bring half a character in, for the file itself was read as UTF-8.
    if _SURROGATE.search(text) and not _is_encodable(value):
        raise SourceError("it has a lone surrogate, which no UTF-8 file can hold")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _is_encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
