"""File names made of ids from outside, which may be anything at all."""

from __future__ import annotations

import hashlib
import re

# Lower case alone: to some systems two names that differ in case are one.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
# Names that Windows keeps for devices, whatever follows the first dot.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def make_file_name(name: str) -> str:
    """Return a name that is one plain file on any system, and different for different names.

    A plain name stays as it is; anything else is reduced to its plain characters and eight digits
    of its hash.
    """
    if _PLAIN.fullmatch(name) and not _RESERVED.fullmatch(name) and not name.endswith("."):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower())[:60].strip("-") or "article"
    return f"{plain}-{digest}"
