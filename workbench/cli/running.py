"""Commands about running rounds: who joins, what lies idle, a changed scheme, practice."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, say, show_table

Round = Annotated[str, typer.Argument(metavar="ROUND", help="The round's name.")]
People = Annotated[list[str], typer.Argument(metavar="NAME...", help="Annotators' names.")]


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("join")(join)
    app.command("abandoned")(abandoned)
    app.command("reissue")(reissue)
    app.command("migrate")(migrate)
    app.command("practise")(practise)
    app.command("feedback")(feedback)


def join(
    name: Round,
    people: People,
    n: Annotated[
        int | None, typer.Option(help="Passages for each; default: what others have on average.")
    ] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Let people join a running round."""
    from workbench.rounds import joining

    answer(joining.join(find_project(project), name, *people, n=n), as_json)


def abandoned(
    name: Round,
    idle: Annotated[float, typer.Option(help="Hours without any work.")] = 0.0,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """List who has undone work and has been idle, the longest first."""
    from workbench.rounds import abandoned as listing

    found = listing.abandoned(find_project(project), name, idle=idle)
    if as_json:
        answer(found, as_json)
        return
    show_table(listing.COLUMNS, found.list_rows())
    if found.people:
        say(f"give it on with: workbench reissue {name} --from NAME --to NAME")


def reissue(
    name: Round,
    from_: Annotated[str, typer.Option("--from", help="Whose work was left undone.")],
    to: Annotated[str, typer.Option("--to", help="Who gets it now.")],
    idle: Annotated[
        float | None, typer.Option(help="Also what was begun and left for so many hours.")
    ] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Give the tasks that somebody left undone to somebody else."""
    from workbench.rounds import reissue as reissuing

    opened = find_project(project)
    answer(reissuing.reissue(opened, name, giver=from_, taker=to, idle=idle), as_json)


def migrate(
    name: Round,
    map_: Annotated[
        Path | None, typer.Option("--map", help='TOML: OLD = "NEW" for each label that is gone.')
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it; without, say what would change.")
    ] = False,
    draft: Annotated[
        Path | None, typer.Option(help="Write a map of the labels in use to complete, and stop.")
    ] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Bring a changed scheme into a running round; additions at once, the rest by a map."""
    from workbench.rounds import migration

    opened = find_project(project)
    if draft is not None:
        text = migration.draft_migration(opened, name)
        draft.write_text(text, encoding="utf-8")
        typer.echo(f"wrote {draft}; complete it, then: workbench migrate {name} --map {draft}")
        return
    labels = None if map_ is None else read_map(map_)
    found = migration.migrate(opened, name, labels, apply=apply)
    answer(found, as_json)
    if not found.is_applied:
        say("nothing was changed; do it with --apply")


def read_map(path: Path) -> dict[str, str]:
    """Read a map of labels; raises SchemeError where it is none."""
    from workbench.core.errors import SchemeError

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SchemeError(f"{path} can't be read: {error}") from None
    wrong = [name for name, value in found.items() if not isinstance(value, str)]
    if wrong:
        raise SchemeError(f'{path}: {", ".join(wrong)} must map to a label in quotes, or to ""')
    return found


def practise(
    name: Round,
    people: People,
    n: Annotated[int, typer.Option(help="Articles for each.")] = 5,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Give people adjudicated articles to practise on."""
    from workbench.rounds import practice

    answer(practice.practise(find_project(project), name, *people, n=n), as_json)


def feedback(
    name: Round,
    annotators: Annotated[str, typer.Option(help="Names with commas; default: all.")] = "",
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say where practice differs from gold, with the guideline's sentence."""
    from workbench.cli.rounds import split_names
    from workbench.rounds import practice

    found = practice.feedback(find_project(project), name, annotators=split_names(annotators))
    if as_json:
        answer(found, as_json)
        return
    show_table(practice.COLUMNS, found.list_rows())
    say(repr(found))
