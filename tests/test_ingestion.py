from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from workbench import ingestion
from workbench.analysis.text.furniture import find_furniture
from workbench.analysis.text.splitting import Shingles, draw_split
from workbench.ingestion import Ingested, ingest
from workbench.project import Project

PROSE = " ".join(f"word{i} of the long report" for i in range(60))


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def take(project: Project, *paths: Path, **options: object) -> Ingested:
    return ingest(project, *paths, progress=False, **options)  # type: ignore[arg-type]


def test_a_scraped_text_gets_its_date_and_its_furniture_masked(
    empty_project: Project, inbox: Path
) -> None:
    line = " date 2026-03-04 Get the latest headlines - Click here to follow us on Facebook"
    (inbox / "x.txt").write_text(f"{line}\nMinisters met in Rome.\n", encoding="utf-8")

    (article,) = take(empty_project, inbox / "x.txt")

    assert article.published == "2026-03-04"
    assert [article.text[s:e] for s, e in article.masked] == [line.strip()]
    assert article.id.startswith("2026-03-04-ministers-met-in-rome-")


def test_markdown_html_jsonl_and_csv_bring_their_metadata(
    empty_project: Project, inbox: Path
) -> None:
    (inbox / "a.md").write_text(
        "---\ntitle: T\noutlet: O\ndate: 2026-01-05\nurl: https://x.example/a\nsplit: test\ndesk: 7\n---\nOne text.\n",
        encoding="utf-8",
    )
    page = f"<html><head><title>Title here</title><meta property='og:site_name' content='Site'></head><body><article><h1>Title here</h1><p>{PROSE}</p><p>{PROSE} again</p></article></body></html>"
    (inbox / "b.html").write_text(page, encoding="utf-8")
    (inbox / "c.jsonl").write_text(
        json.dumps({"text": "Third text.", "title": "J", "id": "j1"}) + "\nnot json\n",
        encoding="utf-8",
    )
    (inbox / "d.csv").write_text(
        'id,title,text\nc1,=1+1,"Fourth, ""quoted"" text"\nc2,x,a,b,c\n', encoding="utf-8"
    )

    done = take(empty_project, inbox)

    by_title = {article.title: article for article in done}
    assert by_title["T"].outlet == "O"
    assert (by_title["T"].split, by_title["T"].published, by_title["T"].meta) == (
        "test",
        "2026-01-05",
        {"desk": 7},
    )
    assert by_title["Title here"].text.startswith("word0") or "word0" in by_title["Title here"].text
    assert by_title["J"].id == "j1"
    assert by_title["=1+1"].text == 'Fourth, "quoted" text'
    assert sorted(r.reason[:15] for r in done.refused) == ["line 2: it is n", "row ending at l"]


def test_what_cannot_go_in_is_named_with_the_reason_and_the_rest_goes_in(
    empty_project: Project, inbox: Path
) -> None:
    (inbox / "good.txt").write_text("Good text.", encoding="utf-8")
    (inbox / "empty.txt").write_bytes(b"")
    (inbox / "blank.txt").write_text(" \n\n", encoding="utf-8")
    (inbox / "binary.txt").write_bytes(b"\x89PNG\x00\x00")
    (inbox / "latin.txt").write_bytes("Café".encode("latin-1"))
    (inbox / "image.png").write_bytes(b"x")
    (inbox / "huge.txt").write_text("a" * 1_000_001, encoding="utf-8")
    (inbox / "broken.md").write_text("---\ntitle: [\n---\nx\n", encoding="utf-8")

    done = take(empty_project, inbox, inbox / "missing.txt")

    assert [article.text for article in done] == ["Good text."]
    reasons = {Path(r.source).name: r.reason for r in done.refused}
    assert set(reasons) == {
        "empty.txt",
        "blank.txt",
        "binary.txt",
        "latin.txt",
        "image.png",
        "huge.txt",
        "broken.md",
        "missing.txt",
    }
    assert "not UTF-8" in reasons["latin.txt"]
    assert "binary" in reasons["binary.txt"]
    assert "1,000,001" in reasons["huge.txt"]


