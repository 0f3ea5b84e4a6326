"""The command line: every verb, with the same name and words as in Python."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; a problem the user can act on is one sentence and exit code 1."""
    from workbench.cli.app import run

    sys.exit(run())
