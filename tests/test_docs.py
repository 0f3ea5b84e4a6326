"""Documentation that can't lie: every Python block runs, every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

import workbench
from workbench.cli.app import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "annotations" / "README.md"]
)
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def find_blocks(language: str) -> list[pytest.param]:  # type: ignore[valid-type]
    return [
        pytest.param(code, id=f"{name_of(page)}-{number}")
        for page in PAGES
        for number, (found, code) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
        if found == language
    ]


@pytest.mark.parametrize("code", find_blocks("python"))
def test_every_python_block_runs(code: str) -> None:
    if "open_project()" in code:
        # The loop runs against the real server elsewhere; here its names are held against the API.
        compile(code, "README.md", "exec")
        for verb in re.findall(r"wb\.(\w+)\(", code):
            assert callable(getattr(workbench, verb))
        return
    exec(compile(code, "docs", "exec"), {})  # noqa: S102 - our own pages


@pytest.mark.parametrize("code", find_blocks("sh"))
def test_every_command_in_a_shell_block_is_there(code: str) -> None:
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands: dict[str, object] = get_command(app).commands  # type: ignore[attr-defined]
    for line in code.splitlines():
        words = shlex.split(line, comments=True)
        words = [word for word in words if "=" not in word]
        if not words or words[0] == "cd":
            continue
        if words[0] == "make":
            assert re.search(rf"^{words[1]}\b|\s{words[1]}\b.*:", targets, re.MULTILINE)
        else:
            assert words[0] == "workbench"
            assert words[1] in commands


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if re.fullmatch(r"[A-Z]*", target):
            continue
        assert (page.parent / target).exists(), f"{name_of(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_speak_of_no_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert not re.search(r"/(home|root|Users|work)/", text)


def test_the_test_table_names_tests_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in re.findall(r"`(tests/[\w/.]+)`", text):
        assert (ROOT / path).exists(), path


def test_every_row_of_the_outcomes_names_a_test() -> None:
    page = (ROOT / "docs" / "reference" / "outcomes.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)` \|$", page, re.MULTILINE)
    tests = "".join(
        p.read_text(encoding="utf-8") for p in (ROOT / "tests" / "browser").glob("*.py")
    )

    assert len(named) == page.count("\n| ") - 2 > 20
    assert [name for name in named if f"def {name}(" not in tests] == []
