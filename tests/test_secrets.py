"""What IPython's verbose tracebacks show of our variables where secrets are at hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from IPython.core.ultratb import VerboseTB

from workbench import lab
from workbench.core.article import Article
from workbench.core.errors import BackendError, SettingsError, StudioError
from workbench.language_model import LanguageModel
from workbench.project import Project
from workbench.studio.credentials import Account, invite, read_accounts
from workbench.studio.server import read_admin

CANARY = "canary-5e1f77"


def show_verbosely(call: Callable[[], object]) -> str:
    """Call what fails, and return the traceback with the values of all variables."""
    try:
        call()
    except Exception:  # noqa: BLE001 - whatever it is, its traceback is looked at
        shown: str = VerboseTB(theme_name="nocolor", include_vars=True).text(*sys.exc_info())
        return shown
    raise AssertionError("it did not fail")


def test_the_tracebacks_show_variables() -> None:
    def fail() -> None:
        shown = CANARY
        raise ValueError(len(shown))

    assert CANARY in show_verbosely(fail)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://127.0.0.1:99999/v1", "x:/y"])
def test_a_language_model_that_is_away_shows_no_token(project: Project, url: str) -> None:
    model = LanguageModel(project, url, "m", CANARY, sleep=lambda seconds: None)

    shown = show_verbosely(lambda: model(Article("a", "Lima praised Oslo.")))

    assert "language_model" in shown
    assert CANARY not in shown


def test_a_token_that_is_none_is_refused(project: Project) -> None:
    with pytest.raises(SettingsError, match="WORKBENCH_LLM_TOKEN"):
        LanguageModel(project, "http://127.0.0.1:9", "m", f"{CANARY}\n")
    with pytest.raises(SettingsError, match="WORKBENCH_LLM_TOKEN"):
        LanguageModel(project, "http://127.0.0.1:9", "m", f"{CANARY}–")


def test_a_sign_up_that_fails_shows_no_password() -> None:
    admin = Account("admin", "a@localhost.local", CANARY, CANARY)
    guest = Account("ana", "ana@localhost.local", CANARY)

    shown = show_verbosely(lambda: invite("http://127.0.0.1:9", admin, guest))

    assert "ConnectError" in shown
    assert CANARY not in shown


@pytest.mark.parametrize(
    "damaged",
    [
        json.dumps({"ana": {"name": "ana", "email": "a@b", "password": CANARY, "more": 1}}),
        json.dumps([CANARY]),
        json.dumps({"url": "http://127.0.0.1:9", "password": CANARY}),
        f'{{"ana": {{"password": "{CANARY}"',
    ],
)
def test_damaged_files_of_accounts_are_told_without_their_secrets(
    tmp_path: Path, damaged: str
) -> None:
    path = tmp_path / "credentials.json"
    path.write_text(damaged, encoding="utf-8")

    for call in (lambda: read_accounts(path), lambda: read_admin(tmp_path)):
        with pytest.raises(StudioError, match="can't be read"):
            call()
        assert CANARY not in show_verbosely(call)


def test_a_refusal_of_the_language_model_shows_no_token(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    monkeypatch.setattr(httpx, "post", lambda *args, **kwargs: httpx.Response(401))
    model = LanguageModel(project, "http://127.0.0.1:9/v1", "m", CANARY)

    shown = show_verbosely(lambda: model(Article("a", "Lima praised Oslo.")))

    assert BackendError.__name__ in shown
    assert CANARY not in shown


def test_a_jupyterlab_that_does_not_start_shows_no_token(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab.secrets, "token_urlsafe", lambda n: CANARY)
    monkeypatch.setattr(lab.sys, "executable", "/bin/false")

    shown = show_verbosely(lambda: lab.start_lab(project))

    assert "StudioError" in shown
    assert CANARY not in shown
    assert CANARY not in repr(lab.Lab(lab.Secret(f"http://127.0.0.1/lab?token={CANARY}")).address)
