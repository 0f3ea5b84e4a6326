"""The labelling screen of a round: made of the scheme that it is annotated under now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.adapters.label_studio.config import make_config, make_instructions
from workbench.core.amendment import compose
from workbench.core.scheme import Scheme
from workbench.project import Project
from workbench.store.changes import find_amendments
from workbench.store.rounds import get_round_scheme


@dataclass(frozen=True, slots=True)
class Screen:
    """What Label Studio is told to show, and of what scheme; `names` says what gone labels mean."""

    scheme: Scheme
    names: Mapping[str, str]
    config: str
    instructions: str


def make_screen(project: Project, round_name: str) -> Screen:
    """Make the screen of a round; labels that were renamed stay readable and can't be chosen."""
    with project.store() as connection:
        scheme = get_round_scheme(connection, round_name)
        former = compose(find_amendments(connection, round_name))
    return Screen(scheme, former, make_config(scheme, former), make_instructions(scheme))
