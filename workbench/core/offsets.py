"""Half-open code-point offsets: the only convention outside adapters/ and formats/."""

from __future__ import annotations

from collections.abc import Iterable

Offsets = tuple[int, int]
"""A half-open pair `(start, end)` of Python code points with `0 <= start < end`."""


def is_valid(offsets: Offsets, length: int) -> bool:
    """Tell whether the offsets name at least one character of a text of that length."""
    start, end = offsets
    return type(start) is int and type(end) is int and 0 <= start < end <= length


def overlap(a: Offsets, b: Offsets) -> int:
    """Count the code points that two offset pairs share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def contains(outer: Offsets, inner: Offsets) -> bool:
    """Tell whether `inner` lies wholly inside `outer`; equal offsets do."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def trim(text: str, offsets: Offsets) -> Offsets | None:
    """Shrink offsets until neither end is whitespace; None when nothing else is left."""
    start, end = offsets
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def merge(regions: Iterable[Offsets]) -> tuple[Offsets, ...]:
    """Unite overlapping and touching offset pairs into the fewest that cover the same text."""
    merged: list[Offsets] = []
    for start, end in sorted(regions):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def is_covered(offsets: Offsets, regions: Iterable[Offsets]) -> bool:
    """Tell whether the united regions contain the offsets."""
    regions = tuple(regions)
    return bool(regions) and any(contains(region, offsets) for region in merge(regions))
