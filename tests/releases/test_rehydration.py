from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

import workbench as wb
from workbench.adapters.records import read_layer
from workbench.core.article import Article, hash_text
from workbench.core.errors import ReleaseError
from workbench.project import Project
from workbench.releases.files import parse_lines, read_folder, read_release
from workbench.store.articles import find_articles


def texts(project: Project) -> dict[str, Article]:
    with project.store() as connection:
        return {article.id: article for article in find_articles(connection)}


def test_a_release_without_texts_holds_no_words(settled: Project) -> None:
    made = wb.release(settled, "0.1.0", text=False)
    assert repr(made).startswith(f"Release('0.1.0', {len(made.splits)} articles, without texts)")
    files = read_folder(settled.releases / "0.1.0")
    gold = [read_layer(row) for row in parse_lines(files["gold.jsonl"])]
    known = texts(settled)

    for article in known.values():
        for sentence in article.text.split("\n"):
            if len(sentence) > 20:
                assert all(sentence[:20].encode() not in data for data in files.values())
    for layer in gold:
        for cluster in layer.clusters:
            if all(mention.label == "MENTION" for mention in cluster.mentions):
                assert cluster.name == ""
    assert b"both can be read" not in b"".join(files.values())
    assert wb.verify(settled, "0.1.0", rebuild=True).problems == ()
    with pytest.raises(ReleaseError, match="workbench rehydrate 0.1.0"):
        read_release(settled.releases / "0.1.0")


def test_the_texts_put_back_make_the_same_truths(settled: Project) -> None:
    wb.release(settled, "0.1.0", text=False)
    wb.release(settled, "0.2.0")

    done = wb.rehydrate(settled, "0.1.0")

    assert (done.missing, done.problems) == ((), ())
    back, full = read_folder(done.folder), read_folder(settled.releases / "0.2.0")
    for name in ("articles.jsonl", "gold.jsonl", "splits.json"):
        assert back[name] == full[name], name
    assert len(read_release(done.folder).gold) == 3
    with pytest.raises(ReleaseError, match="--out"):
        wb.rehydrate(settled, "0.1.0")
    with pytest.raises(ReleaseError, match="has its texts"):
        wb.rehydrate(settled, "0.2.0", out="elsewhere")


def test_another_text_is_told_item_by_item(settled: Project, tmp_path: Path) -> None:
    wb.release(settled, "0.1.0", text=False)
    article = texts(settled)["lima"]
    other = article.text.replace("Lima", "Cuzco")
    with settled.store() as connection:
        connection.execute(
            text("UPDATE articles SET text_sha256 = :new, record = replace(replace(record, 'Lima', "
                 "'Cuzco'), :old, :new) WHERE id = 'lima'"),
            {"old": article.text_sha256, "new": hash_text(other)},
        )  # fmt: skip

    done = wb.rehydrate(settled, "0.1.0", out=tmp_path / "out")

    assert done.missing == ("lima",)
    assert done.articles == ("cairo", "oslo")
    assert "items do not read as they did: span:" in done.problems[0]


def test_a_changed_release_is_not_rehydrated(settled: Project) -> None:
    wb.release(settled, "0.1.0", text=False)
    path = settled.releases / "0.1.0" / "gold.jsonl"
    path.write_bytes(path.read_bytes() + b"\n")

    with pytest.raises(ReleaseError, match="was changed"):
        wb.rehydrate(settled, "0.1.0")
