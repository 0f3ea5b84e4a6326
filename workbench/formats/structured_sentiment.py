"""The JSON of SemEval-2022's task on structured sentiment: opinions in short texts.

A text is one line of an article, since those who use the format parse short texts, with a blank
between any two tokens: the task's own scorer takes blanks for the borders of tokens, and leaves out
what does not begin with one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.adapters.records import Record
from workbench.core.article import Article
from workbench.core.errors import SourceError
from workbench.core.layer import Layer
from workbench.core.offsets import Offsets, contains, is_valid, trim
from workbench.core.scheme import Scheme
from workbench.core.span import MENTION, Span
from workbench.core.stance import Polarity, Stance
from workbench.exchange.annotated import (
    Annotated,
    Carried,
    Problem,
    make_layer,
    note_bookkeeping,
)
from workbench.exchange.polarities import read_polarity
from workbench.exchange.reduction import join_cues
from workbench.exchange.sidecar import read_sidecar, write_sidecar
from workbench.exchange.strict_json import parse_json
from workbench.exchange.tokens import cut_sentences, locate
from workbench.formats.text import read_text

ENDINGS = (".json",)
_Places = tuple[dict[int, int], dict[int, int]]
"""Where each token of a text begins and ends in the article."""
_NAMES: Mapping[Polarity, str] = {
    "SUPPORT": "Positive",
    "OPPOSE": "Negative",
    "NEUTRAL": "Neutral",
}


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield an article for each text, or the articles beside the file that the texts are lines of.

    An opinion without a source is the author's own. Raises SourceError where the file is no list.
    """
    texts = parse_json(read_text(path))
    if not isinstance(texts, list):
        raise SourceError("it is no list of texts with opinions")
    known = read_sidecar(path)
    parts: dict[str, list[tuple[_Places | None, Any]]] = {name: [] for name in known}
    for number, row in enumerate(texts, start=1):
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            yield SourceError(f"text {number}: it is no object with a 'text'")
            continue
        name, _, start = str(row.get("sent_id", "")).rpartition("#")
        tokens = _find_tokens(known.get(name), start, row["text"])
        if tokens is not None:
            parts[name].append((tokens, row))
        else:
            meta = {"source": path.name, "sent_id": str(row.get("sent_id", ""))}
            yield _read(Article("", row["text"], meta=meta), [(None, row)])
    for name, rows in parts.items():
        yield _read(known[name], rows)


def carry(article: Article, layer: Layer) -> Carried:
    """Keep asserted stances that lie in one line; their ends lose their labels.

    A record of a denied stance would read as its opposite here, so that it does not go.
    """
    carried = Carried(article, None)
    lines = _cut_lines(article.text)
    kept: list[Stance] = []
    for stance in layer.stances:
        reason = _find_reason(article.text, stance, lines)
        if reason:
            carried.lose([stance], reason)
        else:
            kept.append(stance)
    bare = [_strip(stance) for stance in kept]
    stances = join_cues(carried, bare, lambda cue: cue)
    ends = {end for stance in kept for end in (*stance.holders, *stance.targets)}
    carried.lose((s for s in layer.spans if s not in ends), "only holders and targets have a place")
    carried.lose((end for end in ends if end.label != MENTION), "an end has no label here")
    carried.lose(layer.quotes, "the format holds opinions alone")
    carried.lose_count("edge", len(layer.edges), "the format points to words, not to names")
    spoken = sum(stance.speaker is not None for stance in kept)
    carried.lose_count("speaker", spoken, "the format has no place for who speaks")
    note_bookkeeping(carried, layer)
    spans = [end for stance in stances for end in (*stance.holders, *stance.targets)]
    carried.layer = make_layer(article, spans=spans, stances=stances)
    return carried


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write each line of each article with its opinions, and the articles beside the file."""
    texts = []
    for article, layer in rows:
        borders = [end for x in layer.stances for end in (*x.holders, *x.targets)]
        borders += [Span(*piece, MENTION) for x in layer.stances for piece in x.cue]
        tokens = [place for row in cut_sentences(article.text, borders) for place in row]
        for line in _cut_lines(article.text):
            inside = [s for s in layer.stances if contains(line, s.offsets)]
            words, starts, ends = _space([t for t in tokens if contains(line, t)], article.text)
            opinions = [_write(stance, words, (starts, ends)) for stance in inside]
            name = f"{article.id}#{line[0]}"
            texts.append({"sent_id": name, "text": words, "opinions": opinions})
    text = json.dumps(texts, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    write_sidecar(path, [article for article, _ in rows])


def _cut_lines(text: str) -> list[Offsets]:
    lines = []
    at = 0
    for line in text.split("\n"):
        place = trim(text, (at, at + len(line)))
        if place:
            lines.append(place)
        at += len(line) + 1
    return lines


def _find_reason(text: str, stance: Stance, lines: Sequence[Offsets]) -> str:
    ends = [end.offsets for end in (*stance.holders, *stance.targets)]
    places = [*stance.cue, *ends]
    if stance.polarity not in _NAMES:
        return f"the task has no {stance.polarity}"
    if stance.status != "asserted":
        return f"the task can't say that it is {stance.status}"
    if not stance.holders and not stance.by_author:
        return "without a holder it would read as the author's own"
    if stance.holders and stance.by_author:
        return "an opinion is either the author's or somebody else's here"
    if any(trim(text, place) != place for place in places):
        return "one of its parts begins or ends with white space"
    if not any(all(contains(line, place) for place in places) for line in lines):
        return "its parts lie in several lines"
    return ""


def _strip(stance: Stance) -> Stance:
    """Leave what an opinion has: the ends as bare mentions, and no speaker."""
    holders, targets = (
        tuple(Span(end.start, end.end, MENTION) for end in ends)
        for ends in (stance.holders, stance.targets)
    )
    return Stance(stance.cue, holders, targets, stance.polarity, by_author=not holders)


def _space(tokens: Sequence[Offsets], text: str) -> tuple[str, dict[int, int], dict[int, int]]:
    """Write tokens with one blank between any two; return where each then begins and ends."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    at = 0
    for start, end in tokens:
        starts[start], ends[end] = at, at + end - start
        at += end - start + 1
    return " ".join(text[start:end] for start, end in tokens), starts, ends


