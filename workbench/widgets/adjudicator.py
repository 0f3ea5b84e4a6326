"""Adjudicator: one conflict at a time, decided by key; every decision is stored as it is made."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from workbench.core.decision import Conflict, Decision
from workbench.core.policy import Policy, PolicyName
from workbench.gold.docket import ADJUDICATOR, Docket
from workbench.project import Project
from workbench.rendering.conflicts import draw_conflict, draw_passage, draw_readings, name_kind
from workbench.widgets.controls import (
    draw_button,
    draw_head,
    draw_progress,
    draw_task_link,
    draw_text_field,
)
from workbench.widgets.panel import Action, Panel

_MOST_KEYS = 9
_DONE = {
    "accept": "accepted a reading",
    "merge": "merged the readings",
    "write": "wrote another reading",
    "reject": "rejected all readings",
    "contested": "kept a reading, marked as contested",
}


class Adjudicator(Panel):
    """Shows a round's conflicts and stores what is decided; a new kernel goes on where it was."""

    def __init__(
        self,
        project: Project,
        round_name: str,
        *,
        policy: PolicyName | Policy | None = None,
        author: str = ADJUDICATOR,
    ) -> None:
        self.docket = Docket(project, round_name, policy=policy, author=author)
        super().__init__(f"Adjudicator of round {round_name}")
        self.redraw()

    def list_actions(self) -> Mapping[str, Action]:
        """Return what the buttons do."""
        return {
            "accept": self._accept,
            "merge": lambda _: self._tell(self.docket.decide("merge", reason=self._reason)),
            "reject": lambda _: self._tell(self.docket.decide("reject", reason=self._reason)),
            "contested": lambda _: self._tell(self.docket.decide("contested", reason=self._reason)),
            "next": lambda _: self._step(1),
            "previous": lambda _: self._step(-1),
            "undo": self._undo,
            "finish": self._finish,
        }

    def draw(self) -> str:
        """Draw the present conflict with its keys, or what comes when none is left."""
        conflict = self.docket.current
        return self._draw_head() + (
            self._draw_conflict(conflict) if conflict is not None else self._draw_end()
        )

    def draw_static(self) -> str:
        """Draw the counter and the present conflict, without buttons."""
        conflict = self.docket.current
        shown = ""
        if conflict is not None:
            scheme = self.docket.project.scheme
            shown = draw_conflict(self.docket.article(conflict), conflict, scheme)
        return f"<b>{escape(self.title)}</b>: {escape(self._count())}{shown}"

    @property
    def _reason(self) -> str:
        return self.fields.get("reason", "").strip()

    def _count(self) -> str:
        return f"{len(self.docket.open)} left, {self.docket.decided} decided"

    def _draw_head(self) -> str:
        done, left = self.docket.decided, len(self.docket.open)
        return draw_head(
            self.title, draw_progress(done, done + left, f"<b>{left}</b> left, {done} decided")
        )

    def _draw_conflict(self, conflict: Conflict) -> str:
        article = self.docket.article(conflict)
        numbers = range(1, len(conflict.candidates) + 1)
        accepts = "".join(
            draw_button("accept", f"Accept {n}", value=str(n),
                        key=str(n) if n <= _MOST_KEYS else "", main=n == 1)
            for n in numbers
        )  # fmt: skip
        links = " ".join(
            draw_task_link(task.url, f"Task of {task.annotator or 'the pool'}",
                           key="o" if at == 0 else "")
            for at, task in enumerate(self.docket.find_tasks(conflict))
        )  # fmt: skip
        where = f"{self.docket.position} of {len(self.docket.open)}"
        return (
            f"<div>{where} · <b>{escape(name_kind(conflict))}</b> · "
            f"{escape(article.title or article.id)}</div>"
            f"{draw_passage(article, conflict, self.docket.project.scheme)}"
            f'<div class="wb-wide">{draw_readings(article, conflict)}</div>'
            f'<div class="wb-bar">{accepts}'
            f"{draw_button('merge', 'Merge', key='m', disabled=len(conflict.candidates) < 2)}"
            f"{draw_button('reject', 'Reject all', key='r')}"
            f"{draw_button('contested', 'Contested', key='c')}"
            f"{draw_text_field('reason', 'Reason', key='e')}</div>"
            f'<div class="wb-bar">{draw_button("previous", "Previous", key="p")}'
            f"{draw_button('next', 'Next', key='n')}"
            f"{draw_button('undo', 'Undo', key='u', disabled=not self.docket.decided)}{links}</div>"
        )

    def _draw_end(self) -> str:
        return (
            "<p>Nothing is open. Storing the gold takes every article whose conflicts are decided."
            f'</p><div class="wb-bar">{draw_button("finish", "Store the gold", key="g", main=True)}'
            f"{draw_button('undo', 'Undo', key='u', disabled=not self.docket.decided)}</div>"
        )

    def _accept(self, value: str) -> None:
        self._tell(self.docket.decide("accept", item=int(value or "1"), reason=self._reason))

    def _undo(self, _: str) -> None:
        taken = self.docket.undo()
        self.status = f"Taken back: {_DONE[taken.action]} in {taken.article_id}."

    def _step(self, by: int) -> None:
        self.docket.refresh()
        self.docket.step(by)
        self.status = ""

    def _finish(self, _: str) -> None:
        self.status = f"{self.docket.finish()!r}"

    def _tell(self, made: Decision) -> None:
        self.status = f"Stored: {_DONE[made.action]} in {made.article_id}; {self._count()}."
