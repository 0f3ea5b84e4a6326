"""Logins and tokens of the embedded server, in files that only their owner can read."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from workbench.core.errors import StudioError
from workbench.core.secret import Secret

EMAIL = "admin@localhost.local"
_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's login on the embedded server, and their personal access token."""

    name: str
    email: str
    password: str
    token: str = ""

    def __post_init__(self) -> None:
        """Hide both secrets from whatever shows values."""
        object.__setattr__(self, "password", Secret(self.password))
        object.__setattr__(self, "token", Secret(self.token))

    def __repr__(self) -> str:
        """Name the account and never its secrets."""
        return f"Account({self.name!r}, {self.email!r})"


def make_account(name: str, email: str = "") -> Account:
    """Make a login with a random password."""
    return Account(name, email or f"{name}@localhost.local", secrets.token_urlsafe(18))


def write_secret(path: Path, value: Any) -> None:
    """Write JSON into a file of mode 0600, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_accounts(path: Path) -> dict[str, Account]:
    """Read a file of accounts by name; empty where there is none yet.

    Raises StudioError where the file is damaged.
    """
    if not path.exists():
        return {}
    accounts = _parse_accounts(path)
    if accounts is None:
        raise StudioError(f"the accounts in {path} can't be read; put a copy of the file back")
    return accounts


def _parse_accounts(path: Path) -> dict[str, Account] | None:
    """Return a file's accounts; None where they are damaged.

    No error leaves here: a traceback could show the file's passwords among the variables.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {name: Account(**row) for name, row in rows.items()}
    except (ValueError, TypeError, AttributeError):
        return None


def write_accounts(path: Path, accounts: dict[str, Account]) -> None:
    """Write accounts by name into a file that only its owner can read."""
    write_secret(path, {name: asdict(account) for name, account in accounts.items()})


@contextmanager
def log_in(url: str, account: Account) -> Iterator[httpx.Client]:
    """Give a browser's session on the server; raises StudioError where the login is refused."""
    with httpx.Client(base_url=url, timeout=_TIMEOUT) as client:
        client.get("/user/login/")
        form = {"email": account.email, "password": account.password}
        answer = client.post("/user/login/", data=_sign(client, form), headers={"Referer": url})
        # A wrong password answers 200 with the form again.
        if answer.status_code != 302:
            raise StudioError(
                f"Label Studio at {url} refused the login of {account.email}; if its database "
                "was replaced, move the project's data/studio folder away and start again"
            )
        yield client


def ensure_token(url: str, account: Account) -> str:
    """Return a personal access token that works, making a new one where the old one was lost."""
    if account.token and _is_valid(url, account.token):
        return account.token
    with log_in(url, account) as client:
        headers = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": url}
        answer = client.post("/api/token/", headers=headers)
        if answer.status_code == 409:
            # The list shows tokens without their signature: of no use but to revoke them.
            for row in client.get("/api/token/").json():
                lost = {"refresh": row["token"]}
                client.post("/api/token/blacklist/", json=lost, headers=headers)
            answer = client.post("/api/token/", headers=headers)
        if answer.status_code != 201:
            raise StudioError(f"Label Studio at {url} gave no token ({answer.status_code})")
        return str(answer.json()["token"])


def invite(url: str, admin: Account, guest: Account) -> Account:
    """Sign a guest up through the invite link and return the account with its own token.

    Accounts made through the API can't log in; the link is the one way that works. Raises
    StudioError where the sign-up is refused, as for an address that is taken.
    """
    with log_in(url, admin) as client:
        link = client.get("/api/invite").json()["invite_url"]
    path = link[link.index("/user/") :] if "/user/" in link else link
    with httpx.Client(base_url=url, timeout=_TIMEOUT) as client:
        client.get(path)
        form = {"email": guest.email, "password": guest.password, "allow_newsletters": "false"}
        answer = client.post(path, data=_sign(client, form), headers={"Referer": url + path})
        if answer.status_code != 302:
            raise StudioError(
                f"Label Studio at {url} refused the sign-up of {guest.email}; is the address taken?"
            )
    return Account(guest.name, guest.email, guest.password, ensure_token(url, guest))


def _sign(client: httpx.Client, form: dict[str, str]) -> dict[str, str]:
    return {**form, "csrfmiddlewaretoken": client.cookies.get("csrftoken") or ""}


def _is_valid(url: str, token: str) -> bool:
    answer = httpx.post(f"{url}/api/token/refresh", json={"refresh": token}, timeout=_TIMEOUT)
    if answer.status_code == 404 or answer.is_redirect:
        answer = httpx.post(f"{url}/api/token/refresh/", json={"refresh": token}, timeout=_TIMEOUT)
    return answer.status_code == 200
