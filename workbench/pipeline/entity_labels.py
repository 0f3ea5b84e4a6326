"""Component: the model's entities under the project's labels, trimmed and without crumbs."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

from workbench.pipeline.entity_spans import Found, find_masked, read_entities, write_entities

_SCORE = 0.7
_ARTICLES = ("the", "a", "an", "this", "that", "these", "those", "its", "their", "our", "all")
_POSSESSIVES = ("'s", "’s", "'", "’")
COURTESIES = frozenset(
    {"mr", "mr.", "mrs", "mrs.", "ms", "ms.", "dr", "dr.", "sir", "dame", "lord", "lady"}
    | {"prof", "prof.", "professor", "shri", "gen.", "col.", "sen.", "rep.", "gov.", "lt."}
)
_WEAK = frozenset(["first", "second", "third", "one", "two", "three", "four", "five", "both"])
_BEFORE_DATES = frozenset(
    {"before", "after", "past", "barely", "about", "nearly", "around", "by", "since", "until"}
    | {"till", "only", "just", "almost", "roughly", "some", "on", "in", "over", "within", "at"}
    | {"from"}
)
_VAGUE_DATES = frozenset(
    {"daily", "weekly", "monthly", "annual", "annually", "yearly", "months", "years", "weeks"}
    | {"days", "hours", "minutes", "the day", "every hour", "every day", "every year"}
    | {"every week", "now", "each year", "each day", "the hour", "day", "month", "year", "week"}
    | {"hour", "overnight", "their first day", "decades", "centuries", "the days", "the years"}
    | {"the months", "the past"}
)
_MEDIA = frozenset(
    {"instagram", "facebook", "twitter", "x", "threads", "bluesky", "telegram", "whatsapp"}
    | {"weibo", "tiktok", "youtube", "linkedin", "mastodon", "snapchat", "signal", "vkontakte"}
    | {"vk", "wechat"}
)
_NUMBERS = ("DATE", "MONEY", "PERCENT")


@Language.factory(
    "workbench_entity_labels",
    default_config={"mapping": {}, "roles": []},
    assigns=["doc.ents", "doc.spans"],
)
def make_entity_labels(
    nlp: Language, name: str, mapping: dict[str, str], roles: list[str]
) -> EntityLabels:
    """Make the component; `mapping` goes from the model's labels to the project's."""
    return EntityLabels(mapping, roles)


class EntityLabels:
    """Maps, trims and joins the model's entities with those of the rules."""

    def __init__(self, mapping: dict[str, str], roles: list[str]) -> None:
        self._mapping = mapping
        self._leading = COURTESIES | frozenset(roles)

    def __call__(self, doc: Doc) -> Doc:
        """Replace the model's entities by ours; those of the rules stay as they are."""
        rules = read_entities(doc)
        preset = {(e.start, e.end) for e in rules}
        masked = {token.i for run in find_masked(doc) for token in run}
        found = list(rules)
        beside = {e.end for e in rules}, {e.start for e in rules}
        for ent in doc.ents:
            label = self._mapping.get(ent.label_)
            if (ent.start, ent.end) in preset or label is None:
                continue
            span = self._trim(ent, label)
            if (
                span is None
                or _is_medium(span)
                or not masked.isdisjoint(range(span.start, span.end))
            ):
                continue
            if _is_crumb(span, label, beside):
                continue
            found.append(Found(span.start, span.end, label, f"ner:{ent.label_}", _SCORE))
        write_entities(doc, found)
        return doc

    def _trim(self, span: Span, label: str) -> Span | None:
        start, end = span.start, span.end
        doc = span.doc
        while start < end and (
            not any(character.isalnum() or character in "$€£¥₹@#" for character in doc[start].text)
            or (label == "DATE" and doc[start].lower_ in _BEFORE_DATES)
            or (doc[start].lower_ in _ARTICLES and label not in _NUMBERS)
            or (label == "PERSON" and doc[start].lower_ in self._leading)
            or doc[start].text in ("“", '"', "(", "-", "‘")
        ):
            start += 1
        while end > start and (
            not doc[end - 1].text.strip()
            or doc[end - 1].text in (*_POSSESSIVES, "”", '"', ")", ",", "-", ".", "—")
        ):
            end -= 1
        return doc[start:end] if start < end else None


def _is_medium(span: Span) -> bool:
    """Tell whether a network on which posts appear is named, which is no body."""
    before = span.doc[span.start - 1].lower_ if span.start else ""
    return len(span) == 1 and span[0].lower_ in _MEDIA and before in ("on", "via", "to", "over")


def _is_crumb(span: Span, label: str, beside: tuple[set[int], set[int]]) -> bool:
    """Tell whether nothing worth a label is left: no letters, a line break, a rule's leftover."""
    if "\n" in span.text or not any(character.isalnum() for character in span.text):
        return True
    if label not in _NUMBERS and not any(token.is_alpha for token in span):
        return True
    if label in _NUMBERS and (span.text.lower() in _WEAK or span.text.lower() in _VAGUE_DATES):
        return True
    if label == "DATE" and len(span) == 1 and span[0].is_digit and len(span.text) != 4:
        return True
    if label == "MONEY" and not any(token.like_num for token in span):
        return True
    if label not in _NUMBERS and not any(token.text[:1].isupper() for token in span):
        return True
    if len(span) == 1 and span[0].lower_ in COURTESIES:
        return True
    # What a rule's name left over at its side ("Facets of") ends or begins in a small word.
    touches = span.start in beside[0] or span.end in beside[1]
    return touches and (span[-1].lower_ in ("of", "and", "in") or span[0].lower_ in ("of", "and"))
