"""Regions and links of a task as they came back, each held against text and scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.article import Article
from workbench.core.offsets import Offsets, is_covered, trim
from workbench.core.span import Span


@dataclass(frozen=True, slots=True)
class Region:
    """A labelled region with offsets into the article; `is_changed` against the suggestion."""

    id: str
    offsets: Offsets
    label: str
    kind: str
    is_changed: bool = False

    @property
    def span(self) -> Span:
        """The region as a span."""
        return Span(*self.offsets, self.label)


class Regions:
    """The regions of one task by id; two of the same words and label count as one."""

    def __init__(self, article: Article, passage: Offsets, kinds: Mapping[str, str]) -> None:
        self._text = article.text
        self._masked = article.masked
        self._passage = passage
        self._kinds = kinds
        self._regions: dict[str, Region] = {}
        self._same: dict[tuple[Offsets, str], str] = {}
        self._alias: dict[str, str] = {}

    def take(self, part: Mapping[str, Any]) -> str:
        """Take a region; return why it can't be taken, or nothing."""
        name, value = part.get("id"), part.get("value")
        if not isinstance(name, str) or not name or not isinstance(value, dict):
            return "the region has no id or no value"
        if name in self._regions or name in self._alias:
            return "another region has the same id"
        labels = value.get("labels")
        if not isinstance(labels, list) or len(labels) != 1:
            return "a region must have exactly one label"
        label = labels[0]
        kind = self._kinds.get(label) if isinstance(label, str) else None
        if kind is None:
            return f"the scheme has no label {label!r}"
        start, end = value.get("start"), value.get("end")
        length = self._passage[1] - self._passage[0]
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
            return f"the offsets {start}..{end} do not fit a passage of {length} characters"
        offsets = trim(self._text, (start + self._passage[0], end + self._passage[0]))
        if offsets is None:
            return "the region holds nothing but whitespace"
        if is_covered(offsets, self._masked):
            return "the region lies in page furniture, in which nothing is labelled"
        known = self._same.get((offsets, label))
        # Two stances may share a cue; two spans or quotes of the same words say the same.
        if known is not None and kind != "polarity":
            self._alias[name] = known
            return "another region has the same words and label; links to it count for that one"
        self._same[offsets, label] = name
        changed = part.get("origin") not in (None, "prediction")
        self._regions[name] = Region(name, offsets, label, kind, changed)
        return ""

    def find(self, name: str) -> Region | None:
        """Return the region of an id, or the one that counts for it."""
        return self._regions.get(self._alias.get(name, name))

    def of_kind(self, *kinds: str) -> Iterator[Region]:
        """Yield the regions of these kinds."""
        return (region for region in self._regions.values() if region.kind in kinds)


class Links:
    """The links between regions, read as roles: holder, target, speaker, continuation."""

    def __init__(self, regions: Regions) -> None:
        self.waiting: list[Mapping[str, Any]] = []
        self._regions = regions
        self._roles: dict[tuple[str, str], list[Region]] = {}
        self._parent: dict[str, str] = {}

    def resolve(self, part: Mapping[str, Any]) -> str:
        """Read one link; return why it can't be read, or nothing."""
        ends = [part.get("from_id"), part.get("to_id")]
        direction = part.get("direction", "right")
        if direction not in ("left", "right"):
            return f"a link needs one direction, not {direction!r}"
        if direction == "left":
            ends.reverse()
        found = [self._regions.find(end) if isinstance(end, str) else None for end in ends]
        start, end = found
        if start is None or end is None:
            return "the link points to a region that is not there"
        if start.id == end.id:
            return "the link points from a region to itself"
        return self._read(start, end)

    def find(self, region: str, role: str) -> list[Region]:
        """Return the regions that stand in a role to a region."""
        return self._roles.get((region, role), [])

    def group_cues(self) -> list[list[Region]]:
        """Return the cues, those of one discontinuous cue together, in the order of the text."""
        groups: dict[str, list[Region]] = {}
        for region in self._regions.of_kind("polarity"):
            groups.setdefault(self._root(region.id), []).append(region)
        return [sorted(group, key=lambda region: region.offsets) for group in groups.values()]

    def _read(self, start: Region, end: Region) -> str:
        mentions = ("entity", "mention")
        if start.kind in mentions and end.kind == "polarity":
            return self._add(end, "holder", start)
        if start.kind == "polarity" and end.kind in (*mentions, "quote"):
            return self._add(start, "target", end)
        if start.kind in mentions and end.kind == "quote":
            if self.find(end.id, "speaker") and start not in self.find(end.id, "speaker"):
                return "the quotation has another speaker already"
            return self._add(end, "speaker", start)
        if start.kind == end.kind == "polarity":
            if start.label != end.label:
                return "two cues of different polarity can't be one"
            self._parent[self._root(end.id)] = self._root(start.id)
            return ""
        return f"a link from {start.label} to {end.label} means nothing"

    def _add(self, region: Region, role: str, other: Region) -> str:
        known = self._roles.setdefault((region.id, role), [])
        if other not in known:
            known.append(other)
        return ""

    def _root(self, name: str) -> str:
        while self._parent.get(name, name) != name:
            name = self._parent[name]
        return name
