from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import KINDS, layers, texts

from workbench.core.article import Article, check_article, first_line, hash_text, normalise_text
from workbench.core.decision import Candidate, Conflict
from workbench.core.errors import StaleTextError
from workbench.core.identity import identify
from workbench.core.layer import Layer, Passage, check_layer
from workbench.core.offsets import contains, is_covered, merge, overlap, trim
from workbench.core.quote import Quote, derive_form
from workbench.core.round import Assignment
from workbench.core.scheme import Label, Scheme
from workbench.core.span import Span
from workbench.core.stance import Stance, derive_speaker

PAIRS = st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda pair: pair[0] < pair[1])


@given(PAIRS, PAIRS)
def test_overlap_counts_shared_characters(a: tuple[int, int], b: tuple[int, int]) -> None:
    assert overlap(a, b) == len(set(range(*a)) & set(range(*b)))
    assert contains(a, b) == (set(range(*b)) <= set(range(*a)))


@given(st.lists(PAIRS, max_size=6), PAIRS)
def test_merged_regions_cover_the_same_text(
    regions: list[tuple[int, int]], pair: tuple[int, int]
) -> None:
    covered = {i for region in regions for i in range(*region)}
    merged = merge(regions)

    assert {i for region in merged for i in range(*region)} == covered
    assert all(a[1] < b[0] for a, b in pairwise(merged))
    assert is_covered(pair, regions) == (set(range(*pair)) <= covered)


