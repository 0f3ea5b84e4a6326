"""The best alignment of what several annotators marked: which of their units belong together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.coefficients.continua import Unit
from workbench.analysis.intervals import Floats
from workbench.core.errors import RatingError

Members = tuple[int, ...]
"""Positions of units that belong together, at most one of each annotator."""
_TRIED = 12
"""Up to so many units a component is solved by trying, beyond by integer programming."""
_BLOCK = 100
"""So many units at least are compared at once: small tables cost more to set up than to fill."""


@dataclass(frozen=True, slots=True)
class Dissimilarity:
    """How unlike two units are (Mathet, Widlöcher and Métivier 2015, sections 4.2 to 4.4).

    `alpha` times how far apart they lie, relative to their lengths, plus `beta` where their labels
    differ; a unit that stands alone costs `delta_empty`.
    """

    alpha: float = 1.0
    beta: float = 1.0
    delta_empty: float = 1.0

    def measure(self, units: Sequence[Unit]) -> Floats:
        """Return the dissimilarity of each two units."""
        start = np.array([unit[0] for unit in units], dtype=np.float64)
        end = np.array([unit[1] for unit in units], dtype=np.float64)
        names = {label: i for i, label in enumerate(dict.fromkeys(unit[2] for unit in units))}
        label = np.array([names[unit[2]] for unit in units], dtype=np.intp)
        apart = np.abs(start[:, None] - start) + np.abs(end[:, None] - end)
        length = end - start
        place = (apart / (length[:, None] + length)) ** 2
        unlike: Floats = self.alpha * place + self.beta * (label[:, None] != label)
        return unlike * self.delta_empty


def align_units(
    units: Sequence[Sequence[Unit]], dissimilarity: Dissimilarity
) -> tuple[list[Members], float]:
    """Return the alignment of annotators' units that costs least, and what it costs.

    Units are numbered through all annotators. A group of units costs the mean dissimilarity of
    each two annotators in it, where one without a unit counts as `delta_empty`. The whole is a
    set partition; its connected components do not touch each other, and the small ones, which are
    nearly all, are solved by trying.
    """
    flat = [unit for each in units for unit in each]
    owner = np.repeat(np.arange(len(units)), [len(each) for each in units])
    if not flat:
        return [], 0.0
    groups: list[Members] = []
    saved: list[float] = []
    for block in _cut(flat, len(units), dissimilarity):
        apart = dissimilarity.measure([flat[unit] for unit in block])
        found, costs = _list_groups(apart, owner[block], len(units), dissimilarity)
        saved += [dissimilarity.delta_empty * len(g) - c for g, c in zip(found, costs, strict=True)]
        groups += [tuple(block[i] for i in group) for group in found]
    picked: list[int] = []
    large: list[int] = []
    for members, candidates in _split(len(flat), groups):
        if len(members) > _TRIED:
            large += candidates
        else:
            picked += _try_all(members, {c: groups[c] for c in candidates}, saved)
    if large:
        picked += _program({c: groups[c] for c in large}, saved)
    taken = {unit for c in picked for unit in groups[c]}
    chosen = [groups[c] for c in picked] + [(u,) for u in range(len(flat)) if u not in taken]
    cost = dissimilarity.delta_empty * len(flat) - sum(saved[c] for c in picked)
    return sorted(chosen), float(cost)


def _cut(units: Sequence[Unit], annotators: int, dissimilarity: Dissimilarity) -> list[list[int]]:
    """Cut the text where no unit before can belong to one behind: the rest is small tables.

    Two units at a distance g are off by their lengths and 2 g, so what may be off by `reach`
    times both lengths lies within (reach - 1) / 2 of each one's own.
    """
    if not dissimilarity.alpha > 0:
        return [list(range(len(units)))]
    reach = math.sqrt((comb(annotators, 2) + annotators - 1) / dissimilarity.alpha)
    margin = max(0.0, (reach - 1) / 2)
    wide = sorted(
        (start - margin * (end - start), end + margin * (end - start), unit)
        for unit, (start, end, _) in enumerate(units)
    )
    blocks: list[list[int]] = []
    reached = -math.inf
    for start, end, unit in wide:
        if not blocks or (start > reached and len(blocks[-1]) >= _BLOCK):
            blocks.append([])
        blocks[-1].append(unit)
        reached = max(reached, end)
    return [sorted(block) for block in blocks]


def _list_groups(
    apart: Floats, owner: NDArray[np.intp], annotators: int, dissimilarity: Dissimilarity
) -> tuple[list[Members], Floats]:
    """List the groups of two and more units that may be part of a best alignment, with costs.

    A group is left out where one of its units is better off alone; what is kept is exact.
    """
    alone, pairs = dissimilarity.delta_empty, comb(annotators, 2)
    far = alone * (pairs + annotators - 1)
    near = (apart < far) & (owner[:, None] < owner[None, :])
    first, second = np.nonzero(near)
    groups = np.stack([first, second], axis=1)
    listed: list[NDArray[np.intp]] = []
    costs: list[Floats] = []
    while len(groups):
        size = groups.shape[1]
        within = apart[groups[:, :, None], groups[:, None, :]]
        kept = (within.sum(axis=2) < alone * (pairs + size - 1)).all(axis=1)
        missing = pairs - comb(size, 2)
        cost = (within.sum(axis=(1, 2)) / 2 + missing * alone) / pairs
        listed += list(groups[kept])
        costs.append(cost[kept])
        if size == annotators:
            break
        groups = _extend(groups, near, apart, far)
    members = [tuple(map(int, group)) for group in listed]
    return members, np.concatenate(costs) if costs else np.zeros(0)


def _extend(
    groups: NDArray[np.intp], near: NDArray[np.bool_], apart: Floats, far: float
) -> NDArray[np.intp]:
    """Add each unit of a later annotator that lies near to all members of a group."""
    found: list[NDArray[np.intp]] = [np.zeros((0, groups.shape[1] + 1), dtype=np.intp)]
    for part in np.array_split(groups, max(1, len(groups) * len(near) // 4_000_000)):
        fits = near[part].all(axis=1) & (apart[part].sum(axis=1) < far)
        row, unit = np.nonzero(fits)
        found.append(np.hstack([part[row], unit[:, None]]))
    return np.concatenate(found)


def _split(n: int, groups: Sequence[Members]) -> Iterable[tuple[list[int], list[int]]]:
    """Yield the connected components: their units, and the candidates among them."""
    parent = list(range(n))

    def find(unit: int) -> int:
        while parent[unit] != unit:
            parent[unit] = parent[parent[unit]]
            unit = parent[unit]
        return unit

    for group in groups:
        for unit in group[1:]:
            parent[find(unit)] = find(group[0])
    components: dict[int, tuple[list[int], list[int]]] = {}
    for unit in range(n):
        components.setdefault(find(unit), ([], []))[0].append(unit)
    for number, group in enumerate(groups):
        components[find(group[0])][1].append(number)
    return components.values()


def _try_all(
    members: Sequence[int], groups: Mapping[int, Members], saved: Sequence[float]
) -> list[int]:
    """Choose the groups without a common unit that save most against units that stand alone.

    Each set of units that are left is solved once, from its first unit on.
    """
    place = {unit: i for i, unit in enumerate(members)}
    masks: dict[int, list[tuple[int, int]]] = {}
    for number, group in groups.items():
        mask = sum(1 << place[unit] for unit in group)
        masks.setdefault(mask & -mask, []).append((mask, number))
    known: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}

    def solve(left: int) -> tuple[float, list[int]]:
        if left not in known:
            first = left & -left
            best = solve(left ^ first)
            for mask, number in masks.get(first, ()):
                if mask & left == mask:
                    value, rest = solve(left ^ mask)
                    if value + saved[number] > best[0]:
                        best = (value + saved[number], [number, *rest])
            known[left] = best
        return known[left]

    return solve((1 << len(members)) - 1)[1] if groups else []


def _program(groups: Mapping[int, Members], saved: Sequence[float]) -> list[int]:
    """Choose the groups by integer programming: the solver's start costs more than components."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    numbers = list(groups)
    place = {unit: i for i, unit in enumerate(sorted({u for g in groups.values() for u in g}))}
    rows = [place[unit] for group in groups.values() for unit in group]
    columns = np.repeat(np.arange(len(numbers)), [len(group) for group in groups.values()])
    uses = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(place), len(numbers)))
    found = milp(
        -np.array([saved[number] for number in numbers]),
        integrality=np.ones(len(numbers), dtype=np.intp),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(uses, ub=np.ones(len(place))),
    )
    if found.x is None:
        raise RatingError(f"the best alignment was not found: {found.message}")
    return [numbers[int(c)] for c in np.flatnonzero(found.x > 0.5)]
