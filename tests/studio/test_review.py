"""A review in a real Label Studio yields decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from gold_rounds import annotate, right

import workbench as wb
from workbench.adapters.label_studio.encoding import encode_layer
from workbench.backends.label_studio import Server
from workbench.core.errors import RoundError
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.core.policy import Policy
from workbench.project import Project
from workbench.store.adjudications import find_reviews
from workbench.store.articles import get_article

__all__ = ["annotate", "right"]
pytestmark = pytest.mark.studio


def test_a_pre_merged_task_comes_back_as_decisions(
    connected: Project,
    server: Server,
    annotate: Callable[..., None],
    right: dict[str, Layer],
) -> None:
    project, name = connected, "reviewed"
    annotate("person:ana", right["lima"], name=name)
    first, second, *rest = right["lima"].stances
    wrong = (replace(first, polarity="MIXED"), replace(second, status="denied"), *rest)
    annotate("person:ben", replace(right["lima"], stances=wrong), name=name)
    conflicts = wb.adjudicate(project, name, policy=Policy(audit=0.0)).conflicts
    assert sorted(conflict.kind for conflict in conflicts) == ["polarity", "status"]

    pushed = wb.push_review(project, name, server=server)
    again = wb.push_review(project, name, server=server)

    assert (pushed.tasks, pushed.added, again.tasks, again.added) == (1, 1, 1, 0)
    assert wb.pull_review(project, name, server=server).decisions == ()
    with project.store() as connection:
        (review,) = find_reviews(connection, name)
        article = get_article(connection, "lima")
    assert review.task_id
    task = server.get_task(review.task_id)
    assert "in dispute: polarity 1, status 1" in task["data"]["byline"]
    (prediction,) = task["predictions"]
    shown = [part["id"] for part in prediction["result"] if part["type"] == "labels"]
    assert identify(article.text_sha256, right["lima"].spans[0]).replace(":", "_") in shown

    # The reviewer settles both, throws out one entity and a stance, and finds nothing else wrong.
    gone = next(s for s in right["lima"].spans if s.label == "DATE")
    last = right["lima"].stances[-1]
    left = replace(
        right["lima"],
        spans=tuple(span for span in right["lima"].spans if span != gone),
        stances=right["lima"].stances[:-1],
    )
    result = encode_layer(left, article, (0, len(article.text))).result
    server.submit(review.task_id, result, seconds=60.0)
    reviewed = wb.pull_review(project, name, server=server)

    assert reviewed.problems == ()
    assert reviewed.open == 0
    kinds = sorted(decision.kind for decision in reviewed.decisions)
    assert kinds == ["agreed", "agreed", "polarity", "status"]
    assert wb.pull_review(project, name, server=server).decisions == ()
    (gold,) = wb.adjudicate(project, name).gold
    ids = {identify(gold.text_sha256, item) for item in gold.items}
    assert identify(gold.text_sha256, first) in ids
    assert identify(gold.text_sha256, gone) not in ids
    assert identify(gold.text_sha256, last) not in ids
    why = wb.why(project, identify(gold.text_sha256, first))
    assert why.ok
    with pytest.raises(RoundError, match="no open conflicts"):
        wb.push_review(project, name, server=server)

    # Work that came later makes the review one of other work, which decides nothing.
    annotate("person:ben", replace(right["lima"], stances=(*wrong[:1], *rest)), name=name)
    server.submit(review.task_id, result, seconds=9.0)
    later = wb.pull_review(project, name, server=server)
    assert later.decisions == ()
    assert "annotated anew" in later.problems[0]
