"""Who is for or against whom over a corpus, and the names that it is counted by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from workbench.core.errors import SourceError, StoreError
from workbench.core.layer import Layer
from workbench.core.naming import Names, Naming
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.layers import add_layer

NAMES = st.sampled_from(["A", "B", "C", "D"])
MERGES = st.lists(
    st.builds(lambda names, into: Naming("merge", tuple(names), into), st.lists(NAMES), NAMES)
)


@pytest.fixture
def with_gold(project: Project, tiny_gold: dict[str, Layer]) -> Project:
    """Store the tiny articles' gold."""
    with project.store() as connection:
        for article in find_articles(connection):
            gold = tiny_gold[article.text_sha256]
            layer = Layer(
                article.id,
                article.text_sha256,
                "adjudication",
                "gold",
                spans=gold.spans,
                quotes=gold.quotes,
                stances=gold.stances,
            )
            add_layer(connection, layer, at=project.now())
    return project


@given(MERGES, NAMES)
def test_merging_ends_and_keeps_to_known_names(merges: list[Naming], name: str) -> None:
    names = Names(merges)

    found = names.find(name)

    assert found in {name, *(naming.into for naming in merges)}


def test_a_split_holds_in_its_articles_alone() -> None:
    names = Names(
        [Naming("merge", ("MoD",), "Defence"), Naming("split", ("MoD",), "Other", ("a",))]
    )

    assert (names.find("MoD", "a"), names.find("MoD", "b")) == ("Other", "Defence")


def test_the_matrix_counts_edges_by_name(with_gold: Project) -> None:
    matrix = wb.stance_matrix(with_gold, progress=False)

    assert matrix.counts[("Egypt", "Nile Accord")]["SUPPORT"] == 1
    assert matrix.articles == {"gold": 3}
    assert "▲1" in matrix._repr_html_()
    assert "<img" in matrix.over_time()._repr_html_()
    assert len(matrix.to_frame()) == len(matrix.edges) == len(matrix.to_record()["edges"])


def test_what_was_merged_counts_as_one_until_it_is_undone(with_gold: Project) -> None:
    before = wb.stance_matrix(with_gold, progress=False).counts

    naming = wb.merge_names(with_gold, ["Egypt"], "Arab Republic", reason="long form")

    merged = wb.stance_matrix(with_gold, progress=False).counts
    assert ("Arab Republic", "Nile Accord") in merged
    assert not [pair for pair in merged if "Egypt" in pair]
    assert wb.list_namings(with_gold) == [naming]
    wb.undo_naming(with_gold, naming)
    assert wb.stance_matrix(with_gold, progress=False).counts == before
    assert wb.list_namings(with_gold) == []


def test_undoing_what_does_not_stand_is_told(with_gold: Project) -> None:
    with pytest.raises(StoreError, match="no naming 'naming:0' stands"):
        wb.undo_naming(with_gold, "naming:0")


def test_a_split_needs_known_articles(with_gold: Project) -> None:
    with pytest.raises(SourceError):
        wb.split_name(with_gold, "Egypt", "Other", articles=[])
    with pytest.raises(SourceError):
        wb.split_name(with_gold, "Egypt", "Other", articles=["nowhere"])


def test_an_empty_corpus_says_what_to_do(project: Project) -> None:
    with pytest.raises(SourceError, match="workbench preannotate"):
        wb.stance_matrix(project)
