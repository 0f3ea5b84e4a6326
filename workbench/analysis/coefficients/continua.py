"""A continuum: what several annotators marked in one text, each unit a (start, end, label)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import RatingError

Unit = tuple[int, int, str]
Units = Mapping[str, Iterable[Any]]
"""Annotator → units: (start, end, label), or spans with these attributes."""


@dataclass(frozen=True, slots=True)
class Continuum:
    """The units of each annotator in the code points from 0 to length, sorted."""

    annotators: tuple[str, ...]
    units: tuple[tuple[Unit, ...], ...]
    length: int
    document: str = ""

    @property
    def n(self) -> int:
        """How many units there are, of all annotators."""
        return sum(map(len, self.units))

    def __iter__(self) -> Any:
        """Go through the annotators' units."""
        return iter(self.units)


def read_unit(unit: Any) -> Unit:
    """Return a unit or span as (start, end, label)."""
    if isinstance(unit, (tuple, list)):
        if len(unit) != 3:
            raise RatingError(f"a unit is (start, end, label), and {unit!r} is not")
        start, end, label = unit
    else:
        start, end, label = unit.start, unit.end, unit.label
    return (start, end, label)


def read_continua(
    units: Units | Sequence[Units], length: int | Sequence[int] | None = None
) -> list[Continuum]:
    """Return one continuum, or one for each document of a list.

    Without a length a continuum ends with its last unit. Raises RatingError with everything that
    is wrong: units that are empty or reach out of their text.
    """
    many = [units] if isinstance(units, Mapping) else list(units)
    lengths = list(length) if isinstance(length, Iterable) else [length] * len(many)
    if len(lengths) != len(many):
        raise RatingError(f"{len(many)} documents came with {len(lengths)} lengths")
    read, problems = [], []
    for number, (one, long) in enumerate(zip(many, lengths, strict=True)):
        marked = tuple(tuple(sorted(map(read_unit, found))) for found in one.values())
        last = max((end for each in marked for _, end, _ in each), default=0)
        read.append(Continuum(tuple(one), marked, last if long is None else long, str(number)))
        problems += [
            f"{name!r} marked {start}..{end} in a text of {read[-1].length}"
            for name, each in zip(one, marked, strict=True)
            for start, end, _ in each
            if not 0 <= start < end <= read[-1].length
        ]
    if problems:
        raise RatingError("units do not fit: " + "; ".join(problems))
    return read


def find_overlap(continua: Iterable[Continuum], *, within_label: bool = False) -> str:
    """Say where two units of one annotator overlap, in any label or in the same; "" nowhere."""
    for continuum in continua:
        for name, units in zip(continuum.annotators, continuum.units, strict=True):
            reached: dict[str, int] = {}
            for start, end, label in units:
                key = label if within_label else ""
                if start < reached.get(key, 0):
                    return f"{name} at {start}..{end}"
                reached[key] = end
    return ""


def keep_outermost(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return the units that lie within no other and overlap none before them, longest first."""
    kept: list[Unit] = []
    for unit in sorted(units, key=lambda unit: (unit[0], -unit[1], unit[2])):
        if not kept or unit[0] >= kept[-1][1]:
            kept.append(unit)
    return tuple(kept)
