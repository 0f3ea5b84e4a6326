"""Write docs/reference/cli.md from the commands' own help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workbench.cli.app import app


def read_help(*command: str) -> str:
    """Return a command's help as people see it, 80 columns wide."""
    done = subprocess.run(
        [sys.executable, "-m", "workbench", *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "80", "PATH": "", "TERMINAL_WIDTH": "80"},
    )
    return done.stdout.strip()


def main() -> None:
    """Write the page."""
    import typer

    group = typer.main.get_command(app)
    names = list(group.commands)  # type: ignore[attr-defined]  # our application is a group
    parts = ["# The command line", "", "Made by `docs/reference/make_cli.py`.", ""]
    for name in names:
        parts += [f"## workbench {name}", "", "```text", read_help(name), "```", ""]
    page = Path(__file__).with_name("cli.md")
    page.write_text("\n".join(parts), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
