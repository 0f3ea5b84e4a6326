"""Speech tags: "…, an aide confided" behind what is said without marks.

Read from the words between commas rather than from the parse, which often goes astray there.
"""

from __future__ import annotations

from spacy.tokens import Token

from workbench.core.span import Span
from workbench.pipeline.mentions import Ends
from workbench.pipeline.words import find_sentence

_FINITE = ("VBD", "VBZ", "VBP", "MD")
_LONGEST = 22
_FARTHEST = 120
_OPENS_PHRASE = ("ADP", "SCONJ", "CCONJ", "ADV")
_RANK = ("PERSON", "ROLE", "ORG", "GPE", "NORP")
_PRONOUNS = frozenset(["he", "she", "they", "it", "i", "we"])


def find_tagged(verb: Token) -> tuple[int, int] | None:
    """Return the tokens of the clause before a speech tag, None where there is no tag.

    The tag is what stands between the last comma that a finite verb precedes and the verb.
    """
    doc = verb.doc
    first = max(find_sentence(doc, verb.i)[0], verb.i - _FARTHEST)
    if any(child.dep_ == "ccomp" and child.i > verb.i for child in verb.children):
        return None
    if verb.i + 1 < len(doc) and verb.nbor(1).lower_ in ("that", "to", ":"):
        return None
    comma = None
    at = verb.i - 1
    while at > first and verb.i - at < _LONGEST:
        token = doc[at]
        if token.text == ",":
            if comma is not None and doc[at + 1].pos_ in _OPENS_PHRASE:
                break
            if doc[at + 1].pos_ not in _OPENS_PHRASE and at + 1 < verb.i:
                comma = at
        elif token.tag_ in _FINITE or token.text in '“”"':
            break
        at -= 1
    if comma is None or comma - first < 2:
        return None
    said = doc[first:comma]
    if not any(token.tag_ in _FINITE for token in said) or said[-1].text in ("”", '"'):
        return None
    return (first, comma)


def find_tag_source(verb: Token, start: int, ends: Ends) -> Span | None:
    """Return who a tag names: a person before an office, an office before a body."""
    found: dict[str, Span] = {}
    pronoun = None
    for number in range(start, verb.i):
        token = verb.doc[number]
        if found and token.lower_ in ("for", "of", "at", "from"):
            # "a spokesman for the minister": the spokesman speaks.
            break
        if token.lower_ in _PRONOUNS:
            pronoun = token
        entity = ends.find_entity(token)
        if entity is not None:
            found.setdefault(entity.label, entity)
    for label in _RANK:
        if label in found and not (label == "ORG" and pronoun is not None):
            return found[label]
    return ends.find_end(pronoun) if pronoun is not None else None
