"""Commands about rounds: annotators, push, status, pull, agreement."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, say, show_table

Backend = Annotated[
    str | None, typer.Option(help="label_studio or label_studio_files; default: the settings'.")
]
Round = Annotated[str, typer.Argument(metavar="ROUND", help="The round's name.")]


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    annotators = typer.Typer(help="Accounts of annotators.", no_args_is_help=True)
    annotators.command("add")(add_annotators)
    app.add_typer(annotators, name="annotators")
    app.command("push")(push)
    app.command("status")(status)
    app.command("pull")(pull)
    app.command("agreement")(agreement)
    app.command("watch")(watch)
    app.command("repredict")(repredict)
    app.command("close")(close)
    app.command("withdraw")(withdraw)


def split_names(names: str) -> list[str]:
    """Split names at commas."""
    return [part.strip() for part in names.split(",") if part.strip()]


def add_annotators(
    names: Annotated[list[str], typer.Argument(metavar="NAME...")],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make accounts on the project's own Label Studio; each login is shown once."""
    from workbench import annotators

    made = annotators.add_annotators(find_project(project), *names)
    rows = [{"name": a.name, "email": a.email, "password": a.password} for a in made]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['name']}: log in as {row['email']} with {row['password']}")
    if len(made) < len(set(names)):
        say("the others have accounts already")


def push(
    name: Round,
    queue: Annotated[str, typer.Option(help="A saved queue; default: all articles.")] = "",
    annotators: Annotated[
        str | None, typer.Option(help="Names with commas; nobody: a pool.")
    ] = None,
    overlap: Annotated[
        float | None, typer.Option(help="How many people see a passage; default: 1.")
    ] = None,
    blind: Annotated[
        float | None, typer.Option(help="The share without suggestions; default: 0.")
    ] = None,
    unit: Annotated[
        str | None, typer.Option(help="article (the default), paragraph or window.")
    ] = None,
    window: Annotated[int | None, typer.Option(help="Sentences in a window; default: 5.")] = None,
    suggestions: Annotated[
        str, typer.Option(help="Whose suggestions to show; default: those stored last.")
    ] = "",
    seed: Annotated[int | None, typer.Option(help="Of the plan's random choices.")] = None,
    backend: Backend = None,
    probes: Annotated[
        float, typer.Option(help="The share of suggestions to make wrong, as 0.04; see probes.")
    ] = 0.0,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Plan a round and put its tasks into Label Studio; run again, it pushes what is missing.

    A round that is there keeps its settings, which need not be stated again.
    """
    from workbench.rounds import push as pushing
    from workbench.store.articles import list_ids

    opened = find_project(project)
    with opened.store() as connection:
        articles = list_ids(connection)
    drafts = None
    if probes:
        from workbench.gold.probes import seed_stored

        drafts = seed_stored(opened, name, author=suggestions or None, rate=probes, seed=seed)
    done = pushing.push(
        opened,
        name,
        queue or articles,
        drafts,
        author=suggestions or None,
        annotators=None if annotators is None else split_names(annotators),
        overlap=overlap,
        blind=blind,
        unit=unit,  # type: ignore[arg-type]  # checked there
        window=window,
        seed=seed,
        backend=backend,
    )
    if done.left_out:
        say(f"no suggestions were there for {', '.join(done.left_out)}; they are pushed without")
    for sentence in done.advice:
        say(sentence)
    answer(done, as_json)


def status(name: Round, project: ProjectFolder = None, as_json: AsJson = False) -> None:
    """Say what was done in a round, live."""
    from workbench.rounds import status as counting

    found = counting.status(find_project(project), name)
    if as_json:
        answer(found, as_json)
        return
    show_table(counting.COLUMNS, found.list_rows())
    if found.withdrawn:
        say(f"{found.withdrawn} tasks of withdrawn articles are not counted")
    if found.is_closed:
        say("the round is closed: nothing more is taken in")


def pull(
    name: Round,
    backend: Backend = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take in what everybody submitted."""
    from workbench.adapters.records import write_layer
    from workbench.rounds import pull as pulling
    from workbench.store.articles import get_article

    opened = find_project(project)
    pulled = pulling.pull(opened, name, backend=backend)
    if as_json:
        for layer in pulled:
            with opened.store() as connection:
                text = get_article(connection, layer.article_id).text
            typer.echo(json.dumps(write_layer(layer, text), ensure_ascii=False))
    else:
        typer.echo(repr(pulled))
    for problem in pulled.problems:
        say(f"workbench: {problem}")
    if pulled.problems:
        raise typer.Exit(1)


def agreement(
    name: Round,
    samples: Annotated[
        int, typer.Option(help="Random documents that gamma's chance is measured on; 0: no gamma.")
    ] = 100,
    seed: Annotated[int, typer.Option(help="Of intervals and of gamma's chance.")] = 0,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Measure how far annotators agree with each other, with the suggestions and with gold."""
    from workbench.rounds import agreement as measuring
    from workbench.rounds.agreement_tables import CAPTIONS, COLUMNS

    found = measuring.measure_round(find_project(project), name, n_samples=samples, seed=seed)
    if as_json:
        answer(found, as_json)
        return
    for table, columns in COLUMNS.items():
        rows = found.list_rows(table)
        if rows:
            typer.echo(f"\n{CAPTIONS[table]}\n")
            show_table(columns, rows)


def close(name: Round, project: ProjectFolder = None) -> None:
    """Close a round: nothing more is pushed or taken in."""
    from workbench.rounds import closing

    closing.close(find_project(project), name)
    typer.echo(f"closed round {name}; what was taken in stays")


def withdraw(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The article's id.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    project: ProjectFolder = None,
) -> None:
    """Hide an article from everything that comes later; nothing is erased."""
    from workbench.rounds import closing

    was_there = closing.withdraw(find_project(project), article, reason=reason)
    typer.echo(f"withdrew {article}" if was_there else f"{article} was withdrawn before")


def repredict(
    name: Round,
    model: Annotated[str | None, typer.Option(help="A trained model, pipeline or folder.")] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Give untouched tasks of a running round new suggestions."""
    from workbench.rounds import repredict as repredicting

    answer(repredicting.repredict(find_project(project), name, nlp=model), as_json)


def watch(name: Round, project: ProjectFolder = None, as_json: AsJson = False) -> None:
    """Say what people submit as they submit it, until Ctrl-C."""
    from workbench.rounds import watch as watching

    for found in watching.watch(find_project(project), name):
        names = ("done", "skipped", "doubtful", "remaining")
        answer(found, as_json, ", ".join(f"{found.sum(what)} {what}" for what in names))
