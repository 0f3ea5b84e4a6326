"""Commands about models: train, evaluate, train-curve, compare, promote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, say, show_table

On = Annotated[str, typer.Option(help="VERSION or VERSION:SPLIT; the model's own test by default.")]
Plot = Annotated[Path | None, typer.Option(help="Write the figure as SVG.", dir_okay=False)]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="The release to learn from.")]
Seed = Annotated[int | None, typer.Option(help="Of every random choice.")]
Steps = Annotated[int | None, typer.Option(min=1, help="Updates of the recogniser's weights.")]


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("train")(train)
    app.command("evaluate")(evaluate)
    app.command("train-curve")(train_curve)
    app.command("compare")(compare)
    app.command("promote")(promote)


def train(
    version: Version,
    seed: Seed = None,
    steps: Steps = None,
    trainer: Annotated[
        list[str] | None, typer.Option(help="A trainer to run, again for more; all by default.")
    ] = None,
    recogniser: Annotated[
        Literal["ner", "spancat"], typer.Option(help="spancat learns nested entities.")
    ] = "ner",
    encoder: Annotated[
        Path | None, typer.Option(help="A folder of sentence-encoder weights for the stances.")
    ] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Train the extractors from a release."""
    from workbench import training

    options: dict[str, dict[str, Any]] = {}
    if recogniser != "ner":
        options["entities"] = {"kind": recogniser}
    if encoder is not None:
        options["stances"] = {"encoder": str(encoder)}
    model = training.train(
        find_project(project), version, trainers=trainer, options=options, seed=seed, steps=steps
    )
    idle = [
        f"{name} learnt nothing: {found['reason']}"
        for name, found in model.learnt.items()
        if "reason" in found
    ]
    answer(model, as_json, "\n".join([*idle, f"{model!r} in {model.path}"]))


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model, 'current' or 'base'.")],
    on: Annotated[str, typer.Option(help="VERSION or VERSION:SPLIT; test by default.")],
    plot: Plot = None,
    reliability: Annotated[
        Path | None, typer.Option(help="Write the reliability diagram as SVG.", dir_okay=False)
    ] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Score a model on a release's gold."""
    from workbench import evaluation

    found = evaluation.evaluate(find_project(project), None if model == "base" else model, on=on)
    _write(plot, found.plot() if plot else None)
    _write(reliability, found.plot_reliability() if reliability else None)
    if as_json:
        answer(found, as_json)
        return
    show_table(evaluation.COLUMNS, found.list_rows())
    if found.reading:
        typer.echo(found.reading)


def train_curve(
    version: Version,
    repeats: Annotated[int, typer.Option(min=1, help="Trainings at each share.")] = 3,
    on: Annotated[str, typer.Option(help="VERSION or VERSION:SPLIT; its test by default.")] = "",
    seed: Seed = None,
    steps: Steps = None,
    plot: Plot = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Train on growing shares of a release, and read what more gold would add."""
    from workbench import traincurve

    curve = traincurve.train_curve(
        find_project(project), version, repeats=repeats, on=on, seed=seed, steps=steps
    )
    _write(plot, curve.plot() if plot else None)
    if as_json:
        answer(curve, as_json)
        return
    show_table(traincurve.COLUMNS, curve.list_rows())
    for reading in curve.readings:
        typer.echo(reading.sentence)


def compare(
    first: Annotated[str, typer.Argument(metavar="MODEL", help="A model, 'current' or 'base'.")],
    second: Annotated[str, typer.Argument(metavar="MODEL", help="Another.")],
    on: On = "",
    unlabelled: Annotated[
        int, typer.Option(min=0, help="Articles without gold to count the drift on.")
    ] = 50,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the gold items that one model won or lost against another, and count the drift."""
    from workbench import comparison

    found = comparison.compare(find_project(project), first, second, on=on, unlabelled=unlabelled)
    if as_json:
        answer(found, as_json)
        return
    show_table(comparison.COLUMNS, found.list_rows())
    rows = [(label, c["same"], c["first"], c["second"]) for label, c in found.drift.items()]
    show_table((f"on {found.unlabelled} without gold", "same", "first", "second"), rows)
    typer.echo(repr(found))


def promote(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="The trained model.")],
    on: On = "",
    margin: Annotated[float, typer.Option(min=0, help="F1 that a label may lose.")] = 0.05,
    force: Annotated[str, typer.Option(help="Promote nevertheless, for this reason.")] = "",
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make a model the project's own, if a paired test on gold says that it is not worse."""
    from workbench import promotion

    outcome = promotion.promote(find_project(project), model, on=on, margin=margin, force=force)
    if as_json:
        answer(outcome, as_json)
    else:
        show_table(promotion.COLUMNS, outcome.list_rows())
        typer.echo(repr(outcome))
    if not outcome.promoted:
        say("the present model stays; look at the losses with: workbench compare, or use --force")
        raise typer.Exit(1)


def _write(path: Path | None, picture: Any) -> None:
    if path is not None and picture is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(picture.svg, encoding="utf-8", newline="\n")
        say(f"wrote {path}: {picture.alt}")
