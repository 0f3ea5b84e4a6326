"""Component: entities by gazetteers and shapes, set before the model, which respects them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Token

from workbench.pipeline.entity_names import NameFinder, find_definite, read_tail
from workbench.pipeline.entity_shapes import find_dateline, find_shapes
from workbench.pipeline.entity_spans import Found, find_masked, write_entities
from workbench.pipeline.words import find_words, hash_words, read_text

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
    "dateline": 0.95,
    "org": 0.8,
    "loc": 0.78,
    "region": 0.8,
    "mention": 0.65,
}
"""How far each rule is trusted before there is gold to measure it on."""
_CASED = {"gpe": "GPE", "norp": "NORP", "org": "ORG", "loc": "LOC"}
_DEFINITE = ("the", "this", "that", "their", "its", "our")
_ALONE_AGREEMENT = frozenset(
    {"deal", "agreement", "treaty", "pact", "accord", "accords", "ceasefire", "truce"}
    | {"communique", "communiqué", "memorandum", "armistice"}
)
_ALONE_EVENT = frozenset(
    {"summit", "talks", "conference", "election", "elections", "war", "ministerial"}
    | {"referendum", "negotiations", "coup", "invasion", "vote"}
)
_TOPICS = frozenset(
    {"trade", "peace", "defence", "defense", "fisheries", "water", "nuclear", "security"}
    | {"prisoner", "climate", "tariff", "grain", "transit", "gas", "energy", "port", "arms"}
    | {"free", "joint", "memorandum", "interim", "border", "ceasefire", "draft", "association"}
    | {"extradition", "mining", "minerals", "critical", "partnership", "strategic"}
    | {"cooperation", "migration"}
)
_LONGEST_NAME = 7
_CONTINENTS = frozenset(
    {"european", "african", "asian", "american", "arab", "pan-african", "latin", "eurasian"}
    | {"islamic", "nordic", "caribbean", "atlantic", "andean"}
)
_MINISTRIES = ("ministry", "department", "ministries")
_BODIES = ("ORG", "EVENT", "LOC", "AGREEMENT")
_BEFORE_OFFICE = frozenset(["former", "of", "and"])
_SHORT_NATIONS = frozenset(["US", "U.S.", "UK", "U.K.", "EU", "UN", "U.N."])
_WEAK_OFFICES = frozenset(
    {"official", "aide", "leader", "director", "head", "chief", "captain", "major", "general"}
    | {"judge", "prosecutor", "coordinator", "economist", "inspector", "whip", "speaker"}
    | {"representative", "commander", "chair", "treasurer"}
)
_SURNAMES = frozenset(
    {"sultan", "emir", "king", "queen", "prince", "pope", "bishop", "cardinal", "major"}
    | {"judge", "marshal", "chancellor", "general", "mayor", "captain", "imam", "sheikh"}
    | {"premier"}
)
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
        heads = ("role_heads", "agreement", "event")
        words = {word for name in heads for word in self._lists.get(name, ())}
        self._heads = hash_words({*words, *_MINISTRIES})
        self._names = NameFinder(self._lists)
        self._cased = PhraseMatcher(nlp.vocab, attr="ORTH")
        self._lower = PhraseMatcher(nlp.vocab, attr="LOWER")
        for name, label in _CASED.items():
            self._cased.add(label, [nlp.make_doc(words) for words in gazetteers.get(name, ())])
        self._lower.add("ISSUE", [nlp.make_doc(words) for words in gazetteers.get("issue", ())])

    def __call__(self, doc: Doc) -> Doc:
        """Set the entities that the rules find."""
        masked = {token.i for run in find_masked(doc) for token in run}
        found = [e for e in self._find(doc) if masked.isdisjoint(range(e.start, e.end))]
        write_entities(doc, _drop_topics(doc, found))
        return doc

    def _find(self, doc: Doc) -> Iterator[Found]:
        for key, start, end in self._cased(doc):
            yield self._found(start, end, doc.vocab.strings[key], "gazetteer")
        for key, start, end in self._lower(doc):
            yield self._found(start, end, doc.vocab.strings[key], "issue")
        text = read_text(doc)
        for label, rule, offsets in find_shapes(text):
            span = doc.char_span(*offsets)
            if span is not None:
                yield self._found(span.start, span.end, label, rule)
        dateline = find_dateline(text)
        place = doc.char_span(*dateline[0]) if dateline is not None else None
        if place is not None:
            yield self._found(place.start, place.end, "GPE", "dateline")
        for number in find_words(doc, self._heads):
            token = doc[number]
            lower = token.lower_
            if lower in self._lists.get("role_heads", ()):
                yield from self._read_role(doc, token)
            elif lower in self._lists.get("agreement", ()):
                yield from self._read_name(doc, token, "AGREEMENT", _ALONE_AGREEMENT)
            elif lower in self._lists.get("event", ()):
                yield from self._read_name(doc, token, "EVENT", _ALONE_EVENT)
            elif lower in _MINISTRIES and token.is_title:
                yield from self._read_ministry(doc, token)
        for start, end, label, rule in self._names.find(doc):
            yield self._found(start, end, label, rule)
        for start, end, label in find_definite(doc):
            yield self._found(start, end, label, "mention")

    def _found(self, start: int, end: int, label: str, rule: str) -> Found:
        return Found(start, end, label, f"{rule}:{label}", self._scores[rule])

    def _read_role(self, doc: Doc, head: Token) -> Iterator[Found]:
        """Read an office leftwards over its modifiers and rightwards over "of State"."""
        start, end = head.i, head.i + 1
        modifiers = self._lists.get("role_modifiers", frozenset())
        while start and (doc[start - 1].lower_ in modifiers or _joins(doc, start, modifiers)):
            start -= 1
        while start < head.i and (doc[start].text == "-" or doc[start].lower_ in _BEFORE_OFFICE):
            start += 1
        for tail in _ROLE_TAILS:
            if tuple(token.lower_ for token in doc[end : end + len(tail)]) == tail:
                end += len(tail)
                break
        if not _is_office(doc, head, start):
            return
        if end > head.i + 1:
            nation = doc[start - 1] if start else None
            if nation is not None and nation.text in _SHORT_NATIONS:
                start -= 1
        yield self._found(start, end, "ROLE", "role")

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
            end = read_tail(doc, end)
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
            end = read_tail(doc, end)
        if end - start > 1:
            yield self._found(start, end, "ORG", "ministry")


def _drop_topics(doc: Doc, found: Sequence[Found]) -> list[Found]:
    """Drop issues inside names: the "trade" of a "trade deal" is no issue of its own."""
    by_token: dict[int, list[Found]] = {}
    for e in found:
        if e.end - e.start > 1:
            for number in range(e.start, e.end):
                by_token.setdefault(number, []).append(e)
    return [
        e
        for e in found
        if not _is_inside(e, [n for n in by_token.get(e.start, ()) if e.end <= n.end], doc)
    ]


def _is_inside(e: Found, around: Sequence[Found], doc: Doc) -> bool:
    """Tell whether a name is no name of its own inside those around it, of two words or more."""
    if e.label == "ISSUE":
        return any(n.label != "ISSUE" or n != e for n in around)
    longer = [n for n in around if n.end - n.start > e.end - e.start and n.label in _BODIES]
    if e.label in ("LOC", "ORG") and longer:
        return e.label == "LOC" or any(n.label == e.label for n in longer)
    # "European" is no nationality in the name of a body.
    of_continent = e.label == "NORP" and doc[e.start].lower_ in _CONTINENTS
    return of_continent and any(n.label in ("ORG", "EVENT", "LOC") for n in around)


def _is_office(doc: Doc, head: Token, start: int) -> bool:
    """Tell whether a word names an office here, and is no surname and no adjective."""
    before = doc[start - 1] if start else None
    after = doc[head.i + 1] if head.i + 1 < len(doc) else None
    if head.lower_ in _WEAK_OFFICES and start == head.i:
        of = after is not None and after.lower_ in ("of", "for", ",", "told", "said", "at")
        owned = before is not None and (
            before.pos_ == "DET" or before.tag_ in ("POS", "PRP$") or before.dep_ == "compound"
        )
        appos = before is not None and before.text == ","
        is_noun = head.pos_ in ("", "NOUN", "PROPN")
        needs_of = head.lower_ in ("head", "chief", "major", "captain", "general")
        return is_noun and (of if needs_of else (of or owned or appos))
    leads = head.lower_ in ("general", "major", "chief", "lead") and start == head.i
    if leads and after is not None and after.pos_ == "NOUN":
        return False
    if start == head.i and head.is_title and before is not None and head.lower_ in _SURNAMES:
        # "Reem Sultan" and "Emir Sadykov" are names.
        return before.lower_ in ("the", "his", "her") or before.ent_type_ == "NORP"
    return not (start == head.i and head.is_title and head.lower_ in _SURNAMES)


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


def list_gazetteers() -> tuple[str, ...]:
    """Name the lists that the component reads, each a file of the gazetteers' folder."""
    extra = ("issue", "agreement", "event", "role_heads", "role_modifiers")
    heads = ("org_heads", "org_joiners", "loc_heads", "gpe_heads", "issue_heads")
    return (*_CASED, *extra, *heads)
