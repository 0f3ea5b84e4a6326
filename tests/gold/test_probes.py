"""Probes count for catch rates, and for no figure of agreement."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import workbench as wb
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.core.policy import Policy
from workbench.gold.decisions import decide
from workbench.project import Project
from workbench.rounds.agreement import measure_round
from workbench.store.adjudications import find_probes
from workbench.store.layers import find_layers

Annotate = Callable[..., None]


@pytest.fixture
def probed(
    project: Project,
    annotate: Annotate,
    right: dict[str, Layer],
    draft: Callable[[str], Layer],
) -> None:
    """Store a round whose probes ana caught, every one, and ben left as they were."""
    for layer in wb.seed_probes(project, "r", [draft("lima"), draft("cairo")], rate=1.0):
        annotate("person:ana", right[layer.article_id], shown=layer)
        annotate("person:ben", layer, shown=layer)


def test_a_running_rounds_agreement_leaves_probes_out(
    project: Project, probed: None, right: dict[str, Layer]
) -> None:
    with project.store() as connection:
        probes = find_probes(connection, "r")
    assert len(probes) >= 2
    assert any(probe.before for probe in probes)

    found = measure_round(project, "r", n_samples=0, progress=False)

    for measure in ("spans", "stances exact"):
        assert found.average(measure) == 1, measure
    ids = {identify(x.text_sha256, item) for x in right.values() for item in x.items}
    assert not ids & {probe.item for probe in probes}


def test_layers_at_hand_are_measured_without_probes_too(project: Project, probed: None) -> None:
    with project.store() as connection:
        layers = list(find_layers(connection, kind="annotation", round="r"))

    found = wb.agreement(layers, project=project, n_samples=0, progress=False)

    assert found.average("spans") == 1
    assert wb.agreement(layers, n_samples=0, progress=False).average("spans") != 1


def test_nobody_is_diagnosed_by_what_was_seeded_to_mislead(
    project: Project, probed: None, annotate: Annotate, right: dict[str, Layer]
) -> None:
    for name in ("lima", "cairo"):
        annotate("person:cleo", right[name])

    rows = {(row.author, row.kind): row for row in wb.diagnose(project, "r", progress=False).rows}

    for kind in ("spans", "stances"):
        ana, ben = rows["person:ana", kind], rows["person:ben", kind]
        assert ben.judged == ana.judged > 0
        assert (ben.missed, ben.added) == (ana.missed, ana.added)


def test_a_release_states_the_same(project: Project, probed: None) -> None:
    policy = Policy("majority", audit=0.0)
    while conflicts := wb.adjudicate(project, "r", policy=policy).conflicts:
        for conflict in conflicts:
            decide(project, conflict, "reject")
    wb.release(project, "0.1.0")

    data = (project.releases / "0.1.0" / "agreement.json").read_text(encoding="utf-8")

    assert json.loads(data)["all"]["mean"]["spans"] == 1
