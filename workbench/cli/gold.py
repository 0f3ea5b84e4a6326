"""Commands about gold: adjudicate, decide, release, verify."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, say

Version = Annotated[str, typer.Argument(metavar="VERSION", help="As in 0.1.0.")]


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("adjudicate")(adjudicate)
    app.command("decide")(decide)
    app.command("release")(release)
    app.command("verify")(verify)


def adjudicate(
    name: Annotated[str, typer.Argument(metavar="ROUND")],
    policy: Annotated[str, typer.Option(help="unanimous or single.")] = "unanimous",
    fallback_single: Annotated[
        bool, typer.Option(help="Take one person's work where the plan asked one.")
    ] = False,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Let the policy decide what it may, and list the conflicts that people must decide."""
    from workbench.gold import adjudication
    from workbench.store.articles import find_articles

    opened = find_project(project)
    outcome = adjudication.adjudicate(
        opened,
        name,
        policy=policy,  # type: ignore[arg-type]  # checked there
        fallback_single=fallback_single,
    )
    if as_json:
        answer(outcome, as_json)
        return
    with opened.store() as connection:
        texts = {article.id: article.text for article in find_articles(connection)}
    for conflict in outcome.conflicts:
        typer.echo(f"{conflict.id}  {conflict.kind}  {conflict.article_id}")
        record = adjudication.write_conflict(conflict)
        for candidate in record["candidates"]:
            words = _describe(candidate, texts[conflict.article_id])
            typer.echo(f"  {candidate['number']}  {words}  {', '.join(candidate['authors'])}")
        if conflict.absent:
            typer.echo(f"  -  not marked by {', '.join(conflict.absent)}")
    typer.echo(repr(outcome))


def decide(
    entry: Annotated[str, typer.Argument(metavar="ID", help="Of a conflict or quarantine entry.")],
    accept: Annotated[int | None, typer.Option(help="The number of the right reading.")] = None,
    write: Annotated[str, typer.Option(help="Another reading, as JSON.")] = "",
    reject: Annotated[bool, typer.Option("--reject", help="None of them.")] = False,
    contested: Annotated[bool, typer.Option("--contested", help="Keep it, marked so.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Close a quarantine entry.")] = False,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    policy: Annotated[str, typer.Option(help="The policy that left it open.")] = "unanimous",
    project: ProjectFolder = None,
) -> None:
    """Decide a conflict, or drop a quarantine entry; stored at once."""
    from workbench.adapters.records import read_item
    from workbench.gold import decisions

    opened = find_project(project)
    chosen = [accept is not None, bool(write), reject, contested and accept is None, drop]
    if sum(chosen) != 1:
        raise typer.BadParameter(
            "say one of --accept N, --write JSON, --reject, --contested, --drop"
        )
    if drop:
        decisions.drop(opened, entry, reason=reason)
        typer.echo(f"closed {entry}")
        return
    item = accept
    action = "contested" if contested else "accept" if accept is not None else "reject"
    if write:
        try:
            record = json.loads(write)
        except ValueError as error:
            raise typer.BadParameter(f"--write is no JSON: {error}") from None
        item, action = read_item(record), "write"  # type: ignore[assignment]  # either is taken
    decided = decisions.decide(opened, entry, action, item=item, reason=reason, policy=policy)  # type: ignore[arg-type]  # one of the four
    typer.echo(f"stored: {decided.action} {decided.conflict}")


def release(version: Version, project: ProjectFolder = None, as_json: AsJson = False) -> None:
    """Cut an immutable release of all gold."""
    from workbench.releases.build import release as cut

    opened = find_project(project)
    done = cut(opened, version)
    record = {"version": version, "path": str(opened.releases / version), **done.manifest}
    answer(record, as_json, f"{done!r} in {opened.releases / version}")


def verify(
    version: Version,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it again and compare.")] = False,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Check a release's hashes and content."""
    from workbench.releases.verification import verify as check

    done = check(find_project(project), version, rebuild=rebuild)
    for problem in done.problems:
        say(f"workbench: {problem}")
    answer(done, as_json, f"release {version}: {'sound' if done.ok else 'not sound'}")
    if not done.ok:
        raise typer.Exit(1)


def _describe(candidate: dict[str, object], text: str) -> str:
    """Show a reading by its words, line breaks and control characters made visible."""

    def words(part: object) -> str:
        assert isinstance(part, dict)  # noqa: S101 - our own record
        return text[part["start"] : part["end"]]

    if candidate["type"] == "stance":
        cue, holders, targets = (
            " + ".join(words(part) for part in candidate[name])  # type: ignore[attr-defined]
            for name in ("cue", "holders", "targets")
        )
        kind = f"{candidate['polarity']} {candidate['status']}"
        return f"{holders or '–'!r} {kind} {targets or '–'!r} | {cue!r}"
    return f"{candidate.get('label', 'QUOTE')} {words(candidate)!r}"
