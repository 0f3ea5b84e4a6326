"""The report of agreement: what is counted, by whom, how it was seen, and what has no value."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import KINDS, layers, texts

from workbench.adapters.markup import parse_markup
from workbench.analysis import cohen_kappa
from workbench.analysis.agreement.pairs import MEASURES
from workbench.analysis.agreement.report import Agreement, measure_agreement
from workbench.analysis.agreement.tokens import TOKEN_VARIANTS
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.rounds.agreement import agreement
from workbench.rounds.agreement_tables import COLUMNS

TEXT = "[Ana](PERSON#a) and [Ben](PERSON#b) [hailed](#c) [Peru](GPE#p) and [hit](#d) [Oslo](GPE#o)."
RECORDS = "\n---\nSUPPORT asserted: a, b -> p | c\nOPPOSE asserted: a -> o | d\n"
NAMES = "= Ana: a\n= Ben: b\n= Peru: p\n= Oslo: o\n"


def mark(markup: str, author: str, article: str = "x", **changes: Any) -> Layer:
    kind = changes.pop("kind", "annotation")
    layer = parse_markup(markup, author=author, kind=kind, asked=KINDS, article_id=article)[1]
    return replace(layer, **changes)


def see(layer: Layer, suggested_by: str | None) -> Layer:
    passages = tuple(replace(p, suggested_by=suggested_by) for p in layer.passages)
    return replace(layer, passages=passages)


def both(first: str, second: str, **options: Any) -> Agreement:
    """Measure two people on one article."""
    return measure_agreement([mark(first, "ana"), mark(second, "ben")], n_samples=9, **options)


def test_means_are_over_pairs_of_people_and_the_matrix_has_everybody() -> None:
    full, less = "[Ana](PERSON) saw [Peru](GPE).", "[Ana](PERSON) saw Peru."
    found = measure_agreement(
        [
            mark(full, "ana"),
            mark(full, "ben"),
            mark(less, "cleo"),
            mark(full, "model:m", kind="prediction"),
            mark(less, "adjudication", kind="gold"),
        ],
        n_samples=9,
    )

    assert [(pair.authors, pair.kind) for pair in found.pairs] == [
        (("ana", "ben"), "people"),
        (("ana", "cleo"), "people"),
        (("ben", "cleo"), "people"),
        (("ana", "model:m"), "model"),
        (("ben", "model:m"), "model"),
        (("cleo", "model:m"), "model"),
        (("ana", "adjudication"), "gold"),
        (("ben", "adjudication"), "gold"),
        (("cleo", "adjudication"), "gold"),
    ]
    assert found.average("spans") == pytest.approx((1 + 2 / 3 + 2 / 3) / 3)
    assert found.tabulate()["cleo"] == {
        "ana": pytest.approx(2 / 3),
        "ben": pytest.approx(2 / 3),
        "model:m": pytest.approx(2 / 3),
        "adjudication": 1,
    }
    assert (found.articles, found.shared) == (1, 1)


def test_only_what_both_were_shown_and_asked_is_counted_anywhere() -> None:
    ana = mark("[Ana](PERSON) saw [Peru](GPE) and [Oslo](GPE).", "ana")
    ben = mark("[Ana](ORG) saw [Peru](GPE) and Oslo.", "ben")
    (whole,) = ben.passages
    asked = tuple(label for label in whole.asked if label not in ("PERSON", "ORG"))
    ben = replace(ben, passages=(replace(whole, end=12, asked=asked),))

    found = measure_agreement([ana, ben], n_samples=9)

    # Ben was not asked for people, nor shown Oslo: what is left is Peru, on which they agree.
    assert found.average("spans") == 1
    assert found.pairs[0].scores["spans"].n == 1
    coefficients = found.unitizing["entities"].coefficients
    assert coefficients["gamma"].n == 2
    assert coefficients["alpha_u"].value == 1


def test_skipped_work_is_missing_and_an_empty_submission_is_a_negative() -> None:
    ana = mark("[Ana](PERSON) left.", "ana")
    empty = mark("Ana left.", "ben")
    skipped = replace(empty, passages=())

    assert measure_agreement([ana, empty], n_samples=0).average("spans") == 0
    nothing = measure_agreement([ana, skipped], n_samples=0)
    assert nothing.average("spans") is None
    assert "no two people share" in nothing.means["spans"].reason
    assert (nothing.articles, nothing.shared) == (1, 0)


def test_arms_are_told_apart() -> None:
    same, other = "[Ana](PERSON) left.", "[Ana](ORG) left."
    work = []
    for article, text, seen in (
        ("one", same, ("model:m", "model:m")),
        ("two", other, (None, None)),
        ("three", same, (None, "model:m")),
    ):
        ana, ben = mark(same, "ana", article), mark(text, "ben", article)
        work += [see(ana, seen[0]), see(ben, seen[1])]
    work.append(mark(same, "model:m", "one", kind="prediction"))
    work.append(mark(same, "model:m", "two", kind="prediction"))

    found = measure_agreement(work, n_samples=0)

    people, ana_model, _ = found.pairs
    values = {arm: (n, scores["spans"].value) for arm, (n, scores) in people.arms.items()}
    assert values == {"suggested": (1, 1), "blind": (1, 0), "mixed": (1, 1)}
    assert found.arms == {arm: pytest.approx(1 / 3) for arm in ("blind", "mixed", "suggested")}
    # Against a model it counts what the person saw.
    assert set(ana_model.arms) == {"suggested", "blind"}
    assert ana_model.suggested == 0.5


def test_stances_agree_by_component() -> None:
    swapped = "\n---\nSUPPORT denied: p -> a | c\nSUPPORT asserted: a -> o | d\n"
    pair = both(TEXT + RECORDS + NAMES, TEXT + swapped + NAMES).pairs[0]

    # Three holder-target pairs against two: two align by their cues.
    shares = {name: (part.aligned, part.agreed) for name, part in pair.components.items()}
    assert shares == {
        "holder": (2, 0.5),
        "target": (2, 0.5),
        "polarity": (2, 0.5),
        "cue": (2, 1),
        "status": (2, 0.5),
    }
    assert pair.components["cue"].score.value == pytest.approx(2 * 2 / (3 + 2))
    assert pair.components["holder"].score.value == pytest.approx(2 * 1 / (3 + 2))
    assert (pair.cue_dice.value, pair.cue_dice.n) == (1, 2)


def test_polarity_is_compared_where_ends_match_and_the_share_is_told() -> None:
    other = "\n---\nSUPPORT asserted: a -> p | c\nSUPPORT asserted: a -> o | d\n"
    found = both(TEXT + RECORDS + NAMES, TEXT + other + NAMES)

    polarity = found.pairs[0].polarity
    assert polarity.confusion == {("SUPPORT", "SUPPORT"): 1, ("OPPOSE", "SUPPORT"): 1}
    assert polarity.share == pytest.approx(2 * 2 / (3 + 2))
    # Two units, values S S and O S: alpha is 1 - 3 * (4 - 2) / (16 - 9 - 1).
    assert polarity.alpha.value == pytest.approx(0)
    assert found.polarity.confusion == {("SUPPORT", "SUPPORT"): 1, ("OPPOSE", "SUPPORT"): 1}


def test_levels_go_from_pair_to_exact() -> None:
    other = "\n---\nSUPPORT denied: a, b -> p | c\nSUPPORT asserted: a -> o | d\n"
    scores = both(TEXT + RECORDS + NAMES, TEXT + other + NAMES).pairs[0].scores

    values = [scores[f"stances {level}"].value for level in ("pair", "triple", "strict", "exact")]
    assert values == [1, pytest.approx(2 / 3), pytest.approx(2 / 3), 0]


def test_tokens_have_two_named_variants() -> None:
    text = "Ana Diaz met Ben in Lima on Monday ."
    first = "[Ana Diaz](PERSON) met Ben in [Lima](GPE) on Monday ."
    second = "[Ana](PERSON) Diaz met [Ben](PERSON) in [Lima](GPE) on Monday ."
    a = ["P", "P", "-", "-", "-", "G", "-", "-", "-"]
    b = ["P", "-", "-", "P", "-", "G", "-", "-", "-"]
    marked = [i for i in range(9) if a[i] != "-" or b[i] != "-"]

    kappas = both(first, second, texts={"x": text}).pairs[0].tokens

    every, either = (kappas[name] for name in TOKEN_VARIANTS)
    assert every.value == pytest.approx(cohen_kappa(a, b).value)
    expected = cohen_kappa([a[i] for i in marked], [b[i] for i in marked])
    assert either.value == pytest.approx(expected.value)
    assert (every.n, either.n) == (9, 4)
    assert "texts were not given" in both(first, second).pairs[0].tokens[TOKEN_VARIANTS[0]].reason


def test_nested_spans_count_each_and_the_outermost_stands_for_tokens() -> None:
    nested = "the [[India](GPE)-[US](GPE) deal](AGREEMENT) held"
    found = both(nested, nested, texts={"x": "the India-US deal held"})

    assert found.average("spans") == 1
    assert found.pairs[0].scores["spans"].n == 3
    entities = found.unitizing["entities"]
    assert entities.nested == 4
    assert entities.coefficients["gamma"].value == 1
    assert entities.coefficients["alpha_u"].value == 1
    assert found.pairs[0].tokens[TOKEN_VARIANTS[0]].value == 1


def test_articles_are_compared_as_wholes() -> None:
    stance = "[Ana](PERSON#a) [hailed](#c) [Peru](GPE#p).\n---\n{} asserted: a -> p | c"
    quiet = "[Ana](PERSON#a) hailed [Peru](GPE#p)."
    work = []
    for article, first, second in (
        ("one", stance.format("SUPPORT"), stance.format("SUPPORT")),
        ("two", stance.format("SUPPORT"), stance.format("OPPOSE")),
        ("three", quiet, quiet),
        ("four", quiet, stance.format("OPPOSE")),
    ):
        work += [mark(first, "ana", article), mark(second, "ben", article)]

    documents = measure_agreement(work, n_samples=0).documents

    there = documents["a stance is there"]
    assert there["raw"].value == 0.75
    assert there["raw"].interval is not None
    assert there["alpha"].n == 4
    # Eight values, five of them true: 1 - 7 * 2 / (64 - 25 - 9).
    assert there["alpha"].value == pytest.approx(1 - 7 * 2 / 30)
    assert documents["which polarities"]["masi"].value is not None


def test_every_headline_has_an_interval_from_articles() -> None:
    work = []
    for i in range(12):
        first = TEXT + RECORDS + NAMES
        second = first if i % 3 else first.replace("(GPE#o)", "(ORG#o)").replace("OPPOSE", "MIXED")
        if i % 4 == 0:
            second = second.replace("[Ben](PERSON#b)", "[Ben](ORG#b)")
        work += [mark(first, "ana", f"x{i}"), mark(second, "ben", f"x{i}")]

    found = measure_agreement(work, n_samples=20, seed=3)

    # Neither another run nor another order of the layers changes a digit.
    again = measure_agreement(work[::-1], n_samples=20, seed=3)
    assert json.dumps(found.to_record()) == json.dumps(again.to_record())
    for score in (found.means["spans"], found.means["stances triple"], found.labels["GPE"]):
        assert score.interval is not None
        assert score.value is not None
        assert score.interval[0] <= score.value <= score.interval[1]
    for name in ("gamma", "alpha_u", "u_alpha", "cu_alpha"):
        coefficient = found.unitizing["entities"].coefficients[name]
        assert coefficient.interval is not None, name
    assert found.polarity.alpha.interval is not None
    gamma = found.to_record()["unitizing"]["entities"]["gamma"]
    assert (gamma["seed"], gamma["n_samples"], gamma["alpha"]) == (3, 20, 1)


def list_numbers(record: Any) -> list[float]:
    if isinstance(record, dict):
        return [x for value in record.values() for x in list_numbers(value)]
    if isinstance(record, list):
        return [x for value in record for x in list_numbers(value)]
    return [record] if isinstance(record, float) else []


def test_nothing_at_all_is_none_with_reasons_and_no_number() -> None:
    found = measure_agreement([])

    record = json.loads(json.dumps(found.to_record(), allow_nan=False))
    assert record["mean"] == dict.fromkeys(MEASURES)
    for unitizing in record["unitizing"].values():
        parameters = [unitizing["gamma"].pop(x) for x in ("alpha", "beta", "delta_empty")]
        assert parameters == [1, 1, 1]
    assert list_numbers(record) == []
    assert all(mean["reason"] for mean in record["means"].values())
    assert all(
        found.reason
        for unitizing in found.unitizing.values()
        for found in unitizing.coefficients.values()
    )
    assert "–" in repr(found)


@settings(max_examples=30)
@given(st.data())
def test_any_layers_make_a_report_without_nan(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    work = []
    for author in ("ana", "ben", "cleo")[: data.draw(st.integers(1, 3))]:
        layer = data.draw(layers(article))
        seen = data.draw(st.sampled_from([None, "model:m"]))
        work.append(see(replace(layer, author=author, kind="annotation"), seen))
    work.append(data.draw(layers(article)))

    report = agreement(work, [article], n_samples=5, progress=False)

    record = json.dumps(report.to_record(), allow_nan=False)
    assert not any(map(math.isnan, list_numbers(json.loads(record))))
    for table in COLUMNS:
        for row in report.list_rows(table):
            assert len(row) == len(COLUMNS[table])


@settings(max_examples=30)
@given(st.data())
def test_equal_work_agrees_wholly_and_order_tells_nothing(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    ana, ben = (
        replace(data.draw(layers(article)), author=name, kind="annotation")
        for name in ("ana", "ben")
    )
    same = measure_agreement([ana, replace(ana, author="ben")], n_samples=5)
    for name in MEASURES:
        assert same.average(name) in (1, None)
    gamma = same.unitizing["entities"].coefficients["gamma"].value
    assert gamma is None or gamma == pytest.approx(1)

    there = measure_agreement([ana, ben], n_samples=0)
    back = measure_agreement([replace(ana, author="ben"), replace(ben, author="ana")], n_samples=0)
    for name in MEASURES:
        assert there.average(name) == pytest.approx(back.average(name))


def test_the_report_escapes_what_people_and_labels_are_called() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    text = "[Ana](PERSON) left."
    report = agreement([mark(text, hostile), mark(text, "ben")], n_samples=0, progress=False)

    html = report._repr_html_()
    assert "<img" not in html
    assert "&lt;img" in html
    assert report.to_frame().shape[0] == 2
    assert report.to_frame("summary").shape[0] > 10
    assert report.to_matrix().loc["ben", hostile] == 1
