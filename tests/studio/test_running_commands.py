"""The commands of a running round, as a person types them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.cli.app import run as run_command
from workbench.project import Project

pytestmark = pytest.mark.studio
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def here(
    connected: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command inside this process, in the folder of a project with a server."""
    monkeypatch.chdir(connected.root)

    def run_here(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["workbench", *arguments])
        code = run_command()
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_here


def test_a_round_is_run_from_the_shell(here: Run, connected: Project, server: Server) -> None:
    wb.preannotate(connected, progress=False)
    push = ("push", "shell", "--annotators", "simulated:abe", "--unit", "window", "--window", "2")

    assert here(*push)[0] == 0
    assert here("push", "shell")[0] == 0  # the settings stand
    code, _, err = here("push", "shell", "--unit", "article")
    assert (code, "was pushed with unit 'window'" in err) == (1, True)
    code, _, err = here("push", "other", "--unit", "page")
    assert (code, "none of article, paragraph, window" in err) == (1, True)

    assert json.loads(here("join", "shell", "simulated:bea", "--n", "1", "--json")[1])["added"] == 1
    code, out, _ = here("status", "shell")
    assert (code, [line.split()[0] for line in out.splitlines()]) == (
        0,
        ["annotator", "simulated:abe", "simulated:bea", "all"],
    )
    code, out, err = here("abandoned", "shell")
    assert (code, "simulated:abe" in out, "workbench reissue shell" in err) == (0, True, True)
    assert json.loads(here("abandoned", "shell", "--idle", "5", "--json")[1])["people"] == []
    reissue = ("reissue", "shell", "--from", "simulated:abe", "--to", "simulated:cal")
    assert here(*reissue, "--idle", "0")[0] == 0
    code, _, err = here("feedback", "shell")
    assert (code, "is no practice" in err) == (1, True)


def test_advice_goes_to_the_standard_error(
    here: Run, connected: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    wb.preannotate(connected, progress=False)
    monkeypatch.setattr("workbench.rounds.advice.MANY", 1)

    code, out, err = here("push", "advised", "--json")

    assert code == 0
    assert "--unit paragraph" in err
    assert len(json.loads(out)["advice"]) == 1


def test_files_are_pushed_and_pulled_by_name(here: Run, connected: Project) -> None:
    wb.preannotate(connected, progress=False)
    push = ("push", "files", "--backend", "label_studio_files", "--json")

    assert json.loads(here(*push)[1])["projects"][0]["url"].startswith("files:")
    assert here("pull", "files")[0] == 0
    assert here("pull", "files", "--backend", "label_studio_files")[0] == 0
    code, _, err = here("pull", "files", "--backend", "label_studio")
    assert (code, "lies on files:" in err) == (1, True)


def test_a_migration_is_drafted_tried_and_applied(
    here: Run, connected: Project, server: Server
) -> None:
    wb.preannotate(connected, progress=False)
    here("push", "moved")
    folder = connected.seeds / "scheme"
    (folder / "PLACE.md").write_text(
        (folder / "GPE.md").read_text(encoding="utf-8").replace("GPE", "PLACE"), encoding="utf-8"
    )
    (folder / "GPE.md").unlink()
    for path in folder.glob("*.md"):
        text = path.read_text(encoding="utf-8").replace("](GPE", "](PLACE")
        path.write_text(text, encoding="utf-8")

    code, _, err = here("migrate", "moved")
    assert (code, "--map FILE" in err, "Traceback" in err) == (1, True, False)
    assert here("migrate", "moved", "--draft", "map.toml")[0] == 0
    draft = connected.root / "map.toml"
    assert 'GPE = ""' in draft.read_text(encoding="utf-8")
    draft.write_text(draft.read_text(encoding="utf-8").replace('""', '"PLACE"'), encoding="utf-8")
    code, out, err = here("migrate", "moved", "--map", "map.toml")
    assert (code, "GPE → PLACE" in out, "--apply" in err) == (0, True, True)
    assert json.loads(here("migrate", "moved", "--map", "map.toml", "--apply", "--json")[1])[
        "is_applied"
    ]
    draft.write_text("GPE = 3", encoding="utf-8")
    code, _, err = here("migrate", "moved", "--map", "map.toml")
    assert (code, "must map to a label" in err) == (1, True)
