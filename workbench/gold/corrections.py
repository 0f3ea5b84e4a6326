"""What gold has otherwise than one annotator of a round, why, and where to look at it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.adapters.records import write_item
from workbench.analysis.adjudication.actions import list_changes
from workbench.analysis.adjudication.guidelines import find_sentence
from workbench.analysis.adjudication.trust import name_label
from workbench.core.decision import Decision
from workbench.core.errors import RoundError
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.core.scheme import Scheme
from workbench.core.span import MENTION
from workbench.core.stance import Stance
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.store.articles import find_articles
from workbench.store.decisions import find_decisions
from workbench.store.layers import find_layers
from workbench.store.rounds import find_assignments, find_projects, get_round_scheme
from workbench.store.tasks import find_tasks

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("article", "what", "yours", "gold", "guideline", "reason", "link")


@dataclass(frozen=True, slots=True)
class Correction:
    """One item that gold has otherwise than the annotator.

    `what` is the part that differs, `missed` or `not gold`; `guideline` is the sentence that
    teaches it, `reason` what the decision said, `link` the task in Label Studio, if it has one.
    """

    article_id: str
    what: str
    yours: Item | None
    gold: Item | None
    words: tuple[str, str]
    guideline: str
    reason: str = ""
    link: str = ""


@dataclass(frozen=True)
class Corrections:
    """What one annotator can learn from a round; meant for that person alone, and no ranking."""

    round: str
    author: str
    kept: int
    corrections: tuple[Correction, ...]

    def __repr__(self) -> str:
        """Count what was kept and what was corrected, by kind."""
        counts = Counter(c.what for c in self.corrections)
        shown = ", ".join(f"{what} {count}" for what, count in counts.most_common())
        return (
            f"Corrections({self.author!r} in {self.round!r}: {self.kept} items are gold as they "
            f"were; corrected: {shown or 'nothing'})"
        )

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), repr(self))

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows, words instead of offsets."""
        return [
            (c.article_id, c.what, c.words[0], c.words[1], c.guideline, c.reason, c.link)
            for c in self.corrections
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return the corrections as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.list_rows(), columns=list(COLUMNS))

    def to_record(self) -> dict[str, Any]:
        """Write the corrections as plain JSON."""
        return {
            "round": self.round,
            "author": self.author,
            "kept": self.kept,
            "corrections": [
                {
                    "article_id": c.article_id,
                    "what": c.what,
                    "yours": None if c.yours is None else write_item(c.yours),
                    "gold": None if c.gold is None else write_item(c.gold),
                    "words": list(c.words),
                    "guideline": c.guideline,
                    "reason": c.reason,
                    "link": c.link,
                }
                for c in self.corrections
            ],
        }


def corrections(project: Project, round_name: str, annotator: str) -> Corrections:
    """Compare an annotator's work with the stored gold of a round.

    Mentions are not told alone: they follow from what points to them. Raises RoundError where the
    person did nothing in the round, or where it has no gold yet.
    """
    with project.store() as connection:
        scheme = get_round_scheme(connection, round_name)
        layers = find_layers(connection, kind="annotation", round=round_name)
        gold = {x.article_id: x for x in find_layers(connection, kind="gold", round=round_name)}
        texts = {article.id: article.text for article in find_articles(connection)}
        decisions = find_decisions(connection, round_name)
    mine = [x for x in layers if annotator in (x.author, x.author.split(":", 1)[-1])]
    if not mine:
        known = ", ".join(sorted({layer.author for layer in layers})) or "nobody yet"
        raise RoundError(f"{annotator!r} did nothing in round {round_name!r}; it has: {known}")
    settled = [layer for layer in mine if layer.article_id in gold and layer.article_id in texts]
    if not settled:
        raise RoundError(
            f"nothing that {annotator!r} annotated is gold yet; run: "
            f"workbench adjudicate {round_name}"
        )
    links = _find_links(project, round_name, annotator)
    kept, found = 0, []
    for layer in settled:
        comparison = _Comparison(
            layer,
            gold[layer.article_id],
            texts[layer.article_id],
            decisions,
            scheme,
            links.get(layer.article_id, ""),
        )
        found += list(comparison.list_corrections())
        kept += comparison.kept
    return Corrections(round_name, settled[0].author, kept, tuple(found))


@dataclass
class _Comparison:
    """One article's layer beside its gold."""

    layer: Layer
    gold: Layer
    text: str
    decisions: Mapping[str, Decision]
    scheme: Scheme
    link: str
    kept: int = 0
    told: set[str] = field(default_factory=set)

    def list_corrections(self) -> Iterator[Correction]:
        """Yield what gold has otherwise, then what of the annotator's is not gold at all."""
        sha, author = self.layer.text_sha256, self.layer.author
        mine = {identify(sha, item): item for item in self.layer.items}
        for item in self.gold.items:
            verdict = self.gold.verdicts.get(identify(sha, item))
            readings = dict(verdict.readings) if verdict else {}
            if verdict is None or author not in readings:
                continue
            marked = mine.get(readings[author])
            self.told.add(readings[author])
            decision = self.decisions.get(verdict.conflict)
            if marked is None:
                yield self._tell("missed", None, item, decision)
                continue
            parts = list_changes(marked, item)
            self.kept += not parts
            if parts:
                yield self._tell(", ".join(parts), marked, item, decision)
        for item_id, item in mine.items():
            is_told = item_id in self.told or getattr(item, "label", "") == MENTION
            if not is_told:
                yield self._tell("not gold", item, None, self._find_rejection(item))

    def _find_rejection(self, item: Item) -> Decision | None:
        for decision in self.decisions.values():
            for reading in decision.readings:
                same = identify(self.layer.text_sha256, reading.item) == identify(
                    self.layer.text_sha256, item
                )
                if same and self.layer.author in reading.authors:
                    return decision
        return None

    def _tell(
        self, what: str, yours: Item | None, gold: Item | None, decision: Decision | None
    ) -> Correction:
        about = gold or yours
        label = name_label(about) if about is not None else ""
        return Correction(
            self.layer.article_id,
            what,
            yours,
            gold,
            (_show(yours, self.text), _show(gold, self.text)),
            find_sentence(self.scheme, label, what),
            decision.reason if decision else "",
            self.link,
        )


def _show(item: Item | None, text: str) -> str:
    if item is None:
        return ""
    if not isinstance(item, Stance):
        return f"{name_label(item)} {text[item.start : item.end]!r}"
    ends = [[span.offsets for span in spans] for spans in (item.holders, item.targets)]
    cue, holders, targets = (
        " + ".join(text[start:end] for start, end in pieces) for pieces in (item.cue, *ends)
    )
    return f"{holders or '–'} {item.polarity} {item.status} {targets or '–'} | {cue}"


def _find_links(project: Project, round_name: str, annotator: str) -> dict[str, str]:
    """Return the address of the task of each article that somebody was given."""
    with project.store() as connection:
        servers = {p.project_id: p.server for p in find_projects(connection, round_name)}
        tasks = {task.key: task for task in find_tasks(connection, round_name)}
        rows = find_assignments(connection, round_name)
    name = annotator.split(":", 1)[-1]
    links: dict[str, str] = {}
    for row in rows:
        task = tasks.get(row.key)
        theirs = row.annotator in ("", annotator, name, f"simulated:{name}")
        if theirs and task is not None and task.task_id and task.project_id in servers:
            place = f"{servers[task.project_id]}/projects/{task.project_id}/data"
            links.setdefault(row.article_id, f"{place}?task={task.task_id}")
    return links
