"""Clusters: which mentions of an article mean the same person, country, body or thing.

Pure on text and offsets, so that the pipeline, what comes back from annotators and adjudication
all get the same clusters for the same spans.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from workbench.analysis.references.names import (
    Words,
    clean_name,
    find_head,
    find_initials,
    find_nation,
    is_handle_of,
    is_part_of,
    is_same_person,
    read_registry,
    split_name,
    strip_plural,
)
from workbench.analysis.references.pronouns import resolve_mentions
from workbench.analysis.references.referents import Referent, Referents
from workbench.core.cluster import Cluster
from workbench.core.offsets import Offsets
from workbench.core.quote import Quote
from workbench.core.span import MENTION, Span

Link = tuple[Offsets | str, Offsets | str]
"""Two ends, each the offsets of a mention or a name: every mention that reads so."""

__all__ = ["Link", "make_clusters", "name_mentions", "read_registry"]

_TITLE_GAP = re.compile(r"\s?,?\s?(?:(?:Dr|Mr|Mrs|Ms|Sir|Dame|Prof|Professor|Gen|Shri)\.?\s)?\s?")
_APPOSITION = re.compile(r",\s(?:the\s|a\s|an\s)?(?:[\w.’'-]+\s){0,2}")
_NAMED = ("org", "agreement", "event", "place", "loc")
_LATIN = 0x24F
"""The last code point of the Latin letters and their extensions."""
_DEALS = frozenset(
    {"deal", "agreement", "pact", "accord", "treaty", "text", "scheme", "arrangement"}
    | {"paper", "document", "truce", "framework", "compact"}
)
_PAPERS = frozenset(["statement", "declaration", "communique", "communiqué", "resolution", "law"])
_NATION_GAP = re.compile(r"(?:['’]s?)?[\s-]")


def make_clusters(
    text: str,
    spans: Iterable[Span],
    quotes: Iterable[Quote],
    *,
    registry: Mapping[str, str],
    must_link: Iterable[Link] = (),
    cannot_link: Iterable[Link] = (),
) -> tuple[Cluster, ...]:
    """Return the clusters of an article's mentions, in the order of their first mention.

    `registry` maps aliases to canonical names (`read_registry` reads its table). `must_link` and
    `cannot_link` are corrections: pairs that are, or are never, put together; where both speak of
    the same mentions, `must_link` wins. Every mention is in exactly one cluster.
    """
    mentions = sorted(set(spans), key=lambda span: (span.start, -span.end, span.label))
    found = Referents(text, mentions, registry, _pair(text, mentions, cannot_link))
    _place_persons(found)
    _place_things(found)
    _place_roles(found)
    _join_acronyms(found)
    _join_scripts(found)
    _join_deals(found)
    resolve_mentions(found, list(quotes))
    for first, second in _pair(text, mentions, must_link):
        found.merge(found.of[first], found.of[second])
    return _write(found)


def _pair(text: str, mentions: list[Span], links: Iterable[Link]) -> list[tuple[int, int]]:
    """Turn links into pairs of mention numbers; an end that names nothing here is passed over."""
    links = list(links)
    if not links:
        return []
    by_end: defaultdict[Offsets | str, list[int]] = defaultdict(list)
    for number, span in enumerate(mentions):
        by_end[span.offsets].append(number)
        by_end[clean_name(text[span.start : span.end])].append(number)

    def numbers(end: Offsets | str) -> list[int]:
        return by_end.get(clean_name(end) if isinstance(end, str) else (end[0], end[1]), [])

    return [(a, b) for one, two in links for a in numbers(one) for b in numbers(two) if a != b]


def _place_persons(found: Referents) -> None:
    """Put person names together, full names first so that a headline's surname finds its owner."""
    people: defaultdict[str, list[Referent]] = defaultdict(list)
    names = [(split_name(found.words(n)), n) for n in found.labelled("PERSON")]
    handles = [n for _, n in names if found.words(n).startswith("@")]
    plain = [(name, n) for name, n in names if not found.words(n).startswith("@")]
    for name, number in sorted(plain, key=lambda row: (-len(row[0]), row[1])):
        ends = {name[-1], name[0]} if name else set()
        options = [r for end in sorted(ends) for r in people[end]]
        fitting = [r for r in options if is_same_person(name, r.name) or name == r.name]
        referent = found.place(number, fitting, "person", name)
        if referent.mentions == [number]:
            for end in sorted(ends):
                people[end].append(referent)
    everybody = [r for r in found.referents if r.family == "person"]
    for number in handles:
        fitting = [r for r in everybody if is_handle_of(found.words(number), r.name)]
        found.place(number, fitting, "person", split_name(found.words(number)))


