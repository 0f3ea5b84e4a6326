from __future__ import annotations

import os
import sys

import pytest

from workbench.cli.output import show_table


def test_numbers_stand_right_and_text_left(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(
        ("name", "n", "note"), [("spans", 5, "short"), ("quotes", 12, ""), ("all", None, "a")]
    )

    assert capsys.readouterr().out.splitlines() == [
        "name     n  note",
        "spans    5  short",
        "quotes  12",
        "all      –  a",
    ]


def test_a_table_without_rows_has_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("name", "n"), [])

    assert capsys.readouterr().out == "name  n\n"


def test_long_text_goes_on_below_itself_on_a_terminal_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("article", "one two three four five six seven"), ("scheme", "eight")]
    size = os.terminal_size((32, 24))
    monkeypatch.setattr("shutil.get_terminal_size", lambda: size)

    show_table(("step", "what"), rows)
    assert "article  one two three four five six seven" in capsys.readouterr().out

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show_table(("step", "what"), rows)
    assert capsys.readouterr().out.splitlines() == [
        "step     what",
        "article  one two three four five",
        "         six seven",
        "scheme   eight",
    ]


def test_a_terminal_obeys_no_article(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("words",), [("\x1b[2Jgone\u202e\r\nnew",)])

    assert capsys.readouterr().out.splitlines() == ["words", r"\x1b[2Jgone\u202e\r\nnew"]