@given(texts(), st.data())
def test_trimming_drops_whitespace_and_nothing_else(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    trimmed = trim(text, (start, end))

    words = text[start:end].strip()
    assert (text[slice(*trimmed)] if trimmed else "") == words


@given(st.text())
def test_texts_are_normalised_once_and_for_all(text: str) -> None:
    once = normalise_text(text)

    assert "\r" not in once
    assert normalise_text(once.lstrip("\ufeff")) == once.lstrip("\ufeff")


def test_an_article_is_known_by_the_hash_of_its_text() -> None:
    article = Article("a", "text")

    assert article.text_sha256 == hash_text("text") == replace(article, id="b").text_sha256
    assert article.text_sha256 != replace(article, text="other").text_sha256
    assert "text" not in repr(Article("a", "text" * 9).text_sha256)


def test_everything_wrong_with_an_article_is_told_at_once() -> None:
    problems = check_article(Article(" ", "\r\x00", masked=((0, 9),), split="later"))  # type: ignore[arg-type]  # wrong on purpose

    assert len(problems) == 5


def test_the_first_line_is_not_furniture() -> None:
    article = Article("a", " Follow us \n\n Oslo praised Lima. \n", masked=((1, 10),))

    assert first_line(article) == "Oslo praised Lima."
    assert first_line(Article("a", "word " * 40)).endswith("word …")


def test_score_and_rule_do_not_take_part_in_equality_and_ids() -> None:
    plain, scored = Span(0, 4, "ORG"), Span(0, 4, "ORG", 0.5, "rule")

    assert plain == scored
    assert hash(plain) == hash(scored)
    assert identify("h", plain) == identify("h", scored)
    assert identify("h", plain) != identify("i", plain)


def test_an_id_covers_offsets_and_label_or_polarity_and_not_the_attributes() -> None:
    span = Span(0, 4, "ORG")
    stance = Stance(((5, 9),), (span,), (Span(10, 12, "GPE"),), "SUPPORT")

    assert identify("h", replace(stance, status="denied", speaker=span)) == identify("h", stance)
    for changed in (
        replace(stance, polarity="OPPOSE"),
        replace(stance, cue=((5, 8),)),
        replace(stance, holders=()),
        replace(stance, by_author=True),
        replace(stance, targets=(span,)),
    ):
        assert identify("h", changed) != identify("h", stance)
    assert identify("h", Quote(0, 4)).startswith("quote:")


def test_the_order_in_which_parts_were_found_does_not_matter() -> None:
    a, b = Span(0, 1, "ORG"), Span(2, 3, "ORG")

    assert Stance(((5, 6), (3, 4)), (b, a), (a,)) == Stance(((3, 4), (5, 6)), (a, b, a), (a,))


def test_the_speaker_is_who_speaks_the_innermost_quote_around_the_whole_cue() -> None:
    ana, ben = Span(0, 3, "PERSON"), Span(90, 93, "PERSON")
    quotes = [Quote(10, 80, ana), Quote(20, 40, ben)]

    assert derive_speaker(((25, 30),), quotes) == ben
    assert derive_speaker(((25, 30), (50, 55)), quotes) == ana
    assert derive_speaker(((85, 89),), quotes) is None


@pytest.mark.parametrize(
    ("text", "form"), [("“so” he", "direct"), ("said so he", "indirect"), ("", "indirect")]
)
def test_the_mark_before_it_makes_a_quote_direct(text: str, form: str) -> None:
    assert derive_form(text, (1 if form == "direct" else 5, 7)) == form


@given(st.data())
def test_drawn_layers_are_sound_and_other_text_is_stale(data: st.DataObject) -> None:
    article = Article("a", data.draw(texts()))
    layer = data.draw(layers(article))

    assert check_layer(layer, article, KINDS) == []
    with pytest.raises(StaleTextError, match="other text"):
        check_layer(layer, Article("a", article.text + "!"), KINDS)


def test_everything_wrong_with_a_layer_is_told_at_once() -> None:
    article = Article("a", "Oslo praised Lima.")
    stranger = Span(5, 6, "ORG")
    layer = Layer(
        "a",
        article.text_sha256,
        "x",
        "annotation",
        passages=(Passage(0, 99, ()),),
        spans=(Span(3, 99, "ORG"), Span(4, 2, "NOPE"), Span(0, 4, "GPE"), Span(0, 4, "GPE")),
        quotes=(Quote(0, 99, stranger, "sung"),),  # type: ignore[arg-type]  # wrong on purpose
        stances=(Stance(((0, 99),), (stranger,), (), "LOVE", "maybe"), Stance(())),  # type: ignore[arg-type]
    )

    problems = "\n".join(check_layer(layer, article, KINDS))

    for part in (
        "passage 0..99",
        "span 3..99",
        "'NOPE'",
        "QUOTE 0..99",
        "its speaker",
        "'sung'",
        "its holder",
        "'LOVE'",
        "'maybe'",
        "no cue",
        "occurs twice",
    ):
        assert part in problems


def test_a_conflict_is_the_same_until_its_readings_or_votes_change() -> None:
    a, b = Span(0, 4, "ORG"), Span(0, 4, "GPE")
    conflict = Conflict("a", "h", "r", "label", (Candidate(a, ("x",)), Candidate(b, ("y",))))
    turned = replace(conflict, candidates=conflict.candidates[::-1])

    assert conflict.id == turned.id
    for changed in (
        replace(conflict, absent=("z",)),
        replace(conflict, candidates=(Candidate(a, ("x", "y")),)),
        replace(conflict, round="s"),
    ):
        assert changed.id != conflict.id
    stance = Stance(((0, 1),), (a,), (b,))
    ids = {
        Conflict("a", "h", "r", "status", (Candidate(replace(stance, status=status), ("x",)),)).id
        for status in ("asserted", "denied")
    }
    assert len(ids) == 2


def test_a_tasks_key_does_not_show_the_arm() -> None:
    row = Assignment("a", "h", 0, 4, "r", "blind", "ana")

    assert row.key != replace(row, arm="suggested").key
    assert len(row.key) == 16
    assert "blind" not in row.key


def test_prose_and_colours_have_a_hash_of_their_own() -> None:
    label = Label("X", "entity", "An X", "#000000", "x", ("PERSON",))
    scheme = Scheme((label,))
    reworded = Scheme((replace(label, guideline="new", colour="#ffffff"),))
    remapped = Scheme((replace(label, spacy=("ORG",)),))

    assert (reworded.hash, remapped.guideline_hash) == (scheme.hash, scheme.guideline_hash)
    assert reworded.guideline_hash != scheme.guideline_hash
    assert remapped.hash != scheme.hash
