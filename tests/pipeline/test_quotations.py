import pytest
import spacy

from workbench.pipeline.quotations import QuotationFinder, find_marked


def read(doc):
    """Return each quote as its form, speaker and words."""
    rows = []
    for quote in doc._.quotes:
        end = quote.get("speaker")
        speaker = doc.text[end["start"] : end["end"]] if end else None
        rows.append((quote["form"], speaker, doc.text[quote["start"] : quote["end"]]))
    return rows


@pytest.mark.parametrize(
    ("markup", "speaker"),
    [
        ("“We will not wait any longer,” [Ana Lima](PERSON) said.", "Ana Lima"),
        ("“We will not wait any longer,” said [Ana Lima](PERSON).", "Ana Lima"),
        ("[Ana Lima](PERSON) told reporters: “We will not wait any longer.”", "Ana Lima"),
        ("“We will not wait,” the [foreign minister](ROLE) wrote on X.", "foreign minister"),
        ("[Ana Lima](PERSON) left. “We will not wait any longer,” she added.", "she"),
        (
            "“We will not wait any longer,” officials in the capital said.",
            "officials in the capital",
        ),
        (
            "A readout of the talks by [Omar Haddad](PERSON) said the two “had a very frank "
            "conversation about water”.",
            "Omar Haddad",
        ),
        ("“The border will stay open,” according to [Omar Haddad](PERSON).", "Omar Haddad"),
    ],
)
def test_a_direct_quote_finds_its_speaker(analyse, markup, speaker):
    quotes = [row for row in read(analyse(markup)) if row[0] == "direct"]
    assert [row[1] for row in quotes] == [speaker]


def test_a_second_quotation_is_the_first_one_s_speaker_s(analyse):
    doc = analyse(
        "“We will not wait any longer,” [Ana Lima](PERSON) said. “The time has come to act.”\n"
        "“Nobody should doubt our will.”"
    )
    assert [row[1] for row in read(doc)] == ["Ana Lima"] * 3


def test_words_set_apart_are_no_quotation(analyse):
    doc = analyse("[Ana Lima](PERSON) called the “historic” plan a “bold step” this week.")
    assert [row for row in read(doc) if row[0] == "direct"] == []


def test_indirect_speech_is_the_clause_without_that(analyse):
    doc = analyse("[Ana Lima](PERSON) said that the border would stay open.")
    assert read(doc) == [("indirect", "Ana Lima", "the border would stay open")]


def test_indirect_speech_in_front_of_its_verb(analyse):
    doc = analyse("The border will stay open, [Ana Lima](PERSON) said.")
    assert read(doc) == [("indirect", "Ana Lima", "The border will stay open")]


def test_a_speaker_that_is_no_entity_becomes_a_mention(analyse):
    doc = analyse("“We will not wait any longer,” she said.")
    assert [(s.text, s.label_, s.id_) for s in doc.spans["mentions"]][-1] == (
        "she",
        "MENTION",
        "quotation:speaker",
    )


def test_furniture_is_no_quotation(analyse):
    doc = analyse("“Sign up to our daily letter,” it says.\nRain fell.", masked=((0, 39),))
    assert read(doc) == []


def test_without_a_parse_the_speaker_is_found_beside_the_verb(analyse):
    doc = analyse(
        "“We will not wait any longer,” [Ana Lima](PERSON) said on Monday. Foreign "
        "[Minister](ROLE) [Omar Haddad](PERSON) said: “It is time to act now.”",
        parsed=False,
    )
    assert [row[1] for row in read(doc)] == ["Ana Lima", "Omar Haddad"]


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("“one two three”", ["one two three"]),
        ("“ one two three ”", ["one two three"]),
        ("“one two”", []),
        ('"one two three" and "four five six"', ["one two three", "four five six"]),
        ("«un deux trois»", ["un deux trois"]),
        ("‘It’s the end of it’, he said", ["It’s the end of it"]),
        ("the farmers’ union and the workers’ league", []),
        ("“one two three four\nfive six", ["one two three four"]),
        ('5" by 6" by 7" wide', []),
    ],
)
def test_marks_are_read_as_people_write_them(text, contents):
    assert [text[start:end] for start, end in find_marked(text, [])] == contents


def test_the_component_travels_with_its_tables(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("workbench_quotations", config={"tables": None})
    finder = nlp.get_pipe("workbench_quotations")
    assert isinstance(finder, QuotationFinder)
    finder.direct = {"nothing"}
    finder.from_bytes(finder.to_bytes())
    assert "said" in finder.direct
    nlp.to_disk(tmp_path / "model")
    again = spacy.load(tmp_path / "model")
    assert again.get_pipe("workbench_quotations").tables == finder.tables


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "“", "“”", "”“", "“a b c d", "💩 “中 文 字 e\u0301”"]
)
@pytest.mark.parametrize("parsed", [True, False])
def test_odd_text_gives_no_error(analyse, text, parsed):
    doc = analyse(text, parsed=parsed)
    assert all(quote["start"] < quote["end"] for quote in doc._.quotes)


def test_a_comma_before_the_closing_mark_is_no_part_of_the_quotation() -> None:
    text = "“The door is wide open,” Ruiz said. “It is late, we know.” He left."

    assert [text[start:end] for start, end in find_marked(text, [])] == [
        "The door is wide open",
        "It is late, we know.",
    ]
