"""An existing project's export with another labelling configuration, through a drafted mapping."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from workbench.core.article import Article
from workbench.core.errors import SourceError
from workbench.core.layer import Layer
from workbench.exchange.mappings import read_tables
from workbench.importing import import_layers
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.layers import find_layers

TEXT = "Ada Lund praised the port deal. “Lima failed,” said Bo. Cy denies it."


def region(name: str, words: str, label: str, control: str = "ner") -> dict[str, Any]:
    start = TEXT.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
    return {"id": name, "from_name": control, "to_name": "body", "type": "labels", "value": value}


def link(start: str, end: str, *labels: str, direction: str = "right") -> dict[str, Any]:
    return {
        "type": "relation",
        "from_id": start,
        "to_id": end,
        "direction": direction,
        "labels": list(labels),
    }


def choice(name: str, control: str, picked: str) -> dict[str, Any]:
    part = {"id": name, "from_name": control, "to_name": "body", "type": "choices"}
    return {**part, "value": {"choices": [picked]}}


RESULT = [
    region("a", "Ada Lund", "Person"),
    region("c", "praised", "Opinion"),
    region("d", "port deal", "Treaty"),
    region("q", "Lima failed", "Quotation"),
    region("f", "failed", "Opinion"),
    region("l", "Lima", "Place"),
    region("b", "Bo", "Person"),
    region("x", "Cy", "Gossip"),
    choice("c", "tone", "Positive"),
    choice("f", "tone", "Negative"),
    choice("f", "certainty", "denied"),
    link("c", "a", "held by"),
    link("c", "d", "about"),
    link("f", "l", "about"),
    link("f", "b", "held by"),
    link("q", "b", "said by"),
    link("a", "l", "against"),
    {"from_name": "stars", "type": "rating", "id": "z", "value": {"rating": 3}},
]
TASKS = [
    {
        "id": 1,
        "data": {"body": TEXT, "headline": "Ports"},
        "annotations": [
            {"id": 7, "completed_by": {"id": 4, "email": "ann@example.org"}, "result": RESULT},
            {"id": 8, "completed_by": 5, "was_cancelled": True, "result": RESULT},
        ],
    }
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "old-project.json"
    path.write_text(json.dumps(TASKS), encoding="utf-8")
    return path


def take(project: Project, path: Path, **options: object):  # type: ignore[no-untyped-def]
    return import_layers(project, path, format="label_studio", **options)  # type: ignore[arg-type]


def get_row(project: Project) -> tuple[Article, Layer]:
    with project.store() as connection:
        [article] = find_articles(connection)
        [layer] = find_layers(connection)
    return article, layer


def test_the_first_run_drafts_the_mapping_and_says_so(empty_project: Project, path: Path) -> None:
    with pytest.raises(SourceError, match="draft of the mapping is in .*check it and run"):
        take(empty_project, path, as_="annotation")

    draft = path.with_name("old-project.json.mapping.toml")
    tables = tomllib.loads(draft.read_text(encoding="utf-8"))
    assert tables == {
        "task": {"text": "body", "title": "title"},
        "labels": {
            "Gossip": "",
            "Opinion": "CUE",
            "Person": "PERSON",
            "Place": "LOC",
            "Quotation": "QUOTE",
            "Treaty": "AGREEMENT",
        },
        "relations": {
            "about": "target",
            "against": "OPPOSE",
            "held by": "holder",
            "said by": "speaker",
        },
        "choices": {
            "certainty.denied": "denied",
            "tone.Negative": "OPPOSE",
            "tone.Positive": "SUPPORT",
        },
    }
    assert '"Person" = "PERSON"   # 2 times' in draft.read_text(encoding="utf-8")


def correct(path: Path) -> None:
    """Do what a person does with the draft."""
    draft = path.with_name("old-project.json.mapping.toml")
    text = draft.read_text(encoding="utf-8")
    text = text.replace('"title"', '"headline"')
    draft.write_text(text, encoding="utf-8")


def test_the_second_run_uses_it(empty_project: Project, path: Path) -> None:
    with pytest.raises(SourceError):
        take(empty_project, path, as_="annotation")
    correct(path)

    done = take(empty_project, path, as_="annotation", split="train")
    article, layer = get_row(empty_project)

    def words(*spans: Any) -> list[str]:
        return [article.text[span.start : span.end] for span in spans]

    assert (article.text, article.title) == (TEXT, "Ports")
    assert layer.author == "person:4"
    assert [(s.polarity, s.status) for s in layer.stances] == [
        ("SUPPORT", "asserted"),
        ("OPPOSE", "denied"),
    ]
    praised, failed = layer.stances
    assert (words(*praised.holders), words(*praised.targets)) == (["Ada Lund"], ["port deal"])
    assert (words(*failed.holders), words(*failed.targets)) == (["Bo"], ["Lima"])
    [quote] = layer.quotes
    assert words(quote, quote.speaker) == ["Lima failed", "Bo"]
    assert quote.form == "direct"
    assert [(e.holder, e.polarity, e.target) for e in layer.edges] == [
        ("Ada Lund", "OPPOSE", "Lima")
    ]
    [(_, reason)] = done.quarantined
    assert "the mapping leaves 'Gossip' out" in reason
    assert "it has no label" in reason


def test_a_mapping_lists_all_of_its_mistakes() -> None:
    with pytest.raises(SourceError) as raised:
        read_tables('[relations]\na = "friend"\n[choices]\nb = 3\n[nope]\n')

    for part in ("[nope] is unknown", "relations.a must be", "choices.b must be"):
        assert part in str(raised.value)
    with pytest.raises(SourceError, match="no TOML"):
        read_tables("= 3")


def test_a_cue_without_a_polarity_is_quarantined(empty_project: Project, path: Path) -> None:
    tasks = json.loads(path.read_text(encoding="utf-8"))
    result = tasks[0]["annotations"][0]["result"]
    tasks[0]["annotations"][0]["result"] = [p for p in result if p.get("from_name") != "tone"]
    with pytest.raises(SourceError):
        take(empty_project, path, as_="annotation")
    correct(path)
    path.write_text(json.dumps(tasks), encoding="utf-8")

    done = take(empty_project, path, as_="annotation", split="train")
    _, layer = get_row(empty_project)

    assert layer.stances == ()
    assert "no choice states the polarity of the cue" in done.quarantined[0][1]


def test_work_of_several_people_is_no_gold_but_annotations(
    empty_project: Project, path: Path
) -> None:
    tasks = json.loads(path.read_text(encoding="utf-8"))
    other = {"id": 9, "completed_by": 6, "result": [region("a", "Ada Lund", "Person")]}
    tasks[0]["annotations"].append(other)
    path.write_text(json.dumps(tasks), encoding="utf-8")
    with pytest.raises(SourceError):
        take(empty_project, path, as_="gold")
    correct(path)

    gold = take(empty_project, path, as_="gold", split="train")
    work = take(empty_project, path, as_="annotation", split="train")

    assert gold.layers == ()
    assert "annotated differently" in gold.quarantined[0][1]
    assert {layer.author for layer in work.layers} == {"person:4", "person:6"}


@pytest.mark.parametrize(
    "part",
    [
        None,
        3,
        {"type": "relation"},
        {"type": "labels", "value": []},
        {"type": "labels", "id": "a", "value": {"start": "0", "end": None, "labels": ["Person"]}},
        {"type": "labels", "id": "a", "value": {"start": 0, "end": 9**30, "labels": ["Person"]}},
        {"type": "choices", "id": 3, "value": {"choices": "x"}},
        {"type": "relation", "from_id": [], "to_id": {}, "labels": {}},
    ],
)
def test_junk_in_an_export_is_listed_and_never_raises(
    part: Any, empty_project: Project, path: Path
) -> None:
    with pytest.raises(SourceError):
        take(empty_project, path, as_="annotation")
    tasks = json.loads(path.read_text(encoding="utf-8"))
    tasks[0]["annotations"][0]["result"] = [part, region("b", "Bo", "Person")]
    path.write_text(json.dumps(tasks), encoding="utf-8")

    done = take(empty_project, path, as_="annotation", split="train")

    assert [len(layer.spans) for layer in done.layers] == [1]
