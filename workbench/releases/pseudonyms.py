"""Pseudonyms: the people of a release by number, the same in every release of a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from workbench.core.layer import Layer

_PEOPLE = ("person", "simulated")


def name_people(authors: Iterable[str]) -> dict[str, str]:
    """Give people numbers in the order in which they first did something; others keep names.

    Whoever comes later gets the next number, so that a pseudonym never changes hands.
    """
    people = [a for a in dict.fromkeys(authors) if a.split(":")[0] in _PEOPLE]
    return {a: f"{a.split(':')[0]}:p{n}" for n, a in enumerate(people, start=1)}


def hide_people(layer: Layer, names: Mapping[str, str]) -> Layer:
    """Return a layer whose author and voters bear their pseudonyms."""
    verdicts = {
        item_id: replace(
            verdict,
            votes=tuple(sorted(names.get(voter, voter) for voter in verdict.votes)),
            readings=tuple(sorted((names.get(a, a), marked) for a, marked in verdict.readings)),
        )
        for item_id, verdict in layer.verdicts.items()
    }
    author = names.get(layer.author, layer.author)
    return replace(layer, author=author, verdicts=verdicts)


def hide_names(value: Any, names: Mapping[str, str]) -> Any:
    """Return a JSON value in which every string that names somebody is the pseudonym."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {names.get(key, key): hide_names(part, names) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [hide_names(part, names) for part in value]
    return value
