"""Check a task before it is pushed.

The server accepts nearly anything, and one bad task can make a whole project unusable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.adapters.label_studio.names import FURNITURE, SPAN, TEXT


def check_task(task: Mapping[str, Any], kinds: Mapping[str, str]) -> list[str]:
    """List everything in a task that the server would accept and people would suffer from."""
    data = task.get("data", {})
    text = data.get(TEXT)
    problems = [] if data.get("key") else ["it has no key"]
    if not isinstance(text, str) or not text:
        return [*problems, "it has no text"]
    for prediction in task.get("predictions", ()):
        version, score = prediction.get("model_version"), prediction.get("score")
        if not isinstance(version, str) or not version:
            problems.append("the prediction names no suggestion set")
        if not isinstance(score, (int, float)) or not 0 <= score <= 1:
            problems.append(f"the prediction's score is {score!r}")
        problems += _check_result(prediction.get("result", ()), text, kinds)
    return problems


def _check_result(result: Any, text: str, kinds: Mapping[str, str]) -> list[str]:
    regions: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    problems = []
    for part in result:
        if part["type"] == "labels" and part["from_name"] == SPAN:
            value, name = part["value"], part.get("id")
            if not name or name in regions:
                problems.append(f"the region id {name!r} is missing or taken")
            regions.add(name)
            start, end = value["start"], value["end"]
            if not 0 <= start < end <= len(text) or value["text"] != text[start:end]:
                problems.append(f"the region {name} at {start}..{end} does not fit the text")
            problems += [
                f"unknown label {x!r}" for x in value["labels"] if x not in (*kinds, FURNITURE)
            ]
        elif part["type"] == "relation":
            pair = (part["from_id"], part["to_id"])
            if pair in pairs:
                problems.append(f"the link {pair} is there twice")
            pairs.add(pair)
    problems += [
        f"the link {pair} points to no region"
        for pair in sorted(pairs)
        if not regions.issuperset(pair)
    ]
    return problems
