"""Draw a conflict: the passage with every reading marked in it, and who said what."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from workbench.core.article import Article
from workbench.core.decision import Conflict
from workbench.core.layer import Item
from workbench.core.offsets import Offsets
from workbench.core.quote import QUOTE, Quote
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.rendering.comparison import describe_item
from workbench.rendering.marks import Mark, draw_text, pale_colours
from workbench.rendering.tables import INK, PAPER, Drawn, draw_rows

MEANINGS = {
    "boundary": "the words differ",
    "label": "the labels differ",
    "missing": "not everybody marked it",
    "speaker": "the speakers differ",
    "holder": "the holders differ",
    "target": "the targets differ",
    "polarity": "the polarities differ",
    "swap": "holder and target are swapped",
    "cue": "the cues differ",
    "status": "the statuses differ",
    "incomplete": "holder or target is missing",
    "too few": "too few people were asked",
}
"""What each kind of conflict is, in a few words."""


def draw_conflict(article: Article, conflict: Conflict, scheme: Scheme | None = None) -> str:
    """Draw a conflict as static HTML: title and kind, the passage, the readings."""
    return (
        f'<div style="background-color:{PAPER};color:{INK}">'
        f"<b>{escape(article.title or article.id)}</b> · {escape(name_kind(conflict))}"
        f"{draw_passage(article, conflict, scheme)}{draw_readings(article, conflict)}</div>"
    )


def name_kind(conflict: Conflict) -> str:
    """Name a conflict's kind and what it means."""
    meaning = MEANINGS.get(conflict.kind)
    return f"{conflict.kind}: {meaning}" if meaning else conflict.kind


def draw_passage(article: Article, conflict: Conflict, scheme: Scheme | None = None) -> str:
    """Draw the paragraphs that a conflict's readings touch, each mark with its reading's number."""
    marks = [
        Mark(*offsets, label, f"{number} {role}".strip())
        for number, candidate in enumerate(conflict.candidates, start=1)
        for offsets, label, role in _list_parts(candidate.item)
    ]
    window = _find_window(article.text, [(mark.start, mark.end) for mark in marks])
    text = draw_text(article, _unite(marks), pale_colours(scheme), window)
    return f'<div class="wb-text" style="line-height:1.9;white-space:pre-wrap">{text}</div>'


def draw_readings(article: Article, conflict: Conflict) -> str:
    """Draw the readings with their numbers and who had them; who marked nothing stands last."""
    rows: list[list[object]] = []
    for number, candidate in enumerate(conflict.candidates, start=1):
        kind, words, note = describe_item(article.text, candidate.item)
        shown = Drawn(
            f"{escape(words)}<br><small>{escape(note)}</small>" if note else escape(words)
        )
        rows.append([number, kind, shown, ", ".join(candidate.authors)])
    if conflict.absent:
        rows.append([None, "nothing", "not marked", ", ".join(conflict.absent)])
    return draw_rows(("", "what", "words", "who"), rows)


def _list_parts(item: Item) -> Iterator[tuple[Offsets, str, str]]:
    """Yield the offsets of an item's parts, each with its label and role."""
    if isinstance(item, Span):
        yield item.offsets, item.label, item.label
        return
    if isinstance(item, Quote):
        yield item.offsets, QUOTE, "quotation"
        if item.speaker:
            yield item.speaker.offsets, item.speaker.label, "speaker"
        return
    for cue in item.cue:
        yield cue, item.polarity, item.polarity
    for role, ends in (("holder", item.holders), ("target", item.targets)):
        for end in ends:
            yield end.offsets, end.label, role


def _unite(marks: list[Mark]) -> list[Mark]:
    """Draw marks of the same words and label once, with the numbers of all their readings."""
    names: dict[tuple[int, int, str], list[str]] = {}
    for mark in marks:
        names.setdefault((mark.start, mark.end, mark.label), []).append(mark.name)
    united = []
    for key, found in names.items():
        roles = sorted({name.partition(" ")[2] for name in found})
        numbers = "+".join(sorted({name.partition(" ")[0] for name in found}))
        united.append(Mark(*key, f"{numbers} {'/'.join(roles)}"))
    return united


def _find_window(text: str, parts: list[Offsets]) -> Offsets:
    """Return the whole lines that the parts lie in, without line breaks at either end."""
    first, last = min(start for start, _ in parts), max(end for _, end in parts)
    start = text.rfind("\n", 0, first) + 1
    end = text.find("\n", last)
    return (start, len(text) if end < 0 else end)
