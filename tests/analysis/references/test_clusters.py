from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.adapters.markup import parse_markup
from workbench.analysis.references.clusters import make_clusters, read_registry
from workbench.core.span import MENTION, Span

REGISTRY = read_registry(
    (Path(__file__).parents[3] / "seeds/gazetteers/registry.tsv").read_text("utf-8")
)


def cluster_words(markup: str, **options) -> list[tuple[str, ...]]:
    """Return each cluster of several mentions, or with members, as its words."""
    text, layer = parse_markup(markup)
    clusters = make_clusters(text, layer.spans, layer.quotes, registry=REGISTRY, **options)
    return [
        tuple(text[m.start : m.end] for m in c.mentions) + tuple(f"={name}" for name in c.members)
        for c in clusters
        if len(c.mentions) > 1 or c.members
    ]


def test_full_name_surname_handle_and_title_are_one_person():
    assert cluster_words(
        "[Brazilian](NORP) [Foreign Minister](ROLE) [Ana Lima](PERSON) left. [Lima](PERSON) and "
        "[@MinLima](PERSON) agree. The [foreign minister](ROLE) smiled."
    ) == [("Foreign Minister", "Ana Lima", "Lima", "@MinLima", "foreign minister")]


def test_a_surname_in_the_headline_finds_the_full_name_below():
    assert cluster_words("[Okafor](PERSON) wins\n\n[Ngozi Okafor](PERSON) won.") == [
        ("Okafor", "Ngozi Okafor")
    ]


def test_a_title_belongs_to_the_person_of_its_country():
    assert cluster_words(
        "[French](NORP) [President](ROLE) [Luc Petit](PERSON) met [Chilean](NORP) "
        "[President](ROLE) [Eva Soto](PERSON). The [French](NORP) [president](ROLE) spoke."
    ) == [
        ("French", "French"),
        ("President", "Luc Petit", "president"),
        ("President", "Eva Soto"),
    ]


def test_an_apposition_names_the_office_of_the_person_before_it():
    assert cluster_words("[Ana Lima](PERSON), the [foreign minister](ROLE), spoke.") == [
        ("Ana Lima", "foreign minister")
    ]


def test_countries_go_by_the_registry_and_capitals_mean_governments():
    assert cluster_words(
        "The [United States](GPE) said. The [U.S.](GPE) and [Washington](GPE) replied to "
        "[Tehran](GPE) and [Iran](GPE)."
    ) == [("United States", "U.S.", "Washington"), ("Tehran", "Iran")]


def test_acronyms_in_brackets_or_by_initials_join_their_name():
    assert cluster_words(
        "The [Lake Basin Authority](ORG) ([LBA](ORG)) met the [Union of Port Cities](ORG). "
        "[UPC](ORG) agreed."
    ) == [("Lake Basin Authority", "LBA"), ("Union of Port Cities", "UPC")]


def test_a_bare_deal_is_the_nearest_fitting_one_and_rival_deals_stay_apart():
    assert cluster_words(
        "The [India-EU trade deal](AGREEMENT) came. The [trade deal](AGREEMENT) pleased. Then the "
        "[India-US trade deal](AGREEMENT): the [deal](AGREEMENT) failed."
    ) == [("India-EU trade deal", "trade deal"), ("India-US trade deal", "deal")]


def test_a_body_is_called_by_its_head_word():
    assert cluster_words(
        "The [Nile Basin Commission](ORG) sat. [The commission](MENTION) agreed."
    ) == [("Nile Basin Commission", "The commission")]


def test_the_government_of_a_country_is_the_country():
    assert cluster_words("[India](GPE) agreed. [The Indian side](MENTION) left.") == [
        ("India", "The Indian side")
    ]


def test_first_person_in_a_quote_is_its_speaker():
    assert cluster_words(
        "“[[We](MENTION) welcome it and [I](MENTION) mean it](#q),” [Ana Lima](PERSON#p) said.\n"
        "---\nQUOTE q: p"
    ) == [("We", "I", "Ana Lima")]


def test_first_person_of_a_pronoun_speaker_is_whom_the_pronoun_means():
    assert cluster_words(
        "[Ana Lima](PERSON) spoke. “[[We](MENTION) agree](#q),” [she](MENTION#p) said.\n"
        "---\nQUOTE q: p"
    ) == [("Ana Lima", "We", "she")]


