"""Work: what each annotator marked in one article, with ends that follow what was settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from workbench.analysis.adjudication.readings import StanceComparison
from workbench.analysis.adjudication.trust import name_label
from workbench.analysis.scope import is_asked
from workbench.core.article import Article
from workbench.core.decision import Candidate, Conflict, ConflictKind
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.offsets import Offsets
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance


class Work:
    """The layers of one article by author; `moved` says what became of their spans so far."""

    def __init__(self, article: Article, layers: Sequence[Layer]) -> None:
        self.layers = layers
        self.by_author = {layer.author: layer for layer in layers}
        self.round = next((layer.round for layer in layers), "")
        self.comparison = StanceComparison(self.by_author)
        self.moved: dict[Span, Span | None] = {}
        self._article = article
        self._originals: dict[tuple[str, Item], str] = {}

    def list_asked(self, items: Iterable[Item], offsets: Offsets) -> list[str]:
        """Name who submitted the passage with one of the labels asked."""
        labels = {name_label(item) for item in items}
        return sorted(
            author
            for author, layer in self.by_author.items()
            if any(is_asked(label, offsets, layer.passages) for label in labels)
        )

    def list_readings(
        self, marks: Mapping[str, Item], asked: Sequence[str]
    ) -> tuple[tuple[str, str], ...]:
        """Pair everybody who was asked, or marked it, with the id of what they marked."""
        return tuple(
            (author, self._get_original(author, marks[author]) if author in marks else "")
            for author in sorted({*asked, *marks})
        )

    def make_conflict(
        self, marks: Mapping[str, Item], asked: Sequence[str], kind: ConflictKind
    ) -> Conflict:
        """Make the conflict of what people marked alike or otherwise."""
        candidates: dict[Item, list[str]] = {}
        for author, item in sorted(marks.items()):
            candidates.setdefault(item, []).append(author)
        return Conflict(
            self._article.id,
            self._article.text_sha256,
            self.round,
            kind,
            tuple(Candidate(item, tuple(authors)) for item, authors in candidates.items()),
            tuple(author for author in asked if author not in marks),
        )

    def was_left(self, author: str, item: Item, shown: Mapping[str, Collection[str]]) -> bool:
        """Tell whether somebody saw an item as a suggestion and left it as it was.

        `shown` has the ids of the items of each suggestion set.
        """
        item_id = self._get_original(author, item)
        return any(
            passage.suggested_by is not None
            and passage.start <= item.offsets[0] < passage.end
            and item_id in shown.get(passage.suggested_by, ())
            for passage in self.by_author[author].passages
        )

    def is_reflexive(self, stance: Stance, author: str) -> bool:
        """Tell whether a holder is its own target."""
        return any(
            self.comparison.same_end(author, holder, author, target)
            for holder in stance.holders
            for target in stance.targets
        )

    def move_speaker(self, author: str, quote: Quote) -> Quote:
        """Let a quotation's speaker follow its span."""
        speaker = self._move(quote.speaker) if quote.speaker else None
        moved = replace(quote, speaker=speaker, score=None, rule=None)
        self._originals[author, moved] = self.identify(quote)
        return moved

    def move_ends(self, author: str, stance: Stance) -> Stance:
        """Let a stance's ends follow their spans; an end that was rejected is gone."""
        holders, targets = (
            tuple(end for end in map(self._move, ends) if end is not None)
            for ends in (stance.holders, stance.targets)
        )
        moved = replace(
            stance, holders=holders, targets=targets, speaker=None, score=None, rule=None
        )
        self._originals[author, moved] = self.identify(stance)
        return moved

    def _move(self, end: Span) -> Span | None:
        moved = self.moved.get(end, end)
        return replace(moved, score=None, rule=None) if moved else None

    def _get_original(self, author: str, item: Item) -> str:
        """Return the id of an author's own item, before its ends followed their spans."""
        return self._originals.get((author, item)) or self.identify(item)

    def identify(self, item: Item) -> str:
        """Return the id of an item of this article."""
        return identify(self._article.text_sha256, item)
