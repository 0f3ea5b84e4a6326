"""The application: all commands in one place, errors in one sentence."""

from __future__ import annotations

import typer

from workbench.cli import (
    articles,
    corpus,
    formats,
    gold,
    models,
    releases,
    rounds,
    running,
    servers,
)
from workbench.core.errors import WorkbenchError

app = typer.Typer(
    name="workbench",
    help="Who is for or against whom or what, in which words, and who says so.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (articles, formats, rounds, running, gold, releases, models, corpus, servers):
    part.add_commands(app)


def run() -> int:
    """Run one command and return its exit code: 0 done, 1 a problem to act on, 2 wrong usage."""
    try:
        app()
    except WorkbenchError as error:
        typer.echo(f"workbench: {error}", err=True)
        return 1
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 1
    return 0
