"""Item ids: hashes that say the same of the same words, whoever marked them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance

# json.dumps makes an encoder at each call, which costs more than what it is used for here.
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def digest(*parts: Any) -> str:
    """Return 16 hexadecimal digits over JSON values; equal values give equal digits anywhere."""
    return hashlib.sha256(_ENCODER.encode(parts).encode("ascii")).hexdigest()[:16]


def identify(text_sha256: str, item: Span | Quote | Stance) -> str:
    """Return an item's id, `<type>:<16 hex>`.

    It covers text, offsets and label or polarity, and for a stance all cue offsets, the author's
    voice and the offsets of holders and targets; status and speaker are attributes.
    """
    if isinstance(item, Span):
        return f"span:{digest(text_sha256, item.start, item.end, item.label)}"
    if isinstance(item, Quote):
        return f"quote:{digest(text_sha256, item.start, item.end)}"
    ends = [sorted({s.offsets for s in spans}) for spans in (item.holders, item.targets)]
    return f"stance:{digest(text_sha256, item.polarity, item.cue, item.by_author, ends)}"
