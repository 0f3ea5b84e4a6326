"""Learnt stances and quotations on articles of our own that vary in what counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from encoders import make_encoder
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from workbench.adapters.markup import parse_markup
from workbench.adapters.scheme_markdown import read_scheme
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.core.stance import POLARITIES
from workbench.pipeline.english import make_pipeline
from workbench.pipeline.learning.annotating import annotate_before, make_doc
from workbench.pipeline.learning.encoder import Encoder
from workbench.pipeline.learning.references import make_reference
from workbench.pipeline.learnt_stances import LearntStances
from workbench.seeds import find_seeds
from workbench.trainers import quotations, rules, stances

NAMES = ("Carla Mendez", "Otto Braun", "Lena Fisk", "Amal Haddad", "Tomas Ruiz", "Ivo Kral")
PLACES = ("Peru", "Kenya", "Norway", "Jordan")
NAME = "workbench_learnt_stances"


def make_gold() -> Iterator[tuple[Article, Layer]]:
    """Make articles in which "visited" after "praised" is no stance but "backs" always is one."""
    for number, (name, place) in enumerate(product(NAMES, PLACES)):
        other = PLACES[(number + 1) % len(PLACES)]
        markup = (
            f"[{name}](PERSON#a) [praised](#c) [{place}](GPE#p) and left.\n\n"
            f"Officials in [{other}](GPE#o) said that the harvest was poor.\n---\n"
            f"SUPPORT asserted: a -> p | c\n= {name}: a\n= {place}: p\n= {other}: o"
        )
        asked = ("PERSON", "GPE", "QUOTE", *POLARITIES)
        text, layer = parse_markup(markup, article_id=f"a{number}", asked=asked)
        yield Article(f"a{number}", text), replace(layer, kind="gold")


@pytest.fixture(scope="module")
def nlp() -> Language:
    folder = find_seeds() / "scheme"
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    made = make_pipeline(find_seeds(), read_scheme(files))
    made.add_pipe(NAME)
    return made


@pytest.fixture(scope="module")
def read(nlp: Language) -> list[tuple[Doc, Layer]]:
    return list(annotate_before(nlp, NAME, list(make_gold())))


@pytest.fixture(scope="module")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder.from_folder(make_encoder(tmp_path_factory.mktemp("encoder")))


def get_component(nlp: Language) -> LearntStances:
    component = nlp.get_pipe(NAME)
    assert isinstance(component, LearntStances)
    return component


def test_it_learns_and_gives_each_stance_a_calibrated_chance(
    nlp: Language, read: list[tuple[Doc, Layer]]
) -> None:
    component = get_component(nlp)

    learnt = component.learn(read, seed=1)
    doc = nlp("Otto Braun praised Kenya and left.")

    assert learnt["learnt"] is True
    assert learnt["polarity"] == "lexicon"
    (stance,) = doc._.stances
    assert stance["rule"].startswith("frame:")
    assert 0.5 < stance["score"] < 1
    assert component.learn(read, seed=1) == learnt


def test_what_was_not_asked_or_shown_is_no_negative(
    nlp: Language, read: list[tuple[Doc, Layer]]
) -> None:
    component = get_component(nlp)
    whole = component.learn(read, seed=1)
    unasked = [
        (
            doc,
            replace(
                gold, stances=(), passages=tuple(replace(p, asked=("GPE",)) for p in gold.passages)
            ),
        )
        for doc, gold in read
    ]
    unseen = [
        (
            doc,
            replace(
                gold, stances=(), passages=tuple(replace(p, start=p.end - 5) for p in gold.passages)
            ),
        )
        for doc, gold in read
    ]

    for half in (unasked, unseen):
        assert component.learn(half, seed=1)["pairs"] == 0
        mixed = component.learn([*read, *half], seed=1)
        assert (mixed["pairs"], mixed["right"]) == (whole["pairs"], whole["right"])


def test_joint_holders_and_targets_stay_one_record(
    nlp: Language, read: list[tuple[Doc, Layer]]
) -> None:
    component = get_component(nlp)
    text = "Otto Braun and Lena Fisk praised Kenya and Peru."
    component.regressions = {}
    (before,) = nlp(text)._.stances
    component.learn(read, seed=1)

    stances = nlp(text)._.stances

    ends = [(s["holders"], s["targets"]) for s in stances if s["rule"].startswith("frame")]
    assert ends == [(before["holders"], before["targets"])]
    assert (len(before["holders"]), len(before["targets"])) == (2, 2)


def test_what_the_rules_read_without_a_cue_stays(
    nlp: Language, read: list[tuple[Doc, Layer]]
) -> None:
    component = get_component(nlp)
    text = "Officials in Kenya said that the harvest was poor."
    component.regressions = {}
    before = nlp(text)._.stances
    component.learn(read, seed=1)

    assert len(before) == 1
    assert nlp(text)._.stances == before


def test_spacys_own_training_reaches_the_same_weights(
    nlp: Language, read: list[tuple[Doc, Layer]]
) -> None:
    component = get_component(nlp)
    component.learn(read, seed=0)
    ours = component.to_bytes()
    examples = [
        Example(nlp.make_doc(article.text), make_reference(nlp, article, gold))
        for article, gold in make_gold()
    ]

    component.initialize(lambda: examples, nlp=nlp)

    assert component.to_bytes() == ours
    assert LearntStances(nlp, NAME, "workbench_stances").from_bytes(ours).to_bytes() == ours


def test_before_anything_was_learnt_the_rules_stances_stay(nlp: Language) -> None:
    get_component(nlp).regressions = {}

    assert len(nlp("Otto Braun praised Kenya and left.")._.stances) == 1


def test_quotations_learn_which_of_the_rules_to_believe(nlp: Language) -> None:
    # In this gold what officials say of the harvest is never a quotation.
    learnt = quotations.train(nlp, list(make_gold()), (), seed=1)
    assert learnt["articles"] == 24
    assert learnt["quotes"] == {"learnt": False, "n": 24}
    doc = nlp(make_doc(nlp, Article("x", "Officials in Peru said that the harvest was poor.")))
    assert len(doc._.quotes) == 1
    nlp.remove_pipe("workbench_learnt_quotations")


def test_each_kind_gets_its_rules_confidences_before_it_is_judged(nlp: Language) -> None:
    folder = find_seeds() / "scheme"
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    pipeline = make_pipeline(find_seeds(), read_scheme(files))
    gold = list(make_gold())[:6]

    scores = rules.train(pipeline, gold, (), seed=1)["scores"]
    stances.train(pipeline, gold, (), seed=1)

    # Six praised, six kept: (6 + 1) / (6 + 4); six said, none of them a quotation: 1 / 10.
    # The tier also read "was poor" as a judgement, six times, which this gold has not: 7 / 16.
    assert scores["frame:praise"] == 0.7
    assert scores["frame"] == 0.4375
    assert scores["indirect:said"] == scores["indirect"] == 0.1
    names = pipeline.pipe_names
    for first, second in (
        ("workbench_names", "workbench_entity_confidences"),
        ("workbench_quotations", "workbench_quote_confidences"),
        ("workbench_stances", "workbench_stance_confidences"),
        ("workbench_stance_confidences", NAME),
    ):
        assert names.index(first) + 1 == names.index(second)


@pytest.mark.slow
def test_an_encoder_is_measured_against_doing_without_and_travels_with_the_model(
    nlp: Language, read: list[tuple[Doc, Layer]], tiny_encoder: Encoder
) -> None:
    component = get_component(nlp)

    learnt = component.learn(read, seed=1, encoder=tiny_encoder)["encoder"]

    assert set(learnt["likelihood"]) == set(learnt["f1"]) == {"with", "without"}
    assert learnt["used"] == (learnt["likelihood"]["with"] > learnt["likelihood"]["without"])
    assert (component.encoder is not None) == learnt["used"]
    component.encoder = tiny_encoder
    back = LearntStances(nlp, NAME, "workbench_stances").from_bytes(component.to_bytes())
    assert back.encoder is not None
    assert back.encoder.model == tiny_encoder.model
    assert len(nlp("Otto Braun praised Kenya and left.")._.stances) == 1
