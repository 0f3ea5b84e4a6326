"""Mentions: which span a word of a Doc stands for, entity or not, and new MENTION spans."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from spacy.tokens import Doc, Token
from spacy.tokens import Span as DocSpan

from workbench.core.offsets import Offsets, overlap
from workbench.core.span import MENTION, Span
from workbench.pipeline.words import is_parsed, read_text

ENTITIES = "entities"
MENTIONS = "mentions"
_PHRASE_LENGTH = 18
_NO_END = frozenset({"DATE", "MONEY", "PERCENT"})
_BEFORE = frozenset({"det", "amod", "compound", "nummod", "poss", "nmod", "quantmod", "predet"})
_LINE_BREAK = re.compile(r"\n")
_MARKS = "\"“”„«»‘’'"


def read_spans(doc: Doc, name: str) -> list[Span]:
    """Return a group of a Doc's spans as spans of the core; an absent group is empty."""
    if name not in doc.spans:
        return []
    group = doc.spans[name]
    scores = group.attrs.get("scores") or [None] * len(group)
    rows = zip(group, scores, strict=False)
    return [Span(s.start_char, s.end_char, s.label_, score, s.id_ or None) for s, score in rows]


def add_mentions(doc: Doc, spans: Iterable[Span]) -> None:
    """Add MENTION spans to a Doc; one that is there already, or fits no tokens, is left out."""
    group = list(doc.spans[MENTIONS]) if MENTIONS in doc.spans else []
    scores = [span.score for span in read_spans(doc, MENTIONS)]
    known = {(span.start_char, span.end_char) for span in group}
    for span in spans:
        made = doc.char_span(span.start, span.end, label=span.label)
        if made is not None and span.offsets not in known:
            made.id_ = span.rule or ""
            group.append(made)
            scores.append(span.score)
            known.add(span.offsets)
    doc.spans[MENTIONS] = group
    doc.spans[MENTIONS].attrs["scores"] = scores


class Ends:
    """Finds the span that a word stands for, and remembers the MENTIONs it had to make."""

    def __init__(self, doc: Doc, *, rule: str) -> None:
        self.doc = doc
        self.made: dict[Offsets, Span] = {}
        self._rule = rule
        self.text = read_text(doc)
        self._lines = [match.start() for match in _LINE_BREAK.finditer(self.text)]
        self.parsed = is_parsed(doc)
        self._masked = [(start, end) for start, end in doc._.masked]
        self.by_token: dict[int, DocSpan] = {}
        for span in sorted(doc.spans.get(ENTITIES, []), key=len):
            # The longest entity around a word wins: it is written last.
            for number in range(span.start, span.end):
                self.by_token[number] = span
        self._mentions = {span.offsets: span for span in read_spans(doc, MENTIONS)}

    def line(self, token: Token) -> int:
        """Return the number of the line that a token stands on."""
        return bisect_right(self._lines, token.idx)

    def is_masked(self, token: Token) -> bool:
        """Tell whether a token is page furniture."""
        piece = (token.idx, token.idx + max(1, len(token)))
        return any(overlap(piece, region) for region in self._masked)

    def find_entity(self, token: Token) -> Span | None:
        """Return the outermost entity around a token, times and amounts left out."""
        span = self.by_token.get(token.i)
        if span is None or span.label_ in _NO_END:
            return None
        return Span(span.start_char, span.end_char, span.label_)

    def is_amount(self, token: Token) -> bool:
        """Tell whether a token belongs to a time or an amount."""
        span = self.by_token.get(token.i)
        return span is not None and span.label_ in _NO_END

    def find_end(self, token: Token) -> Span | None:
        """Return the entity that a phrase's head belongs to, or a MENTION over the phrase."""
        if self.is_masked(token) or self.is_amount(token):
            return None
        return self.find_entity(token) or self._mention(*find_phrase(token))

    def find_clause(self, verb: Token) -> Span | None:
        """Return a MENTION over the clause that a verb form heads ("working together")."""
        last = min(verb.right_edge.i, verb.i + _PHRASE_LENGTH)
        for number in range(verb.i + 1, last + 1):
            if self.doc[number].text in (",", ";", ".", "”", '"'):
                last = number - 1
                break
        helpers = [
            c.i for c in verb.lefts if c.dep_ in ("aux", "auxpass", "neg") and c.i > verb.i - 4
        ]
        return self._mention(min([verb.i, *helpers]), last + 1)

    def _mention(self, start: int, end: int) -> Span | None:
        while start < end and (self.doc[start].text in _MARKS or self.doc[start].is_space):
            start += 1
        while start < end and (self.doc[end - 1].is_punct or self.doc[end - 1].is_space):
            end -= 1
        closing = next((i for i in range(start, end) if self.doc[i].text == "”"), None)
        if closing is not None and not any(self.doc[i].text == "“" for i in range(start, closing)):
            # “formalising” cooperation: the phrase begins behind the mark that it would cut.
            start = closing + 1
        if start >= end or self.line(self.doc[start]) != self.line(self.doc[end - 1]):
            return None
        piece = self.doc[start:end]
        offsets = (piece.start_char, piece.end_char)
        if offsets not in self._mentions and offsets not in self.made:
            self.made[offsets] = Span(*offsets, MENTION, None, self._rule)
        return Span(*offsets, MENTION)


def find_phrase(head: Token) -> Offsets:
    """Return the tokens of a noun phrase: what stands before the head, and its prepositions.

    Relative clauses, appositions and what "and" joins stay outside.
    """
    start = head.i
    for child in head.lefts:
        if child.dep_ in _BEFORE:
            start = min(start, child.left_edge.i)
    start = max(start, head.i - _PHRASE_LENGTH)
    end = head.i + 1
    at = head
    for _ in range(4):
        phrase = next((c for c in at.rights if c.dep_ in ("prep", "prt") and c.i == end), None)
        noun = next((c for c in phrase.rights if c.dep_ == "pobj"), None) if phrase else None
        if noun is None or noun.i - start > _PHRASE_LENGTH:
            break
        end = noun.i + 1
        at = noun
    return start, end
