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
from workbench.project import Project
from workbench.store.layers import add_layer
from workbench.store.tasks import Suggestion, add_suggestions


def make_tasks(
    project: Project,
    rows: Sequence[Assignment],
    articles: dict[str, Article],
    layers: Mapping[str, Layer],
    suggestion_set: str,
    left_out: list[str],
) -> list[dict[str, Any]]:
    """Make the tasks of a plan's rows and record what each suggested one shows.

    Suggested rows without a prediction go without one, and their articles into `left_out`. Raises
    RoundError where a task would be unsound.
    """
    kinds = project.scheme.kinds
    tasks: list[dict[str, Any]] = []
    suggestions: list[Suggestion] = []
    with project.store() as connection:
        for row in rows:
            article = articles[row.article_id]
            task = make_task(article, row)
            layer = layers.get(row.article_id)
            if row.arm == "suggested" and layer is not None:
                encoded = encode_layer(layer, article, (row.start, row.end))
                task["predictions"] = [make_prediction(encoded.result, layer, suggestion_set)]
                seq = add_layer(connection, layer, at=project.now())
                suggestions.append(Suggestion(suggestion_set, row.key, seq, encoded.notes))
            else:
                furniture = encode_furniture(article, (row.start, row.end))
                if furniture:
                    task["predictions"] = [make_prediction(furniture, None, suggestion_set)]
                if row.arm == "suggested":
                    left_out.append(row.article_id)
            problems = check_task(task, kinds)
            if problems:
                raise RoundError(f"the task of {article.id!r} is unsound: {'; '.join(problems)}")
            tasks.append(task)
        add_suggestions(connection, suggestions, at=project.now())
    return tasks
