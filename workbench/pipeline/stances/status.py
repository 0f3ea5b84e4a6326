"""Status: what denies a cue, makes it hypothetical, or turns it into its opposite."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Token

from workbench.core.stance import Status
from workbench.pipeline.stances.scene import Scene

_CLIMB = 5
_REACH = 8
_BESIDE = frozenset(["by", "after", "before", "while", "in", "on", "upon", "since", "through"])
"""Prepositions of clauses that what stands above does not steer."""
_NOBODY = frozenset(["nobody", "none", "no-one", "neither", "nothing"])


@dataclass(slots=True)
class Turn:
    """What stands above a cue: its status, whether it is reversed, and where its words begin.

    `own` are the numbers of the cue's words, which steer nothing; the modals of a firm cue ("can
    not stomach") belong to it.
    """

    status: Status = "asserted"
    reversed: bool = False
    first: int = 0
    demanded: bool = False
    own: frozenset[int] = frozenset()
    firm: bool = False


def read_turn(
    scene: Scene,
    verb: Token,
    noun: Token | None = None,
    *,
    own: frozenset[int] = frozenset(),
    firm: bool = False,
) -> Turn:
    """Read the words that steer a cue, from its verb up through the verbs it hangs on.

    `noun` is the cue itself where a light verb carries it.
    """
    first = min(verb.i, noun.i) if noun is not None else verb.i
    turn = Turn(first=first, own=own, firm=firm)
    denied = noun is not None and _is_denied(scene, noun, turn)
    at = verb
    for step in range(_CLIMB):
        denied = _is_denied(scene, at, turn) or denied
        if step == 0 or at.dep_ != "ROOT":
            _read_condition(scene, at, turn)
        above = _find_above(scene, at)
        if above is None:
            break
        if scene.has(above, "demanding") and _is_asked(at):
            turn.demanded = True
        if scene.has(above, "denier"):
            denied = True
            _reach(turn, above.i)
        elif scene.has(above, "reverser"):
            turn.reversed = not turn.reversed
            turn.first = min(turn.first, above.i)
        elif not scene.has(above, "passing") and not turn.demanded:
            _read_condition(scene, above, turn)
            break
        at = above
    if denied:
        turn.status = "denied"
    return turn


def _is_asked(verb: Token) -> bool:
    """Tell whether a clause under "urge" or "tell" is what is asked, and no speech."""
    if verb.dep_ == "xcomp":
        return True
    asks = verb.head.lower_ not in ("told", "tell", "tells", "telling", "warned", "warns", "warn")
    return (
        verb.dep_ == "ccomp"
        and (asks or any(c.lower_ == "to" for c in verb.lefts))
        and (verb.i > verb.head.i)
    )


def _find_above(scene: Scene, verb: Token) -> Token | None:
    """Return the verb that a verb depends on for what it means, None where the clause ends."""
    if verb.dep_ in ("xcomp", "ccomp") and verb.head.pos_ in ("VERB", "AUX", "ADJ"):
        own = any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.lefts)
        if verb.dep_ == "ccomp" and own and not scene.has(verb.head, "demanding"):
            return None
        return verb.head
    if verb.dep_ == "pcomp" and verb.head.dep_ == "prep":
        above = verb.head.head
        if verb.head.lower_ in _BESIDE:
            return None
        # "steered clear of blaming"
        return above.head if above.dep_ in ("advmod", "acomp", "prt") else above
    if verb.dep_ == "dobj" and verb.head.pos_ == "VERB":
        return verb.head
    if verb.dep_ == "acl" and verb.head.dep_ in ("dobj", "attr") and verb.head.head.pos_ == "VERB":
        # "made no attempt to defend", "took steps to isolate"
        return verb.head.head
    own = any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.lefts)
    if verb.dep_ == "conj" and verb.head.pos_ in ("VERB", "AUX") and not own:
        return verb.head if _shares(verb) else None
    return None


def _shares(verb: Token) -> bool:
    """Tell whether "and" or "or" hands the first verb's negation and modal on to this one."""
    has_helper = any(child.dep_ in ("aux", "auxpass", "neg") for child in verb.lefts)
    joined_by = {child.lower_ for child in verb.head.rights if child.dep_ == "cc"}
    negated = any(child.dep_ == "neg" for child in verb.head.children)
    return not has_helper and (bool(joined_by & {"or", "nor"}) or not negated)


def _is_denied(scene: Scene, token: Token, turn: Turn) -> bool:
    words = scene.lexicon.roles.get("negative", frozenset())
    for child in token.children:
        if child.i in turn.own:
            continue
        if child.dep_ in ("neg", "det", "preconj", "cc") and child.lower_ in words:
            # The auxiliary belongs to the negation: "did not".
            helpers = [c.i for c in token.lefts if c.dep_ in ("aux", "auxpass") and c.i < child.i]
            _reach(turn, min([child.i, *helpers]))
            return True
    for child in token.lefts:
        if child.dep_ in ("nsubj", "nsubjpass") and _is_nobody(child):
            return True
    if token.dep_ == "pcomp" and token.head.lower_ in ("without", "from"):
        stops = token.head.lower_ == "from" and not scene.has(token.head.head, "reverser")
        if token.head.lower_ == "without" or (stops and scene.has(token.head.head, "ender")):
            _reach(turn, token.head.i)
            return True
    if token.dep_ == "pobj" and token.head.lower_ == "without":
        _reach(turn, token.head.i)
        return True
    return False


def _is_nobody(subject: Token) -> bool:
    """Tell whether a subject is "no minister" or "nobody"."""
    if subject.lower_ in _NOBODY:
        return True
    return any(child.dep_ == "det" and child.lower_ == "no" for child in subject.lefts)


def _reach(turn: Turn, number: int) -> None:
    if 0 <= turn.first - number <= _REACH:
        turn.first = number


def _read_condition(scene: Scene, verb: Token, turn: Turn) -> None:
    modals = scene.lexicon.roles.get("modal", frozenset())
    conditions = scene.lexicon.roles.get("condition", frozenset())
    for child in verb.children:
        if child.i in turn.own or (turn.firm and child.dep_ == "aux"):
            continue
        if child.dep_ == "aux" and child.lower_ in modals:
            turn.status = "hypothetical"
            _reach(turn, child.i)
        elif child.dep_ == "mark" and child.lower_ in conditions:
            turn.status = "hypothetical"
        elif child.dep_ == "advcl" and child.pos_ in ("VERB", "AUX"):
            marks = {c.lower_ for c in child.lefts if c.dep_ == "mark"}
            if marks & conditions and "whether" not in marks:
                turn.status = "hypothetical"
