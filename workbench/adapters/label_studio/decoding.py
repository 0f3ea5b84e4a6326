"""From what came back of a task to spans, quotes and stances; what can't be read is quarantined."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.adapters.label_studio.names import (
    AUTHOR_CHOICE,
    DOUBT,
    DOUBT_CHOICE,
    FURNITURE,
    REASON,
    SPAN,
    STATUS,
    VOICE,
)
from workbench.adapters.label_studio.regions import Links, Region, Regions
from workbench.core.article import Article
from workbench.core.layer import Doubt, Item, Layer, Passage
from workbench.core.offsets import Offsets
from workbench.core.quote import Quote, derive_form
from workbench.core.span import MENTION, Span
from workbench.core.stance import Stance, derive_speaker


@dataclass(slots=True)
class Decoded:
    """What one submitted task says, with offsets into the article.

    `passage` is None for a skipped task; `quarantined` pairs each part that can't be read with
    the reason.
    """

    passage: Passage | None = None
    spans: tuple[Span, ...] = ()
    quotes: tuple[Quote, ...] = ()
    stances: tuple[Stance, ...] = ()
    quarantined: list[tuple[str, Any]] = field(default_factory=list)


def decode_annotation(
    annotation: Mapping[str, Any],
    article: Article,
    offsets: Offsets,
    *,
    kinds: Mapping[str, str],
    asked: tuple[str, ...],
    suggested_by: str | None = None,
    shown: Layer | None = None,
    notes: Mapping[str, Any] | None = None,
) -> Decoded:
    """Read an annotation of the passage at `offsets`.

    `kinds` maps labels to their kinds; `shown` is the prediction that the person saw and `notes`
    what its regions stand for. Offsets are believed and words re-sliced; whitespace at the ends
    of a region is trimmed. An item that came back as shown keeps the prediction's score and rule.
    """
    decoded = Decoded()
    if annotation.get("was_cancelled"):
        return decoded
    regions = Regions(article, offsets, kinds)
    links, choices = Links(regions), _Choices()
    decoded.quarantined += _read_parts(annotation.get("result"), regions, links, choices)
    builder = _Builder(article, regions, links, choices, notes or {})
    decoded.spans, decoded.quotes, decoded.stances = builder.build()
    if shown is not None:
        _restore_scores(decoded, shown)
    seconds = annotation.get("lead_time")
    decoded.passage = Passage(
        *offsets,
        asked,
        suggested_by,
        choices.doubt,
        float(seconds) if isinstance(seconds, (int, float)) else None,
    )
    return decoded


def rename_result(annotation: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """Return an annotation whose regions bear the labels as they are called now.

    One that means nothing any more keeps its old label, which no scheme has: it is quarantined.
    """
    result = annotation.get("result")
    if not names or not isinstance(result, list):
        return annotation

    def rename(part: Any) -> Any:
        value = part.get("value") if isinstance(part, dict) else None
        labels = value.get("labels") if isinstance(value, dict) else None
        if isinstance(labels, list) and part.get("from_name") == SPAN:
            now = [names.get(x) or x if isinstance(x, str) else x for x in labels]
            return {**part, "value": {**part["value"], "labels": now}}
        return part

    return {**annotation, "result": [rename(part) for part in result]}


def _read_parts(
    result: Any, regions: Regions, links: Links, choices: _Choices
) -> Iterator[tuple[str, Any]]:
    """Read regions and choices, then the links between them; yield what can't be read and why."""
    if not isinstance(result, list):
        yield "the result is no list", result
        return
    for part in result:
        reason = _take(part, regions, links, choices)
        if reason:
            yield reason, part
    for part in links.waiting:
        reason = links.resolve(part)
        if reason:
            yield reason, part
    yield from choices.check(regions)


def _take(part: Any, regions: Regions, links: Links, choices: _Choices) -> str:
    """Take one part of a result; return why it can't be taken, or nothing."""
    if not isinstance(part, dict):
        return "it is no object"
    kind, name = part.get("type"), part.get("from_name")
    if kind == "relation":
        links.waiting.append(part)
        return ""
    if kind == "labels" and name == SPAN:
        # What we greyed out comes back locked as it was; it says nothing.
        return "" if _is_furniture(part) else regions.take(part)
    if kind == "choices" and name in (STATUS, VOICE, DOUBT):
        return choices.take(part)
    if kind == "textarea" and name == REASON:
        return choices.take_reason(part)
    return f"nothing of type {kind!r} from {name!r} is in the labelling configuration"


def _is_furniture(part: Mapping[str, Any]) -> bool:
    value, name = part.get("value"), part.get("id")
    ours = isinstance(name, str) and name.startswith("furniture_")
    return ours and isinstance(value, dict) and value.get("labels") == [FURNITURE]


