"""From another Label Studio project's regions, links and choices to those that are read here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workbench.adapters.label_studio.names import (
    AUTHOR_CHOICE,
    SPAN,
    STATUS,
    VOICE,
)
from workbench.core.cluster import Edge
from workbench.core.quote import QUOTE
from workbench.core.span import MENTION
from workbench.core.stance import POLARITIES, Polarity
from workbench.exchange.annotated import Problem
from workbench.exchange.mappings import CUE, Mapped
from workbench.exchange.results import get_labels, get_value, list_names


def translate(
    result: Any, mapped: Mapped
) -> tuple[list[Any], list[Problem], Callable[[str], list[Edge]]]:
    """Return the parts of a result as our configuration writes them, and what has no counterpart.

    The function that comes with them reads the links which are edges off the text.
    """
    if mapped.labels is None or not isinstance(result, list):
        return (result if isinstance(result, list) else []), [], lambda text: []
    parts, problems, edges = _Translator(mapped).translate(
        [part for part in result if isinstance(part, dict)]
    )
    problems += [Problem("it is no object", part) for part in result if not isinstance(part, dict)]
    return parts, problems, edges


class _Translator:
    """What was translated of one annotation."""

    def __init__(self, mapped: Mapped) -> None:
        self._mapped = mapped
        self._labels = mapped.labels or {}
        self._regions: dict[str, dict[str, Any]] = {}
        self._parts: list[Any] = []
        self._problems: list[Problem] = []
        self._edges: list[tuple[str, Polarity, str]] = []

    def translate(
        self, result: Sequence[dict[str, Any]]
    ) -> tuple[list[Any], list[Problem], Callable[[str], list[Edge]]]:
        """Translate regions first, then what choices make of them, then links."""
        for part in result:
            is_region = part.get("type") != "relation" and "choices" not in get_value(part)
            if is_region:
                self._take_region(part)
        for part in result:
            if "choices" in get_value(part):
                self._take_choice(part)
        for region in list(self._regions.values()):
            if region["value"]["labels"] == [CUE]:
                self._problems.append(Problem("no choice states the polarity of the cue", region))
                del self._regions[region["id"]]
        for part in result:
            if part.get("type") == "relation":
                self._take_relation(part)
        return [*self._regions.values(), *self._parts], self._problems, self._read_edges

    def _take_region(self, part: dict[str, Any]) -> None:
        names, value = get_labels(part), get_value(part)
        label = self._labels.get(names[0], "") if len(names) == 1 else ""
        if not label or not isinstance(part.get("id"), str):
            what = f"the mapping leaves {names[0]!r} out" if names else "it has no label"
            self._problems.append(Problem(what, part))
            return
        self._regions[part["id"]] = {
            "id": part["id"],
            "from_name": SPAN,
            "type": "labels",
            "value": {"start": value.get("start"), "end": value.get("end"), "labels": [label]},
        }

    def _take_choice(self, part: dict[str, Any]) -> None:
        region = self._regions.get(str(part.get("id")))
        for choice in list_names(get_value(part)["choices"]):
            name = self._mapped.choices.get(f"{part.get('from_name')}.{choice}", "")
            if not name or region is None:
                what = "is on nothing that was taken in" if name else "is left out by the mapping"
                self._problems.append(Problem(f"the choice {choice!r} {what}", part))
            elif name in POLARITIES:
                region["value"]["labels"] = [name]
            elif name != "asserted":
                control = VOICE if name == AUTHOR_CHOICE else STATUS
                made = {"id": region["id"], "from_name": control, "type": "choices"}
                self._parts.append({**made, "value": {"choices": [name]}})

    def _take_relation(self, part: dict[str, Any]) -> None:
        names = list_names(part.get("labels")) or [""]
        role = self._mapped.relations.get(names[0], "")
        ends = [part.get("from_id"), part.get("to_id")]
        if part.get("direction") == "left":
            ends.reverse()
        kinds = [self._get_kind(end) for end in ends]
        if not role or len(names) > 1 or "" in kinds:
            what = "points to nothing that was taken in" if role else "is left out by the mapping"
            self._problems.append(Problem(f"the link {names[0]!r} {what}", part))
        elif role in POLARITIES:
            self._edges.append((str(ends[0]), role, str(ends[1])))
        else:
            order = self._order(role, kinds)
            made = {"type": "relation", "from_id": ends[order[0]], "to_id": ends[order[1]]}
            self._parts.append({**made, "direction": "right"})

    def _order(self, role: str, kinds: Sequence[str]) -> tuple[int, int]:
        """Bring a link into the direction that its role has here, whichever way it was drawn."""
        if role == "plain":
            return (0, 1)
        anchor = QUOTE if role == "speaker" else CUE
        at = kinds.index(anchor) if anchor in kinds else 0
        return (at, 1 - at) if role == "target" else (1 - at, at)

    def _get_kind(self, end: Any) -> str:
        region = self._regions.get(end) if isinstance(end, str) else None
        label = region["value"]["labels"][0] if region else ""
        return CUE if label in POLARITIES else QUOTE if label == QUOTE else MENTION if label else ""

    def _read_edges(self, text: str) -> list[Edge]:
        def name(end: str) -> str:
            value = self._regions[end]["value"]
            start, stop = value["start"], value["end"]
            is_placed = isinstance(start, int) and isinstance(stop, int)
            return " ".join(text[start:stop].split()) if is_placed else ""

        made = [Edge(name(head), polarity, name(tail)) for head, polarity, tail in self._edges]
        return [edge for edge in made if edge.holder and edge.target]
