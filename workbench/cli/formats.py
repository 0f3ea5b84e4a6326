"""Commands about other tools' formats: import, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, say


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("import")(import_)
    app.command("export")(export)


def import_(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A file, a folder or a zip archive.")
    ],
    as_: Annotated[str, typer.Option("--as", help="gold, annotation or prediction.")],
    format_: Annotated[
        str, typer.Option("--format", help="As in conll, docbin, brat, jsonl-text, label_studio.")
    ] = "jsonl",
    author: Annotated[str, typer.Option(help="Whose work it is.")] = "",
    split: Annotated[
        str, typer.Option(help="Of texts that state none; of others, only this one.")
    ] = "",
    rights: Annotated[str, typer.Option(help="What the source allows, for its texts.")] = "",
    mapping: Annotated[
        Path | None, typer.Option("--map", help="A TOML file: what foreign labels are here.")
    ] = None,
    new_labels: Annotated[
        bool, typer.Option("--new-labels", help="Add labels without a counterpart to the scheme.")
    ] = False,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take in layers that somebody else made, with their texts where the format has them."""
    from workbench.importing import import_layers

    done = import_layers(
        find_project(project),
        path,
        format=format_,
        as_=as_,  # type: ignore[arg-type]  # checked there
        author=author,
        split=split,
        rights=rights,
        mapping=mapping,
        new_labels=new_labels,
    )
    for entry, reason in done.quarantined:
        say(f"{entry}: {reason}")
    if done.has_foreign_labels:
        say("labels of the source, how often they occur, and what they are here:")
        for row in done.labels:
            say(f"  {row.name}  {row.n}  {row.label or '–'}  {row.how}")
    if done.edges:
        say(f"{done.edges} edges by name; {len(done.unaligned)} names stand nowhere in their text")
    answer(done, as_json)
    if done.quarantined and not done.layers:
        raise typer.Exit(1)


def export(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="As in 0.1.0.")],
    format_: Annotated[
        str, typer.Option("--format", help="As in parquet, docbin, conll, brat, xmi, triples.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="PATH", help="A new folder, or one file of the format.")
    ],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write a release in another tool's format, and report what the format can't hold."""
    from workbench import exporting

    done = exporting.export(find_project(project), version, format_, out)
    if as_json:
        answer(done, as_json)
        return
    typer.echo(f"wrote {done.out}: {len(done.files)} files")
    for what, n in done.carried.items():
        if done.held[what] or n:
            made = f"{n} of {done.held[what]}" if done.held[what] else f"{n}, made of other items"
            typer.echo(f"  {what}: {made}")
    if not done.losses:
        typer.echo("the format carries everything")
    for loss in done.losses:
        typer.echo(f"  not carried: {loss['n']} × {loss['what']}: {loss['reason']}")
