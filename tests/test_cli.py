from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.adapters.records import write_layer
from workbench.cli.app import run as run_command
from workbench.core.layer import Layer
from workbench.project import Project

COMMANDS = [
    "init",
    "ingest",
    "preannotate",
    "select",
    "import",
    "push",
    "status",
    "pull",
    "agreement",
    "close",
    "withdraw",
    "join",
    "abandoned",
    "reissue",
    "migrate",
    "practise",
    "feedback",
    "watch",
    "repredict",
    "adjudicate",
    "decide",
    "link",
    "unlink",
    "review",
    "corrections",
    "diagnose",
    "probes",
    "why",
    "release",
    "verify",
    "rehydrate",
    "train",
    "evaluate",
    "train-curve",
    "compare",
    "promote",
    "annotators",
    "studio",
    "doctor",
    "backup",
    "restore",
    "demo",
    "lab",
]


def run(
    *arguments: str | Path, cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "workbench", *map(str, arguments)]
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("LABEL_STUDIO", "WORKBENCH_STORE"))
    }
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env={**kept, **variables}, check=False
    )


@pytest.fixture
def here(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run a command inside this process, in the project's folder, which is quick."""
    for name in ("WORKBENCH_STORE_URL", "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(project.root)

    def run_here(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["workbench", *arguments])
        code = run_command()
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_here


def answer(*arguments: str | Path, cwd: Path) -> Any:
    done = run(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[0] if len(lines) == 1 else lines


def test_every_command_has_help_that_stands_in_the_reference(
    here: Callable[..., tuple[int, str, str]],
) -> None:
    page = (Path(__file__).parent.parent / "docs" / "reference" / "cli.md").read_text(
        encoding="utf-8"
    )
    for command in COMMANDS:
        code, out, _ = here(command, "--help")
        assert code == 0, command
        assert "Usage" in out
        assert f"## workbench {command}" in page, (
            f"run: python docs/reference/make_cli.py ({command})"
        )


@pytest.mark.slow
def test_a_whole_project_from_an_empty_folder(tmp_path: Path, tiny_articles: Path) -> None:
    assert run("init", tmp_path / "p").returncode == 0
    cwd = tmp_path / "p"

    assert answer("ingest", tiny_articles, cwd=cwd)["added"] == 3
    layers = answer("preannotate", cwd=cwd)

    assert [layer["article_id"] for layer in layers] == ["cairo", "lima", "oslo"]
    for layer in layers:
        assert set(layer) == {
            "format",
            "article_id",
            "text_sha256",
            "author",
            "kind",
            "round",
            "scheme",
            "guideline",
            "passages",
            "spans",
            "quotes",
            "stances",
            "clusters",
            "edges",
        }
        assert layer["author"].startswith("model:")
        assert all(
            {"start", "end", "label", "text", "score", "rule"} >= set(span)
            for span in layer["spans"]
        )
    queue = answer("select", "--by", "random", "--n", "2", "--test", "0.5", "--save", "q", cwd=cwd)
    assert len(queue["articles"]) == 2
    assert "oslo" in queue["articles"]


@pytest.mark.slow
def test_anyones_gold_can_be_imported_and_released(
    project: Project, tiny_gold: dict[str, Layer], tmp_path: Path
) -> None:
    lines = [
        json.dumps(
            {k: v for k, v in write_layer(x).items() if k in ("text_sha256", "spans", "stances")}
        )
        for x in tiny_gold.values()
    ]
    bad = json.dumps({"text_sha256": "0" * 64})
    (tmp_path / "gold.jsonl").write_text("\n".join([*lines, bad, "{"]), encoding="utf-8")

    done = answer(
        "import", tmp_path / "gold.jsonl", "--as", "gold", "--author", "import:us", cwd=project.root
    )
    released = answer("release", "1.0.0", cwd=project.root)

    assert (done["layers"], len(done["quarantined"])) == (3, 2)
    assert released["policies"] == {
        "imported": released["counts"]["spans"] + released["counts"]["stances"]
    }
    assert answer("verify", "1.0.0", "--rebuild", cwd=project.root)["ok"] is True
    gold = project.root / "annotations" / "releases" / "1.0.0" / "gold.jsonl"
    gold.write_text(gold.read_text(encoding="utf-8").replace("PERSON", "ORG"), encoding="utf-8")
    assert run("verify", "1.0.0", cwd=project.root).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["status", "nope"], "there is no round 'nope'"),
        (["preannotate", "--model", "nope"], "can't be loaded"),
        (["select"], "there is nothing to choose from"),
        (["release", "one"], "three numbers"),
        (["release", "1.0.0"], "no gold yet"),
        (["evaluate", "base", "--on", "1.0.0"], "there is no release '1.0.0'"),
        (["import", "nope.jsonl", "--as", "gold"], "there is no file"),
        (["select", "--by", "nope"], "no strategies named 'nope'"),
        (["decide", "conflict:0", "--reject"], "no open conflict"),
    ],
)
def test_a_problem_is_one_sentence_and_exit_code_1(
    here: Callable[..., tuple[int, str, str]], arguments: list[str], expected: str
) -> None:
    code, out, err = here(*arguments)

    assert (code, out) == (1, "")
    assert expected in err
    assert len(err.strip().splitlines()) == 1


