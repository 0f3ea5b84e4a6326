from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import workbench as wb
from workbench.analysis.adjudication.guidelines import find_sentence
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.gold.decisions import decide
from workbench.project import Project
from workbench.store.rounds import PushedProject, add_project, find_assignments
from workbench.store.tasks import confirm_tasks, intend_tasks

Annotate = Callable[..., None]


def test_everybody_learns_what_gold_has_otherwise(
    project: Project, annotate: Annotate, right: dict[str, Layer]
) -> None:
    layer = right["lima"]
    rest = layer.stances[1:]
    date = next(span for span in layer.spans if span.label == "DATE")
    spans = tuple(replace(s, label="EVENT") if s == date else s for s in layer.spans)
    annotate("person:ana", layer)
    annotate("person:ben", replace(layer, spans=spans, stances=rest))
    with project.store() as connection:
        row = next(r for r in find_assignments(connection, "r") if r.annotator == "ben")
        add_project(connection, PushedProject("r", "ben", "http://ls.example", 7, "m"), at="t")
        intend_tasks(connection, [row.key], 7, "rr-s1", at="t")
        confirm_tasks(connection, {row.key: 42})
    with pytest.raises(RoundError, match="is gold yet"):
        wb.corrections(project, "r", "ben")
    for conflict in wb.adjudicate(project, "r").conflicts:
        number = next(n for n, c in enumerate(conflict.candidates, 1) if "person:ana" in c.authors)
        decide(project, conflict, "accept", item=number, reason="ana is right")
    wb.adjudicate(project, "r")

    ben, ana = wb.corrections(project, "r", "ben"), wb.corrections(project, "r", "person:ana")

    assert sorted(c.what for c in ben.corrections) == ["label", "missed"]
    label = next(c for c in ben.corrections if c.what == "label")
    assert label.words == ("EVENT 'Tuesday'", "DATE 'Tuesday'")
    assert label.reason == "ana is right"
    assert label.link == "http://ls.example/projects/7/data?task=42"
    assert label.guideline
    assert ana.corrections == ()
    assert ana.kept == ben.kept + 2
    assert "<table>" in ben._repr_html_()
    with pytest.raises(RoundError, match="person:ana, person:ben"):
        wb.corrections(project, "r", "cleo")


def test_what_was_rejected_is_told_with_the_reason(
    project: Project, annotate: Annotate, right: dict[str, Layer]
) -> None:
    annotate("person:ana", right["lima"])
    annotate("person:ben", replace(right["lima"], quotes=()))
    (conflict,) = wb.adjudicate(project, "r").conflicts
    decide(project, conflict, "reject", reason="no words of anybody")
    wb.adjudicate(project, "r")

    (correction,) = wb.corrections(project, "r", "ana").corrections

    assert (correction.what, correction.reason) == ("not gold", "no words of anybody")
    assert wb.corrections(project, "r", "ben").corrections == ()


def test_every_label_has_a_sentence_for_every_part(project: Project) -> None:
    for label in project.scheme.labels:
        for what in ("boundary", "label", "missed", "cue", "holder"):
            sentence = find_sentence(project.scheme, label.name, what)
            assert len(sentence) > 10
            assert "](" not in sentence
