"""Commands about the corpus as a whole: its items, its stances by entity, its names."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, show_table

Into = Annotated[str, typer.Option(help="The name that they are counted under.")]
Reason = Annotated[str, typer.Option(help="Why.")]


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("list-items")(list_items)
    app.command("stance-matrix")(stance_matrix)
    app.command("merge-names")(merge_names)
    app.command("split-name")(split_name)
    app.command("undo-naming")(undo_naming)
    app.command("list-namings")(list_namings)


def list_items(
    round_name: Annotated[str | None, typer.Option("--round", help="Of one round alone.")] = None,
    label: Annotated[str, typer.Option(help="A label or polarity.")] = "",
    author: Annotated[str, typer.Option(help="As in person:ana.")] = "",
    words: Annotated[str, typer.Option(help="What words, holder or target hold.")] = "",
    differs: Annotated[
        bool | None, typer.Option("--differs/--alike", help="Whether annotators differ.")
    ] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the items of all layers: who marked what, and whether annotators differ."""
    from workbench.exploration import COLUMNS, show_row
    from workbench.exploration import list_items as find

    items = find(find_project(project), round_name=round_name)
    items = items.filter(words=words, differs=differs)
    items = items.filter(label=label) if label else items
    items = items.filter(author=author) if author else items
    if as_json:
        answer(items, as_json)
        return
    show_table(COLUMNS, [show_row(row, longest=300) for row in items])


def stance_matrix(
    kind: Annotated[
        str | None, typer.Option(help="gold, annotation or prediction; default: gold, then those.")
    ] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """List who is for or against whom in the corpus, by entity."""
    from workbench.core.layer import LAYER_KINDS
    from workbench.corpus import stance_matrix as make

    if kind is not None and kind not in LAYER_KINDS:
        raise typer.BadParameter(f"--kind is one of {', '.join(LAYER_KINDS)}")
    matrix = make(find_project(project), kind=kind)
    if as_json:
        answer(matrix, as_json)
        return
    rows = sorted(
        (-n, holder, polarity, target)
        for (holder, target), counts in matrix.counts.items()
        for polarity, n in counts.items()
    )
    columns = ("articles", "holder", "polarity", "target")
    show_table(columns, [(-n, *names) for n, *names in rows])


def merge_names(
    names: Annotated[list[str], typer.Argument(metavar="NAME…")],
    into: Into,
    reason: Reason = "",
    project: ProjectFolder = None,
) -> None:
    """Count several names as one everywhere; stored, and undone with undo-naming."""
    from workbench.naming import merge_names as merge

    typer.echo(merge(find_project(project), names, into, reason=reason).id)


def split_name(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    into: Into,
    article: Annotated[list[str], typer.Option(help="Where; may be given several times.")],
    reason: Reason = "",
    project: ProjectFolder = None,
) -> None:
    """Count a name as another one in some articles; stored, and undone with undo-naming."""
    from workbench.naming import split_name as split

    typer.echo(split(find_project(project), name, into, articles=article, reason=reason).id)


def undo_naming(
    naming: Annotated[str, typer.Argument(metavar="ID", help="As list-namings shows it.")],
    project: ProjectFolder = None,
) -> None:
    """Take a merge or a split of names back."""
    from workbench.naming import undo_naming as undo

    undo(find_project(project), naming)
    typer.echo(f"undone: {naming}")


def list_namings(project: ProjectFolder = None, as_json: AsJson = False) -> None:
    """List the merges and splits of names that stand."""
    from dataclasses import asdict

    from workbench.naming import list_namings as find

    found = find(find_project(project))
    if as_json:
        typer.echo(json.dumps([{"id": naming.id, **asdict(naming)} for naming in found]))
        return
    rows = [(n.id, n.action, ", ".join(n.names), n.into, ", ".join(n.articles)) for n in found]
    show_table(("id", "action", "names", "into", "articles"), rows)
