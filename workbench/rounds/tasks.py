"""Make a round's tasks: the passages of its plan, with what each shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.adapters.label_studio.encoding import (
    encode_furniture,
    encode_layer,
    make_prediction,
    make_task,
)
from workbench.adapters.label_studio.preflight import check_task
from workbench.core.article import Article
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.core.round import Assignment
from workbench.store.tasks import Suggestion

Task = dict[str, Any]
Stored = tuple[int, Layer]


def make_tasks(
    rows: Sequence[Assignment],
    articles: Mapping[str, Article],
    drafts: Mapping[str, Stored],
    suggestion_set: str,
    kinds: Mapping[str, str],
) -> tuple[list[Task], list[Suggestion], list[str]]:
    """Return the tasks of a plan's rows, what each suggested one shows, and what lacks a draft.

    Rows that ought to show suggestions and have no draft go without. Raises RoundError where a
    task would be unsound.
    """
    tasks: list[Task] = []
    suggestions: list[Suggestion] = []
    bare: list[str] = []
    for row in rows:
        article, passage = articles[row.article_id], (row.start, row.end)
        task = make_task(article, row)
        stored = drafts.get(row.article_id) if row.arm == "suggested" else None
        if stored is not None:
            seq, layer = stored
            encoded = encode_layer(layer, article, passage)
            task["predictions"] = [make_prediction(encoded.result, layer, suggestion_set)]
            suggestions.append(Suggestion(suggestion_set, row.key, seq, encoded.notes))
        else:
            furniture = encode_furniture(article, passage)
            if furniture:
                task["predictions"] = [make_prediction(furniture, None, suggestion_set)]
            if row.arm == "suggested":
                bare.append(row.article_id)
        problems = check_task(task, kinds)
        if problems:
            raise RoundError(f"the task of {article.id!r} is unsound: {'; '.join(problems)}")
        tasks.append(task)
    return tasks, suggestions, bare
