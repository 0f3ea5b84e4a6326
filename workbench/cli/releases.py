"""Commands about releases: release, verify, rehydrate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, say

Version = Annotated[str, typer.Argument(metavar="VERSION", help="As in 0.1.0.")]


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("release")(release)
    app.command("verify")(verify)
    app.command("rehydrate")(rehydrate)


def release(
    version: Version,
    rounds: Annotated[str, typer.Option(help="Only these rounds, with commas.")] = "",
    imports: Annotated[str, typer.Option(help="Only these imports, with commas.")] = "",
    without_text: Annotated[
        bool, typer.Option("--without-text", help="Offsets and hashes; see rehydrate.")
    ] = False,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Cut an immutable release of all gold."""
    from workbench.releases.build import release as cut

    opened = find_project(project)
    done = cut(
        opened,
        version,
        rounds=_split(rounds),
        imports=_split(imports),
        text=not without_text,
    )
    record = {"version": version, "path": str(opened.releases / version), **done.manifest}
    answer(record, as_json, f"{done!r} in {opened.releases / version}")


def rehydrate(
    version: Version,
    out: Annotated[
        Path | None, typer.Option(help="Where to; default: data/rehydrated/VERSION.")
    ] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Put the project's texts back into a release without texts, and verify every span."""
    from workbench.releases.rehydration import rehydrate as put_back

    done = put_back(find_project(project), version, out=out)
    for problem in done.problems:
        say(f"workbench: {problem}")
    answer(done, as_json)
    if done.problems:
        raise typer.Exit(1)


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


def _split(names: str) -> list[str] | None:
    """Read names with commas between them; nothing is no choice."""
    return [name.strip() for name in names.split(",") if name.strip()] or None
