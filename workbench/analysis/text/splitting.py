"""Near-duplicates and splits: wire copies share a group, and a group never leaves its split."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping

from workbench.core.article import Split

SHINGLE = 5
"""Words in a row that make one shingle."""
CONTAINMENT = 0.6
"""The share of the shorter text's shingles that makes two texts near-duplicates."""
SHARES: Mapping[Split, float] = {"train": 0.7, "dev": 0.1, "test": 0.2}

_WORD = re.compile(r"\w+")


class Shingles:
    """An index of texts by their five-word shingles, which finds the near-duplicates of another.

    Exact (Broder 1997: containment of shingle sets), one posting list a shingle; fine to about
    50,000 articles.
    """

    def __init__(self) -> None:
        self._postings: defaultdict[int, list[str]] = defaultdict(list)
        self._sizes: dict[str, int] = {}

    def add(self, name: str, text: str) -> None:
        """Add a text under a name that no other text has."""
        shingles = _shingle(text)
        self._sizes[name] = len(shingles)
        for shingle in shingles:
            self._postings[shingle].append(name)

    def find(self, text: str) -> list[str]:
        """Name the texts that share enough shingles with this one, whichever is the shorter."""
        shingles = _shingle(text)
        shared: Counter[str] = Counter()
        for shingle in shingles:
            shared.update(self._postings.get(shingle, ()))
        return sorted(
            name
            for name, count in shared.items()
            if count >= CONTAINMENT * min(len(shingles), self._sizes[name])
        )


def draw_split(group: str, seed: int, shares: Mapping[Split, float] = SHARES) -> Split:
    """Draw a group's split from a seeded hash, so that it is the same whenever it is drawn."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") / 2**64 * sum(shares.values())
    for split, share in shares.items():
        if point < share:
            return split
        point -= share
    return "train"


def _shingle(text: str) -> set[int]:
    words = _WORD.findall(text.lower())
    found = {_hash(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}
    # A text shorter than a shingle is one shingle of its own.
    return found or ({_hash(words)} if words else set())


def _hash(words: list[str]) -> int:
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big")
