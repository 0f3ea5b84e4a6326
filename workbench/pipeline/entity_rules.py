"""Component: entities by gazetteers and shapes, set before the model, which respects them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Token

from workbench.pipeline.entity_spans import Found, find_masked, write_entities

SCORES = {
    "gazetteer": 0.9,
    "percent": 0.95,
    "money": 0.95,
    "date": 0.9,
    "role": 0.85,
    "agreement": 0.8,
    "event": 0.75,
    "ministry": 0.85,
    "issue": 0.6,
}
"""How far each rule is trusted before there is gold to measure it on."""
_CASED = {"gpe": "GPE", "norp": "NORP", "org": "ORG", "loc": "LOC"}
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_SCALE = r"(?:\s?(?:million|billion|trillion|crore|lakh|bn|mn|m)\b)?"
_SHAPES = (
    ("PERCENT", "percent", re.compile(r"\d[\d.,]*\s?(?:%|per\s?cent\b|percentage points?\b)")),
    ("MONEY", "money", re.compile(rf"(?:Rs\.?\s?|US\$|A\$|C\$|\$|€|£|¥|₹)\d[\d,.]*\d?{_SCALE}")),
    (
        "MONEY",
        "money",
        re.compile(
            r"\d[\d,.]*\s(?:(?:million|billion|trillion|crore)\s)?"
            r"(?:dollars|euros?|pounds|yen|yuan|rupees|roubles|rubles|francs|pesos|riyals|dirhams)\b"
        ),
    ),
    (
        "DATE",
        "date",
        re.compile(rf"\b{_MONTH}\s\d{{1,2}}(?:\s?[-–]\s?\d{{1,2}})?(?:,\s\d{{4}})?\b"),
    ),
    ("DATE", "date", re.compile(rf"\b\d{{1,2}}(?:\s?[-–]\s?\d{{1,2}})?\s{_MONTH}(?:\s\d{{4}})?\b")),
    ("DATE", "date", re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")),
)
_DEFINITE = ("the", "this", "that", "their", "its", "our")
_ALONE_AGREEMENT = frozenset(
    ["deal", "agreement", "treaty", "pact", "accord", "accords", "ceasefire", "truce"]
)
_ALONE_EVENT = frozenset(
    ["summit", "talks", "conference", "election", "elections", "war", "ministerial"]
)
_TOPICS = frozenset(
    [
        "trade",
        "peace",
        "defence",
        "defense",
        "fisheries",
        "water",
        "nuclear",
        "security",
        "prisoner",
        "climate",
        "tariff",
        "grain",
        "transit",
        "gas",
        "energy",
        "port",
        "arms",
        "free",
        "joint",
        "memorandum",
        "interim",
        "border",
        "ceasefire",
        "draft",
        "association",
        "extradition",
        "mining",
        "minerals",
        "critical",
        "partnership",
        "strategic",
        "cooperation",
        "migration",
    ]
)
_LONGEST_NAME = 7
_ROLE_TAILS = (
    ("of", "state"),
    ("of", "defense"),
    ("of", "defence"),
    ("of", "the", "treasury"),
    ("-", "general"),
    ("general",),
    ("of", "foreign", "affairs"),
    ("for", "foreign", "affairs"),
)


@Language.factory(
    "workbench_entity_rules",
    default_config={"gazetteers": {}, "scores": SCORES},
    assigns=["doc.ents", "doc.spans"],
)
def make_entity_rules(
    nlp: Language, name: str, gazetteers: dict[str, list[str]], scores: dict[str, float]
) -> EntityRules:
    """Make the component; its lists are part of its configuration and are saved with it."""
    return EntityRules(nlp, gazetteers, scores)


class EntityRules:
    """Finds entities by lists of names and by the shapes of amounts, dates, offices and deals."""

    def __init__(
        self, nlp: Language, gazetteers: dict[str, list[str]], scores: dict[str, float]
    ) -> None:
        self._scores = {**SCORES, **scores}
        self._lists = {name: frozenset(values) for name, values in gazetteers.items()}
        self._cased = PhraseMatcher(nlp.vocab, attr="ORTH")
        self._lower = PhraseMatcher(nlp.vocab, attr="LOWER")
        for name, label in _CASED.items():
            self._cased.add(label, [nlp.make_doc(words) for words in gazetteers.get(name, ())])
        self._lower.add("ISSUE", [nlp.make_doc(words) for words in gazetteers.get("issue", ())])

    def __call__(self, doc: Doc) -> Doc:
        """Set the entities that the rules find."""
        masked = {token.i for run in find_masked(doc) for token in run}
        found = [e for e in self._find(doc) if masked.isdisjoint(range(e.start, e.end))]
        write_entities(doc, _drop_topics(found))
        return doc

    def _find(self, doc: Doc) -> Iterator[Found]:
        for key, start, end in self._cased(doc):
            yield self._found(start, end, doc.vocab.strings[key], "gazetteer")
        for key, start, end in self._lower(doc):
            yield self._found(start, end, doc.vocab.strings[key], "issue")
        for label, rule, shape in _SHAPES:
            for match in shape.finditer(doc.text):
                span = doc.char_span(*match.span())
                if span is not None:
                    yield self._found(span.start, span.end, label, rule)
        for token in doc:
            lower = token.lower_
            if lower in self._lists.get("role_heads", ()):
                yield self._read_role(doc, token)
            elif lower in self._lists.get("agreement", ()):
                yield from self._read_name(doc, token, "AGREEMENT", _ALONE_AGREEMENT)
            elif lower in self._lists.get("event", ()):
                yield from self._read_name(doc, token, "EVENT", _ALONE_EVENT)
            elif lower in ("ministry", "department", "ministries") and token.is_title:
                yield from self._read_ministry(doc, token)

    def _found(self, start: int, end: int, label: str, rule: str) -> Found:
        return Found(start, end, label, f"{rule}:{label}", self._scores[rule])

    def _read_role(self, doc: Doc, head: Token) -> Found:
        """Read an office leftwards over its modifiers and rightwards over "of State"."""
        start, end = head.i, head.i + 1
        modifiers = self._lists.get("role_modifiers", frozenset())
        while start and (doc[start - 1].lower_ in modifiers or _joins(doc, start, modifiers)):
            start -= 1
        while start < head.i and doc[start].text == "-":
            start += 1
        for tail in _ROLE_TAILS:
            if tuple(token.lower_ for token in doc[end : end + len(tail)]) == tail:
                end += len(tail)
                break
        return self._found(start, end, "ROLE", "role")

    def _read_name(
        self, doc: Doc, head: Token, label: str, alone: frozenset[str]
    ) -> Iterator[Found]:
        """Read a name that ends in its head, or goes on with "on the …", "of …" or a number.

        A head without any modifier counts only where it is definite and of the closed list.
        """
        start, end = head.i, head.i + 1
        while start and head.i - start < _LONGEST_NAME and _modifies(doc[start - 1]):
            start -= 1
        while start < head.i and not doc[start].is_alpha:
            start += 1
        if end < len(doc) and doc[end].like_num and head.is_title:
            end += 1
        elif head.is_title:
            end = _read_tail(doc, end)
        if start < head.i and doc[start].lower_ in _DEFINITE:
            start += 1
        has_name = start < head.i or end > head.i + 1
        is_definite = head.i > 0 and doc[head.i - 1].lower_ in _DEFINITE
        if has_name or (is_definite and head.lower_ in alone):
            yield self._found(start, end, label, label.lower())

    def _read_ministry(self, doc: Doc, head: Token) -> Iterator[Found]:
        start, end = head.i, head.i + 1
        while start and doc[start - 1].is_title and doc[start - 1].lower_ not in _DEFINITE:
            start -= 1
        while start < head.i and doc[start].text in self._lists.get("norp", ()):
            start += 1
        if start == head.i and end < len(doc) and doc[end].lower_ == "of":
            end = _read_tail(doc, end)
        if end - start > 1:
            yield self._found(start, end, "ORG", "ministry")


def _drop_topics(found: Sequence[Found]) -> list[Found]:
    """Drop issues inside names: the "trade" of a "trade deal" is no issue of its own."""
    names = [e for e in found if e.label != "ISSUE" and e.end - e.start > 1]
    return [
        e
        for e in found
        if e.label != "ISSUE" or not any(n.start <= e.start and e.end <= n.end for n in names)
    ]


def _joins(doc: Doc, start: int, modifiers: frozenset[str]) -> bool:
    """Tell whether a hyphen before `start` joins two modifiers, as in "Vice-President"."""
    return start > 1 and doc[start - 1].text == "-" and doc[start - 2].lower_ in modifiers


def _modifies(token: Token) -> bool:
    """Tell whether a word can stand inside a name before its head."""
    if token.is_space or (token.is_sent_start and token.lower_ in _DEFINITE):
        return False
    if token.text in ("-", "–", "/"):
        return True
    if token.lower_ in _TOPICS:
        return True
    return (
        (token.is_title or token.is_upper)
        and token.is_alpha
        and token.pos_ != "DET"
        and (
            token.lower_ not in _DEFINITE and token.lower_ not in ("a", "an", "i", "in", "at", "on")
        )
    )


def _read_tail(doc: Doc, end: int) -> int:
    """Read on over "on the Law of the Sea": small words count only before a capital."""
    at = end
    while at < len(doc) and at - end < _LONGEST_NAME:
        if doc[at].is_title and doc[at].is_alpha and at > end:
            at += 1
            end = at
        elif doc[at].lower_ in ("of", "on", "for", "and", "the"):
            at += 1
        else:
            break
    return end


def list_gazetteers() -> tuple[str, ...]:
    """Name the lists that the component reads, each a file of the gazetteers' folder."""
    extra = ("issue", "agreement", "event", "role_heads", "role_modifiers")
    return (*_CASED, *extra)
