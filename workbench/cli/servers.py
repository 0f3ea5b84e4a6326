"""Commands about servers: studio, lab, demo, doctor."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import AsJson, ProjectFolder, answer, find_project, say, show_table

DEMO_FOLDER = Path("build") / "demo"


def add_commands(app: typer.Typer) -> None:
    """Add this module's commands."""
    studio = typer.Typer(help="The project's own Label Studio.", no_args_is_help=True)
    studio.command("start")(start_studio)
    studio.command("stop")(stop_studio)
    studio.command("status")(show_studio)
    app.add_typer(studio, name="studio")
    app.command("lab")(lab)
    app.command("demo")(demo)
    app.command("doctor")(doctor)
    app.command("backup")(backup)
    app.command("restore")(restore)


def start_studio(
    port: Annotated[int | None, typer.Option(help="Default: a free one, then always that.")] = None,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Start the project's Label Studio, bound to this machine."""
    from workbench import studio
    from workbench.connection import find_templates

    found = studio.start_studio(
        find_project(project).studio_folder, port=port, templates=find_templates(), report=say
    )
    answer(found, as_json, f"{found.url}, login in {found.credentials}")


def stop_studio(project: ProjectFolder = None) -> None:
    """Stop the project's Label Studio."""
    from workbench import studio

    stopped = studio.stop_studio(find_project(project).studio_folder)
    typer.echo("stopped" if stopped else "it was not running")


def show_studio(project: ProjectFolder = None, as_json: AsJson = False) -> None:
    """Say whether the project's Label Studio runs, and where its login is."""
    from workbench import studio

    found = studio.get_status(find_project(project).studio_folder)
    answer(found, as_json, f"{found.state} {found.url} (Label Studio {found.version})")


def lab(
    project: ProjectFolder = None,
    init: Annotated[
        bool, typer.Option("--init", help="Make the project if there is none.")
    ] = False,
) -> None:
    """Open JupyterLab on the project, with Label Studio beside it, until Ctrl-C."""
    from workbench import lab as labs
    from workbench.connection import connect, get_remote_url
    from workbench.demo import ensure_project
    from workbench.studio import get_status
    from workbench.studio import stop_studio as stop

    opened = ensure_project(project, say) if init and project is not None else find_project(project)
    own = not get_remote_url(opened)
    was_running = own and get_status(opened.studio_folder).state == "running"
    with _Stop() as stopping:
        try:
            server = connect(opened, report=say)
            started = labs.start_lab(opened, studio_url=server.url)
            typer.echo(f"Label Studio  {server.url}")
            typer.echo(f"JupyterLab    {started.address}")
            say("Ctrl-C ends both")
            stopping.wait()
        finally:
            labs.stop_lab(opened)
            if own and not was_running:
                stop(opened.studio_folder)


def demo(
    simulate: Annotated[
        bool, typer.Option("--simulate", help="The whole loop, without people and browser.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="Where the demo works.")] = DEMO_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Run the main job on the sample articles, on defaults alone."""
    from workbench import demo as demos

    if simulate:
        with _Stop(interrupt=True):
            done = demos.simulate(folder, say)
        if as_json:
            typer.echo(json.dumps({str(what): value for what, value in done.list_rows()}))
        else:
            show_table(("step", "outcome"), done.list_rows())
        return
    with _Stop(interrupt=True) as stopping:
        try:
            _, ready = demos.start(folder, say)
            typer.echo("")
            typer.echo(f"Label Studio  {ready.studio}")
            typer.echo(f"  log in as   {ready.email}")
            typer.echo(f"  password    {ready.password}")
            typer.echo(f"JupyterLab    {ready.lab}")
            say("\nthe demo stays until Ctrl-C, which ends both servers")
            stopping.interrupt = False
            stopping.wait()
        finally:
            say("stopping")
            demos.stop(folder)


def doctor(project: ProjectFolder = None, as_json: AsJson = False) -> None:
    """Check the project and the server in use; each finding says what to do."""
    from workbench.doctor import examine

    findings = examine(find_project(project))
    if as_json:
        typer.echo(json.dumps([finding.to_record() for finding in findings]))
    else:
        for finding in findings:
            mark = "ok " if finding.ok else "BAD"
            remedy = f" → {finding.remedy}" if finding.remedy else ""
            typer.echo(f"{mark} {finding.check}: {finding.found}{remedy}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


class _Stop:
    """Turns Ctrl-C and a request to end into an orderly stop, once."""

    def __init__(self, *, interrupt: bool = False) -> None:
        self.interrupt = interrupt
        self._event = threading.Event()

    def __enter__(self) -> _Stop:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)

    def wait(self) -> None:
        """Wait until somebody asks to stop."""
        while not self._event.wait(0.5):
            pass

    def _handle(self, *_: object) -> None:
        self._event.set()
        if self.interrupt:
            # A second signal must not cut the clearing up short.
            self.interrupt = False
            raise KeyboardInterrupt


def backup(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A new file, or a folder.")],
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Copy the working database into one checked file, while others go on working."""
    from workbench.backups import backup as copy

    done = copy(find_project(project), path)
    answer(done, as_json, f"{done.rows} rows, up to number {done.sequence}, in {done.path}")


def restore(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="What backup wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Let what is there go.")] = False,
    project: ProjectFolder = None,
    as_json: AsJson = False,
) -> None:
    """Fill the project's empty working database from a backup, whichever database it is."""
    from workbench.backups import restore as fill

    done = fill(find_project(project), path, replace=replace)
    answer(done, as_json, f"{done.rows} rows restored, up to number {done.sequence}")
