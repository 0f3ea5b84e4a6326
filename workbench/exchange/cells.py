"""Cells of tables that people open in a spreadsheet, which runs what looks like a formula."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_GUARD = "'"


def guard_cell(value: str) -> str:
    """Write an apostrophe before what a spreadsheet would run, and before an apostrophe."""
    bare = value.lstrip(" \u00a0\u200b")
    return _GUARD + value if bare.startswith((*_STARTS, _GUARD)) else value


def read_cell(value: str) -> str:
    """Take off the apostrophe that `guard_cell` wrote."""
    bare = value.removeprefix(_GUARD)
    return bare if bare != value and guard_cell(bare) == value else value