def _find_tokens(article: Article | None, start: str, text: str) -> _Places | None:
    """Find the tokens of a text in the article's line that it was made of; None where it is not."""
    if article is None or not start.isdecimal():
        return None
    found = locate(article.text[int(start) :], [text.split(" ")])
    if found is None:
        return None
    tokens = [(begin + int(start), end + int(start)) for begin, end in found[0]]
    _, starts, ends = _space(tokens, article.text)
    return {at: begin for begin, at in starts.items()}, {at: end for end, at in ends.items()}


def _write(stance: Stance, text: str, places: _Places) -> Record:
    def list_parts(pieces: Sequence[Offsets]) -> list[list[str]]:
        moved = [(places[0][start], places[1][end]) for start, end in pieces]
        return [
            [text[start:end] for start, end in moved],
            [f"{start}:{end}" for start, end in moved],
        ]

    return {
        "Source": list_parts([end.offsets for end in stance.holders]),
        "Target": list_parts([end.offsets for end in stance.targets]),
        "Polar_expression": list_parts(stance.cue),
        "Polarity": _NAMES[stance.polarity],
        "Intensity": "Standard",
    }


def _read(article: Article, rows: Sequence[tuple[_Places | None, Mapping[str, Any]]]) -> Annotated:
    stances: list[Stance] = []
    problems: list[Problem] = []
    for tokens, row in rows:
        for opinion in row.get("opinions") or ():
            try:
                stances.append(_read_opinion(opinion, row["text"], tokens))
            except (ValueError, KeyError, TypeError) as error:
                problems.append(Problem(f"the opinion can't be read: {error}", opinion))
    spans = [end for stance in stances for end in (*stance.holders, *stance.targets)]
    return Annotated(article, make_layer(article, spans=spans, stances=stances), tuple(problems))


def _read_opinion(opinion: Mapping[str, Any], text: str, tokens: _Places | None) -> Stance:
    holders, targets, cue = (
        _read_places(opinion[name], text, tokens)
        for name in ("Source", "Target", "Polar_expression")
    )
    polarity = read_polarity(opinion["Polarity"])
    if polarity is None:
        raise ValueError(f"the polarity {opinion['Polarity']!r} has no counterpart")
    if not cue:
        raise ValueError("it has no polar expression, by which a stance is found")
    return Stance(
        tuple(cue),
        tuple(Span(*place, MENTION) for place in holders),
        tuple(Span(*place, MENTION) for place in targets),
        polarity,
        by_author=not holders,
    )


def _read_places(value: Any, text: str, tokens: _Places | None) -> list[Offsets]:
    words, places = value
    found = []
    for word, place in zip(words, places, strict=True):
        start, end = (int(part) for part in place.split(":"))
        if not is_valid((start, end), len(text)):
            raise ValueError(f"{place} does not fit the text")
        if text[start:end] != word:
            raise ValueError(f"{place} reads {text[start:end]!r}, not {word!r}")
        if tokens is not None:
            start, end = tokens[0][start], tokens[1][end]
        found.append((start, end))
    return found
