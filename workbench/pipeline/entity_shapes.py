"""Shapes of amounts, percentages, dates and datelines: entities that their letters give away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.core.offsets import Offsets

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_SCALE = r"(?:\s?(?:million|billion|trillion|crore|lakh|bn|mn|m)\b)?"
_SHAPES = (
    (
        "PERCENT",
        "percent",
        re.compile(r"\d+(?:[.,]\d+)*\s?(?:%|per\s?cent\b|percentage points?\b)"),
    ),
    ("MONEY", "money", re.compile(rf"(?:Rs\.?\s?|US\$|A\$|C\$|\$|€|£|¥|₹)\d+(?:[.,]\d+)*{_SCALE}")),
    (
        "MONEY",
        "money",
        re.compile(
            r"\d+(?:[.,]\d+)*\s(?:(?:million|billion|trillion|crore)\s)?"
            r"(?:dollars|euros?|pounds|cents|pence|yen|yuan|rupees|roubles|rubles|francs|pesos|riyals|dirhams|lira|won|krona|kronor|shillings|naira|rand|reais)\b"
        ),
    ),
    (
        "DATE",
        "date",
        re.compile(rf"\b{_MONTH}\s\d{{1,2}}(?:\s?[-–]\s?\d{{1,2}})?(?:,\s\d{{4}})?\b"),
    ),
    ("DATE", "date", re.compile(rf"\b\d{{1,2}}(?:\s?[-–]\s?\d{{1,2}})?\s{_MONTH}(?:\s\d{{4}})?\b")),
    ("DATE", "date", re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")),
    ("DATE", "date", re.compile(r"\b(?:noon|midday|midnight|dawn|dusk|nightfall|daybreak)\b")),
    ("DATE", "date", re.compile(r"\b\d{1,2}(?::\d{2})?\s?(?:a\.m\.|p\.m\.|am\b|pm\b)")),
)
_DATELINE = re.compile(
    r"^(?:[^\S\n]*)(?P<place>[^\W\d_a-z][^\W\d_a-z’'.-]+(?:[ ][^\W\d_a-z][^\W\d_a-z’'.-]*){0,3})"
    r"(?:,[ ][^\n—–(]{2,30})?(?:[ ]\([^)\n]{2,30}\))?[ ]?(?:—|–|--|-)[ ]",
    re.MULTILINE,
)

_HEAD = 600
"""Characters at the top of an article in which its dateline stands."""


def find_shapes(text: str) -> Iterator[tuple[str, str, Offsets]]:
    """Yield the label, the rule and the offsets of each amount, percentage and date."""
    for label, rule, shape in _SHAPES:
        for match in shape.finditer(text):
            yield label, rule, match.span()


def find_dateline(text: str) -> tuple[Offsets, int] | None:
    """Return the place of a dateline in capitals ("QUITO — ") and where the report begins."""
    match = _DATELINE.search(text, 0, _HEAD)
    return (match.span("place"), match.end()) if match else None
