"""The frame tier: a cue's own arguments in the parse, by the cue's part of speech and kind."""

from __future__ import annotations

from workbench.pipeline.stances.exclamations import read_exclamation
from workbench.pipeline.stances.matching import Match
from workbench.pipeline.stances.nouns import read_adjective, read_noun
from workbench.pipeline.stances.reading import Reading
from workbench.pipeline.stances.scene import Scene
from workbench.pipeline.stances.verbs import read_demand, read_receiving, read_verb


def read_cue(scene: Scene, match: Match) -> Reading:
    """Read a cue's frame."""
    if match.cue.kind == "exclaim":
        return read_exclamation(scene, match)
    if match.cue.part == "noun":
        return read_noun(scene, match)
    if match.cue.part == "adj":
        return read_adjective(scene, match)
    if match.cue.kind == "demand":
        return read_demand(scene, match)
    if match.cue.kind == "receiving":
        return read_receiving(scene, match)
    return read_verb(scene, match)
