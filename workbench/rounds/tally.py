"""The tally of one Label Studio project: tasks, what became of them, and the time they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from workbench.adapters.label_studio.names import DOUBT

LONGEST = 3600.0
"""Seconds at which a submission's time is capped: the page was left open."""
Task = Mapping[str, Any]


class Tally:
    """Counts tasks one by one; `enough` submissions make a task done.

    Tasks of articles that are not `there` any more are counted as withdrawn and nothing else.
    `people` counts what each account did.
    """

    def __init__(self, enough: int, there: Container[str]) -> None:
        self.tasks = self.done = self.skipped = self.only_skipped = 0
        self.doubtful = self.withdrawn = 0
        self.people: dict[int, Counter[str]] = {}
        self._enough, self._there = enough, there
        self._times: dict[str, list[dict[int, float]]] = {}

    def take(self, task: Task) -> None:
        """Count a task."""
        article_id = str((task.get("data") or {}).get("article_id"))
        if article_id not in self._there:
            self.withdrawn += 1
            return
        annotations = task.get("annotations") or []
        submitted = [a for a in annotations if not a.get("was_cancelled")]
        self.tasks += 1
        self.done += len(submitted) >= self._enough
        self.skipped += len(annotations) > len(submitted)
        self.only_skipped += len(annotations) > len(submitted) and not submitted
        self.doubtful += any(_is_doubtful(a) for a in submitted)
        times = {_get_account(a): min(float(a.get("lead_time") or 0), LONGEST) for a in submitted}
        self._times.setdefault(article_id, []).append(times)
        for annotation in annotations:
            counts = self.people.setdefault(_get_account(annotation), Counter())
            skipped = bool(annotation.get("was_cancelled"))
            counts["skipped" if skipped else "done"] += 1
            counts["doubtful"] += not skipped and _is_doubtful(annotation)

    def list_times(self, account: int | None = None) -> list[float]:
        """Return the seconds that each article took whose passages were all submitted.

        Those of one account, else a passage's mean over its people, added up over the article.
        """
        found = []
        for passages in self._times.values():
            if account is None:
                times = [fmean(times.values()) for times in passages if times]
            else:
                times = [times[account] for times in passages if account in times]
            if len(times) == len(passages):
                found.append(sum(times))
        return found


def find_median(times: Sequence[float]) -> float | None:
    """Return the median, None of nothing."""
    return median(times) if times else None


def _get_account(annotation: Mapping[str, Any]) -> int:
    account = annotation.get("completed_by")
    account = account.get("id") if isinstance(account, dict) else account
    return account if isinstance(account, int) else 0


def _is_doubtful(annotation: Mapping[str, Any]) -> bool:
    return any(part.get("from_name") == DOUBT for part in annotation.get("result") or [])
