"""Annotators' accounts on the embedded server, made by its invite link."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace

from workbench.connection import get_remote_url
from workbench.core.errors import RoundError, SettingsError, StudioError
from workbench.project import Project
from workbench.studio import start_studio
from workbench.studio.credentials import (
    Account,
    ensure_token,
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
    new = [
        name for name in dict.fromkeys(names) if name not in accounts or _is_begun(accounts[name])
    ]
    if not new:
        return []
    start_studio(project.studio_folder)
    url, admin = read_admin(project.studio_folder)
    made = []
    for name in new:
        # The password is kept before the server knows it: an interrupted sign-up can be finished.
        begun = name in accounts
        if not begun:
            accounts[name] = make_account(name, f"{name.replace(':', '-')}@localhost.local")
            write_accounts(project.annotators_file, accounts)
        accounts[name] = _sign_up(url, admin, accounts[name], begun=begun)
        write_accounts(project.annotators_file, accounts)
        made.append(accounts[name])
    return made


def _is_begun(account: Account) -> bool:
    """Tell whether an account was about to be made and has no token yet."""
    return not account.token


def _sign_up(url: str, admin: Account, account: Account, *, begun: bool) -> Account:
    """Sign an account up, or log into it where an interrupted sign-up had reached the server."""
    if begun:
        with contextlib.suppress(StudioError):
            return replace(account, token=ensure_token(url, account))
    return invite(url, admin, account)
