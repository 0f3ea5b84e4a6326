"""Mappings: what another Label Studio project's labels, links and choices are called here."""

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
from workbench.core.errors import SourceError
from workbench.core.stance import POLARITIES
from workbench.exchange.labels import suggest_label
from workbench.exchange.polarities import read_polarity
from workbench.exchange.results import get_labels, get_value, list_names, list_parts

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
    for part in list_parts(tasks):
        if part.get("type") == "relation":
            if part.get("labels"):
                return False
        elif part.get("from_name") not in _OWN:
            return False
    return True


def draft_tables(tasks: Sequence[Mapping[str, Any]], labels: Sequence[str], name: str) -> str:
    """Draft the mapping as TOML, each line with how often its left side occurs."""
    found = _count_parts(tasks)
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


def _count_parts(tasks: Sequence[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """Count the labels, links and choices of an export, each under its table's name."""
    found: dict[str, Counter[str]] = {
        "labels": Counter(),
        "relations": Counter(),
        "choices": Counter(),
    }
    for part in list_parts(tasks):
        if part.get("type") == "relation":
            found["relations"].update(list_names(part.get("labels")) or [""])
        elif "choices" in get_value(part):
            picked = list_names(get_value(part)["choices"])
            found["choices"].update(f"{part.get('from_name')}.{choice}" for choice in picked)
        else:
            found["labels"].update(get_labels(part))
    return found


def _find_cues(tasks: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the labels of regions on which a choice states an attitude."""
    found: set[str] = set()
    for task in tasks:
        parts = list(list_parts([task]))
        judged = {
            str(part.get("id"))
            for part in parts
            if any(read_polarity(name) for name in list_names(get_value(part).get("choices")))
        }
        for part in parts:
            if str(part.get("id")) in judged and "choices" not in get_value(part):
                found |= set(get_labels(part))
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
