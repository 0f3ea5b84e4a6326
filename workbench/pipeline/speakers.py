"""Speakers: who says what stands in quotation marks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection

from spacy.tokens import Doc, Token

from workbench.core.offsets import Offsets
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.pipeline.mentions import Ends
from workbench.pipeline.syntax import expand, find_controllers, find_subjects

_CARRIERS = frozenset(
    {"readout", "statement", "communique", "communiqué", "post", "letter", "note", "tweet"}
    | {"message", "report", "declaration", "memo", "resolution", "remarks", "speech", "release"}
    | {"comments", "summary", "dispatch"}
)
_PRONOUNS = frozenset({"he", "she", "they", "it", "i", "we"})
_WINDOW = 12
_SPEAKING = frozenset({"PERSON", "ROLE", "ORG", "GPE", "NORP"})


def find_speakers(
    doc: Doc, marked: list[Offsets], reporting: Collection[str], ends: Ends
) -> list[Quote]:
    """Return the direct quotes with their speakers.

    The reporting verb nearest to the closing mark, outside all marks and in the same paragraph,
    names the speaker; else "according to"; else who spoke the quotation before.
    """
    starts = [token.idx for token in doc]
    verbs = _find_reports(doc, marked, reporting, ends)
    at = [verb.idx for verb in verbs]
    quotes: list[Quote] = []
    previous: Span | None = None
    previous_end = 0
    for start, end in marked:
        line = _find_line(doc.text, start, end)
        near = verbs[bisect_left(at, line[0]) : bisect_left(at, line[1])]
        near.sort(key=lambda verb: _distance(verb.idx, start, end))
        speaker, rule = None, ""
        for verb in near[:3]:
            speaker = find_speaking_end(verb, ends)
            if speaker is not None:
                rule = f"direct:{verb.lower_}"
                break
        if speaker is None:
            speaker = _find_source(doc, starts, line, ends)
            rule = "direct:according"
        if speaker is None and doc.text.count("\n", previous_end, start) <= 2:
            speaker, rule = previous, "direct:previous"
        quotes.append(Quote(start, end, speaker, "direct", 0.8 if speaker else 0.5, rule or None))
        previous, previous_end = speaker, end
    return quotes


def _find_reports(
    doc: Doc, marked: list[Offsets], reporting: Collection[str], ends: Ends
) -> list[Token]:
    first = [start for start, _ in marked]
    verbs = []
    for token in doc:
        if token.lower_ not in reporting or ends.is_masked(token):
            continue
        if token.pos_ and token.pos_ not in ("VERB", "AUX", "X"):
            continue
        at = bisect_left(first, token.idx + 1) - 1
        if at < 0 or token.idx >= marked[at][1]:
            verbs.append(token)
    return verbs


def _distance(at: int, start: int, end: int) -> tuple[int, int]:
    """Order reporting verbs: nearest to the closing mark, then nearest to the opening one."""
    if at >= end:
        return (at - end, 0)
    # What introduces a quotation stands right before it more often than what follows is another's.
    return (start - at, 1)


def _find_line(text: str, start: int, end: int) -> Offsets:
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    return first, len(text) if last < 0 else last


def find_speaking_end(verb: Token, ends: Ends) -> Span | None:
    """Return who says what a reporting verb reports, through statements and posts."""
    doc = verb.doc
    if not doc.has_annotation("DEP"):
        return _find_beside(verb, ends)
    subjects = find_subjects(verb) or find_controllers(verb)
    for subject in subjects:
        subject = _find_behind(subject)
        if ends.line(subject) == ends.line(verb):
            return ends.find_end(subject)
    return _find_beside(verb, ends)


def _find_behind(subject: Token) -> Token:
    """Return who stands behind a statement: "a readout of the talks by Chen" is Chen's."""
    if subject.lower_ not in _CARRIERS:
        return subject
    for by in subject.subtree:
        if by.lower_ in ("by", "from") and by.dep_ in ("prep", "agent"):
            for noun in by.rights:
                if noun.dep_ == "pobj":
                    return noun
        if by.i - subject.i > _WINDOW:
            break
    for child in subject.lefts:
        if child.dep_ == "poss":
            return child
    return subject


def _find_beside(verb: Token, ends: Ends) -> Span | None:
    """Return the nearest entity or pronoun before a verb, or right after it."""
    doc = verb.doc
    for number in range(verb.i + 1, min(len(doc), verb.i + 5)):
        span = ends.find_entity(doc[number])
        if doc[number].is_punct:
            break
        if span is not None and span.label in _SPEAKING:
            following = ends.by_token.get(number)
            after = ends.by_token.get(following.end) if following is not None else None
            is_title = after is not None and after.label_ == "PERSON" and span.label != "PERSON"
            return ends.find_entity(doc[after.start]) if is_title and after else span
    for number in range(verb.i - 1, max(-1, verb.i - _WINDOW), -1):
        token = doc[number]
        if token.is_punct and token.text in '.!?“”"':
            break
        span = ends.find_entity(token)
        if span is not None and span.label in _SPEAKING:
            return span
        if token.lower_ in _PRONOUNS:
            return ends.find_end(token)
    return None


def _find_source(doc: Doc, starts: list[int], line: Offsets, ends: Ends) -> Span | None:
    """Return who "according to X" in the paragraph names."""
    first, last = bisect_left(starts, line[0]), bisect_left(starts, line[1])
    for number in range(first, last - 2):
        if doc[number].lower_ == "according" and doc[number + 1].lower_ == "to":
            for after in range(number + 2, min(last, number + 8)):
                noun = doc[after]
                if ends.find_entity(noun) is not None:
                    return ends.find_end(expand(noun)[0] if noun.pos_ else noun)
    return None
