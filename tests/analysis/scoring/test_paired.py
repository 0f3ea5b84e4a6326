"""The paired bootstrap and the reading of learning curves."""

from __future__ import annotations

import pytest

from workbench.adapters.markup import parse_markup
from workbench.analysis.scoring.counting import Compared, count_semeval
from workbench.analysis.scoring.evaluation import evaluate_pairs
from workbench.analysis.scoring.learning_curves import find_interval, read_curve
from workbench.analysis.scoring.paired import compare_counts
from workbench.analysis.scoring.scores import Counts
from workbench.analysis.scoring.spans import SPAN_MATCHES, SpanMatch, count_spans
from workbench.core.span import Span

WORSE = [Counts(i % 4, 6, 6) for i in range(40)]
BETTER = [Counts(i % 4 + 1, 6, 6) for i in range(40)]


def test_a_model_that_is_better_on_each_document_is_surely_better() -> None:
    found = compare_counts(WORSE, BETTER, seed=1)

    assert found.value == pytest.approx(1 / 6)
    assert found.interval == pytest.approx((1 / 6, 1 / 6))
    assert found.worse == 0
    assert compare_counts(BETTER, WORSE, seed=1).worse == 1


def test_pairing_narrows_the_interval() -> None:
    found = compare_counts(WORSE, list(reversed(BETTER)), seed=1)

    assert found.interval is not None
    assert found.interval[1] - found.interval[0] > 0.05


def test_one_document_gives_no_interval_and_nothing_at_all_no_value() -> None:
    assert compare_counts(WORSE[:1], BETTER[:1], seed=1).interval is None
    assert compare_counts([Counts()], [Counts()], seed=1).value is None


def test_a_steady_rise_is_read_as_a_gain() -> None:
    runs = [[(10, 0.4 + e), (20, 0.5 + e), (40, 0.6 + e)] for e in (0, 0.01, 0.02)]

    reading = read_curve(runs, "entities")

    assert reading.gain == pytest.approx(0.1)
    assert "would probably add +10.0 points" in reading.sentence


def test_noise_is_read_as_cannot_tell() -> None:
    runs = [[(10, 0.4), (40, 0.6)], [(10, 0.6), (40, 0.5)], [(10, 0.5), (40, 0.55)]]

    assert "cannot tell yet" in read_curve(runs, "entities").sentence
    assert "cannot tell yet" in read_curve(runs[:1], "entities").sentence


def test_a_flat_curve_is_read_as_little() -> None:
    runs = [[(10, 0.500), (20, 0.501), (40, 0.500 + e)] for e in (0, 0.001, 0.002)]

    assert "add little" in read_curve(runs, "entities").sentence


def test_students_interval_is_the_published_one() -> None:
    # t(0.975, 3) = 3.182 (Student 1908, as tabulated); mean 3, standard error 0.6455.
    low, high = find_interval([1.5, 2.5, 3.5, 4.5])

    assert (low, high) == pytest.approx((3 - 3.182 * 0.6455, 3 + 3.182 * 0.6455), abs=1e-3)


GOLD = [Span(0, 5, "PERSON"), Span(10, 20, "ORG"), Span(30, 35, "GPE"), Span(60, 65, "GPE")]
FOUND = [Span(0, 5, "PERSON"), Span(10, 20, "GPE"), Span(31, 35, "GPE"), Span(50, 52, "GPE")]


@pytest.mark.parametrize(
    ("how", "correct", "incorrect", "partial"),
    [("strict", 1, 2, 0), ("boundary", 2, 1, 0), ("partial", 2, 0, 1), ("type", 2, 1, 0)],
)
def test_semeval_counts_are_those_of_the_tasks_scorer(
    how: SpanMatch, correct: float, incorrect: float, partial: float
) -> None:
    assert how in SPAN_MATCHES
    counts = count_semeval(FOUND, GOLD, count_spans(FOUND, GOLD, how), how)

    wanted = {"correct": correct, "incorrect": incorrect, "partial": partial}
    assert counts == {**wanted, "missed": 1, "spurious": 1}


def test_every_f1_has_its_interval_and_every_tier_its_precision() -> None:
    text = "[Ana](PERSON#a) [hailed](#c) [Peru](GPE#p).\n---\nSUPPORT asserted: a -> p | c"
    source, gold = parse_markup(text, article_id="a")
    pairs = [Compared(gold, gold, source)] * 3

    record = evaluate_pairs(pairs).to_record()

    scored = [*(record["entities"][how] for how in SPAN_MATCHES), record["quotes"]]
    scored += [record["entities"]["labels"]["GPE"], record["stances"]["edges"]]
    scored += [record["stances"][x] for x in ("pair", "triple", "strict", "exact")]
    scored.append(record["stances"]["sentiment_graph"])
    for score in scored:
        assert {"precision", "recall", "f1", "n", "interval"} <= set(score)
        assert score["f1"] is None or score["interval"] == [1.0, 1.0]
    assert record["stances"]["polarity"]["majority"] == 1
    assert record["tiers"] == {"none": {"precision": 1.0, "n": 3, "interval": (1.0, 1.0)}}
