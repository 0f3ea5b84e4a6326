"""Commands about gold: adjudicate, decide, review, link, why, corrections, diagnose, probes."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, say, show_table


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("adjudicate")(adjudicate)
    app.command("decide")(decide)
    app.command("link")(link)
    app.command("unlink")(unlink)
    app.command("why")(why)
    app.command("corrections")(corrections)
    app.command("diagnose")(diagnose)
    app.command("probes")(probes)
    review = typer.Typer(help="Review conflicts in Label Studio.", no_args_is_help=True)
    review.command("push")(review_push)
    review.command("pull")(review_pull)
    app.add_typer(review, name="review")


def adjudicate(
    name: Annotated[str, typer.Argument(metavar="ROUND")],
    policy: Annotated[
        str,
        typer.Option(help="unanimous, majority, threshold, guarded or single; default: as before."),
    ] = "",
    fallback_single: Annotated[
        bool, typer.Option(help="Take one person's work where the plan asked one.")
    ] = False,
    threshold: Annotated[float, typer.Option(help="The share that must agree.")] = 0.75,
    audit: Annotated[
        float, typer.Option(help="The share of untouched suggestions to look at.")
    ] = 0.1,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Let the policy decide what it may, and list the conflicts that people must decide."""
    from workbench.core.policy import Policy
    from workbench.gold import adjudication
    from workbench.rendering.comparison import write_item_line
    from workbench.store.articles import find_articles

    opened = find_project(project)
    chosen = None
    if policy:
        chosen = Policy(policy, fallback_single, threshold, audit, opened.seed)  # type: ignore[arg-type]  # checked there
    outcome = adjudication.adjudicate(opened, name, policy=chosen, fallback_single=fallback_single)
    if as_json:
        answer(outcome, as_json)
        return
    with opened.store() as connection:
        texts = {article.id: article.text for article in find_articles(connection)}
    for conflict in outcome.conflicts:
        doubt = outcome.doubts[conflict.id]
        typer.echo(f"{conflict.id}  {conflict.kind}  {conflict.article_id}  doubt {doubt:.3f}")
        for number, candidate in enumerate(conflict.candidates, start=1):
            words = write_item_line(texts[conflict.article_id], candidate.item)
            typer.echo(f"  {number}  {words}  {', '.join(candidate.authors)}")
        if conflict.absent:
            typer.echo(f"  -  not marked by {', '.join(conflict.absent)}")
    for unit in outcome.outvoted:
        say(f"outvoted: {unit.id} in {unit.article_id}, not marked by {', '.join(unit.absent)}")
    if outcome.audit.get("audited"):
        low, high = outcome.audit["interval"]
        say(f"audit: {outcome.audit['wrong']} of {outcome.audit['audited']} agreements on a "
            f"suggestion were wrong ({low:.3f} to {high:.3f})")  # fmt: skip
    typer.echo(repr(outcome))


def decide(
    entry: Annotated[str, typer.Argument(metavar="ID", help="Of a conflict or quarantine entry.")],
    accept: Annotated[int | None, typer.Option(help="The number of the right reading.")] = None,
    merge: Annotated[str, typer.Option(help="The numbers of readings to merge, as 1,2.")] = "",
    write: Annotated[str, typer.Option(help="Another reading, as JSON.")] = "",
    reject: Annotated[bool, typer.Option("--reject", help="None of them.")] = False,
    contested: Annotated[bool, typer.Option("--contested", help="Keep it, marked so.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the latest decision back.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Close a quarantine entry.")] = False,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    by: Annotated[str, typer.Option("--as", help="Who decides.")] = "adjudicator",
    project: ProjectFolder = None,
) -> None:
    """Decide a conflict, take a decision back, or drop a quarantine entry; stored at once."""
    from workbench.gold import decisions

    opened = find_project(project)
    author = by if ":" in by else f"person:{by}"
    alone = contested and accept is None
    chosen = [accept is not None, bool(merge), bool(write), reject, alone, undo, drop]
    if sum(chosen) != 1:
        raise typer.BadParameter(
            "say one of --accept N, --merge N,N, --write JSON, --reject, --contested, --undo, "
            "--drop"
        )
    if drop:
        decisions.drop(opened, entry, reason=reason)
        typer.echo(f"closed {entry}")
        return
    if undo:
        taken = decisions.undo(opened, entry, reason=reason, author=author)
        typer.echo(f"taken back: {taken.action} {taken.conflict}")
        return
    item, action = _read_choice(accept, merge, write, contested)
    decided = decisions.decide(
        opened,
        entry,
        action,  # type: ignore[arg-type]  # one of the actions
        item=item,  # type: ignore[arg-type]  # what the action takes
        reason=reason,
        author=author,
    )
    typer.echo(f"stored: {decided.action} {decided.conflict}")
    if any(decided.author in (*reading.authors, *decided.absent) for reading in decided.readings):
        say(f"{decided.author} had annotated this; it stands, and lineage tells of it")


