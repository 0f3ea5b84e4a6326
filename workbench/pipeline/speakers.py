"""Speakers: who says what stands in quotation marks."""

from __future__ import annotations

from bisect import bisect_left

from spacy.tokens import Doc, Token

from workbench.core.offsets import Offsets
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.pipeline.mentions import Ends
from workbench.pipeline.syntax import expand, find_controllers, find_subjects
from workbench.pipeline.words import find_sentence, find_words, list_starts

_CARRIERS = frozenset(
    {"readout", "statement", "communique", "communiqué", "post", "letter", "note", "tweet"}
    | {"message", "report", "declaration", "memo", "resolution", "remarks", "speech", "release"}
    | {"comments", "summary", "dispatch"}
)
_PRONOUNS = frozenset({"he", "she", "they", "it", "i", "we"})
_WINDOW = 12
_FRAGMENT = 80
"""Characters: a longer quotation is a sentence of its own."""
_VIEW = 120
_SENTENCE = 40
_SPEAKING = frozenset({"PERSON", "ROLE", "ORG", "GPE", "NORP"})


def find_speakers(
    doc: Doc, marked: list[Offsets], reporting: frozenset[int], ends: Ends
) -> list[Quote]:
    """Return the direct quotes with their speakers.

    The reporting verb nearest to the closing mark, outside all marks and in the same paragraph,
    names the speaker; else "according to"; else who spoke the quotation before.
    """
    if not marked:
        return []
    starts = list_starts(doc)
    verbs = _find_reports(doc, marked, reporting, ends)
    at = [verb.idx for verb in verbs]
    quotes: list[Quote] = []
    previous: Span | None = None
    previous_end = 0
    for start, end in marked:
        line = _find_line(ends.text, start, end)
        near = verbs[bisect_left(at, line[0]) : bisect_left(at, line[1])]
        sentence = _find_sentence(ends, starts, start, end)
        near.sort(key=lambda v: (v.i not in sentence, *_distance(v.idx, start, end)))
        speaker, rule = find_introducer(doc, starts, start, ends), "direct:colon"
        for verb in near[:3] if speaker is None else ():
            speaker = find_speaking_end(verb, ends)
            if speaker is not None and _is_quoted(speaker, marked):
                speaker = _find_beside(verb, ends, marked)
            if speaker is not None:
                rule = f"direct:{verb.lower_}"
                break
        if speaker is None and end - start <= _FRAGMENT:
            speaker, rule = _find_viewer(doc, starts, line, (start, end), ends), "direct:for"
        if speaker is None:
            speaker = _find_source(doc, starts, line, ends)
            rule = "direct:according"
        if speaker is None and ends.text.count("\n", previous_end, start) <= 2:
            speaker, rule = previous, "direct:previous"
        quotes.append(Quote(start, end, speaker, "direct", 0.8 if speaker else 0.5, rule or None))
        previous, previous_end = speaker, end
    return quotes


def find_introducer(doc: Doc, starts: list[int], start: int, ends: Ends) -> Span | None:
    """Return who acts in the clause before a colon: "Diaz struck a softer note: “…”"."""
    at = bisect_left(starts, start) - 2
    if at < 1 or doc[at].text != ":" or not ends.parsed:
        return None
    for number in range(at - 1, max(-1, at - _SENTENCE), -1):
        token = doc[number]
        if token.text in (".", "!", "?", "”") or (token.is_space and "\n" in token.text):
            break
        if token.pos_ in ("VERB", "AUX") and token.tag_ in ("VBD", "VBZ", "VBP"):
            for subject in find_subjects(token) or find_controllers(token):
                span = name_speaker(_find_behind(subject), ends)
                if span is not None and ends.line(subject) == ends.line(token):
                    return span
    return None


def _is_quoted(span: Span, marked: list[Offsets]) -> bool:
    at = bisect_left(marked, (span.start + 1, 0)) - 1
    return at >= 0 and marked[at][0] <= span.start < marked[at][1]


def _find_viewer(
    doc: Doc, starts: list[int], line: Offsets, quote: Offsets, ends: Ends
) -> Span | None:
    """Return for whom a thing is what the quoted words say: "For Diaz, the text is “…”"."""
    first = bisect_left(starts, max(line[0], quote[0] - _VIEW))
    last = bisect_left(starts, min(line[1], quote[1] + _VIEW))
    for number in range(first, last - 1):
        if doc[number].lower_ in ("for", "to") and not quote[0] <= doc[number].idx < quote[1]:
            span = ends.find_entity(doc[number + 1])
            if span is not None and span.label in ("PERSON", "ROLE", "ORG"):
                return span
    return None


def name_speaker(token: Token, ends: Ends) -> Span | None:
    """Return the span of a speaking word: a name in apposition or behind a title before all."""
    span = ends.find_end(token)
    if span is None or span.label == "PERSON":
        return span
    doc = token.doc
    inside = ends.by_token.get(token.i)
    after = inside.end if inside is not None else token.i + 1
    for number in (after, after + 1):
        if number >= len(doc) or (number > after and doc[after].text != ","):
            break
        entity = ends.find_entity(doc[number])
        if entity is not None and entity.label == "PERSON" and span.label != "PERSON":
            closes = number == after or _closes(doc, number, ends)
            if closes and (span.label in ("ROLE", "MENTION", "NORP") or number == after):
                return entity
    return span


def _closes(doc: Doc, number: int, ends: Ends) -> bool:
    entity = ends.by_token.get(number)
    end = entity.end if entity is not None else number + 1
    return end < len(doc) and doc[end].text in (",", "(", ".", "”", "—")


def _find_reports(
    doc: Doc, marked: list[Offsets], reporting: frozenset[int], ends: Ends
) -> list[Token]:
    first = [start for start, _ in marked]
    verbs = []
    for number in find_words(doc, reporting):
        token = doc[number]
        if ends.is_masked(token):
            continue
        if token.pos_ and token.pos_ not in ("VERB", "AUX", "X"):
            continue
        at = bisect_left(first, token.idx + 1) - 1
        if at < 0 or token.idx >= marked[at][1]:
            verbs.append(token)
    return verbs


def _find_sentence(ends: Ends, starts: list[int], start: int, end: int) -> range:
    """Return the tokens of the sentence around a short quotation; a long one may have several."""
    doc = ends.doc
    at = bisect_left(starts, start)
    if end - start > _FRAGMENT or at >= len(doc) or not ends.parsed:
        return range(len(doc))
    return range(*find_sentence(doc, at))


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
    if not ends.parsed:
        return _find_beside(verb, ends)
    subjects = find_subjects(verb) or find_controllers(verb)
    for subject in subjects:
        subject = _find_behind(subject)
        if ends.line(subject) == ends.line(verb):
            return name_speaker(subject, ends)
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


def _find_beside(verb: Token, ends: Ends, marked: list[Offsets] | None = None) -> Span | None:
    """Return the nearest entity or pronoun before a verb, or right after it, outside marks."""
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
        speaks = span is not None and span.label in _SPEAKING
        if span is not None and speaks and not _is_quoted(span, marked or []):
            if span.label != "PERSON" and marked:
                continue
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
