"""Dawid and Skene's model: it finds who errs how, and says where it can't."""

from __future__ import annotations

import random
from typing import Any

import pytest

from workbench.analysis import dawid_skene
from workbench.core.errors import RatingError


def simulate(accuracies: tuple[float, ...], n: int, seed: int) -> tuple[list[str], list[list[str]]]:
    generator = random.Random(seed)
    truth = [generator.choice("abc") for _ in range(n)]

    def vote(label: str, accuracy: float) -> str:
        if generator.random() < accuracy:
            return label
        return generator.choice([other for other in "abc" if other != label])

    return truth, [[vote(label, accuracy) for label in truth] for accuracy in accuracies]


def test_a_good_annotator_outweighs_two_careless_ones() -> None:
    truth, votes = simulate((0.95, 0.6, 0.6), 400, 1)
    majority = [max(sorted(set(v)), key=v.count) for v in zip(*votes, strict=True)]

    found = dawid_skene(votes)

    assert found.value is not None
    right = sum(a == b for a, b in zip(found.value, truth, strict=True))
    assert right > sum(a == b for a, b in zip(majority, truth, strict=True)) + 20
    assert found.accuracy is not None
    assert found.accuracy[0] > max(found.accuracy[1], found.accuracy[2]) + 0.2
    assert found.n == 400


def test_confusion_shows_a_bias() -> None:
    truth, votes = simulate((0.95, 0.95, 0.95), 300, 2)
    biased = ["c" if label == "b" and i % 2 else label for i, label in enumerate(truth)]

    found = dawid_skene([*votes, biased])

    assert found.confusion is not None
    assert found.confusion[3]["b"]["c"] == pytest.approx(0.5, abs=0.1)
    assert found.confusion[3]["a"]["a"] > 0.95
    for said in found.confusion[3].values():
        assert sum(said.values()) == pytest.approx(1)


def test_one_round_equals_dawid_and_skene_1979_worked_out_by_hand() -> None:
    # Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied
    # Statistics 28 (1979), equations 2.3 to 2.5, from the shares of votes, one round.
    votes = [["a", "a", "b", "b"], ["a", "b", "b", "b"], ["a", "a", "b", "a"]]
    start = [1, 2 / 3, 0, 1 / 3]  # of a
    share_a = sum(start) / 4
    says_a = [
        sum(p for p, vote in zip(start, row, strict=True) if vote == "a") / sum(start)
        for row in votes
    ]
    says_b = [
        sum(1 - p for p, vote in zip(start, row, strict=True) if vote == "b") / (4 - sum(start))
        for row in votes
    ]
    likely_a = share_a * says_a[0] * (1 - says_a[1]) * says_a[2]
    likely_b = (1 - share_a) * (1 - says_b[0]) * says_b[1] * (1 - says_b[2])

    found = dawid_skene(votes, iterations=1)

    assert found.probabilities[1]["a"] == pytest.approx(likely_a / (likely_a + likely_b))


def test_missing_votes_and_names_are_kept() -> None:
    found = dawid_skene(
        {
            "u1": {"ana": "a", "ben": "a", "cleo": "a"},
            "u2": {"ana": "b", "ben": "b"},
            "u3": {},
            "u4": {"ana": "a", "ben": "b", "cleo": "a"},
        }
    )

    assert found.units == ("u1", "u2", "u3", "u4")
    assert found.value == ("a", "b", None, "a")
    assert found.doubt[2] is None
    assert set(found.accuracy or {}) == {"ana", "ben", "cleo"}
    assert found.to_record()["confusion"]["cleo"]["a"]["a"] > 0.9


@pytest.mark.parametrize(
    "votes", [[], [["a", "b"]], [["a"], ["a"]], [[None], [None]], {}, {"u": {}}]
)
def test_what_is_undefined_is_none_with_a_reason(votes: Any) -> None:
    found = dawid_skene(votes)

    assert found.value is None
    assert found.reason
    assert found.to_record()["reason"] == found.reason


def test_votes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RatingError):
        dawid_skene([["a", "b"], ["a"]])
    with pytest.raises(RatingError):
        dawid_skene({"u": "a"})  # type: ignore[dict-item]  # what a mistaken call would pass
