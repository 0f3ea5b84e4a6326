"""Ratios against a named baseline, measured in turn in one run, printed and kept."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Measure = Callable[..., None]
RESULTS: list[dict[str, Any]] = []
FILE = Path(__file__).resolve().parents[2] / "build" / "bench.json"


@pytest.fixture
def measure() -> Measure:
    """Compare two pieces of work and hold the median ratio of their times against a limit."""

    def compare(
        name: str, baseline: Callable[[], Any], ours: Callable[[], Any], *, limit: float, n: int = 5
    ) -> None:
        ratios = []
        baseline(), ours()  # what is slow only once is not measured
        for _ in range(n):
            times = []
            for work in (baseline, ours):
                started = time.process_time() + time.perf_counter()
                work()
                times.append(time.process_time() + time.perf_counter() - started)
            ratios.append(times[1] / times[0])
        _record(name, statistics.median(ratios), limit, n)

    return compare


@pytest.fixture
def record_ratio() -> Callable[[str, float, float, int], None]:
    """Keep a ratio for the table and hold it against its limit."""
    return _record


def _record(name: str, ratio: float, limit: float, n: int) -> None:
    RESULTS.append({"name": name, "ratio": round(ratio, 3), "limit": limit, "n": n})
    assert ratio <= limit, f"{name}: {ratio:.2f} is over {limit}"


def pytest_sessionfinish() -> None:
    if not RESULTS:
        return
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(RESULTS, indent=2) + "\n", encoding="utf-8")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for row in RESULTS:
        line = f"{row['name']}: {row['ratio']} (limit {row['limit']}, n={row['n']})"
        terminalreporter.write_line(line)
