"""What commands say: answers on standard output, progress on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.project import Project, open_project

ProjectFolder = Annotated[
    Path | None,
    typer.Option("--project", "-C", help="The project's folder; default: the one you are in."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]


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
    """Write rows under column names, numbers to the right."""
    from workbench.rendering.tables import format_value

    cells = [[format_value(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for row in ([*columns], *cells):
        parts = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        typer.echo("  ".join(parts).rstrip())
