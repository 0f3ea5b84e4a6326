"""What agreement costs, against a plain pass over the same spans and against one big problem."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from workbench.analysis import gamma
from workbench.analysis.agreement.report import measure_agreement
from workbench.analysis.coefficients.unit_alignment import Dissimilarity, _list_groups, align_units
from workbench.core.layer import Layer, Passage
from workbench.core.span import Span
from workbench.core.stance import POLARITIES, Polarity, Stance

pytestmark = pytest.mark.bench

LABELS = ("PERSON", "ROLE", "GPE", "LOC", "ORG", "NORP", "EVENT", "AGREEMENT", "ISSUE", "DATE")
ASKED = tuple(sorted((*LABELS, "MENTION", "QUOTE", *POLARITIES)))
LENGTH = 4000


def make_corpus(n: int, *, spans: int = 40, seed: int = 1) -> list[Layer]:
    """Make n articles that three people annotated, with an error in about every sixth span."""
    generator = random.Random(seed)
    made: list[Layer] = []
    for number in range(n):
        starts = sorted(generator.sample(range(LENGTH - 30), spans))
        truth = [Span(s, s + generator.randint(4, 25), generator.choice(LABELS)) for s in starts]
        stances = [
            (cue, generator.choice(truth), generator.choice(truth), generator.choice(POLARITIES))
            for cue in generator.sample(range(LENGTH - 10), 6)
        ]
        made += [
            _err(f"a{number}", author, truth, stances, generator)
            for author in ("person:ana", "person:ben", "person:cleo")
        ]
    return made


def _err(
    article: str,
    author: str,
    truth: list[Span],
    stances: list[tuple[int, Span, Span, Polarity]],
    generator: random.Random,
) -> Layer:
    found = set()
    for span in truth:
        kind = generator.random()
        if kind > 0.08:
            end = span.end + 3 * (kind < 0.16)
            label = generator.choice(LABELS) if kind > 0.95 else span.label
            found.add(Span(span.start, end, label))
    records = tuple(
        Stance(((cue, cue + 8),), (holder,), (target,), polarity)
        for cue, holder, target, polarity in stances
        if generator.random() > 0.15
    )
    passages = (Passage(0, LENGTH, ASKED, "model:m"),)
    return Layer(
        article,
        "0" * 64,
        author,
        "annotation",
        "r",
        passages=passages,
        spans=tuple(sorted(found)),
        stances=records,
    )


def test_a_report_costs_little_more_than_going_through_each_pair_of_spans(measure: Any) -> None:
    layers = make_corpus(60)

    def compare_each_two() -> int:
        """Compare every two spans of every two people, as a report without any index would."""
        equal = 0
        for i in range(0, len(layers), 3):
            for a, b in ((0, 1), (0, 2), (1, 2)):
                for one in layers[i + a].spans:
                    for other in layers[i + b].spans:
                        equal += one.start < other.end and other.start < one.end
        return equal

    measure(
        "agreement without gamma against comparing each two spans once",
        compare_each_two,
        lambda: measure_agreement(layers, n_samples=0),
        limit=45.0,
    )


def test_gamma_costs_no_more_than_the_report_does(measure: Any) -> None:
    layers = make_corpus(60)

    measure(
        "agreement with gamma against without",
        lambda: measure_agreement(layers, n_samples=0),
        lambda: measure_agreement(layers, n_samples=6),
        limit=2.5,
    )


def solve_whole(units: list[list[Any]]) -> float:
    """Solve the best alignment as one integer programme over the whole text."""
    flat = [unit for each in units for unit in each]
    owner = np.repeat(np.arange(len(units)), [len(each) for each in units])
    like = Dissimilarity()
    groups, costs = _list_groups(like.measure(flat), owner, len(units), like)
    members = [*groups, *((i,) for i in range(len(flat)))]
    uses = np.zeros((len(flat), len(members)))
    for column, group in enumerate(members):
        uses[list(group), column] = 1
    found = milp(
        np.concatenate([costs, np.ones(len(flat))]),
        integrality=np.ones(len(members), dtype=np.intp),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(uses, 1, 1),
    )
    return float(found.fun)


def test_connected_components_are_quicker_than_one_programme(measure: Any) -> None:
    layers = make_corpus(8)
    texts = [
        [[(s.start, s.end, s.label) for s in layer.spans] for layer in layers[i : i + 3]]
        for i in range(0, len(layers), 3)
    ]
    for units in texts:
        assert align_units(units, Dissimilarity())[1] == pytest.approx(solve_whole(units))

    measure(
        "best alignment by connected components against one integer programme",
        lambda: [solve_whole(units) for units in texts],
        lambda: [align_units(units, Dissimilarity()) for units in texts],
        limit=1.0,
    )


def test_gamma_grows_with_documents_and_not_with_their_square(measure: Any) -> None:
    few, many = (
        [{x.author: x.spans for x in layers[i : i + 3]} for i in range(0, len(layers), 3)]
        for layers in (make_corpus(10), make_corpus(60))
    )

    measure(
        "gamma of sixty articles against of ten",
        lambda: gamma(few, n_samples=5, length=[LENGTH] * len(few)),
        lambda: gamma(many, n_samples=30, length=[LENGTH] * len(many)),
        limit=9.0,
    )
