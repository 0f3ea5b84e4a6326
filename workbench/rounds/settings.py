"""A round's settings: stored when it is first pushed, and held against what is asked later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.adapters.records import write_scheme
from workbench.core.errors import RoundError
from workbench.core.round import Round
from workbench.project import Project
from workbench.rounds.plan import check_round
from workbench.store.rounds import add_round, get_round, is_closed, list_rounds


def ensure_round(project: Project, name: str, stated: Mapping[str, Any]) -> Round:
    """Return the stored round, or store it with the settings that are stated (None: not stated).

    A round that is there keeps its settings: what is stated must be the same. Raises RoundError
    with everything that is wrong, and where the round is closed.
    """
    given = {what: value for what, value in stated.items() if value is not None}
    with project.store() as connection:
        if name in {known.name for known in list_rounds(connection)}:
            known = get_round(connection, name)
            if is_closed(connection, name):
                raise RoundError(f"round {name!r} is closed; push to a new round")
            _require_same(known, given, project.scheme.hash)
            return known
    scheme = project.scheme
    rnd = Round(
        name=name,
        scheme=scheme.hash,
        guideline=scheme.guideline_hash,
        asked=scheme.asked,
        **{"seed": project.seed, **given},
    )
    problems = check_round(rnd)
    if problems:
        raise RoundError(f"round {name!r}: {'; '.join(problems)}")
    with project.store() as connection:
        add_round(connection, rnd, write_scheme(scheme), at=project.now())
    return rnd


def _require_same(known: Round, given: Mapping[str, Any], scheme: str) -> None:
    for what, value in given.items():
        stands = getattr(known, what)
        # Whoever joined comes after those that the round was first pushed with.
        same = stands[: len(value)] == value and bool(value) if what == "annotators" else False
        if stands != value and not same:
            raise RoundError(
                f"round {known.name!r} was pushed with {what} {stands!r}, not {value!r}; push "
                "with the same or without it, or to a new round"
            )
    if known.scheme != scheme:
        raise RoundError(
            f"the scheme was changed after round {known.name!r} was pushed; bring the change into "
            f"the round: workbench migrate {known.name}"
        )
