"""From another Label Studio project's regions, links and choices to those that are read here."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.adapters.label_studio.names import (
    AUTHOR_CHOICE,
    DOUBT,
    REASON,
    SPAN,
    STATUS,
    VOICE,
)
from workbench.core.cluster import Edge
from workbench.core.errors import SourceError
from workbench.core.quote import QUOTE
from workbench.core.span import MENTION
from workbench.core.stance import POLARITIES, Polarity
from workbench.exchange.annotated import Problem
from workbench.exchange.labels import suggest_label
from workbench.exchange.polarities import read_polarity

CUE = "CUE"
"""In a mapping: a region that is a cue, whose polarity a choice on it states."""
ROLES = ("holder", "target", "speaker")
_STATUSES = ("denied", "hypothetical", "asserted")
_ROLE_WORDS = {
    "holder": ("holder", "source", "agent", "held by", "opinion holder", "who"),
    "target": ("target", "about", "aspect", "object", "towards", "whom"),
    "speaker": ("speaker", "says", "said by", "quotes"),
}
_OWN = (SPAN, STATUS, VOICE, DOUBT, REASON)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping: what each label, link and choice of another project is called here.

    Without tables everything is taken by its own name.
    """

    text: str = ""
    title: str = "title"
    labels: Mapping[str, str] | None = None
    relations: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)


def is_own_config(tasks: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether all that was annotated comes from the controls of our own configuration."""
    for part in _list_parts(tasks):
        if part.get("type") == "relation":
            if part.get("labels"):
                return False
        elif part.get("from_name") not in _OWN:
            return False
    return True


def draft_tables(tasks: Sequence[Mapping[str, Any]], labels: Sequence[str], name: str) -> str:
    """Draft the mapping as TOML, each line with how often its left side occurs."""
    found: dict[str, Counter[str]] = {
        "labels": Counter(),
        "relations": Counter(),
        "choices": Counter(),
    }
    for part in _list_parts(tasks):
        if part.get("type") == "relation":
            found["relations"].update(_list_names(part.get("labels")) or [""])
        elif "choices" in _get_value(part):
            picked = _list_names(_get_value(part)["choices"])
            found["choices"].update(f"{part.get('from_name')}.{choice}" for choice in picked)
        else:
            found["labels"].update(_get_labels(part))
    cues = _find_cues(tasks)
    guesses: dict[str, Callable[[str], str]] = {
        "labels": lambda label: (
            CUE if label in cues else read_polarity(label) or suggest_label(label, labels, {})
        ),
        "relations": _guess_role,
        "choices": lambda choice: _guess_choice(choice.partition(".")[2]),
    }
    lines = [
        f"# How {name!r} is read: left what that project calls a thing, right what it is here.",
        "# An empty right side leaves the thing out; each one that is left out is listed.",
        "",
        "[task]",
        f"text = {_quote(_guess_text(tasks))}   # the key of a task's data that holds the text",
        f"title = {_quote('title')}",
        "",
        f"# A label here is one of {', '.join(labels)},",
        f"# or {CUE} for a cue whose polarity a choice states.",
    ]
    notes = {
        "relations": f"# A link's label: {', '.join(ROLES)}, or a polarity for a link without "
        "a cue, or 'plain'\n# for one that is read by what it links.",
        "choices": "# A choice on a region: a polarity, "
        f"{', '.join(_STATUSES)} or {AUTHOR_CHOICE}.",
    }
    for table, counts in found.items():
        lines += [notes[table]] if table in notes else []
        lines.append(f"[{table}]")
        for key, n in sorted(counts.items()):
            lines.append(f"{_quote(key)} = {_quote(guesses[table](key))}   # {n} times")
        lines.append("")
    return "\n".join(lines)


def _find_cues(tasks: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the labels of regions on which a choice states an attitude."""
    found: set[str] = set()
    for task in tasks:
        parts = list(_list_parts([task]))
        judged = {
            str(part.get("id"))
            for part in parts
            if any(read_polarity(name) for name in _list_names(_get_value(part).get("choices")))
        }
        for part in parts:
            if str(part.get("id")) in judged and "choices" not in _get_value(part):
                found |= set(_get_labels(part))
    return found


def read_tables(text: str) -> Mapped:
    """Read a mapping; raises SourceError with every mistake in it."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"the mapping is no TOML: {error}") from None
    rights = {
        "relations": (*ROLES, *POLARITIES, "plain", ""),
        "choices": (*POLARITIES, *_STATUSES, AUTHOR_CHOICE, ""),
    }
    problems = [f"[{name}] is unknown" for name in tables if name not in (
        "task", "labels", *rights
    )]  # fmt: skip
    for name in ("task", "labels", *rights):
        for left, right in tables.get(name, {}).items():
            if not isinstance(right, str) or right not in rights.get(name, (right,)):
                known = f" of {', '.join(filter(None, rights[name]))}" if name in rights else ""
                problems.append(f"{name}.{left} must be text{known}, not {right!r}")
    if problems:
        raise SourceError(f"the mapping has mistakes: {'; '.join(problems)}")
    task = tables.get("task", {})
    return Mapped(
        task.get("text", ""),
        task.get("title", "title"),
        tables.get("labels", {}),
        tables.get("relations", {}),
        tables.get("choices", {}),
    )


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
            is_region = part.get("type") != "relation" and "choices" not in _get_value(part)
            if is_region:
                self._take_region(part)
        for part in result:
            if "choices" in _get_value(part):
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
        names, value = _get_labels(part), _get_value(part)
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
        for choice in _list_names(_get_value(part)["choices"]):
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
        names = _list_names(part.get("labels")) or [""]
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


def list_labels(result: Sequence[Any]) -> list[str]:
    """Return the labels of regions, as far as they are words."""
    return [label for part in result if isinstance(part, dict) for label in _get_labels(part)]


def _list_parts(tasks: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for task in tasks:
        for annotation in task.get("annotations") or ():
            if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
                continue
            result = annotation.get("result")
            for part in result if isinstance(result, list) else ():
                if isinstance(part, dict):
                    yield part


def _get_value(part: Mapping[str, Any]) -> Mapping[str, Any]:
    value = part.get("value")
    return value if isinstance(value, dict) else {}


def _get_labels(part: Mapping[str, Any]) -> list[str]:
    """Return a region's labels, which stand under the name of its control's type."""
    value = _get_value(part)
    return _list_names(value.get("labels") or value.get(str(part.get("type")), ()))


def _list_names(value: Any) -> list[str]:
    return [x for x in value if isinstance(x, str)] if isinstance(value, (list, tuple)) else []


def _guess_text(tasks: Sequence[Mapping[str, Any]]) -> str:
    """Return the key whose values are the longest words of all."""
    lengths: Counter[str] = Counter()
    for task in tasks:
        data = task["data"]
        lengths.update({key: len(value) for key, value in data.items() if isinstance(value, str)})
    return lengths.most_common(1)[0][0] if lengths else "text"


def _guess_role(name: str) -> str:
    plain = name.lower().replace("_", " ").strip()
    if not plain:
        return "plain"
    roles = (role for role, words in _ROLE_WORDS.items() if plain in words)
    return next(roles, read_polarity(name) or "")


def _guess_choice(name: str) -> str:
    plain = name.lower()
    for word in ("denied", "hypothetical", "asserted", AUTHOR_CHOICE):
        if plain.startswith(word[:5]):
            return word
    return read_polarity(name) or ""


def _quote(value: str) -> str:
    """Write a string of TOML, whose escapes are those of JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
