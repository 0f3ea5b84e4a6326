"""Every room of the store, over SQLite and PostgreSQL alike."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from strategies import layers, texts

from workbench.core.article import Article
from workbench.core.decision import Decision
from workbench.core.errors import RoundError, SourceError, StoreError
from workbench.core.layer import Layer, Passage
from workbench.core.round import Assignment, Round
from workbench.core.span import Span
from workbench.store.articles import (
    add_article,
    find_articles,
    find_by_hash,
    get_article,
    withdraw_article,
)
from workbench.store.connection import open_store
from workbench.store.decisions import add_decision, find_decisions
from workbench.store.journal import latest_seq
from workbench.store.layers import (
    add_layer,
    add_layers,
    find_layers,
    find_newest_seqs,
    find_seqs,
    get_layer,
    list_revisions,
)
from workbench.store.names import add_queue, get_model, get_queue
from workbench.store.payloads import add_payloads, find_ages
from workbench.store.quarantine import add_quarantine, close_quarantine, list_quarantine
from workbench.store.rounds import (
    PushedProject,
    add_assignments,
    add_project,
    add_round,
    close_round,
    find_assignments,
    find_projects,
    get_round,
    is_closed,
)
from workbench.store.schema import metadata
from workbench.store.tasks import (
    Suggestion,
    add_suggestions,
    confirm_tasks,
    find_tasks,
    get_suggestion,
    intend_tasks,
)

AT = "2026-01-02T00:00:00+00:00"
HOSTILE = "O'Neill; DROP TABLE articles;-- 💩 \u202e “x” \\ \n\t\u2028 é"


def make_layer(article: Article, author: str = "person:ana", label: str = "ORG") -> Layer:
    return Layer(
        article.id,
        article.text_sha256,
        author,
        "annotation",
        round="r1",
        passages=(Passage(0, len(article.text), ("ORG",)),),
        spans=(Span(0, 1, label, score=0.5, rule="x"),),
    )


def test_migrations_make_exactly_the_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_again_changes_nothing_and_a_newer_store_is_refused(store_url: str) -> None:
    open_store(store_url).dispose()
    engine = open_store(store_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(StoreError, match="newer version"):
        open_store(store_url)


def test_an_article_is_stored_once_and_found(engine: Engine) -> None:
    article = Article("a", HOSTILE, split="train", masked=((0, 3),), meta={"k": [1]})
    with engine.begin() as connection:
        assert add_article(connection, article, at=AT)
        assert not add_article(connection, replace(article, id="b"), at=AT)
        with pytest.raises(SourceError, match="other text"):
            add_article(connection, Article("a", "else"), at=AT)
    with engine.begin() as connection:
        assert find_articles(connection) == [article]
        assert find_by_hash(connection, article.text_sha256) == article
        with pytest.raises(SourceError, match="no article"):
            get_article(connection, "zz")


@pytest.mark.parametrize("bad", ["nul \x00", "surrogate \ud800", " \n"])
def test_what_no_database_can_hold_is_refused(engine: Engine, bad: str) -> None:
    with engine.begin() as connection, pytest.raises(SourceError, match="can't be stored"):
        add_article(connection, Article("a", bad), at=AT)


def test_a_withdrawn_article_is_hidden_from_then_on_only(engine: Engine) -> None:
    with engine.begin() as connection:
        add_article(connection, Article("a", "text"), at=AT)
        before = latest_seq(connection)
        assert withdraw_article(connection, "a", reason=HOSTILE, at=AT)
        assert not withdraw_article(connection, "a", reason="again", at=AT)
        assert find_articles(connection) == []
        assert [a.id for a in find_articles(connection, upto=before)] == ["a"]


def test_a_changed_layer_is_a_new_revision_and_an_equal_one_is_not(engine: Engine) -> None:
    article = Article("a", "text")
    first, second = make_layer(article), make_layer(article, label="GPE")
    with engine.begin() as connection:
        one = add_layer(connection, first, at=AT)
        assert add_layer(connection, first, at=AT) == one
        two = add_layer(connection, second, at=AT)
        assert find_layers(connection, round="r1") == [second]
        assert find_layers(connection, upto=one) == [first]
        assert list_revisions(connection, first.key) == [(one, first), (two, second)]
        assert get_layer(connection, one) == first
        assert find_layers(connection, kind="gold") == []
        with pytest.raises(StoreError):
            get_layer(connection, 10_000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(data=st.data())
def test_any_layer_comes_back_as_it_was(engine: Engine, data: st.DataObject) -> None:
    layer = data.draw(layers(Article("a", data.draw(texts()))))
    with engine.begin() as connection:
        found = get_layer(connection, add_layer(connection, layer, at=AT))
    assert found == layer
    assert [s.score for s in found.stances] == [s.score for s in layer.stances]


def test_rounds_plans_and_tasks(engine: Engine) -> None:
    rnd = Round("r1", "s", "g", ("ORG",), ("ana",), 1.5, 0.2, 3)
    row = Assignment("a", "h" * 64, 0, 4, "r1", "blind", "ana", 0)
    with engine.begin() as connection:
        with pytest.raises(RoundError, match="none yet"):
            get_round(connection, "r1")
        add_round(connection, rnd, {"labels": [], "guideline": ""}, at=AT)
        assert get_round(connection, "r1") == rnd
        assert add_assignments(connection, [row], at=AT) == 1
        assert add_assignments(connection, [row], at=AT) == 0
        assert find_assignments(connection, "r1", "ana") == [row]
        pushed = PushedProject("r1", "ana", "http://x", 3, "m")
        add_project(connection, pushed, at=AT)
        assert find_projects(connection, "r1") == [pushed]
        for _ in range(2):
            intend_tasks(connection, [row.key], 3, "rr1-s1", at=AT)
        assert [t.task_id for t in find_tasks(connection, "r1")] == [None]
        confirm_tasks(connection, {row.key: 77})
        assert [t.task_id for t in find_tasks(connection, "r1")] == [77]
        assert not is_closed(connection, "r1")
        close_round(connection, "r1", at=AT)
        close_round(connection, "r1", at=AT)
        assert is_closed(connection, "r1")


def test_suggestions_and_payloads_are_kept_once(engine: Engine) -> None:
    layer = make_layer(Article("a", "text"))
    with engine.begin() as connection:
        seq = add_layer(connection, layer, at=AT)
        row = Suggestion("rr1-s1", "k", seq, {"r": {"withheld": {}}})
        add_suggestions(connection, [row, row], at=AT)
        assert get_suggestion(connection, "rr1-s1", "k") == row
        assert get_suggestion(connection, "rr1-s2", "k") is None
        task = {"id": 1, "data": {"text": HOSTILE}, "annotations": [{"created_ago": "1 minute"}]}
        later = {**task, "annotations": [{"created_ago": "2 minutes"}]}
        values = {"server": "http://x", "project_id": 1, "at": AT}
        assert add_payloads(connection, [task, later], **values) == 1
        assert add_payloads(connection, [later, {**task, "id": 2}], **values) == 1
        newer = {**task, "updated_at": "2026-01-02T03:04:05Z"}
        assert add_payloads(connection, [newer], **values) == 1
        assert find_ages(connection, "http://x", 1) == {1: "2026-01-02T03:04:05Z", 2: ""}
        assert find_ages(connection, "http://y", 1) == {}


def test_many_layers_are_stored_as_one_by_one(engine: Engine) -> None:
    first = make_layer(Article("a", "text"))
    changed = replace(first, scheme="other")
    other = make_layer(Article("b", "more text"))
    with engine.begin() as connection:
        seqs = add_layers(connection, [first, other, changed, changed, first], at=AT)
        assert add_layers(connection, [first, other], at=AT) == [seqs[4], seqs[1]]
        assert len(set(seqs)) == 4
        assert [seq for seq, _ in list_revisions(connection, first.key)] == [
            seqs[0],
            seqs[2],
            seqs[4],
        ]
        assert find_newest_seqs(connection, first.kind) == {"a": seqs[4], "b": seqs[1]}
        assert find_seqs(connection, first.kind, first.round) == {
            first.key: seqs[4],
            other.key: seqs[1],
        }


def test_quarantine_is_open_until_it_is_closed_with_a_reason(engine: Engine) -> None:
    with engine.begin() as connection:
        entry = add_quarantine(connection, {"x": HOSTILE}, reason="why", source="s", at=AT)
        assert add_quarantine(connection, {"x": HOSTILE}, reason="why", source="s", at=AT) == entry
        assert [q.id for q in list_quarantine(connection)] == [entry]
        before = latest_seq(connection)
        close_quarantine(connection, entry, reason="seen", at=AT)
        assert list_quarantine(connection) == []
        assert len(list_quarantine(connection, "open", upto=before)) == 1
        assert list_quarantine(connection, "closed")[0].payload == {"x": HOSTILE}
        with pytest.raises(StoreError, match="no quarantine entry"):
            close_quarantine(connection, "quarantine:0", reason="x", at=AT)


def test_the_latest_decision_of_a_conflict_counts(engine: Engine) -> None:
    first = Decision("conflict:1", "a", "r1", "accept", "person:x", Span(0, 1, "ORG"))
    second = Decision("conflict:1", "a", "r1", "reject", "person:x", reason=HOSTILE)
    with engine.begin() as connection:
        seq = add_decision(connection, first, at=AT)
        add_decision(connection, second, at=AT)
        assert find_decisions(connection, "r1") == {"conflict:1": second}
        assert find_decisions(connection, "r1", upto=seq) == {"conflict:1": first}


def test_named_things_are_found_by_their_latest(engine: Engine) -> None:
    with engine.begin() as connection:
        for articles in (["a"], ["b"]):
            add_queue(connection, "q", {"articles": articles}, at=AT)
        assert get_queue(connection, "q") == {"articles": ["b"]}
        with pytest.raises(StoreError, match="there are: q"):
            get_queue(connection, "nope")
        with pytest.raises(StoreError, match="none"):
            get_model(connection, "nope")


def test_a_broken_transaction_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(RuntimeError), engine.begin() as connection:
        add_article(connection, Article("a", "text"), at=AT)
        raise RuntimeError
    with engine.begin() as connection:
        assert find_articles(connection) == []
        assert latest_seq(connection) == 0


WRITER = """
import sys
from workbench.core.article import Article
from workbench.store.articles import add_article
from workbench.store.connection import open_store
engine = open_store(sys.argv[1])
for n in range(25):
    with engine.begin() as connection:
        add_article(connection, Article(f"{sys.argv[2]}-{n}", f"text {n} of {sys.argv[2]}"), at="t")
"""


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing(store_url: str) -> None:
    command = [sys.executable, "-c", WRITER, store_url]
    writers = [subprocess.Popen([*command, name]) for name in ("one", "two", "three")]

    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    engine = open_store(store_url)
    with engine.begin() as connection:
        assert len(find_articles(connection)) == 75
    engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite3:///x"])
def test_a_wrong_url_is_told_in_a_sentence(url: str) -> None:
    with pytest.raises(StoreError, match="SQLite|sqlite:///FILE"):
        open_store(url)


def test_a_server_that_is_away_is_told_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://me:s3cret@127.0.0.1:9/db")

    assert "s3cret" not in str(caught.value)