def _place_things(found: Referents) -> None:
    """Put countries, bodies, deals, events and issues together by registry, name and head."""
    by_head: defaultdict[tuple[str, str], list[Referent]] = defaultdict(list)
    skipped = {"PERSON", "ROLE", MENTION}
    rows: list[tuple[Words, int]] = []
    for number, span in enumerate(found.mentions):
        if span.label not in skipped:
            rows.append((split_name(found.canonical(number)), number))
    countries = {name for name, number in rows if found.mentions[number].label == "GPE"}
    for name, number in sorted(rows, key=lambda row: (-len(row[0]), row[1])):
        label = found.mentions[number].label
        family = "place" if label == "GPE" else label.lower()
        # A country that the model took for a body is still that country.
        if found.clean(number) in found.registry and label == "ORG":
            family = "place" if name in countries else family
        key = (family, strip_plural(find_head(name)))
        exact = label in ("GPE", "NORP", "LOC", "DATE", "MONEY", "PERCENT")
        options = by_head[key]
        fitting = [r for r in options if (r.name == name if exact else is_part_of(name, r.name))]
        referent = found.place(number, fitting, family, name)
        if referent.mentions == [number]:
            options.append(referent)


def _place_roles(found: Referents) -> None:
    """Give each office to the person it stands beside, and later bare titles to who had it."""
    persons = {found.mentions[n].start: n for n in found.labelled("PERSON")}
    holders: list[Referent] = []
    for number in found.labelled("ROLE"):
        title, nation = _read_title(found, number)
        beside = _find_beside(found, number, persons)
        if beside is not None:
            owner = found.of[beside]
            found.add(number, owner)
        else:
            fitting = [r for r in holders if _had_title(r, title, nation)]
            owner = found.place(number, fitting, "person", title)
        owner.titles.append((title, nation))
        if owner not in holders:
            holders.append(owner)


def _read_title(found: Referents, number: int) -> tuple[Words, str | None]:
    nation, rest = find_nation(found.clean(number), found.registry)
    start = found.mentions[number].start
    for before in range(number - 1, max(-1, number - 4), -1):
        span = found.mentions[before]
        if nation is None and span.label in ("GPE", "NORP") and span.end < start:
            if _NATION_GAP.fullmatch(found.text[span.end : start]):
                nation = found.canonical(before)
            break
    long = found.registry.get(rest, rest)
    return split_name(long), nation


def _find_beside(found: Referents, number: int, persons: Mapping[int, int]) -> int | None:
    role = found.mentions[number]
    text = found.text
    after = _TITLE_GAP.match(text, role.end)
    starts = [role.end + 1] if after is None else [after.end(), after.end() - 1, role.end + 1]
    for start in starts:
        if start in persons and "\n" not in text[role.end : start]:
            return persons[start]
    for before in range(number - 1, max(-1, number - 4), -1):
        span = found.mentions[before]
        gap = text[span.end : role.start]
        if span.label == "PERSON" and _APPOSITION.fullmatch(gap):
            closes = text[role.end : role.end + 1] in (",", ".", ")", ";", ":", "")
            return before if closes else None
    return None


def _had_title(referent: Referent, title: Words, nation: str | None) -> bool:
    for had, of in referent.titles:
        same = is_part_of(title, had) or is_part_of(had, title)
        if same and (nation is None or of is None or nation == of):
            return True
    return False