class _Choices:
    """What was ticked: on cues, and once for the whole task."""

    def __init__(self) -> None:
        self.status: dict[str, str] = {}
        self.by_author: set[str] = set()
        self._flag = ""
        self._reason = ""
        self._parts: list[tuple[str, Any]] = []

    @property
    def doubt(self) -> Doubt | None:
        """What the annotator was unsure of; a reason alone counts as a doubt."""
        if not (self._flag or self._reason):
            return None
        return Doubt(self._flag or DOUBT_CHOICE, self._reason)

    def take(self, part: Mapping[str, Any]) -> str:
        """Take a ticked choice; return why it can't be taken, or nothing."""
        name = part.get("from_name")
        value = part.get("value")
        picked = value.get("choices") if isinstance(value, dict) else None
        if not isinstance(picked, list) or len(picked) != 1:
            return "a choice must be exactly one"
        known = {
            STATUS: ("denied", "hypothetical"),
            VOICE: (AUTHOR_CHOICE,),
            DOUBT: (DOUBT_CHOICE,),
        }
        if picked[0] not in known[str(name)]:
            return f"the choice {picked[0]!r} is unknown"
        if name == DOUBT:
            self._flag = DOUBT_CHOICE
            return ""
        region = part.get("id")
        if not isinstance(region, str):
            return "the choice belongs to no region"
        self._parts.append((region, part))
        if name == VOICE:
            self.by_author.add(region)
        elif self.status.setdefault(region, picked[0]) != picked[0]:
            return "the cue has another status already"
        return ""

    def take_reason(self, part: Mapping[str, Any]) -> str:
        """Take the reason of a doubt; return why it can't be taken, or nothing."""
        value = part.get("value")
        lines = value.get("text") if isinstance(value, dict) else None
        lines = [lines] if isinstance(lines, str) else lines
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            return "the reason is no text"
        self._reason = "\n".join(line for line in [self._reason, *lines] if line)
        return ""

    def check(self, regions: Regions) -> list[tuple[str, Any]]:
        """List the choices that were ticked on something that is no cue."""
        wrong = []
        for region, part in self._parts:
            found = regions.find(region)
            if found is None or found.kind != "polarity":
                wrong.append(("the choice was ticked on something that is no cue", part))
                self.status.pop(region, None)
                self.by_author.discard(region)
        return wrong


class _Builder:
    """Makes spans, quotes and stances of regions, links and choices."""

    def __init__(
        self,
        article: Article,
        regions: Regions,
        links: Links,
        choices: _Choices,
        notes: Mapping[str, Any],
    ) -> None:
        self._article = article
        self._regions = regions
        self._links = links
        self._choices = choices
        self._notes = notes
        self._spans: dict[Span, None] = {}

    def build(self) -> tuple[tuple[Span, ...], tuple[Quote, ...], tuple[Stance, ...]]:
        """Return the three kinds of items, each once and in the order of the text."""
        for region in self._regions.of_kind("entity", "mention"):
            self._spans[region.span] = None
        quotes = [self._make_quote(region) for region in self._regions.of_kind("quote")]
        quotes = sorted(dict.fromkeys(quotes), key=lambda quote: quote.offsets)
        stances = [self._make_stance(group, quotes) for group in self._links.group_cues()]
        ordered = sorted(dict.fromkeys(stances), key=lambda stance: (stance.cue, stance.polarity))
        return tuple(sorted(self._spans)), tuple(quotes), tuple(ordered)

    def _make_quote(self, region: Region) -> Quote:
        speakers = self._resolve([region], "speaker")
        form = derive_form(self._article.text, region.offsets)
        return Quote(*region.offsets, speakers[0] if speakers else None, form)

    def _make_stance(self, group: list[Region], quotes: list[Quote]) -> Stance:
        cue = tuple(sorted({region.offsets for region in group} | self._find_cut(group)))
        ids = [region.id for region in group]
        statuses = [self._choices.status[id_] for id_ in ids if id_ in self._choices.status]
        stance = Stance(
            cue=cue,
            holders=tuple(self._resolve(group, "holder")),
            targets=tuple(self._resolve(group, "target")),
            polarity=group[0].label,  # type: ignore[arg-type]  # the scheme's polarities are these
            by_author=any(id_ in self._choices.by_author for id_ in ids),
            speaker=derive_speaker(cue, quotes),
        )
        if statuses:
            stance = replace(stance, status=statuses[0])  # type: ignore[arg-type]  # checked above
        return stance

    def _find_cut(self, group: list[Region]) -> set[Offsets]:
        """Return the pieces of a cue that the passage cut off, unless what it shows was changed."""
        if any(region.is_changed for region in group):
            return set()
        notes = (self._notes.get(region.id, {}) for region in group)
        return {(start, end) for note in notes for start, end in note.get("cut", ())}

    def _resolve(self, group: list[Region], role: str) -> list[Span]:
        """Return the ends in a role, with substitutions undone whose link came back as pushed.

        A withheld end is put back as long as its region was neither moved nor relabelled.
        """
        ends: list[Span] = []
        for region in group:
            note = self._notes.get(region.id, {})
            meant = note.get("substituted", {}).get(role, {})
            for other in self._links.find(region.id, role):
                if other.id in meant:
                    ends += [Span(**end) for end in meant[other.id]]
                elif other.kind == "quote":
                    ends.append(Span(*other.offsets, MENTION))
                else:
                    ends.append(other.span)
            if not region.is_changed:
                ends += [Span(**end) for end in note.get("withheld", {}).get(role, ())]
        self._spans |= dict.fromkeys(ends)
        return list(dict.fromkeys(ends))


def _restore_scores(decoded: Decoded, shown: Layer) -> None:
    """Give items that came back as they were shown the prediction's score and rule."""
    known = {_key(item): item for item in shown.items}

    def restore(item: Any) -> Any:
        before = known.get(_key(item))
        if before is None or not _is_untouched(before, item):
            return item
        return replace(item, score=before.score, rule=before.rule)

    decoded.spans = tuple(restore(span) for span in decoded.spans)
    decoded.quotes = tuple(restore(quote) for quote in decoded.quotes)
    decoded.stances = tuple(restore(stance) for stance in decoded.stances)


def _key(item: Item) -> Hashable:
    """Return what an item's id is made of; comparing it is cheaper than hashing it."""
    if isinstance(item, Span):
        return (item.offsets, item.label)
    if isinstance(item, Quote):
        return item.offsets
    ends = (tuple({s.offsets: 0 for s in spans}) for spans in (item.holders, item.targets))
    return (item.cue, item.polarity, item.by_author, *ends)


def _is_untouched(before: Item, after: Item) -> bool:
    return all(
        getattr(before, name, None) == getattr(after, name, None) for name in ("status", "speaker")
    )
