"""What a push advises: how its tasks would be easier to work on."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.core.round import Round

MANY = 15
"""Stances in one task from which links become hard to follow on the screen."""


def advise_unit(rnd: Round, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Advise passages where whole articles have many suggested stances; one sentence or none.

    `counts` holds the suggested stances of each article that was sent.
    """
    if rnd.unit != "article":
        return ()
    many = sorted((id_ for id_ in counts if counts[id_] >= MANY), key=lambda id_: -counts[id_])
    if not many:
        return ()
    some = ", ".join(f"{id_} ({counts[id_]})" for id_ in many[:3])
    return (
        f"{len(many)} of {len(counts)} articles have {MANY} stances or more, such as {some}; "
        'their links are easier to follow by paragraph: a new round with unit="paragraph" '
        "(--unit paragraph)",
    )
