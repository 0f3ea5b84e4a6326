"""An import that is interrupted goes on to its end, and the next one finds all of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workbench.core.imports import import_whole, run_whole

SLOW = """
import time
from pathlib import Path
Path("begun").touch()
while not Path("interrupted").exists():
    time.sleep(0.01)
DONE = True
"""
SCRIPT = """
import os, signal, sys, threading, time
from pathlib import Path
from workbench.core.imports import import_whole

def interrupt():
    while not Path("begun").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)

sys.path.insert(0, "")
# What is started in the background of a shell ignores interrupts, and hands that on.
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Thread(target=interrupt).start()
try:
    import_whole("slowly")
except KeyboardInterrupt:
    print("interrupted")
    Path("interrupted").touch()
import slowly
print(slowly.DONE)
"""


def test_an_interrupted_import_is_whole_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "slowly.py").write_text(SLOW)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split("\n")[:2] == ["interrupted", "True"], done.stderr


def test_what_an_import_raises_is_raised_where_it_was_asked_for() -> None:
    with pytest.raises(ImportError, match="no_such_module"):
        import_whole("json", "no_such_module")


def test_work_returns_its_result() -> None:
    assert run_whole(lambda: 3) == 3
