"""Holders: who has an attitude, and who cannot have one."""

from __future__ import annotations

from spacy.tokens import Token

from workbench.core.span import Span
from workbench.pipeline.stances.scene import Scene
from workbench.pipeline.syntax import find_controllers, find_possessor

HOLDING = frozenset({"PERSON", "ROLE", "GPE", "ORG", "NORP"})
_PRONOUNS = frozenset({"i", "we", "he", "she", "they", "it", "both", "us", "him", "her", "them"})
_PRONOUNS_OF = frozenset({"his", "her", "their", "our", "my", "its"})


def find_holders(scene: Scene, verb: Token) -> list[Span]:
    """Return who does what a verb says, through borrowed subjects; several act together."""
    demanding = scene.lexicon.roles.get("demanding", frozenset())
    tokens = find_controllers(verb, demanding)
    return keep_holders(scene, verb, tokens)


def keep_holders(scene: Scene, verb: Token, tokens: list[Token]) -> list[Span]:
    """Return the spans of those words that can hold an attitude."""
    spans: list[Span] = []
    for token in tokens:
        span = find_holder(scene, token)
        if span is not None and span not in spans and _same_line(scene, token, verb):
            spans.append(span)
    return spans


def find_holder(scene: Scene, token: Token) -> Span | None:
    """Return a word's span if it names who can hold an attitude, through statements and posts."""
    if scene.has(token, "message"):
        owners = find_possessor(token)
        return find_holder(scene, owners[0]) if owners and owners[0] is not token else None
    entity = scene.ends.find_entity(token)
    if entity is not None:
        return entity if entity.label in HOLDING else None
    if token.lower_ in _PRONOUNS or token.lower_ in _PRONOUNS_OF or scene.has(token, "agent"):
        return scene.ends.find_end(token)
    return None


def find_modifier(scene: Scene, noun: Token) -> list[Span]:
    """Return the country before a noun whose attitude it is: "US support", "Indian concern"."""
    for child in noun.lefts:
        if child.dep_ in ("compound", "amod", "nmod"):
            entity = scene.ends.by_token.get(child.i)
            if entity is not None and entity.label_ in HOLDING and entity.end <= noun.i:
                span = scene.ends.find_entity(child)
                return [span] if span is not None else []
    return []


def _same_line(scene: Scene, token: Token, verb: Token) -> bool:
    return scene.ends.line(token) == scene.ends.line(verb)
