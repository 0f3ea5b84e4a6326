"""JSON with entities and the relations between them, both by offsets or by the entities' ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.core.article import Article
from workbench.core.cluster import Cluster, Edge
from workbench.core.errors import SourceError, WorkbenchError
from workbench.core.offsets import Offsets
from workbench.core.span import MENTION, Span
from workbench.core.stance import Polarity, Stance
from workbench.exchange.annotated import Annotated, Problem, make_layer
from workbench.exchange.polarities import read_polarity
from workbench.exchange.strict_json import parse_json
from workbench.formats.jsonl_text import read_span
from workbench.formats.markdown import make_article
from workbench.formats.text import read_text

ENDINGS = (".json", ".jsonl")
_TEXTS = ("text", "content", "sentence", "document")
_LISTS = ("documents", "articles", "data", "items")
_HEADS = ("head", "from", "source", "holder", "subject", "arg1", "from_id", "h")
_TAILS = ("tail", "to", "target", "object", "arg2", "to_id", "t")
_TYPES = ("type", "label", "polarity", "relation", "sentiment", "stance")
_CUES = ("cue", "evidence", "trigger", "expression")


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield each text with its entities, its relations as stances or edges.

    A relation whose type is an attitude is a stance where it names the words that show it, else
    an edge between the entities' names. What does not fit its text is a problem, and the rest is
    read. Raises SourceError where the file is no JSON.
    """
    for number, record in enumerate(_list_records(read_text(path)), start=1):
        try:
            if isinstance(record, SourceError):
                raise record
            if not isinstance(record, dict):
                raise SourceError("it is no JSON object")
            yield _Reader(record).read()
        except WorkbenchError as error:
            yield SourceError(f"record {number}: {error}")


def _list_records(text: str) -> Iterator[Any]:
    """Read one list, one object that holds a list, or an object a line."""
    try:
        value = parse_json(text)
    except SourceError:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2:
            raise
        for line in lines:
            try:
                yield parse_json(line)
            except SourceError as error:
                yield error
        return
    if isinstance(value, dict):
        inner = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), [value])
        yield from inner
    elif isinstance(value, list):
        yield from value
    else:
        raise SourceError("it is neither a list nor an object")


class _Reader:
    """What was read of one text so far; `names` maps ids, positions and offsets to spans."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        key = next((name for name in _TEXTS if isinstance(record.get(name), str)), None)
        if key is None:
            raise SourceError(f"it has no text under any of {', '.join(_TEXTS)}")
        self._record = record
        matter = {k: v for k, v in record.items() if k != key and isinstance(v, str)}
        self._article: Article = make_article(record[key], matter)
        self._problems: list[Problem] = []
        self._names: dict[str, Span] = {}
        self._stances: list[Stance] = []
        self._edges: list[Edge] = []
        self._clusters: dict[str, Cluster] = {}

    def read(self) -> Annotated:
        """Read entities first, then what relates them."""
        spans: list[Span] = []
        for number, item in enumerate(_list_parts(self._record, "entities", "spans", "mentions")):
            found = read_span(item, self._article.text)
            if isinstance(found, Problem):
                self._problems.append(found)
                continue
            spans.append(found)
            own = item.get("id", item.get("entity_id")) if isinstance(item, dict) else None
            # A position names an entity only where no id does, or it would name another one.
            self._names.setdefault(f"#{number}" if own is None else f"id {own}", found)
        for item in _list_parts(self._record, "relations", "links", "triples"):
            reason = self._take_relation(item)
            if reason:
                self._problems.append(Problem(reason, item))
        ends = [end for stance in self._stances for end in (*stance.holders, *stance.targets)]
        layer = make_layer(
            self._article,
            spans=[*spans, *ends],
            stances=self._stances,
            edges=self._edges,
            clusters=tuple(self._clusters.values()),
        )
        return Annotated(self._article, layer, tuple(self._problems))

    def _take_relation(self, item: Any) -> str:
        """Take a relation; return why it can't be taken, or nothing."""
        if isinstance(item, list) and len(item) == 3:
            item = {"head": item[0], "tail": item[1], "type": item[2]}
        if not isinstance(item, dict):
            return "a relation is an object or [head, tail, type]"
        polarity = read_polarity(_pick(item, _TYPES))
        if polarity is None:
            return f"the relation {_pick(item, _TYPES)!r} is no attitude"
        head, tail = (self._find_end(_pick(item, names)) for names in (_HEADS, _TAILS))
        if head is None or tail is None:
            return "one of its ends is no entity that was taken in"
        cue = _pick(item, _CUES)
        if cue is None:
            self._edges.append(Edge(self._name(head), polarity, self._name(tail)))
            return ""
        return self._take_stance(cue, head, tail, polarity)

    def _take_stance(self, cue: Any, head: Span, tail: Span, polarity: Polarity) -> str:
        pieces: list[Offsets] = []
        for piece in cue if isinstance(cue, list) and cue and not _is_pair(cue) else [cue]:
            stated = [*piece, "cue"] if _is_pair(piece) else piece
            stated = {**stated, "label": "cue"} if isinstance(stated, dict) else stated
            found = read_span(stated, self._article.text)
            if isinstance(found, Problem):
                return f"its cue: {found.reason}"
            pieces.append(found.offsets)
        self._stances.append(Stance(tuple(pieces), (head,), (tail,), polarity))
        return ""

    def _find_end(self, value: Any) -> Span | None:
        if isinstance(value, dict):
            if "id" in value:
                return self._names.get(f"id {value['id']}")
            found = read_span({"label": MENTION, **value}, self._article.text)
            same = [s for s in self._names.values() if s.offsets == getattr(found, "offsets", None)]
            return same[0] if same else found if isinstance(found, Span) else None
        return self._names.get(f"id {value}") or (
            self._names.get(f"#{value}") if type(value) is int else None
        )

    def _name(self, span: Span) -> str:
        """Name a mention by its words, and note that the name stands for it."""
        name = " ".join(self._article.text[span.start : span.end].split())
        known = self._clusters.get(name)
        mentions = (*known.mentions, span) if known else (span,)
        self._clusters[name] = Cluster(name, tuple(dict.fromkeys(mentions)))
        return name


def _list_parts(record: Mapping[str, Any], *names: str) -> Sequence[Any]:
    return next((record[name] for name in names if isinstance(record.get(name), list)), ())


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(x) is int for x in value)


def _pick(item: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((item[name] for name in names if item.get(name) is not None), None)
