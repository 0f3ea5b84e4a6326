"""What commands say: answers on standard output, progress on standard error."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from itertools import cycle
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any

import typer

from workbench.project import Project, open_project

ProjectFolder = Annotated[
    Path | None,
    typer.Option("--project", "-C", help="The project's folder; default: the one you are in."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]

_NARROWEST = 20
"""Columns of a terminal below which wrapped text can't be read; it runs over the edge instead."""


def find_project(folder: Path | None) -> Project:
    """Open the project that a command works on."""
    return open_project(folder)


def say(line: str) -> None:
    """Write a line of progress."""
    typer.echo(line, err=True)


def answer(value: Any, as_json: bool, text: str | None = None) -> None:
    """Write an answer: its JSON form, or a line for people."""
    if as_json:
        record = value.to_record() if hasattr(value, "to_record") else value
        typer.echo(json.dumps(record, ensure_ascii=False))
    else:
        typer.echo(text if text is not None else repr(value))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under column names, numbers to the right and text to the left.

    On a terminal, long text of the last column goes on below its own beginning. Control characters
    out of articles are shown and not sent.
    """
    from workbench.rendering.tables import format_value, make_visible

    values = [tuple(row) for row in rows]
    cells = [[make_visible(format_value(value)) for value in row] for row in values]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    right = [all(map(_is_number, column)) for column in zip(*values, strict=True)] or [False]
    room = shutil.get_terminal_size().columns - sum(widths[:-1]) - 2 * len(widths[:-1])
    for row in ([*columns], *cells):
        pieces = [row[-1]]
        if sys.stdout.isatty() and len(row[-1]) > room >= _NARROWEST:
            pieces = wrap(row[-1], room)
        for number, piece in enumerate(pieces):
            shown = [*([""] * (len(row) - 1) if number else row[:-1]), piece]
            parts = [
                cell.rjust(width) if is_number else cell.ljust(width)
                for cell, width, is_number in zip(shown, widths, cycle(right), strict=False)
            ]
            typer.echo("  ".join(parts).rstrip())


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