def link(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="'*' is every article.")],
    first: Annotated[str, typer.Argument(metavar="MENTION", help="As 12-20, or its words.")],
    second: Annotated[str, typer.Argument(metavar="MENTION")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    project: ProjectFolder = None,
) -> None:
    """Put two mentions into one cluster: they mean the same."""
    from workbench.gold import links

    ends = links.read_mention(first), links.read_mention(second)
    links.link(find_project(project), "" if article == "*" else article, *ends, reason=reason)
    typer.echo(f"linked {first} and {second}; adjudicate again for gold to follow")


def unlink(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="'*' is every article.")],
    first: Annotated[str, typer.Argument(metavar="MENTION", help="As 12-20, or its words.")],
    second: Annotated[str, typer.Argument(metavar="MENTION")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the correction back.")] = False,
    project: ProjectFolder = None,
) -> None:
    """Keep two mentions out of one cluster: they do not mean the same."""
    from workbench.gold import links

    ends = links.read_mention(first), links.read_mention(second)
    where = "" if article == "*" else article
    links.unlink(find_project(project), where, *ends, reason=reason, undo=undo)
    done = "taken back" if undo else "kept apart"
    typer.echo(f"{done}: {first} and {second}; adjudicate again for gold to follow")


def why(
    item: Annotated[str, typer.Argument(metavar="ITEM_ID", help="As span:0123456789abcdef.")],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Tell how a gold item came about, and whether any step was tampered with."""
    from workbench.gold.why import COLUMNS
    from workbench.gold.why import why as ask

    found = ask(find_project(project), item)
    if as_json:
        answer(found, as_json)
    else:
        typer.echo(f"{item}: {found.words}\n")
        show_table(COLUMNS, found.list_rows())
    for problem in found.problems:
        say(f"workbench: {problem}")
    if not found.ok:
        raise typer.Exit(1)


def review_push(
    name: Annotated[str, typer.Argument(metavar="ROUND")],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Put the articles with open conflicts into the round's review project in Label Studio."""
    from workbench.gold.review import push_review

    done = push_review(find_project(project), name)
    answer(done, as_json, f"{done.tasks} review tasks, {done.added} of them new: {done.url}")


def review_pull(
    name: Annotated[str, typer.Argument(metavar="ROUND")],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Turn what reviewers submitted into decisions."""
    from workbench.gold.review import pull_review

    done = pull_review(find_project(project), name)
    for problem in done.problems:
        say(f"workbench: {problem}")
    answer(done, as_json)


def corrections(
    name: Annotated[str, typer.Argument(metavar="ROUND")],
    annotator: Annotated[str, typer.Argument(metavar="NAME")],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Tell one annotator what gold has otherwise, and what the guideline says of it."""
    from workbench.gold.corrections import corrections as compare

    found = compare(find_project(project), name, annotator)
    if as_json:
        answer(found, as_json)
        return
    for row in found.corrections:
        typer.echo(f"{row.article_id}: {row.what}")
        typer.echo(f"  yours {row.words[0] or '–'}; gold {row.words[1] or '–'}")
        for part in (row.guideline, row.reason, row.link):
            if part:
                typer.echo(f"  {part}")
    typer.echo(repr(found))


def diagnose(
    name: Annotated[str, typer.Argument(metavar="ROUND")],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Estimate from everybody's votes how each annotator errs: for teaching, never for gold."""
    from workbench.gold.diagnosis import COLUMNS
    from workbench.gold.diagnosis import diagnose as estimate

    found = estimate(find_project(project), name)
    if as_json:
        answer(found, as_json)
    else:
        show_table(COLUMNS, found.list_rows())


def probes(
    name: Annotated[str, typer.Argument(metavar="ROUND")],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Tell how many of a round's probes were caught, by whom and of which kind."""
    from workbench.gold.probes import COLUMNS, measure_probes

    found = measure_probes(find_project(project), name)
    if as_json:
        answer(found, as_json)
    else:
        show_table(COLUMNS, found.list_rows())


def _read_choice(accept: int | None, merge: str, write: str, contested: bool) -> tuple[object, str]:
    """Return what was chosen and the action's name."""
    from workbench.adapters.records import read_item

    if merge:
        numbers = merge.split(",")
        if not all(number.strip().isdigit() for number in numbers):
            raise typer.BadParameter("--merge takes numbers with commas, as 1,2")
        return [int(number) for number in numbers], "merge"
    if write:
        try:
            return read_item(json.loads(write)), "write"
        except (ValueError, RecursionError) as error:
            raise typer.BadParameter(f"--write is no JSON: {error}") from None
    if contested:
        return accept, "contested"
    return accept, "accept" if accept is not None else "reject"
