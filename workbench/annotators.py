"""Annotators' accounts on the embedded server, made by its invite link."""

from __future__ import annotations

import re

from workbench.connection import get_remote_url
from workbench.core.errors import RoundError, SettingsError
from workbench.project import Project
from workbench.studio import start_studio
from workbench.studio.credentials import (
    Account,
    invite,
    make_account,
    read_accounts,
    write_accounts,
)
from workbench.studio.server import read_admin

_NAME = re.compile(r"(simulated:)?[a-z][a-z0-9_.-]{0,40}")


def add_annotators(project: Project, *names: str) -> list[Account]:
    """Make an account for each name and return those that are new, with their passwords.

    Accounts are kept in a file that only its owner can read. Raises RoundError for a name that is
    none, SettingsError where the server is not the project's own: its administrator invites there.
    """
    if get_remote_url(project):
        raise SettingsError(
            f"{get_remote_url(project)} is a server of your own; invite people there under "
            "Organization, and name them by the part of their address before the @"
        )
    wrong = [name for name in names if not _NAME.fullmatch(name)]
    if wrong:
        raise RoundError(f"names are of small letters and digits, not {', '.join(wrong)}")
    accounts = read_accounts(project.annotators_file)
    new = [name for name in dict.fromkeys(names) if name not in accounts]
    if not new:
        return []
    start_studio(project.studio_folder)
    url, admin = read_admin(project.studio_folder)
    made = []
    for name in new:
        email = f"{name.replace(':', '-')}@localhost.local"
        account = invite(url, admin, make_account(name, email))
        accounts[name] = account
        write_accounts(project.annotators_file, accounts)
        made.append(account)
    return made
