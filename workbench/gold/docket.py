"""The docket of a round: its open conflicts one by one, decided, passed over, taken back."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.adjudication.doubt import measure_doubt, order_conflicts
from workbench.analysis.adjudication.settlement import Settled
from workbench.core.article import Article
from workbench.core.decision import Action, Conflict, Decision
from workbench.core.errors import RoundError
from workbench.core.layer import Item
from workbench.core.policy import Policy, PolicyName
from workbench.gold.adjudication import Adjudication, adjudicate, open_round
from workbench.gold.decisions import decide, undo
from workbench.project import Project
from workbench.rounds.addresses import TaskAddress, find_addresses
from workbench.store.decisions import find_changed, list_decisions

ADJUDICATOR = "person:adjudicator"


class Docket:
    """A round's open conflicts, the most doubtful first; the store is the record.

    Equal doubt goes by article and place. Layers are read once and decisions each time, so that
    another notebook's decisions are seen; after a decision only its article is settled again, and
    what stays open keeps its place.
    """

    def __init__(
        self,
        project: Project,
        round_name: str,
        *,
        policy: PolicyName | Policy | None = None,
        author: str = ADJUDICATOR,
    ) -> None:
        self.project = project
        self.round = round_name
        self.author = author
        self._open = open_round(project, round_name, policy)
        self._addresses = find_addresses(project, round_name)
        self._settled: dict[str, Settled] = {}
        self._doubts: dict[str, float] = {}
        self._queue: tuple[Conflict, ...] = ()
        self._decisions: dict[str, Decision] = {}
        self._at, self._seq = 0, 0
        self.refresh()

    def refresh(self) -> None:
        """Read the decisions, and settle the articles that they changed."""
        with self.project.store() as connection:
            self._seq, touched = find_changed(connection, self.round, self._seq)
            standing = list_decisions(connection, self.round, conflicts=touched)
        changed = set()
        for name in touched:
            before = self._decisions.pop(name, None)
            if name in standing:
                self._decisions[name] = standing[name].decision
            changed |= {d.article_id for d in (before, self._decisions.get(name)) if d is not None}
        stale = [a for a in self._open.article_ids if a in changed or a not in self._settled]
        for article_id in stale:
            self._settled[article_id] = self._open(article_id, self._decisions)
        if stale:
            self._line_up()
        self._at = min(self._at, max(0, len(self.open) - 1))

    def _line_up(self) -> None:
        """Order the open conflicts; one that was there before keeps its doubt, and so its place."""
        rows = [conflict for found in self._settled.values() for conflict in found.conflicts]
        if any(conflict.id not in self._doubts for conflict in rows):
            units = [unit for found in self._settled.values() for unit in found.units]
            self._doubts = measure_doubt(units) | self._doubts
        self._queue = order_conflicts(rows, self._doubts)

    @property
    def open(self) -> list[Conflict]:
        """The conflicts that nobody has decided yet."""
        return list(self._queue)

    @property
    def decided(self) -> int:
        """How many decisions of the round stand."""
        return len(self._decisions)

    @property
    def position(self) -> int:
        """The present conflict's number among the open ones, counted from 1; 0 where none is."""
        return self._at + 1 if self.open else 0

    @property
    def current(self) -> Conflict | None:
        """The conflict to decide now, None once all are decided."""
        rows = self.open
        return rows[self._at] if rows else None

    def article(self, conflict: Conflict) -> Article:
        """Return the article that a conflict is in."""
        return self._open.articles[conflict.article_id]

    def find_tasks(self, conflict: Conflict) -> list[TaskAddress]:
        """Return the tasks that show the conflict, of every annotator who got one."""
        offsets = conflict.candidates[0].item.offsets
        return [
            task
            for task in self._addresses
            if task.article_id == conflict.article_id and task.shows(offsets)
        ]

    def step(self, by: int) -> None:
        """Go on to another open conflict, round and round."""
        rows = self.open
        self._at = (self._at + by) % len(rows) if rows else 0

    def decide(
        self,
        action: Action,
        *,
        item: Item | int | Sequence[int] | None = None,
        reason: str = "",
    ) -> Decision:
        """Store a decision about the present conflict; the next one then stands in its place.

        Raises RoundError where none is open, or somebody else decided it in the meantime.
        """
        conflict = self.current
        if conflict is None:
            raise RoundError(f"round {self.round!r} has no open conflict")
        self.refresh()
        theirs = self._decisions.get(conflict.id)
        if theirs is not None:
            raise RoundError(
                f"{theirs.author} decided this one in the meantime ({theirs.action}); "
                "take that back first to decide it otherwise"
            )
        made = decide(self.project, conflict, action, item=item, reason=reason, author=self.author)
        self.refresh()
        return made

    def undo(self) -> Decision:
        """Take back the newest decision of this author in the round, and go to its conflict.

        Works after a restart too, since it asks the store. Raises RoundError where none stands.
        """
        with self.project.store() as connection:
            stored = list_decisions(connection, self.round).values()
        own = [row for row in stored if row.decision.author == self.author]
        if not own:
            raise RoundError(f"no decision of {self.author} stands in round {self.round!r}")
        taken = undo(self.project, max(own, key=lambda row: row.seq).decision, author=self.author)
        self.refresh()
        names = [conflict.id for conflict in self.open]
        if taken.conflict in names:
            self._at = names.index(taken.conflict)
        return taken

    def finish(self) -> Adjudication:
        """Store the gold of every article without open conflicts."""
        return adjudicate(self.project, self.round, policy=self._open.policy)