def test_copies_are_known_and_near_copies_share_a_group(
    empty_project: Project, inbox: Path
) -> None:
    for name, text in {
        "a": PROSE,
        "b": PROSE,
        "c": PROSE + " with a new ending",
        "d": "Else.",
    }.items():
        (inbox / f"{name}.txt").write_text(text, encoding="utf-8")

    first = take(empty_project, inbox)
    again = take(empty_project, inbox)

    assert (first.added, len(first)) == (3, 3)
    assert (again.added, len(again.known)) == (0, 3)
    ((_, members),) = first.groups.items()
    assert len(members) == 2
    assert len({a.split for a in first if a.id in members}) == 1


def test_an_article_that_would_bridge_two_splits_is_left_out(
    empty_project: Project, inbox: Path
) -> None:
    (inbox / "a.md").write_text(f"---\nsplit: train\n---\n{PROSE}\n", encoding="utf-8")
    (inbox / "b.md").write_text(f"---\nsplit: test\n---\n{PROSE} more\n", encoding="utf-8")

    done = take(empty_project, inbox)

    assert len(done) == 1
    assert "bridge the splits test and train" in done.refused[0].reason


def test_text_is_normalised_once(empty_project: Project, inbox: Path) -> None:
    (inbox / "x.txt").write_bytes("\ufeffOne\r\ntwo\rthree".encode())

    assert take(empty_project, inbox / "x.txt")[0].text == "One\ntwo\nthree"


@pytest.mark.parametrize(
    "line",
    [
        "The date of the summit, 2026-02-04, was set.",
        "“Stay tuned,” the minister said of the talks.",
        "Envoys urged members to sign up to the treaty, a person who follows the talks said.",
        "He told reporters to follow us on the road to peace.",
    ],
)
def test_prose_is_no_furniture(line: str) -> None:
    assert find_furniture(line).masked == ()


@pytest.mark.parametrize(
    "line",
    [
        "Published: 2026-02-11",
        "Subscribe to our newsletter for more world news",
        "Also read: why the talks failed",
        "© 2026 The Example Times",
        "Join us on Telegram",
    ],
)
def test_furniture_is_found(line: str) -> None:
    text = f"Prose before it.\n{line}\nProse after it."

    assert [text[s:e] for s, e in find_furniture(text).masked] == [line]


@given(texts())
def test_furniture_fits_any_text(text: str) -> None:
    for start, end in find_furniture(text).masked:
        assert 0 <= start < end <= len(text)
        assert "\n" not in text[start:end]


@given(st.text(min_size=1), st.integers(0, 5))
def test_a_split_is_drawn_the_same_each_time(group: str, seed: int) -> None:
    assert draw_split(group, seed) == draw_split(group, seed)


def test_splits_come_in_their_shares() -> None:
    drawn = [draw_split(str(i), 1) for i in range(4000)]

    assert 0.67 < drawn.count("train") / 4000 < 0.73
    assert 0.17 < drawn.count("test") / 4000 < 0.23


def test_containment_counts_from_the_shorter_text() -> None:
    index = Shingles()
    index.add("long", PROSE)

    assert index.find(" ".join(PROSE.split()[:30])) == ["long"]
    assert index.find("something else entirely stands in this one") == []


def test_a_path_that_is_not_there_is_told(empty_project: Project, tmp_path: Path) -> None:
    found = ingest(empty_project, tmp_path / "nowhere", progress=False)

    (refused,) = found.refused
    assert refused.reason == "there is no such file or folder"


def test_formats_are_looked_for_once_and_not_for_each_file(
    empty_project: Project, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (inbox / f"{number}.txt").write_text(f"Text {number}. {PROSE[number:]}", encoding="utf-8")
    loaded: list[str] = []
    real = ingestion.load_plugin
    monkeypatch.setattr(
        ingestion, "load_plugin", lambda kind, name: loaded.append(name) or real(kind, name)
    )

    take(empty_project, inbox)

    assert sorted(set(loaded)) == sorted(loaded)
