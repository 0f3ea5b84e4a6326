"""Namings: what people decided about the names under which a corpus counts its edges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from workbench.core.identity import digest

NamingAction = Literal["merge", "split"]


@dataclass(frozen=True, slots=True)
class Naming:
    """A decision about names: several that mean one, or one that means another in some articles.

    `names` are the names found, `into` is the name they are counted under; a split holds in
    `articles` alone, a merge everywhere.
    """

    action: NamingAction
    names: tuple[str, ...]
    into: str
    articles: tuple[str, ...] = ()
    author: str = ""
    reason: str = ""

    @property
    def id(self) -> str:
        """`naming:<16 hex>` over what was decided, whoever decided it and why."""
        return f"naming:{digest(self.action, sorted(self.names), self.into, sorted(self.articles))}"


class Names:
    """The name that each name found is counted under, by the decisions that stand."""

    def __init__(self, namings: Iterable[Naming]) -> None:
        self._merged: dict[str, str] = {}
        self._split: dict[tuple[str, str], str] = {}
        for naming in namings:
            for name in naming.names:
                if naming.action == "merge" and name != naming.into:
                    self._merged[name] = naming.into
                for article_id in naming.articles if naming.action == "split" else ():
                    self._split[name, article_id] = naming.into

    def find(self, name: str, article_id: str = "") -> str:
        """Return the name that a name found in an article is counted under.

        Merges are followed from name to name; a name that leads back to itself stays there.
        """
        name = self._split.get((name, article_id), name)
        seen = {name}
        while (other := self._merged.get(name)) is not None and other not in seen:
            seen.add(other)
            name = self._split.get((other, article_id), other)
        return name
