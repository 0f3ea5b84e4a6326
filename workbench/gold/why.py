"""Why an item is gold: its lineage, and the releases that hold it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from workbench.adapters.records import read_item, read_layer
from workbench.core.errors import SourceError
from workbench.core.identity import identify
from workbench.gold.lineage import Lineage, find_gold, read_history, trace
from workbench.project import Project
from workbench.rendering.comparison import write_item_line
from workbench.rendering.tables import draw_table

COLUMNS = ("step", "when", "who", "what")


@dataclass(frozen=True)
class Why:
    """How one gold item came about, in which releases it is, and what of it was tampered with."""

    lineage: Lineage
    releases: tuple[str, ...]
    problems: tuple[str, ...]
    words: str
    """The item in words: its label or polarity, what it marks, and what else it says."""
    text: str
    """The article's text, which offsets in the steps count in."""

    @property
    def ok(self) -> bool:
        """Whether every step is as it was stored."""
        return not self.problems

    def __repr__(self) -> str:
        """Name the item and count its steps."""
        state = "sound" if self.ok else f"{len(self.problems)} problems"
        return f"Why({self.lineage.item!r}: {len(self.lineage.steps)} steps, {state})"

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), f"{self.lineage.item}: {self.words}")

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return a row for each step: what it was, when, by whom, and the rest."""
        rows: list[tuple[object, ...]] = []
        for step in self.lineage.steps:
            rest = {k: v for k, v in step.items() if k not in ("step", "at", "by") and v}
            if "suggested" in rest:
                rest["suggested"] = write_item_line(self.text, read_item(step["suggested"]))
            shown = ", ".join(f"{name} {_show(value)}" for name, value in rest.items())
            at = str(step.get("at") or "")[:19].replace("T", " ")
            rows.append((step["step"], at, step.get("by", ""), shown))
        return [*rows, ("releases", "", "", ", ".join(self.releases) or "none yet")]

    def to_record(self) -> dict[str, Any]:
        """Write the answer as plain JSON."""
        record = self.lineage.to_record()
        return {
            **record,
            "words": self.words,
            "ok": self.ok,
            "problems": list(self.problems),
            "releases": list(self.releases),
        }


def why(project: Project, item_id: str) -> Why:
    """Tell how a gold item came about, and hold every step against what was stored.

    Raises SourceError where no gold, present or past, has the item.
    """
    with project.store() as connection:
        gold = find_gold(connection, item_id)
        if gold is None:
            raise SourceError(
                f"no gold has the item {item_id!r}; ids are in gold layers, as span:…, quote:… "
                "or stance:…, and gold is stored by: workbench adjudicate ROUND"
            )
        article_id = gold.layer.article_id
        history = read_history(connection, [article_id], article_id=article_id)
    layer = gold.layer
    item = next(x for x in layer.items if identify(layer.text_sha256, x) == item_id)
    lineage = trace(history, gold, item)
    releases, problems = _find_releases(project, layer.text_sha256, item_id)
    text = str(history.articles[article_id].get("text", ""))
    words = write_item_line(text, item)
    return Why(lineage, tuple(releases), (*lineage.problems, *problems), words, text)


def _find_releases(project: Project, text_sha256: str, item_id: str) -> tuple[list[str], list[str]]:
    """Return the releases that hold an item, and those whose gold was changed since."""
    found, problems = [], []
    for folder in sorted(project.releases.glob("[0-9]*")):
        path = folder / "gold.jsonl"
        if not path.is_file():
            continue
        data = path.read_bytes()
        try:
            layers = [
                read_layer(json.loads(line))
                for line in data.split(b"\n")
                if text_sha256.encode() in line
            ]
            stated = json.loads((folder / "manifest.json").read_bytes())["files"]["gold.jsonl"]
        except (ValueError, KeyError, OSError, SourceError):
            problems.append(f"release {folder.name} can't be read")
            continue
        if any(identify(x.text_sha256, item) == item_id for x in layers for item in x.items):
            found.append(folder.name)
            if hashlib.sha256(data).hexdigest() != stated:
                problems.append(f"the gold of release {folder.name} was changed")
    return found, problems


def _show(value: object) -> str:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return " and ".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
