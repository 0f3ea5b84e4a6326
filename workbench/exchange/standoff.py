"""Read the lines of brat's standoff; whatever can't be read is a problem of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import get_args

from workbench.core.article import Article
from workbench.core.cluster import Cluster, Edge
from workbench.core.offsets import Offsets, is_valid
from workbench.core.quote import QUOTE, Quote
from workbench.core.span import Span
from workbench.core.stance import Stance, Status, derive_speaker
from workbench.exchange.annotated import Annotated, Problem, make_layer
from workbench.exchange.polarities import read_polarity

Join = Callable[[str, Sequence[Offsets]], tuple[Offsets, ...]]
_HOLDERS = ("holder", "source", "agent")


def read_standoff(article: Article, lines: Sequence[str], join: Join) -> Annotated:
    """Read the lines of one `.ann` file; `join` unites pieces that a line break parts.

    A relation whose name is an attitude has no cue, so that it becomes an edge.
    """
    return _Reader(article, join).read(lines)


class _Reader:
    """What was read of one file so far."""

    def __init__(self, article: Article, join: Join) -> None:
        self._article = article
        self._join = join
        self._bound: dict[str, tuple[str, tuple[Offsets, ...]]] = {}
        self._attributes: dict[str, dict[str, str]] = {}
        self._triggers: set[str] = set()
        self._problems: list[Problem] = []
        self._quotes: list[Quote] = []
        self._stances: list[Stance] = []
        self._edges: list[Edge] = []
        self._clusters: dict[str, Cluster] = {}

    def read(self, lines: Sequence[str]) -> Annotated:
        """Read text-bound lines first, since others may point to later ones."""
        rows = [line.split("\t") for line in lines if line.strip()]
        kinds = {kind: [row for row in rows if row[0][:1] == kind] for kind in "TAMER"}
        for row in kinds["T"]:
            self._try(self._take_bound, row)
        for row in (*kinds["A"], *kinds["M"]):
            self._try(self._take_attribute, row)
        for row in kinds["E"]:
            self._try(self._take_event, row)
        for row in kinds["R"]:
            self._try(self._take_relation, row)
        for row in rows:
            if row[0][:1] not in "TAMER":
                self._problems.append(Problem("lines of this kind are not read", "\t".join(row)))
        spans: list[Span] = []
        for name, (label, pieces) in self._bound.items():
            if name not in self._triggers:
                self._try(
                    lambda row: spans.append(self._get_span(row[0])), [name, label, f"{pieces}"]
                )
        layer = make_layer(
            self._article,
            spans=spans,
            quotes=self._quotes,
            stances=self._stances,
            edges=self._edges,
            clusters=tuple(self._clusters.values()),
        )
        return Annotated(self._article, layer, tuple(self._problems))

    def _try(self, take: Callable[[list[str]], None], row: list[str]) -> None:
        try:
            take(row)
        except (ValueError, IndexError, KeyError) as error:
            reason = (
                f"it points to {error}, which is not there"
                if isinstance(error, KeyError)
                else (str(error))
            )
            self._problems.append(Problem(f"the line can't be read: {reason}", "\t".join(row)))

    def _take_bound(self, row: list[str]) -> None:
        label, _, places = row[1].partition(" ")
        pieces = [tuple(int(x) for x in place.split()) for place in places.split(";")]
        text = self._article.text
        for piece in pieces:
            if len(piece) != 2 or not is_valid((piece[0], piece[1]), len(text)):
                raise ValueError(f"{piece} does not fit a text of {len(text)} characters")
        words = " ".join(text[piece[0] : piece[1]] for piece in pieces)
        stated = "\t".join(row[2:])
        if len(row) > 2 and stated not in (words, words.replace("\n", " ")):
            raise ValueError(f"its offsets read {words!r}, not {stated!r}")
        if row[0] in self._bound:
            raise ValueError(f"{row[0]} is given twice")
        self._bound[row[0]] = (label, self._join(text, [(p[0], p[1]) for p in pieces]))

    def _take_attribute(self, row: list[str]) -> None:
        name, target, *value = row[1].split(" ")
        if name not in ("Status", "ByAuthor", "Form") or not target.startswith("E"):
            raise ValueError(f"the attribute {name!r} has no counterpart")
        self._attributes.setdefault(target, {})[name] = value[0] if value else ""

    def _take_event(self, row: list[str]) -> None:
        parts = [part.split(":") for part in row[1].split()]
        (label, trigger), roles = parts[0], parts[1:]
        _, pieces = self._bound[trigger]
        self._triggers.add(trigger)
        ends: dict[str, list[Span]] = {"holder": [], "target": [], "speaker": []}
        for role, name in roles:
            kind = role.rstrip("0123456789").lower()
            kind = "holder" if kind in _HOLDERS else kind
            if kind not in ends:
                raise ValueError(f"the role {role!r} has no counterpart")
            ends[kind].append(self._get_span(name))
        marks = self._attributes.get(row[0], {})
        speaker = ends["speaker"][0] if ends["speaker"] else None
        if label == QUOTE:
            start, end = pieces[0][0], pieces[-1][1]
            form = "indirect" if marks.get("Form") == "indirect" else "direct"
            self._quotes.append(Quote(start, end, speaker, form))  # type: ignore[arg-type]  # one of the two
            return
        polarity = read_polarity(label)
        if polarity is None:
            raise ValueError(f"the event {label!r} has no counterpart")
        status = marks.get("Status", "asserted")
        if status not in get_args(Status):
            raise ValueError(f"the status {status!r} has no counterpart")
        by_author = "ByAuthor" in marks
        self._stances.append(
            Stance(
                pieces,
                tuple(ends["holder"]),
                tuple(ends["target"]),
                polarity,
                status,  # type: ignore[arg-type]  # one of them, as was just seen
                by_author,
                speaker or derive_speaker(pieces, self._quotes),
            )
        )

    def _take_relation(self, row: list[str]) -> None:
        label, *arguments = row[1].split()
        polarity = read_polarity(label)
        if polarity is None:
            raise ValueError(f"the relation {label!r} has no counterpart")
        ends = [self._get_span(part.split(":")[1]) for part in arguments]
        names = [self._name(span) for span in ends]
        self._edges.append(Edge(names[0], polarity, names[1]))

    def _name(self, span: Span) -> str:
        """Name a mention by its words, and note that the name stands for it."""
        name = " ".join(self._article.text[span.start : span.end].split())
        known = self._clusters.get(name)
        mentions = (*known.mentions, span) if known else (span,)
        self._clusters[name] = Cluster(name, tuple(dict.fromkeys(mentions)))
        return name

    def _get_span(self, name: str) -> Span:
        label, pieces = self._bound[name]
        if len(pieces) > 1:
            raise ValueError(f"{name} is in {len(pieces)} pieces, and a span is one")
        return Span(*pieces[0], label)
