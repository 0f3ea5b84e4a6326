"""Component: names learnt from the document, propagated to every other place they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc, Token

from workbench.pipeline.entity_labels import COURTESIES
from workbench.pipeline.entity_spans import Found, find_masked, read_entities, write_entities
from workbench.pipeline.words import find_words, hash_words, read_text

_LOWER = re.compile(r"\b[^\W\d_A-Z]\w*")
_SCORES = {"surname": 0.85, "title": 0.8, "handle": 0.8, "acronym": 0.85, "repeated": 0.8}
_SHORTEST = 3
_LATIN = 0x24F
"""The last code point of the Latin letters and their extensions."""
_LONGEST_SCRIPT = 12
_UNSURE = ("ORG", "GPE", "NORP", "LOC", "EVENT", "AGREEMENT")
_SPEAKING = frozenset(
    {"said", "says", "told", "wrote", "added", "posted", "replied", "tweeted", "argued"}
    | {"warned", "insisted", "announced", "remarked", "conceded", "admitted", "noted"}
    | {"explained", "quipped", "asked", "declared", "stressed", "observed", "commented"}
    | {"recalled"}
)
_LEARNT = ("ORG", "EVENT", "AGREEMENT", "PERSON", "LOC")


@Language.component("workbench_names", assigns=["doc.ents", "doc.spans"])
def propagate_names(doc: Doc) -> Doc:
    """Label surnames, handles, acronyms in brackets and repeated names as what they stand for.

    A surname that also occurs in lower case is no name; what lies inside a longer entity stays.
    """
    entities = read_entities(doc)
    masked = {token.i for run in find_masked(doc) for token in run}
    titled = list(_read_titled(doc, entities))
    entities = [e for e in entities if not any(_same(e, t) for t in titled)] + titled
    taken = {number: e for e in entities for number in range(e.start, e.end)}
    entities = [_widen(doc, e, taken) for e in _relabel(doc, entities)]
    text = read_text(doc)
    surnames = _learn_surnames(doc, entities, text)
    added = [*_find_surnames(doc, entities, surnames, text), *_find_acronyms(doc, entities)]
    added += [*_find_repeated(doc, entities), *_find_scripts(doc, entities)]
    added = [e for e in added if masked.isdisjoint(range(e.start, e.end))]
    kept = [e for e in entities if not any(_same(e, a) for a in added)]
    write_entities(doc, [*kept, *added])
    return doc


def _same(a: Found, b: Found) -> bool:
    return (a.start, a.end) == (b.start, b.end)


def _read_titled(doc: Doc, entities: list[Found]) -> Iterator[Found]:
    """Label the capitalised words right after an office as a person."""
    at = {e.start: e for e in entities}
    for role in entities:
        if role.label != "ROLE" or role.end >= len(doc):
            continue
        start = role.end
        while start < len(doc) and doc[start].lower_ in COURTESIES:
            start += 1
        end = start
        while end < len(doc) and doc[end].is_title and doc[end].is_alpha and doc[end].pos_ != "DET":
            end += 1
        known = at.get(start)
        if end > start and (known is None or (known.label != "PERSON" and known.end <= end)):
            is_plain = known is None or known.rule.startswith("ner")
            is_name = end - start > 1 or doc[start].ent_type_ not in ("GPE", "ORG")
            if is_plain and is_name and doc[start].ent_type_ != "DATE":
                yield Found(start, end, "PERSON", "title:PERSON", _SCORES["title"])


def _relabel(doc: Doc, entities: list[Found]) -> Iterator[Found]:
    """Read a name as a person's where its sentence treats it so, as a place's after "in"."""
    for e in entities:
        label = e.label
        if e.rule.startswith("ner:"):
            label = _read_context(doc, e)
        yield e if label == e.label else replace(e, label=label, rule=f"context:{label}")


def _read_context(doc: Doc, e: Found) -> str:
    before = doc[e.start - 1].lower_ if e.start else ""
    after = doc[e.end] if e.end < len(doc) else None
    words = doc[e.start : e.end]
    is_single = e.end - e.start == 1
    if e.label in ("PERSON", "ORG", "NORP") and is_single and before in ("in", "near"):
        return "GPE" if words[0].is_title and words[0].is_alpha else e.label
    if e.label in _UNSURE and 2 <= len(words) <= 4 and after is not None:
        named = all(t.text == "-" or _is_capital(doc, t) for t in words)
        if named and before not in ("the", "in") and _acts_as_person(doc, e.end, before):
            return "PERSON"
    return e.label


def _is_capital(doc: Doc, token: Token) -> bool:
    after_hyphen = token.i > 0 and doc[token.i - 1].text == "-"
    return token.is_alpha and (token.is_title or after_hyphen or token.lower_ in ("al", "bin"))


def _acts_as_person(doc: Doc, end: int, before: str) -> bool:
    """Tell whether what follows a name says that it is somebody's: "…, a baker", "… said"."""
    after = doc[end]
    if after.lower_ in _SPEAKING or (before in _SPEAKING and before != "told"):
        return True
    if after.text == "," and end + 1 < len(doc):
        following = doc[end + 1].lower_
        return following in ("who", "whose", "a", "an", "its", "his", "her", "then", "now")
    return after.text == "(" and end + 1 < len(doc) and _is_script(doc[end + 1].text)


