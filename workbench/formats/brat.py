"""brat standoff: `ID.txt` with the text and `ID.ann` with what is marked in it.

Entities are text-bound annotations; a stance is an event of its polarity on the cue, with the
roles Holder, Target and Speaker; a quote is an event QUOTE with the role Speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from workbench.core.article import Article
from workbench.core.errors import SourceError
from workbench.core.layer import Layer
from workbench.core.offsets import Offsets, merge
from workbench.core.quote import QUOTE
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.exchange.annotated import Annotated, Carried, make_layer, note_bookkeeping
from workbench.exchange.file_names import make_file_name
from workbench.exchange.reduction import join_cues, keep_trimmed
from workbench.exchange.sidecar import read_sidecar, write_sidecar
from workbench.exchange.standoff import read_standoff
from workbench.formats.text import read_text

FOLDER = True
ENDINGS = (".ann", ".txt")
_CONFIG = "annotation.conf"


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield the article of each `.ann` file of a folder, whose text lies beside it.

    A `.txt` file without an `.ann` file is listed as an error: it may be empty or undone.
    """
    if path.is_file():
        files = [path.with_suffix(".ann")]
        known = {}
    else:
        files = sorted({file.with_suffix(".ann") for file in path.glob("*.txt")})
        files = sorted({*files, *path.glob("*.ann")})
        known = {make_file_name(a.id): a for a in read_sidecar(path).values()}
    for file in files:
        try:
            if not file.is_file():
                raise SourceError("it has no .ann file; make an empty one if nothing is marked")
            text = read_text(file.with_suffix(".txt"))
            article = known.get(file.stem)
            if article is None or article.text != text:
                article = Article("", text, meta={"source": file.name})
            yield read_standoff(article, read_text(file).split("\n"), _join)
        except OSError as error:
            yield SourceError(f"{file.name}: it can't be read ({error.strerror})")
        except SourceError as error:
            yield SourceError(f"{file.name}: {error}")


def carry(article: Article, layer: Layer) -> Carried:
    """Keep spans, quotes and stances; pieces of a cue that only a line break parts are one."""
    carried = Carried(article, None)
    spans = keep_trimmed(carried, layer.spans)
    quotes = [q for q in layer.quotes if q.speaker is None or q.speaker in spans]
    carried.lose((q for q in layer.quotes if q not in quotes), "its speaker can't go")
    ends = set(spans)
    whole = [s for s in layer.stances if ends.issuperset((*s.holders, *s.targets))]
    whole = [s for s in whole if s.speaker is None or s.speaker in ends]
    carried.lose((s for s in layer.stances if s not in whole), "one of its ends can't go")
    stances = join_cues(carried, whole, lambda cue: _join(article.text, cue))
    carried.lose_count("edge", len(layer.edges), "the format has no place for names")
    note_bookkeeping(carried, layer)
    carried.layer = make_layer(article, spans=spans, quotes=quotes, stances=stances)
    return carried


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write two files an article, named by its id, and brat's configuration."""
    path.mkdir(parents=True, exist_ok=True)
    for article, layer in rows:
        name = make_file_name(article.id)
        _write(path / f"{name}.txt", article.text)
        _write(path / f"{name}.ann", "".join(f"{x}\n" for x in _list_lines(article, layer)))
    _write(path / _CONFIG, _make_config(scheme))
    write_sidecar(path, [article for article, _ in rows])


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _list_lines(article: Article, layer: Layer) -> Iterator[str]:
    names = {span: f"T{number}" for number, span in enumerate(layer.spans, start=1)}
    for span, name in names.items():
        yield _bind(name, span.label, article.text, [span.offsets])
    triggers = len(names)
    attributes = 0
    events: list[tuple[str, Sequence[Offsets], list[tuple[str, Span]], list[str]]] = []
    for quote in layer.quotes:
        speakers = [("Speaker", quote.speaker)] if quote.speaker else []
        marks = ["Form {} indirect"] if quote.form == "indirect" else []
        events.append((QUOTE, [quote.offsets], speakers, marks))
    for stance in layer.stances:
        ends = [(_number("Holder", i), span) for i, span in enumerate(stance.holders)]
        ends += [(_number("Target", i), span) for i, span in enumerate(stance.targets)]
        ends += [("Speaker", stance.speaker)] if stance.speaker else []
        marks = [f"Status {{}} {stance.status}"] if stance.status != "asserted" else []
        events.append(
            (stance.polarity, stance.cue, ends, marks + ["ByAuthor {}"] * stance.by_author)
        )
    for number, (label, pieces, ends, marks) in enumerate(events, start=1):
        triggers += 1
        yield _bind(f"T{triggers}", label, article.text, pieces)
        roles = "".join(f" {role}:{names[span]}" for role, span in ends)
        yield f"E{number}\t{label}:T{triggers}{roles}"
        for mark in marks:
            attributes += 1
            yield f"A{attributes}\t{mark.format(f'E{number}')}"


def _number(role: str, i: int) -> str:
    return role if i == 0 else f"{role}{i + 1}"


def _bind(name: str, label: str, text: str, pieces: Iterable[Offsets]) -> str:
    """Write a text-bound annotation; brat allows no line break in one, so it is cut there."""
    cut: list[Offsets] = []
    for start, end in pieces:
        cut += [
            (start + match.start(), start + match.end())
            for match in re.finditer(r"[^\n]+", text[start:end])
            if match[0].strip()
        ]
    places = ";".join(f"{start} {end}" for start, end in cut)
    return f"{name}\t{label} {places}\t{' '.join(text[start:end] for start, end in cut)}"


def _join(text: str, pieces: Sequence[Offsets]) -> tuple[Offsets, ...]:
    """Join pieces that touch, overlap or stand apart by nothing but a line break."""
    joined: list[Offsets] = []
    for start, end in merge(pieces):
        gap = text[joined[-1][1] : start] if joined else ""
        if joined and not gap.strip() and "\n" in gap:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _make_config(scheme: Scheme) -> str:
    entities = [*scheme.names_of("entity"), *scheme.names_of("mention")]
    roles = "Holder*:<ENTITY>, Target*:<ENTITY>, Speaker?:<ENTITY>"
    events = [f"{name}\t{roles}" for name in scheme.names_of("polarity")]
    return "\n".join(
        [
            "[entities]",
            *entities,
            "[relations]",
            "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>",
            "[events]",
            *events,
            f"{QUOTE}\tSpeaker?:<ENTITY>",
            "[attributes]",
            "Status\tArg:<EVENT>, Value:denied|hypothetical",
            "ByAuthor\tArg:<EVENT>",
            "Form\tArg:<EVENT>, Value:indirect",
            "",
        ]
    )
