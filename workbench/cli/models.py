"""Commands about models: train, evaluate."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, show_table


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("train")(train)
    app.command("evaluate")(evaluate)


def train(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="The release to learn from.")],
    seed: Annotated[int | None, typer.Option(help="Of every random choice.")] = None,
    steps: Annotated[int | None, typer.Option(help="Updates of the weights.")] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Train the extractors from a release."""
    from workbench import training

    model = training.train(find_project(project), version, seed=seed, steps=steps)
    answer(model, as_json, f"{model!r} in {model.path}")


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model, or 'base'.")],
    on: Annotated[str, typer.Option(help="VERSION or VERSION:SPLIT; test by default.")],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Score a model on a release's gold."""
    from workbench import evaluation

    found = evaluation.evaluate(find_project(project), None if model == "base" else model, on=on)
    if as_json:
        answer(found, as_json)
        return
    show_table(evaluation.COLUMNS, found.result.list_rows())