def test_he_is_the_first_person_of_the_sentence_before():
    assert cluster_words(
        "[Omar Haddad](PERSON) met [Lee Jun](PERSON). [He](MENTION) praised it."
    ) == [("Omar Haddad", "He")]


def test_the_two_are_the_last_two_people_and_both_sides_the_countries():
    markup = (
        "[Omar Haddad](PERSON) met [Lee Jun](PERSON) of [Kenya](GPE) in [Chile](GPE), where "
        "[the two](MENTION) spoke. [Both sides](MENTION) agreed."
    )
    assert cluster_words(markup) == [
        ("the two", "=Omar Haddad", "=Lee Jun"),
        ("Both sides", "=Kenya", "=Chile"),
    ]


def test_they_are_the_joined_subject_and_not_the_pair_inside_the_quote():
    markup = (
        "The envoy said [Omar Haddad](PERSON) and [Lee Jun](PERSON) “welcomed the pact between "
        "[President](ROLE) [Amin](PERSON) and [Premier](ROLE) [Wu](PERSON). "
        "[The two leaders](MENTION) left.” [They](MENTION) smiled."
    )
    assert ("The two leaders", "They", "=Omar Haddad", "=Lee Jun") in cluster_words(markup)


def test_corrections_join_and_part():
    markup = "[Adam Smith](PERSON) and [Smith](PERSON) met [Smyth](PERSON)."
    assert cluster_words(markup) == [("Adam Smith", "Smith")]
    assert cluster_words(markup, must_link=[("Smith", "Smyth")]) == [
        ("Adam Smith", "Smith", "Smyth")
    ]
    assert cluster_words(markup, cannot_link=[((0, 10), "Smith")]) == []


def test_names_are_the_registry_s_and_the_fullest():
    text, layer = parse_markup("[Rubio](PERSON), [Marco Rubio](PERSON); [Washington](GPE)")
    names = [c.name for c in make_clusters(text, layer.spans, [], registry=REGISTRY)]
    assert names == ["Marco Rubio", "United States"]


LABELS = ["PERSON", "ROLE", "GPE", "ORG", "AGREEMENT", "ISSUE", "NORP", "EVENT", MENTION]
PIECES = st.sampled_from(
    [
        "he they We the two",
        "the deal",
        "Ana Lima",
        "Lima",
        "@PMLima",
        "US",
        "Paris",
        "UN",
        "é",
        "💩",
        "🇬🇧",
        "中",
        "“",
        "”",
        " and ",
        ", ",
        ". ",
        "\n",
        "the",
        "President",
        "\xa0",
        "\u200d",
        "é",
        "(",
        ")",
        "both sides",
        "the French side",
    ]
)


@given(st.lists(st.tuples(PIECES, st.none() | st.sampled_from(LABELS)), max_size=40))
def test_every_mention_is_in_exactly_one_cluster_whatever_the_text(rows):
    text = ""
    spans = []
    for piece, label in rows:
        if label is not None:
            spans.append(Span(len(text), len(text) + len(piece), label))
        text += piece + " "
    clusters = make_clusters(text, spans, [], registry=REGISTRY)
    assert sorted(m for c in clusters for m in c.mentions) == sorted(set(spans))
    assert clusters == make_clusters(text, reversed(spans), [], registry=REGISTRY)
    assert all(c.name and len(c.members) != 1 for c in clusters)


@pytest.mark.parametrize("sentence", ["Ana Lima and they ", "the deal he US, UN "])
def test_an_endless_article_does_not_cost_its_square(sentence):
    text = sentence * 4000
    words = {"Ana Lima": "PERSON", "they": MENTION, "deal": "AGREEMENT", "he": MENTION}
    words |= {"US": "GPE", "UN": "ORG"}
    spans = [
        Span(at, at + len(word), label)
        for start in range(0, len(text), len(sentence))
        for word, label in words.items()
        if (at := text.find(word, start, start + len(sentence))) >= 0
    ]
    assert make_clusters(text, spans, [], registry=REGISTRY)


def test_no_mentions_give_no_clusters():
    assert make_clusters("", [], [], registry={}) == ()
