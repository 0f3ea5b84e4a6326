"""The application: all commands in one place, errors in one sentence."""

from __future__ import annotations

import sys

import click
import typer

from workbench.cli import articles, gold, models, rounds, servers
from workbench.core.errors import WorkbenchError

app = typer.Typer(
    name="workbench",
    help="Who is for or against whom or what, in which words, and who says so.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (articles, rounds, gold, models, servers):
    part.add_commands(app)


def run() -> int:
    """Run one command and return its exit code: 0 done, 1 a problem to act on, 2 wrong usage."""
    try:
        code = app(standalone_mode=False)
    except WorkbenchError as error:
        typer.echo(f"workbench: {error}", err=True)
        return 1
    except click.exceptions.NoArgsIsHelpError as error:
        typer.echo(error.format_message())
        return 2
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        typer.echo("workbench: stopped; what was acknowledged is stored, run it again", err=True)
        return 130
    except BrokenPipeError:
        return 0
    return code if isinstance(code, int) else 0