def _widen(doc: Doc, e: Found, taken: Mapping[int, Found]) -> Found:
    """Take in the capitalised words beside a person's name that the model left out."""
    if e.label != "PERSON" or doc[e.start].text.startswith("@"):
        return e
    start, end = e.start, e.end
    while start and start - 1 not in taken and _is_given_name(doc[start - 1]):
        start -= 1
    while end < len(doc) and end not in taken:
        hyphened = doc[end].text == "-" and end + 1 < len(doc) and doc[end + 1].is_title
        if hyphened and not doc[end - 1].whitespace_ and not doc[end].whitespace_:
            end += 2
        elif doc[end].pos_ == "PROPN" and _is_given_name(doc[end]):
            end += 1
        else:
            break
    if (start, end) == (e.start, e.end):
        return e
    return replace(e, start=start, end=end, rule="widened:PERSON")


def _is_given_name(token: Token) -> bool:
    is_name = token.is_title and token.is_alpha and token.pos_ == "PROPN" and len(token) > 2
    return is_name and not token.ent_type_ and token.lower_ not in COURTESIES


def _find_scripts(doc: Doc, entities: list[Found]) -> Iterator[Found]:
    """Label a name in another script in brackets as what stands before it: "Rao (राव)"."""
    for e in entities:
        if e.label not in ("PERSON", "ORG", "GPE") or e.end + 2 >= len(doc):
            continue
        if doc[e.end].text != "(" or not _is_script(doc[e.end + 1].text):
            continue
        end = e.end + 1
        while end < len(doc) and end - e.end < _LONGEST_SCRIPT and doc[end].text != ")":
            end += 1
        if end < len(doc) and doc[end].text == ")":
            yield Found(e.end + 1, end, e.label, f"script:{e.label}", _SCORES["acronym"])


def _is_script(word: str) -> bool:
    return any(character.isalpha() and ord(character) > _LATIN for character in word)


def _learn_surnames(doc: Doc, entities: list[Found], text: str) -> dict[str, str]:
    """Return surnames, each with the full name that it was learnt from."""
    common = frozenset(_LOWER.findall(text))
    offices = {e.end for e in entities if e.label == "ROLE"}
    surnames: dict[str, str] = {}
    for e in entities:
        last = doc[e.end - 1]
        is_name = e.label == "PERSON" and (e.end - e.start > 1 or e.start in offices)
        if is_name and len(last) >= _SHORTEST and last.is_alpha and last.lower_ not in common:
            surnames.setdefault(last.text, doc[e.start : e.end].text)
        first = doc[e.start]
        # "Yoon Seo-jun": the family name stands first.
        family_first = is_name and e.end - e.start > 2 and doc[e.end - 2].text == "-"
        if family_first and first.is_alpha and first.lower_ not in common and len(first) > 1:
            surnames.setdefault(first.text, doc[e.start : e.end].text)
    return surnames


def _find_surnames(
    doc: Doc, entities: list[Found], surnames: dict[str, str], text: str
) -> Iterator[Found]:
    handles = [t.i for t in doc if t.text.startswith("@")] if "@" in text else []
    inside = {
        i: e for e in sorted(entities, key=lambda e: e.end - e.start) for i in range(e.start, e.end)
    }
    if not surnames:
        return
    for number in find_words(doc, hash_words(surnames), cased=True):
        cover = inside.get(number)
        is_longer = cover is not None and cover.end - cover.start > 1
        is_person = cover is not None and cover.label == "PERSON"
        if not is_longer and not is_person:
            yield _find(number, "surname", "PERSON")
    folded = tuple(surname.lower() for surname in surnames)
    for at in handles:
        if doc[at].lower_.endswith(folded):
            yield _find(at, "handle", "PERSON")


def _find(at: int, rule: str, label: str) -> Found:
    return Found(at, at + 1, label, f"{rule}:{label}", _SCORES[rule])


def _find_acronyms(doc: Doc, entities: list[Found]) -> Iterator[Found]:
    """Label "IAEA" as what "International Atomic Energy Agency (IAEA)" is, wherever it stands."""
    labels: dict[str, str] = {}
    for e in entities:
        if e.end + 2 < len(doc) and doc[e.end].text == "(" and doc[e.end + 2].text == ")":
            short = doc[e.end + 1]
            if short.is_upper and short.is_alpha and len(short) > 1:
                labels[short.text] = e.label
    if not labels:
        return
    known = {i for e in entities for i in range(e.start, e.end)}
    for number in find_words(doc, hash_words(labels), cased=True):
        if number not in known:
            yield _find(number, "acronym", labels[doc[number].text])


def _find_repeated(doc: Doc, entities: list[Found]) -> Iterator[Found]:
    """Label names of several words again wherever the same words stand."""
    taken = {i for e in entities for i in range(e.start, e.end)}
    learnt = {
        tuple(token.text for token in doc[e.start : e.end]): e.label
        for e in entities
        if e.label in _LEARNT and e.end - e.start > 1 and doc[e.start].is_title
    }
    first: dict[str, list[tuple[str, ...]]] = {}
    for words in learnt:
        first.setdefault(words[0], []).append(words)
    for number in find_words(doc, hash_words(first), cased=True) if first else ():
        if number in taken:
            continue
        for words in first[doc[number].text]:
            end = number + len(words)
            if tuple(t.text for t in doc[number:end]) == words and taken.isdisjoint(
                range(number, end)
            ):
                label = learnt[words]
                yield Found(number, end, label, f"repeated:{label}", _SCORES["repeated"])
