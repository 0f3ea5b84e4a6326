r"""Marked-up text: layers written by hand, so that nobody counts offsets.

``[Rubio](PERSON#r) [commended](#c) the [deal](AGREEMENT#d)`` marks spans, cues and quotes; they
may nest, and a backslash takes a character literally. After a line ``---`` follow records::

    SUPPORT asserted: r, j -> d | c1 c2     holders -> targets | cues; AUTHOR, - for none
    QUOTE q: p                              quote: speaker, - for unknown
    = Marco Rubio: r, w                     a cluster's name and its mentions
    = the two: t | Marco Rubio; Ana Lima    a plural cluster and its members' names
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.core.article import hash_text
from workbench.core.cluster import AUTHOR, Cluster
from workbench.core.errors import MarkupError
from workbench.core.layer import Layer, LayerKind, Passage
from workbench.core.offsets import Offsets
from workbench.core.quote import QUOTE, Quote, derive_form
from workbench.core.span import Span
from workbench.core.stance import POLARITIES, STATUSES, Stance, derive_speaker

_CLOSE = re.compile(r"\]\(([A-Z]+)?(?:#(\w+))?\)")
_SPECIAL = re.compile(r"([\[\]\\]|^---$)", re.MULTILINE)
_STANCE = re.compile(rf"({'|'.join(POLARITIES)}) ({'|'.join(STATUSES)}): (.+?) -> (.+?) \| (.+)")
_QUOTE = re.compile(r"QUOTE (\w+): (\w+|-)")
_CLUSTER = re.compile(r"= (.+?): ([\w, ]+?)(?: \| (.+))?")
_NONE = "-"


@dataclass(frozen=True, slots=True)
class Marked:
    """What a marked-up text says: the plain text, spans, and the offsets of each id."""

    text: str
    spans: tuple[Span, ...]
    ids: dict[str, Span | Offsets]


def escape_markup(text: str) -> str:
    """Write plain text so that `parse_markup` reads it back as it was."""
    return _SPECIAL.sub(r"\\\1", text)


def read_marks(markup: str) -> Marked:
    """Read the brackets of a marked-up text without records.

    Raises MarkupError for an unbalanced bracket, an empty mark or an id given twice.
    """
    text: list[str] = []
    opened: list[tuple[int, int]] = []
    spans: list[Span] = []
    ids: dict[str, Span | Offsets] = {}
    at = 0
    while at < len(markup):
        character = markup[at]
        if character == "\\" and at + 1 < len(markup):
            text.append(markup[at + 1])
            at += 2
        elif character == "[":
            opened.append((len(text), at))
            at += 1
        elif character == "]":
            mark = _CLOSE.match(markup, at)
            if mark is None or not opened:
                raise MarkupError(f"{_where(markup, at)}: ']' closes nothing; write '\\]' for text")
            _close(mark, (opened.pop()[0], len(text)), spans, ids, _where(markup, at))
            at = mark.end()
        else:
            text.append(character)
            at += 1
    if opened:
        raise MarkupError(f"{_where(markup, opened[-1][1])}: '[' is never closed")
    return Marked("".join(text), tuple(sorted(spans)), ids)


def parse_markup(
    markup: str,
    *,
    article_id: str = "",
    author: str = "adjudication",
    kind: LayerKind = "gold",
    asked: Iterable[str] = (),
) -> tuple[str, Layer]:
    """Read a marked-up text with its records into the plain text and a layer over all of it.

    `asked` are the labels that count as asked everywhere. Raises MarkupError with the line of the
    first thing that can't be read.
    """
    body, records = _split_records(markup)
    marked = read_marks(body)
    quotes: list[Quote] = []
    stances: list[Stance] = []
    clusters: list[Cluster] = []
    for line in records:
        if match := _QUOTE.fullmatch(line):
            quotes.append(_read_quote(match, marked, line))
        elif match := _STANCE.fullmatch(line):
            stances.append(_read_stance(match, marked, line))
        elif match := _CLUSTER.fullmatch(line):
            members = tuple(name.strip() for name in (match[3] or "").split(";") if name.strip())
            clusters.append(Cluster(match[1], _spans(match[2], marked, line), members))
        else:
            raise MarkupError(f"the record {line!r} is no stance, quote or cluster")
    found = tuple(sorted(quotes, key=lambda quote: quote.offsets))
    spoken = (_with_speaker(stance, found) for stance in stances)
    layer = Layer(
        article_id=article_id,
        text_sha256=hash_text(marked.text),
        author=author,
        kind=kind,
        passages=(Passage(0, len(marked.text), tuple(sorted(asked))),) if marked.text else (),
        spans=tuple(dict.fromkeys(marked.spans)),
        quotes=found,
        stances=tuple(sorted(spoken, key=lambda stance: stance.cue)),
        clusters=tuple(clusters),
    )
    return marked.text, layer


def write_markup(text: str, layer: Layer) -> str:
    """Write a layer as marked-up text with records; `parse_markup` reads it back.

    Scores and rules are left out. Raises MarkupError where two marks cross, which brackets can't
    show.
    """
    names: dict[Span | Offsets, str] = {}
    marks: dict[tuple[Offsets, str], str] = {(span.offsets, span.label): "" for span in layer.spans}
    for number, span in enumerate(_pointed_to(layer)):
        names[span] = marks[span.offsets, span.label] = f"m{number}"
    anchors = [quote.offsets for quote in layer.quotes]
    anchors += [cue for stance in layer.stances for cue in stance.cue]
    for number, offsets in enumerate(dict.fromkeys(anchors)):
        names[offsets] = marks[offsets, ""] = f"c{number}"
    lines = [
        f"QUOTE {names[q.offsets]}: {names[q.speaker] if q.speaker else _NONE}"
        for q in layer.quotes
    ]
    for stance in layer.stances:
        holders = [AUTHOR] * stance.by_author + [names[span] for span in stance.holders]
        ends = [", ".join(x) or _NONE for x in (holders, [names[s] for s in stance.targets])]
        cues = " ".join(names[cue] for cue in stance.cue)
        lines.append(f"{stance.polarity} {stance.status}: {ends[0]} -> {ends[1]} | {cues}")
    for cluster in layer.clusters:
        tail = f" | {'; '.join(cluster.members)}" if cluster.members else ""
        lines.append(f"= {cluster.name}: {', '.join(names[s] for s in cluster.mentions)}{tail}")
    return (
        "\n".join([_write_marks(text, marks), "---", *lines])
        if lines
        else _write_marks(text, marks)
    )


def _where(markup: str, at: int) -> str:
    line = markup.count("\n", 0, at) + 1
    return f"line {line}, near {markup[max(0, at - 20) : at + 20]!r}"


def _close(
    mark: re.Match[str],
    offsets: Offsets,
    spans: list[Span],
    ids: dict[str, Span | Offsets],
    where: str,
) -> None:
    label, name = mark.groups()
    if offsets[0] == offsets[1] or not (label or name):
        raise MarkupError(f"{where}: a mark needs text, and a label or an id")
    value: Span | Offsets = Span(*offsets, label) if label and label != QUOTE else offsets
    if isinstance(value, Span):
        spans.append(value)
    if name in ids:
        raise MarkupError(f"{where}: the id {name!r} is given twice")
    if name:
        ids[name] = value


def _split_records(markup: str) -> tuple[str, list[str]]:
    lines = markup.split("\n")
    if "---" not in lines:
        return markup, []
    cut = lines.index("---")
    return "\n".join(lines[:cut]), [line.strip() for line in lines[cut + 1 :] if line.strip()]


def _spans(names: str, marked: Marked, line: str) -> tuple[Span, ...]:
    spans = []
    for name in (part.strip() for part in names.split(",")):
        value = marked.ids.get(name)
        if not isinstance(value, Span):
            raise MarkupError(f"the record {line!r}: {name!r} is no labelled mark")
        spans.append(value)
    return tuple(spans)


def _offsets(name: str, marked: Marked, line: str) -> Offsets:
    value = marked.ids.get(name)
    if value is None:
        raise MarkupError(f"the record {line!r}: no mark has the id {name!r}")
    return value.offsets if isinstance(value, Span) else value


def _read_quote(match: re.Match[str], marked: Marked, line: str) -> Quote:
    offsets = _offsets(match[1], marked, line)
    speaker = None if match[2] == _NONE else _spans(match[2], marked, line)[0]
    return Quote(*offsets, speaker, derive_form(marked.text, offsets))


def _read_stance(match: re.Match[str], marked: Marked, line: str) -> Stance:
    polarity = next(p for p in POLARITIES if p == match[1])
    status = next(s for s in STATUSES if s == match[2])
    holders = [name.strip() for name in match[3].split(",")]
    named = ",".join(name for name in holders if name not in (AUTHOR, _NONE))
    return Stance(
        cue=tuple(_offsets(name, marked, line) for name in match[5].split()),
        holders=_spans(named, marked, line) if named else (),
        targets=() if match[4].strip() == _NONE else _spans(match[4], marked, line),
        polarity=polarity,
        status=status,
        by_author=AUTHOR in holders,
    )


def _with_speaker(stance: Stance, quotes: tuple[Quote, ...]) -> Stance:
    return Stance(
        stance.cue,
        stance.holders,
        stance.targets,
        stance.polarity,
        stance.status,
        stance.by_author,
        derive_speaker(stance.cue, quotes),
    )


def _pointed_to(layer: Layer) -> list[Span]:
    ends: list[Span] = []
    for stance in layer.stances:
        ends += [*stance.holders, *stance.targets]
    ends += [quote.speaker for quote in layer.quotes if quote.speaker]
    ends += [mention for cluster in layer.clusters for mention in cluster.mentions]
    return list(dict.fromkeys(ends))


def _write_marks(text: str, marks: dict[tuple[Offsets, str], str]) -> str:
    ordered = sorted(marks, key=lambda mark: (mark[0][0], -mark[0][1], mark[1]))
    closing: list[tuple[Offsets, str]] = []
    out: list[str] = []
    at = 0

    def write_to(end: int) -> None:
        nonlocal at
        while closing and closing[-1][0][1] <= end:
            (_, inner), label = closing.pop()
            out.append(_escape_part(text, at, inner))
            name = marks[(_, inner), label]
            out.append(f"]({label}{'#' + name if name else ''})")
            at = inner
        out.append(_escape_part(text, at, end))
        at = end

    for (start, end), label in ordered:
        write_to(start)
        if closing and end > closing[-1][0][1]:
            raise MarkupError(f"the marks {closing[-1][0]} and {(start, end)} cross")
        out.append("[")
        closing.append(((start, end), label))
    write_to(len(text))
    return "".join(out)


def _escape_part(text: str, start: int, end: int) -> str:
    """Escape brackets and backslashes, and the first dash of what would read as the separator."""
    part = text[start:end].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    starts_line = start == 0 or text[start - 1] == "\n"
    if starts_line and part.startswith("---"):
        part = "\\" + part
    return part.replace("\n---", "\n\\---")
