"""Component: names learnt from the document, propagated to every other place they stand in."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from workbench.pipeline.entity_labels import COURTESIES
from workbench.pipeline.entity_spans import Found, find_masked, read_entities, write_entities

_SCORES = {"surname": 0.85, "title": 0.8, "handle": 0.8, "acronym": 0.85, "repeated": 0.8}
_SHORTEST = 3
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
    surnames = _learn_surnames(doc, entities)
    added = [*_find_surnames(doc, entities, surnames), *_find_acronyms(doc, entities)]
    added += _find_repeated(doc, entities)
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
            if is_plain and doc[start].ent_type_ not in ("GPE", "ORG", "DATE"):
                yield Found(start, end, "PERSON", "title:PERSON", _SCORES["title"])


def _learn_surnames(doc: Doc, entities: list[Found]) -> dict[str, str]:
    """Return surnames, each with the full name that it was learnt from."""
    common = {token.text for token in doc if token.is_lower}
    offices = {e.end for e in entities if e.label == "ROLE"}
    surnames: dict[str, str] = {}
    for e in entities:
        last = doc[e.end - 1]
        is_name = e.label == "PERSON" and (e.end - e.start > 1 or e.start in offices)
        if is_name and len(last) >= _SHORTEST and last.is_alpha and last.lower_ not in common:
            surnames.setdefault(last.text, doc[e.start : e.end].text)
    return surnames


def _find_surnames(doc: Doc, entities: list[Found], surnames: dict[str, str]) -> Iterator[Found]:
    inside = {
        i: e for e in sorted(entities, key=lambda e: e.end - e.start) for i in range(e.start, e.end)
    }
    folded = {surname.lower() for surname in surnames}
    for token in doc:
        cover = inside.get(token.i)
        is_longer = cover is not None and cover.end - cover.start > 1
        is_person = cover is not None and cover.label == "PERSON"
        if token.text in surnames and not is_longer and not is_person:
            yield _find(token.i, "surname", "PERSON")
        elif token.text.startswith("@") and token.lower_.endswith(tuple(folded)) and folded:
            yield _find(token.i, "handle", "PERSON")


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
    known = {i for e in entities for i in range(e.start, e.end)}
    for token in doc:
        if token.text in labels and token.i not in known:
            yield _find(token.i, "acronym", labels[token.text])


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
    for token in doc:
        for words in first.get(token.text, ()):
            end = token.i + len(words)
            if tuple(t.text for t in doc[token.i : end]) == words and taken.isdisjoint(
                range(token.i, end)
            ):
                label = learnt[words]
                yield Found(token.i, end, label, f"repeated:{label}", _SCORES["repeated"])
