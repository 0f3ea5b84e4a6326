from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

import workbench as wb
from workbench.project import Project
from workbench.releases.verification import check_files

CASES = 1000 if os.environ.get("WORKBENCH_THOROUGH") == "1" else 200


def flip(path: Path, generator: random.Random) -> None:
    data = bytearray(path.read_bytes())
    at = generator.randrange(len(data))
    data[at] ^= 1 << generator.randrange(8)
    path.write_bytes(data)


def delete(path: Path, generator: random.Random) -> None:
    data = bytearray(path.read_bytes())
    del data[generator.randrange(len(data))]
    path.write_bytes(data)


def add(path: Path, generator: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data.insert(generator.randrange(len(data) + 1), generator.randrange(256))
    path.write_bytes(data)


@pytest.mark.slow
def test_every_changed_byte_and_file_is_found_by_name(settled: Project, tmp_path: Path) -> None:
    wb.release(settled, "0.1.0")
    source = settled.releases / "0.1.0"
    names = sorted(path.name for path in source.iterdir() if path.stat().st_size)
    generator = random.Random(7)
    found = 0
    for case in range(CASES):
        folder = tmp_path / "copy"
        shutil.copytree(source, folder)
        name = names[case % len(names)]
        kind = generator.choice((flip, delete, add, "remove", "new", "folder"))
        if kind == "remove":
            (folder / name).unlink()
        elif kind == "new":
            name = f"{case}.txt"
            (folder / name).write_bytes(b"x")
        elif kind == "folder":
            name = f"new{case}"
            (folder / name).mkdir()
        else:
            kind(folder / name, generator)  # type: ignore[operator]
        problems = check_files(folder)
        found += any(name in problem for problem in problems)
        shutil.rmtree(folder)

    assert check_files(source) == []
    assert found == CASES


def test_a_changed_line_is_named(settled: Project) -> None:
    wb.release(settled, "0.1.0")
    path = settled.releases / "0.1.0" / "lineage.jsonl"
    lines = path.read_bytes().split(b"\n")
    lines[4] = lines[4].replace(b"accepted", b"rejected")
    path.write_bytes(b"\n".join(lines))

    (problem,) = [p for p in wb.verify(settled, "0.1.0").problems if "lineage" in p]

    assert "lineage.jsonl was changed in line 5" in problem


def test_a_lost_line_is_told_by_its_number(settled: Project) -> None:
    wb.release(settled, "0.1.0")
    path = settled.releases / "0.1.0" / "gold.jsonl"
    path.write_bytes(b"\n".join(path.read_bytes().split(b"\n")[1:]))

    problems = wb.verify(settled, "0.1.0").problems

    assert any(
        "gold.jsonl was changed from line 1 on (2 lines instead of 3)" in p for p in problems
    )


def test_a_manifest_that_was_made_to_fit_is_not_rebuilt(settled: Project) -> None:
    import json

    from workbench.releases.files import MANIFEST, dump_manifest, hash_files, read_folder

    wb.release(settled, "0.1.0")
    folder = settled.releases / "0.1.0"
    path = folder / "gold.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"asserted"', b'"denied"', 1))
    files = read_folder(folder)
    manifest = json.loads(files.pop(MANIFEST))
    (folder / MANIFEST).write_bytes(dump_manifest({**manifest, "files": hash_files(files)}))

    assert any("gold.jsonl" in p for p in wb.verify(settled, "0.1.0", rebuild=True).problems)


def test_json_of_ten_thousand_levels_is_a_problem_and_no_traceback(settled: Project) -> None:
    wb.release(settled, "0.1.0")
    folder = settled.releases / "0.1.0"
    for name in ("lines.json", "gold.jsonl", "splits.json", "manifest.json"):
        (folder / name).write_bytes(b"[" * 100_000 + b"]" * 100_000)
        assert any(name in problem for problem in wb.verify(settled, "0.1.0").problems)