def test_wrong_usage_is_exit_code_2(here: Callable[..., tuple[int, str, str]]) -> None:
    assert here("nope")[0] == 2
    assert here("decide", "x")[0] == 2
    assert here("push")[0] == 2


@pytest.mark.slow
def test_outside_a_project_the_way_in_is_told(tmp_path: Path) -> None:
    done = run("status", "x", cwd=tmp_path)

    assert done.returncode == 1
    assert "workbench init DIR" in done.stderr


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[projct]\n", "[projct] is no table"),
        ("[studio]\nport = 'x'\n", "studio.port must be of type int"),
        ("[", "is no TOML"),
    ],
)
def test_wrong_settings_are_told(
    project: Project, here: Callable[..., tuple[int, str, str]], content: str, expected: str
) -> None:
    (project.root / "workbench.toml").write_text(content, encoding="utf-8")

    code, _, err = here("doctor")

    assert code == 1
    assert expected in err


def test_a_broken_scheme_file_is_told(project: Project) -> None:
    path = project.root / "seeds" / "scheme" / "PERSON.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("kind:", "kint:") + "- [x](NOPE)\n",
        encoding="utf-8",
    )

    done = run("preannotate", cwd=project.root)

    assert done.returncode == 1
    assert "PERSON.md: the key 'kint' is unknown" in done.stderr
    assert "NOPE" in done.stderr


def test_the_doctor_answers_in_json(project: Project) -> None:
    findings = answer("doctor", cwd=project.root)

    assert {"scheme", "store", "pipeline", "server"} <= {f["check"] for f in findings}
    assert all(set(f) == {"check", "ok", "found", "remedy"} for f in findings)


@pytest.mark.slow
def test_a_server_of_ones_own_needs_a_token_and_an_answer(project: Project) -> None:
    away = {"LABEL_STUDIO_URL": "http://127.0.0.1:9"}

    assert "needs a token" in run("push", "r", cwd=project.root, **away).stderr
    done = run("push", "r", cwd=project.root, LABEL_STUDIO_API_KEY="s3cret", **away)
    assert done.returncode == 1
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize("format_", ["jsonl", "jsonl-text", "label_studio", "web_annotation"])
@pytest.mark.parametrize("content", [b'{"a": "\xff"}\n', b'{"a": \n'])
def test_an_unreadable_import_is_named(
    here: Callable[..., tuple[int, str, str]], project: Project, format_: str, content: bytes
) -> None:
    (project.root / "march.jsonl").write_bytes(content)

    code, _, err = here("import", "march.jsonl", "--as", "annotation", "--format", format_)

    assert code == 1
    assert "march.jsonl: " in err
    assert ("it is not UTF-8" if b"\xff" in content else "it is no JSON") in err
    assert "Traceback" not in err


def test_an_unreadable_mapping_is_named(
    here: Callable[..., tuple[int, str, str]], project: Project
) -> None:
    (project.root / "march.jsonl").write_text('{"text": "Ada left.", "spans": []}\n')
    (project.root / "march.toml").write_bytes(b"[labels]\n# caf\xe9\n")
    arguments = ("march.jsonl", "--as", "gold", "--format", "jsonl-text", "--map", "march.toml")

    code, _, err = here("import", *arguments)

    assert code == 1
    assert "march.toml: it is not UTF-8" in err
