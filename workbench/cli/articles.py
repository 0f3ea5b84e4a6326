"""Commands about projects and articles: init, ingest, preannotate, select."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, say


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("init")(init)
    app.command("ingest")(ingest)
    app.command("preannotate")(preannotate)
    app.command("select")(select)


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new folder.")]) -> None:
    """Make a project with the default scheme, gazetteers and lexicons."""
    from workbench import initialisation

    project = initialisation.init(folder)
    typer.echo(f"made the project {project.root}; next: workbench ingest PATH")


def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders.")],
    split: Annotated[
        str | None, typer.Option(help="train, dev or test, where none is stated.")
    ] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Bring articles in: text, Markdown, HTML, JSONL or CSV."""
    from workbench import ingestion

    done = ingestion.ingest(find_project(project), *paths, split=split)  # type: ignore[arg-type]  # checked there
    for refused in done.refused:
        say(f"left out {refused.source}: {refused.reason}")
    for group, ids in done.groups.items():
        say(f"near-duplicates in group {group}: {', '.join(ids)}")
    answer(done, as_json)
    if done.refused and not len(done):
        raise typer.Exit(1)


def preannotate(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ARTICLE...", help="Default: all.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A pipeline, model or folder; module:function; or llm.")
    ] = None,
    again: Annotated[bool, typer.Option(help="Also do what is done already.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes of a pipeline.")] = 1,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Suggest entities, quotations and stances by spaCy."""
    from workbench import preannotation
    from workbench.adapters.records import write_layer
    from workbench.store.articles import find_articles

    opened = find_project(project)
    layers = preannotation.preannotate(opened, ids or None, nlp=model, again=again, workers=workers)
    if as_json:
        with opened.store() as connection:
            texts = {article.id: article.text for article in find_articles(connection)}
        for layer in layers:
            record = write_layer(layer, texts[layer.article_id])
            typer.echo(json.dumps(record, ensure_ascii=False))
        return
    spans, stances = (sum(len(getattr(x, what)) for x in layers) for what in ("spans", "stances"))
    typer.echo(f"{len(layers)} articles: {spans} spans, {stances} stances suggested")


def select(
    by: Annotated[str, typer.Option(help="The strategy that ranks train and dev.")] = "uncertainty",
    n: Annotated[int | None, typer.Option(help="How many; default: all.")] = None,
    test: Annotated[float, typer.Option(help="The share of test articles.")] = 0.2,
    seed: Annotated[int | None, typer.Option(help="Of every random choice.")] = None,
    save: Annotated[str, typer.Option(metavar="QUEUE", help="Keep the queue under a name.")] = "",
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Choose which articles are annotated next."""
    from workbench import selection
    from workbench.store.layers import find_newest

    opened = find_project(project)
    with opened.store() as connection:
        drafts = find_newest(connection, "prediction")
    queue = selection.select(opened, drafts.values(), by=by, n=n, test=test, seed=seed, save=save)
    answer(queue, as_json, "\n".join(queue))