def _join_acronyms(found: Referents) -> None:
    """Join "International Energy Agency (IEA)" and capitals that only one longer name explains."""
    things = [r for r in found.referents if r.family in _NAMED]
    bracketed: dict[int, Referent] = {}
    spelled: defaultdict[str, dict[int, Referent]] = defaultdict(dict)
    for thing in things:
        for initials in find_initials(found.clean(thing.mentions[0])):
            spelled[initials][id(thing)] = thing
        for number in thing.mentions:
            bracketed[found.mentions[number].end + 2] = thing
    for short in things:
        first = found.mentions[short.mentions[0]].start if short.mentions else -1
        letters = found.clean(short.mentions[0]) if short.mentions else ""
        if not (letters.isupper() and letters.isalpha()):
            continue
        owners = {id(r.root()): r.root() for r in spelled[letters].values() if r is not short}
        if found.text[first - 2 : first] == " (" and first in bracketed:
            owner = bracketed[first].root()
            owners = {id(owner): owner}
        if len(owners) == 1:
            found.merge(next(iter(owners.values())), short)


def _join_scripts(found: Referents) -> None:
    """Join a name in brackets in another script to the name before it: "Rao (राव)"."""
    for number in range(1, len(found.mentions)):
        before, span = found.mentions[number - 1], found.mentions[number]
        gap = found.text[before.end : span.start]
        foreign = any(c.isalpha() and ord(c) > _LATIN for c in found.words(number))
        if before.label == span.label and gap == " (" and foreign:
            found.merge(found.of[number - 1].root(), found.of[number].root())


def _join_deals(found: Referents) -> None:
    """Join "the deal", "the text" and the like to the agreement that was named last before."""
    for number in found.labelled("AGREEMENT"):
        referent = found.of[number].root()
        if referent.mentions[0] != number or found.clean(number).lower() not in _DEALS:
            continue
        start = found.mentions[number].start
        definite = found.text[max(0, start - 5) : start].lower().endswith(("the ", "this "))
        named = [n for n in found.labelled("AGREEMENT") if n < number]
        named = [n for n in named if found.of[n].root() is not referent]
        named = [n for n in named if find_head(found.of[n].name) not in _PAPERS]
        if definite and named:
            found.merge(found.of[named[-1]].root(), referent)


def _write(found: Referents) -> tuple[Cluster, ...]:
    """Name the referents; plural ones last get their members' names."""
    alive = sorted((r for r in found.referents if r.mentions), key=lambda r: min(r.mentions))
    names = {id(r): _choose_name(found, r) for r in alive if not r.members}
    clusters = []
    for referent in alive:
        members = tuple(dict.fromkeys(names.get(id(r.root()), "") for r in referent.members))
        members = tuple(member for member in members if member)
        name = names.get(id(referent)) or " and ".join(members) or _choose_name(found, referent)
        spans = tuple(found.mentions[n] for n in sorted(referent.mentions))
        clusters.append(Cluster(name, spans, members))
    return tuple(clusters)


def _choose_name(found: Referents, referent: Referent) -> str:
    """Prefer the registry's name, then the longest person's name, then the commonest wording."""
    numbers = referent.mentions
    if len(numbers) == 1 and found.mentions[numbers[0]].label in ("GPE", "ORG"):
        clean = found.clean(numbers[0])
        return found.registry.get(clean, clean) or found.words(numbers[0])
    for number in numbers:
        if found.mentions[number].label in ("GPE", "ORG", "AGREEMENT", "LOC"):
            known = found.registry.get(found.clean(number))
            if known is not None:
                return known
    for labels in (("PERSON",), ("ROLE",)):
        names = [found.clean(n) for n in numbers if found.mentions[n].label in labels]
        names = [name for name in names if name]
        plain = [name for name in names if not name.startswith("@")] or names
        if plain:
            return max(plain, key=lambda name: (len(name.split()), len(name)))
    entities = [n for n in numbers if found.mentions[n].label != MENTION]
    return name_mentions([found.words(n) for n in entities or numbers]) or found.words(numbers[0])


def name_mentions(words: Iterable[str]) -> str:
    """Name a referent by the longest and commonest of its wordings, without articles."""
    counts = Counter(clean_name(wording) for wording in words)
    return max(counts, key=lambda name: (len(name.split()), counts[name], name))
