"""Names that their last word gives away: bodies, places, provinces and matters of policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spacy.tokens import Doc, Token

from workbench.pipeline.words import find_words, hash_words

_LONGEST = 7
_SMALL = frozenset(["of", "on", "for", "and", "the", "de", "del", "la", "al", "da", "do", "des"])
_NO_NAME = frozenset(
    {"the", "a", "an", "this", "that", "its", "their", "our", "his", "her", "in", "on", "at"}
    | {"for", "and", "but", "by", "from", "to", "of", "with", "as", "if", "when", "after"}
    | {"before", "is", "both", "all", "every", "some", "no", "not", "yet", "while", "because"}
    | {"i", "we", "he", "she", "they", "it", "you", "mr", "mrs", "ms", "dr"}
)
_ARTICLES = frozenset(["the", "a", "an", "this", "that", "its", "their", "our"])
_PLAIN_PAPERS = frozenset(
    {"accord", "agreement", "deal", "pact", "treaty", "truce", "ceasefire", "communique"}
    | {"communiqué", "armistice", "memorandum"}
)
_PAPERS = _PLAIN_PAPERS | {"statement", "declaration", "annex", "framework", "text", "protocol"}
_STANDINS = frozenset(
    {"text", "paper", "scheme", "arrangement", "document", "statement", "framework"}
)
_OCCASIONS = frozenset(
    {"session", "round", "exercises", "exercise", "drills", "manoeuvres", "vote", "talks"}
    | {"hearing"}
)
_EVENT_TOPICS = frozenset(
    {"naval", "military", "joint", "final", "closing", "opening", "plenary", "first"}
    | {"second", "third", "next", "ratification", "live-fire", "emergency", "confidence"}
    | {"no-confidence"}
)
_DEFINITE_EVENTS = frozenset(
    {"summit", "referendum", "exercises", "drills", "conference", "ministerial"} | {"inauguration"}
)
_HEADS = (("org_heads", "ORG", "org"), ("loc_heads", "LOC", "loc"), ("gpe_heads", "GPE", "region"))
_LISTS = ("org_heads", "org_joiners", "loc_heads", "gpe_heads", "issue_heads")
_Name = tuple[int, int, str, str]


class NameFinder:
    """Finds the names that end, or go on, in the words of some lists."""

    def __init__(self, lists: Mapping[str, frozenset[str]]) -> None:
        self._lists = {name: lists.get(name, frozenset()) for name in (*_LISTS, "norp")}
        self._ids = hash_words(word for name in _LISTS for word in self._lists[name])

    def find(self, doc: Doc) -> Iterator[_Name]:
        """Yield start and end token, label and rule of each name."""
        norps = self._lists["norp"]
        nations = norps | frozenset(ent.text for ent in doc.ents if ent.label_ in ("GPE", "ORG"))
        for number in find_words(doc, self._ids):
            token = doc[number]
            lower = token.lower_
            if not (token.is_title or token.is_upper):
                if lower in self._lists["issue_heads"]:
                    yield from _read_issue(doc, token)
                continue
            if lower in self._lists["org_joiners"]:
                yield from _read_joined(doc, token)
            for name, label, rule in _HEADS:
                if lower in self._lists[name]:
                    yield from _read_name(doc, token, label, rule, nations)
                    break


def _read_joined(doc: Doc, token: Token) -> Iterator[_Name]:
    """Read "Ministry of Trade and Industry"."""
    if token.i + 2 < len(doc) and token.nbor(1).lower_ in ("of", "for"):
        end = read_tail(doc, token.i + 1)
        if end > token.i + 2:
            yield _read_left(doc, token.i), end, "ORG", "org"


def read_tail(doc: Doc, end: int) -> int:
    """Read on over "on the Law of the Sea": small words count only before a capital."""
    start = at = end
    while at < len(doc) and at - start < _LONGEST:
        token = doc[at]
        if token.is_title and token.is_alpha and at > start:
            at += 1
            end = at
        elif token.lower_ == "of" and end > start:
            # "the Ministry of Trade of Togo": the state is a name of its own.
            break
        elif token.lower_ in _SMALL and (
            at == start or token.lower_ != "and" or _is_listed(doc, at)
        ):
            at += 1
        else:
            break
    return end


def _is_listed(doc: Doc, at: int) -> bool:
    # "the Ministry of Trade and Industry" goes on, "the Council of Europe and Norway" does not.
    following = doc[at + 1] if at + 1 < len(doc) else None
    return following is not None and following.is_title and not following.ent_type_


def _read_left(doc: Doc, start: int) -> int:
    at = start
    while at and start - at < _LONGEST and _is_part(doc, at - 1):
        at -= 1
    while at < start and (doc[at].lower_ in _NO_NAME or not doc[at].text[:1].isalpha()):
        at += 1
    return at


def _is_part(doc: Doc, at: int) -> bool:
    """Tell whether a word can stand in a name before its last one."""
    token = doc[at]
    if token.text in ("-", "’s", "'s", "&", "’", "'"):
        return at > 0 and (doc[at - 1].is_title or doc[at - 1].is_upper) and token.text != "'s"
    named = token.is_title or (token.is_upper and len(token) > 1) or token.text[:1].isupper()
    if not named or token.is_punct or token.lower_ in _NO_NAME:
        return False
    if token.is_sent_start and token.pos_ in (
        "ADP",
        "ADV",
        "SCONJ",
        "CCONJ",
        "VERB",
        "DET",
        "PRON",
    ):
        return False
    return token.ent_type_ not in ("DATE",)


def _read_name(
    doc: Doc, head: Token, label: str, rule: str, nations: frozenset[str]
) -> Iterator[_Name]:
    start = _read_left(doc, head.i)
    end = head.i + 1
    if label == "ORG" and start < head.i and end < len(doc) and doc[end].lower_ == "of":
        end = max(end, read_tail(doc, end))
    if start == head.i:
        return
    # "Peru’s Senate" is two names.
    for at in range(start, head.i):
        if doc[at].text in ("’s", "'s") and doc[at - 1].text in nations:
            start = at + 1
    if start < head.i and doc[start].text in ("-", "’s", "’"):
        start += 1
    if start < head.i:
        yield start, end, label, rule


def _read_issue(doc: Doc, head: Token) -> Iterator[_Name]:
    """Read "student visa rules" and "import duty": nouns before a telling noun."""
    if head.pos_ not in ("", "NOUN"):
        return
    start = head.i
    while start and head.i - start < 4:
        before = doc[start - 1]
        joined = before.text == "-" and start > 1 and doc[start - 2].is_alpha
        is_noun = before.pos_ in ("NOUN",) and before.dep_ in ("compound", "nmod", "amod", "pobj")
        if not (is_noun or joined) or before.lower_ in _NO_NAME:
            break
        start -= 2 if joined else 1
    if start < head.i:
        yield start, head.i + 1, "ISSUE", "issue"


_DEFINITE_IDS = hash_words({*_PAPERS, *_STANDINS, *_OCCASIONS, *_DEFINITE_EVENTS})


def find_definite(doc: Doc) -> Iterator[tuple[int, int, str]]:
    """Yield the common nouns that stand for an agreement or an event of the article.

    "the text" and the like count only where an agreement was named by its kind before.
    """
    seen = False
    for number in find_words(doc, _DEFINITE_IDS):
        token = doc[number]
        lower = token.lower_
        before = doc[token.i - 1].lower_ if token.i else ""
        if lower in _PAPERS:
            seen = True
            joint = before in ("joint", "draft", "final", "interim")
            if joint and token.pos_ in ("", "NOUN", "PROPN"):
                yield token.i - 1, token.i + 1, "AGREEMENT"
            elif before in _ARTICLES and lower in _PLAIN_PAPERS:
                yield token.i, token.i + 1, "AGREEMENT"
        elif seen and lower in _STANDINS and before in ("the", "this"):
            yield token.i, token.i + 1, "AGREEMENT"
        elif lower in _OCCASIONS and (before in _EVENT_TOPICS):
            yield token.i - 1, token.i + 1, "EVENT"
        elif lower in _DEFINITE_EVENTS and before in ("the", "this", "their"):
            yield token.i, token.i + 1, "EVENT"
