"""Practice on adjudicated articles, on a real server."""

from __future__ import annotations

from dataclasses import replace

import pytest

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.core.errors import RoundError
from workbench.core.layer import Layer, Passage
from workbench.project import Project
from workbench.simulation import annotate_round
from workbench.store.articles import find_articles
from workbench.store.layers import add_layer

pytestmark = pytest.mark.studio


def test_a_newcomer_practises_on_gold_and_is_told_what_differs(
    connected: Project, server: Server, tiny_gold: dict[str, Layer]
) -> None:
    with pytest.raises(RoundError, match="no gold of train or dev"):
        wb.practise(connected, "learn", "simulated:new", progress=False)
    with connected.store() as connection:
        for article in find_articles(connection):
            gold = replace(
                tiny_gold[article.text_sha256],
                article_id=article.id,
                kind="gold",
                author="adjudication",
                round="earlier",
                passages=(Passage(0, len(article.text), connected.scheme.asked),),
                verdicts={},
            )
            add_layer(connection, gold, at=connected.now())

    pushed = wb.practise(connected, "learn", "simulated:new", n=9, progress=False)
    again = wb.practise(connected, "learn", "simulated:new", n=1, progress=False)

    tasks = list(server.iter_tasks(pushed.projects[0].project_id))
    assert {task["data"]["article_id"] for task in tasks} == {"cairo", "lima"}  # no test article
    assert (again.added, again.tasks) == (0, 2)
    assert not [p for task in tasks for p in task["predictions"] if p["score"]]
    assert wb.feedback(connected, "learn", progress=False).lessons == ()
    annotate_round(connected, "learn", tiny_gold, server, seed=2, progress=False)

    found = wb.feedback(connected, "learn", progress=False)

    (lesson,) = found.lessons
    assert lesson.annotator == "simulated:new"
    assert lesson.right > 5
    assert lesson.remarks
    assert all(remark.guideline and (remark.yours or remark.gold) for remark in lesson.remarks)
    assert len(found.to_frame()) == len(lesson.remarks)
    assert found.to_record()["lessons"][0]["right"] == lesson.right
    assert "guideline" in found._repr_html_()
    with pytest.raises(RoundError, match="nothing of it becomes gold"):
        wb.adjudicate(connected, "learn", policy="single")
    with pytest.raises(RoundError, match="nobody of the name zoe"):
        wb.feedback(connected, "learn", annotators=["zoe"], progress=False)
    wb.push(connected, "work", ["lima"], [], progress=False)
    with pytest.raises(RoundError, match="is no practice"):
        wb.feedback(connected, "work", progress=False)
