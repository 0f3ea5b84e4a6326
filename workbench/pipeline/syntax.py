"""Syntax: subjects, objects and complements in a dependency parse, and what they share.

All walks are bounded, so that an endless sentence costs no more than its length.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from spacy.tokens import Token

_CLIMB = 8
_JOINED = 8
_SUBJECTS = ("nsubj", "expl")
_RELATIVE = frozenset({"WDT", "WP", "WP$", "WRB"})


def expand(token: Token) -> list[Token]:
    """Return a token with what "and" joins to it, itself first."""
    found = [token]
    at = token
    for _ in range(_JOINED):
        joined = [
            child
            for child in at.rights
            if child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN", "PRON", "NUM")
        ]
        if not joined:
            break
        found += joined
        at = joined[-1]
    return [*_joined_before(token), *found, *_joined_by_apposition(token)]


def _joined_before(token: Token) -> list[Token]:
    """Return what the parse hangs before a name it is joined to: "Sato and Delos Reyes"."""
    for child in token.lefts:
        if child.dep_ in ("nmod", "compound") and any(c.dep_ == "cc" for c in child.rights):
            return [child]
    return []


def _joined_by_apposition(token: Token) -> list[Token]:
    """Return what "and" joins behind an apposition: "Peru, the host, and Chile"."""
    for child in token.rights:
        if child.dep_ == "appos":
            joined = [t for t in child.rights if t.dep_ == "conj" and t.pos_ == "PROPN"]
            # "Fiji, Tonga and Samoa": the parse takes the second for another name of the first.
            return [child, *joined] if joined and child.pos_ == "PROPN" else joined
    return []


def is_passive(verb: Token) -> bool:
    """Tell whether a verb is in the passive, reduced clauses ("backed by") included."""
    if any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.children):
        return True
    return verb.dep_ == "acl" and verb.tag_ == "VBN"


def find_antecedent(token: Token) -> Token | None:
    """Return what a relative pronoun stands for, the token itself where it is none."""
    if token.tag_ not in _RELATIVE and token.lower_ != "that":
        return token
    at = token
    for _ in range(_CLIMB):
        if at.dep_ == "relcl":
            return at.head
        if at.head is at:
            return None
        at = at.head
    return None


def find_subjects(verb: Token) -> list[Token]:
    """Return a verb's own subjects, those of the passive not among them."""
    for child in verb.lefts:
        if child.dep_ in _SUBJECTS:
            antecedent = find_antecedent(child)
            return expand(antecedent) if antecedent is not None else []
    # "…," said the minister: the subject follows.
    for child in verb.rights:
        if child.dep_ == "nsubj":
            return expand(child)
    return []


def find_agents(verb: Token) -> list[Token]:
    """Return who does what a passive verb says."""
    for child in verb.children:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"):
            return [t for noun in child.children if noun.dep_ == "pobj" for t in expand(noun)]
    return []


def find_controllers(verb: Token, demanding: Collection[str] = ()) -> list[Token]:
    """Return who does what a verb says: its subject, its agent, or the subject it borrows.

    A verb without a subject borrows that of the clause it hangs on; under a verb of `demanding`
    (forms in lower case) it is the one who is asked.
    """
    if is_passive(verb):
        return find_agents(verb)
    at = verb
    for _ in range(_CLIMB):
        own = find_subjects(at) if at.pos_ in ("VERB", "AUX", "ADJ") or at is verb else []
        if own:
            return own
        if at is not verb and is_passive(at):
            return find_passive_subjects(at)
        if at.dep_ == "xcomp" and at.head.lower_ in demanding:
            return find_objects(at.head) or find_complements(at.head, ("on", "upon", "to"))
        if at.dep_ == "acl" and at.tag_ == "VBG" and at.head.pos_ in ("PROPN", "PRON"):
            return expand(at.head)
        if at.pos_ == "NOUN" and (owner := find_possessor(at)):
            return owner
        if at.head is at or at.dep_ in ("relcl", "ROOT", "nsubj", "nsubjpass"):
            return []
        at = at.head
    return []


def find_passive_subjects(verb: Token) -> list[Token]:
    """Return what a passive verb is done to."""
    for child in verb.lefts:
        if child.dep_ == "nsubjpass":
            antecedent = find_antecedent(child)
            return expand(antecedent) if antecedent is not None else []
    if verb.dep_ == "acl" and verb.tag_ == "VBN":
        return [verb.head]
    # "was welcomed and praised": the second verb borrows the subject of the first.
    if verb.dep_ == "conj" and verb.head is not verb:
        return find_passive_subjects(verb.head)
    return []


def find_possessor(noun: Token) -> list[Token]:
    """Return whose a noun is: "Peru's support", "support from Peru", "criticism by Peru"."""
    for child in noun.lefts:
        if child.dep_ == "poss" and child.tag_ != "WP$":
            return expand(child)
    for child in noun.rights:
        if child.dep_ in ("prep", "agent") and child.lower_ in ("by", "from"):
            return [t for n in child.children if n.dep_ == "pobj" for t in expand(n)]
    return []


def find_objects(verb: Token) -> list[Token]:
    """Return a verb's objects: its own, those of the passive, or what a relative clause is about.

    "condemned and rejected the plan" gives the plan to both verbs.
    """
    if is_passive(verb):
        return find_passive_subjects(verb)
    for child in verb.rights:
        if child.dep_ in ("dobj", "obj"):
            return expand(child)
    for child in verb.lefts:
        if child.dep_ in ("dobj", "obj"):
            antecedent = find_antecedent(child)
            return [antecedent] if antecedent is not None else []
    if verb.dep_ == "relcl" and not any(
        child.dep_ == "nsubj" and child.tag_ in _RELATIVE for child in verb.lefts
    ):
        return [verb.head]
    for child in verb.rights:
        if child.dep_ == "conj" and child.pos_ == "VERB" and child.i - verb.i <= 4:
            return [t for t in find_objects(child) if t is not verb]
    return []


def find_complements(token: Token, prepositions: Collection[str]) -> list[Token]:
    """Return the objects of a word's prepositional phrases; a verb form stands for its clause."""
    for phrase in _phrases(token):
        if phrase.lower_ in prepositions:
            found = [
                t
                for child in phrase.rights
                if child.dep_ in ("pobj", "pcomp")
                for t in (expand(child) if child.dep_ == "pobj" else [child])
            ]
            if found:
                return found
    return []


def _phrases(token: Token) -> Iterator[Token]:
    for child in token.rights:
        if child.dep_ in ("prep", "dative", "agent", "prt", "advmod"):
            yield child
            # "spoke out against", "came out in support of"
            yield from (inner for inner in child.rights if inner.dep_ == "prep")


def find_infinitive(token: Token) -> Token | None:
    """Return the verb of a word's infinitive: "vowed to defend", "a commitment to expand"."""
    for child in token.rights:
        is_verb = child.pos_ in ("VERB", "AUX")
        if is_verb and child.dep_ in ("xcomp", "acl", "advcl", "ccomp") and _has_to(child):
            return child
    return None


def _has_to(verb: Token) -> bool:
    return any(child.lower_ == "to" and child.dep_ == "aux" for child in verb.lefts)


def find_clause(verb: Token) -> Token | None:
    """Return the verb of the clause that is a verb's object: "said that they agreed"."""
    for child in verb.children:
        if child.dep_ == "ccomp":
            return child
    return None
