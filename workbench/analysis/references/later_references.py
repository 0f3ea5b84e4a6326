"""Later references: what "the deal", "the group" and "the Indian side" mean."""

from __future__ import annotations

from workbench.analysis.references.names import find_head, is_part_of, split_name, strip_plural
from workbench.analysis.references.referents import Referent, Referents

_GOVERNMENTS = frozenset(
    {"government", "side", "delegation", "administration", "cabinet", "regime", "officials"}
    | {"authorities", "leadership"}
)
_BODIES = frozenset(
    {
        "group",
        "bloc",
        "organisation",
        "organization",
        "body",
        "alliance",
        "lender",
        "party",
        "union",
    }
    | {"movement", "company", "firm", "agency", "militia", "watchdog", "network", "faction", "club"}
    | {"grouping", "institution", "outlet", "broadcaster", "newspaper"}
)
_COUNTRIES = frozenset({"country", "nation", "kingdom", "republic", "island", "state", "host"})
_DEALS = frozenset(
    {"deal", "agreement", "pact", "accord", "treaty", "text", "scheme", "arrangement", "paper"}
    | {"document", "compromise", "package", "settlement", "draft", "plan"}
)


def index_heads(found: Referents) -> dict[str, list[Referent]]:
    """Return the referents by the head of each of their names and offices."""
    heads: dict[str, list[Referent]] = {}
    for referent in found.referents:
        names = [referent.name] if referent.family != "person" else []
        names += [title for title, _ in referent.titles]
        for head in dict.fromkeys(strip_plural(find_head(name)) for name in names):
            heads.setdefault(head, []).append(referent)
    return heads


def resolve_noun(
    found: Referents, number: int, nouns: dict[str, Referent], heads: dict[str, list[Referent]]
) -> None:
    """Join "the deal" to the deal, "the Indian side" to India, and equal wordings."""
    words = found.clean(number)
    name = split_name(words)
    nation = _find_government(found, words)
    fitting: list[Referent] = []
    if nation is not None:
        fitting = [r for r in found.referents if r.family == "place" and r.name == nation]
    elif _is_definite(found.words(number)) and len(name) <= 4:
        fitting = [r for r in heads.get(strip_plural(find_head(name)), []) if _fits(name, r)]
    if not fitting and _is_definite(found.words(number)) and len(name) <= 2:
        fitting = _find_kind(found, number, name[-1] if name else "")
    key = " ".join(name)
    if not fitting and key in nouns:
        fitting = [nouns[key].root()]
    nouns[key] = found.place(number, fitting, "mention", name)


def _find_kind(found: Referents, number: int, noun: str) -> list[Referent]:
    """Return the body, country or deal named last before, where a noun says but its kind."""
    kinds = (("org", _BODIES), ("place", _COUNTRIES), ("agreement", _DEALS))
    family = next((family for family, nouns in kinds if noun in nouns), None)
    if family is None:
        return []
    before = [
        n for n in range(number - 1, -1, -1) if n in found.of and found.of[n].family == family
    ]
    return [found.of[before[0]]] if before else []


def _find_government(found: Referents, words: str) -> tuple[str, ...] | None:
    parts = words.replace("’s", "").replace("'s", "").split()
    if len(parts) > 1 and parts[-1].lower() in _GOVERNMENTS:
        nation = found.registry.get(" ".join(parts[:-1]))
        return split_name(nation) if nation else None
    return None


def _is_definite(words: str) -> bool:
    return words.lower().partition(" ")[0] in (
        "the",
        "this",
        "that",
        "these",
        "those",
        "its",
        "their",
    )


def _fits(name: tuple[str, ...], referent: Referent) -> bool:
    return is_part_of(name, referent.name) or any(
        is_part_of(name, title) for title, _ in referent.titles
    )
