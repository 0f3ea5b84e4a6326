"""Each export is read by the reader that its users have."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import xml.etree.ElementTree as Xml
from pathlib import Path

import pytest

from workbench.adapters.markup import parse_markup
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.exporting import Exported, export
from workbench.importing import import_layers
from workbench.project import Project
from workbench.releases.build import release
from workbench.releases.files import read_release

pytestmark = pytest.mark.slow  # the readers are large, and take seconds to import

GOLD = {
    "train": (
        "💩 [Mia Lund](PERSON#p) [praised](#c) the [port deal](AGREEMENT#d).\n"
        "“[We](MENTION#w) [reject](#r) the [tariff](ISSUE#t),” said [Ola Berg](PERSON#o).\n"
        "---\nSUPPORT asserted: p -> d | c\nOPPOSE asserted: w -> t | r\n= Ola Berg: o, w"
    ),
    "dev": (
        "[Tromsø](GPE#g) did not [condemn](#c) [Lima](GPE#l), [the [Lima](GPE) office](ORG) said.\n"
        "---\nOPPOSE denied: g -> l | c"
    ),
    "test": "[Quito](GPE#q) [thanked](#c) [Accra](GPE#a).\n---\nSUPPORT asserted: q -> a | c",
}


@pytest.fixture
def released(empty_project: Project, tmp_path: Path) -> Project:
    """Release gold that has all that is hard for one format or another."""
    from workbench.formats import jsonl_text

    folder = tmp_path / "gold"
    folder.mkdir()
    for split, markup in GOLD.items():
        text, layer = parse_markup(markup, article_id=f"{split}-1")
        rows = [(Article(f"{split}-1", text, published="2026-01-02", rights="ours"), layer)]
        jsonl_text.write_annotated(rows, folder / f"{split}.jsonl", empty_project.scheme)
    import_layers(empty_project, folder, format="jsonl-text", as_="gold")
    release(empty_project, "0.1.0")
    return empty_project


def write(released: Project, name: str, out: Path) -> Exported:
    return export(released, "0.1.0", name, out, progress=False)


def get_gold(released: Project, split: str) -> tuple[Article, Layer]:
    return read_release(released.releases / "0.1.0").select(split)[0]


def test_parquet_loads_with_datasets(released: Project, tmp_path: Path) -> None:
    import datasets

    done = write(released, "parquet", tmp_path / "out")
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))

    assert done.losses == ()
    assert set(loaded) == {"train", "validation", "test"}
    row = loaded["train"][0]
    article, layer = get_gold(released, "train")
    assert (row["text"], row["published"]) == (article.text, "2026-01-02")
    assert [(s["start"], s["end"], s["label"]) for s in row["spans"]] == [
        (s.start, s.end, s.label) for s in layer.spans
    ]
    assert [s["cue"][0]["text"] for s in row["stances"]] == ["praised", "reject"]


def test_one_parquet_file_loads_as_well(released: Project, tmp_path: Path) -> None:
    import pandas as pd

    write(released, "parquet", tmp_path / "gold.parquet")

    assert sorted(pd.read_parquet(tmp_path / "gold.parquet")["split"]) == ["dev", "test", "train"]


def test_docbin_passes_spacy_debug_data(empty_project: Project, tmp_path: Path) -> None:
    from workbench.formats import docbin

    names = [f"{first} {last}" for first in ["Mia", "Ola", "Per", "Ada", "Jo"] for last in
             ["Lund", "Berg", "Dahl", "Moe", "Vik", "Holm", "Aas", "Lie", "Bakke", "Strand", "Haug", "Foss", "Lien", "Ruud", "Sunde", "Eide", "Nes", "Myhre", "Solli", "Tveit", "Moen", "Lunde", "Nygaard", "Sande", "Hove", "Vang", "Krog", "Bruun"]]  # fmt: skip
    rows = []
    for name in names:
        text, layer = parse_markup(f"Then [{name}](PERSON) praised [Lima](GPE) at the port.")
        rows.append((Article(name, text), layer))
    docbin.write_annotated(rows[:110], tmp_path / "train.spacy", empty_project.scheme)
    docbin.write_annotated(rows[110:], tmp_path / "dev.spacy", empty_project.scheme)
    config = tmp_path / "config.cfg"

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "spacy", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        # Spacy refuses, by this code, data from which it would not train.
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("init", "config", str(config), "--pipeline", "ner")
    paths = [f"--paths.{x}={tmp_path / f'{x}.spacy'}" for x in ("train", "dev")]
    said = run("debug", "data", str(config), *paths)

    assert "110 training docs" in said
    assert "30 evaluation docs" in said
    assert "No entities consisting of or starting/ending with whitespace" in said
    assert "✘" not in said


def test_docbin_holds_nested_spans(released: Project, tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin

    write(released, "docbin", tmp_path / "out")
    [doc] = DocBin().from_disk(tmp_path / "out" / "dev.spacy").get_docs(spacy.blank("en").vocab)

    assert ("ORG", "the Lima office") in [(e.label_, e.text) for e in doc.ents]
    assert ("GPE", "Lima") in [(s.label_, s.text) for s in doc.spans["entities"]]


def test_conll_is_iob2_to_seqeval(released: Project, tmp_path: Path) -> None:
    from seqeval.metrics import f1_score
    from seqeval.metrics.sequence_labeling import get_entities
    from seqeval.scheme import IOB2, Entities

    done = write(released, "conll", tmp_path / "out")
    article, _ = get_gold(released, "dev")
    sentences: list[list[tuple[str, str]]] = [[]]
    for line in (tmp_path / "out" / "dev.conll").read_text(encoding="utf-8").split("\n"):
        if not line:
            sentences.append([])
        elif not line.startswith("-DOCSTART-"):
            word, tag = line.split("\t")
            sentences[-1].append((word, tag))
    tags = [[tag for _, tag in sentence] for sentence in sentences if sentence]

    assert f1_score(tags, tags, mode="strict", scheme=IOB2) == 1.0
    strict = {(e.tag) for row in Entities(tags, IOB2).entities for e in row}
    assert strict == {"GPE", "ORG"}
    words = [word for sentence in sentences for word, _ in sentence]
    found = [
        " ".join(words[start : end + 1])
        for _, start, end in get_entities([tag for row in tags for tag in row])
    ]
    assert found == ["Tromsø", "Lima", "the Lima office"]
    assert "".join(words) == "".join(article.text.split())
    assert {"it overlaps a longer entity"} <= {loss["reason"] for loss in done.losses}
    assert done.held["spans"] > done.carried["spans"]


def test_brat_lines_read_the_words_that_they_name(released: Project, tmp_path: Path) -> None:
    write(released, "brat", tmp_path / "out")
    text = (tmp_path / "out" / "train" / "train-1.txt").read_text(encoding="utf-8")
    lines = (tmp_path / "out" / "train" / "train-1.ann").read_text(encoding="utf-8").splitlines()
    bound = {}
    for line in lines:
        if line.startswith("T"):
            name, place, words = line.split("\t")
            label, start, end = place.split(" ")
            assert text[int(start) : int(end)] == words
            bound[name] = (label, words)
    events = [line.split("\t")[1].split() for line in lines if line.startswith("E")]

    read = [
        [bound[part.split(":")[1]][1] for part in event]
        for event in events
        if event[0].startswith(("SUPPORT", "OPPOSE"))
    ]
    assert read == [["praised", "Mia Lund", "port deal"], ["reject", "We", "tariff"]]
    config = (tmp_path / "out" / "train" / "annotation.conf").read_text(encoding="utf-8")
    assert {"[entities]", "[relations]", "[events]", "[attributes]"} <= set(config.split("\n"))


def test_web_annotations_expand_as_json_ld(released: Project, tmp_path: Path) -> None:
    from pyld import jsonld

    # The terms of the vocabulary that the page uses, so that nothing is fetched.
    oa = "http://www.w3.org/ns/oa#"
    linked = {"@type": "@id"}
    context = {
        "oa": oa,
        "as": "http://www.w3.org/ns/activitystreams#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "id": {"@id": "@id", "@type": "@id"},
        "type": "@type",
        "Annotation": "oa:Annotation",
        "AnnotationPage": "as:OrderedCollectionPage",
        "SpecificResource": "oa:SpecificResource",
        "TextualBody": "oa:TextualBody",
        "TextPositionSelector": "oa:TextPositionSelector",
        "TextQuoteSelector": "oa:TextQuoteSelector",
        "body": {"@id": "oa:hasBody", **linked},
        "target": {"@id": "oa:hasTarget", **linked},
        "source": {"@id": "oa:hasSource", **linked},
        "selector": {"@id": "oa:hasSelector", **linked},
        "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
        "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
        "tagging": "oa:tagging",
        "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
        "value": "rdf:value",
        **{name: f"oa:{name}" for name in ("start", "end", "exact", "prefix", "suffix")},
    }

    def load(url: str, options: object) -> dict[str, object]:
        assert url == "http://www.w3.org/ns/anno.jsonld"
        return {"contextUrl": None, "documentUrl": url, "document": {"@context": context}}

    write(released, "web-annotation", tmp_path / "out")
    page = json.loads((tmp_path / "out" / "train.jsonld").read_text(encoding="utf-8"))
    [expanded] = jsonld.expand(page, {"documentLoader": load})
    items = expanded["http://www.w3.org/ns/activitystreams#items"][0]["@list"]
    article, layer = get_gold(released, "train")

    assert len(items) == len(list(layer.items))
    for item in items:
        selectors = item[f"{oa}hasTarget"][0][f"{oa}hasSelector"]
        place, quote = (
            next(s for s in selectors if s["@type"] == [f"{oa}Text{kind}Selector"])
            for kind in ("Position", "Quote")
        )
        start, end = place[f"{oa}start"][0]["@value"], place[f"{oa}end"][0]["@value"]
        assert article.text[start:end] == quote[f"{oa}exact"][0]["@value"]
    holders = "urn:stance-workbench:terms:holder"
    ids = {item["@id"] for item in items}
    assert sum(end["@id"] in ids for item in items for end in item.get(holders, ())) == 2


def test_xmi_loads_with_cassis_and_counts_in_utf_16(released: Project, tmp_path: Path) -> None:
    from cassis import load_cas_from_xmi, load_typesystem

    write(released, "xmi", tmp_path / "out")
    folder = tmp_path / "out" / "train"
    with (folder / "TypeSystem.xml").open("rb") as file:
        types = load_typesystem(file)
    with (folder / "train-1.xmi").open("rb") as file:
        cas = load_cas_from_xmi(file, typesystem=types)
    article, _ = get_gold(released, "train")

    [stance, _] = cas.select("webanno.custom.Stance")
    assert cas.sofa_string == article.text
    assert stance.get_covered_text() == "praised"
    assert [end.get_covered_text() for end in stance.holders.elements] == ["Mia Lund"]
    # An independent look at the file: its offsets count the emoji as two.
    root = Xml.fromstring((folder / "train-1.xmi").read_bytes())
    begins = {int(e.get("begin", -1)) for e in root.iter() if e.tag.endswith("NamedEntity")}
    assert article.text.index("Mia") == 2
    assert 3 in begins
    assert 2 not in begins


def test_structured_sentiment_has_the_form_of_the_task(released: Project, tmp_path: Path) -> None:
    done = write(released, "structured-sentiment", tmp_path / "out")
    texts = json.loads((tmp_path / "out" / "train.json").read_text(encoding="utf-8"))

    assert [len(text["opinions"]) for text in texts] == [1, 1]
    for text in texts:
        assert sorted(text) == ["opinions", "sent_id", "text"]
        for opinion in text["opinions"]:
            assert sorted(opinion) == [
                "Intensity",
                "Polar_expression",
                "Polarity",
                "Source",
                "Target",
            ]
            for part in ("Source", "Target", "Polar_expression"):
                for words, place in zip(*opinion[part], strict=True):
                    start, end = map(int, place.split(":"))
                    assert text["text"][start:end] == words
                    # The task's scorer leaves out what is no run of tokens between blanks.
                    assert f" {text['text']} "[start] == " "
                    assert f" {text['text']} "[end + 1] == " "
    assert texts[0]["opinions"][0]["Source"][0] == ["Mia Lund"]
    assert "the task can't say that it is denied" in {loss["reason"] for loss in done.losses}


def test_triples_are_a_table(released: Project, tmp_path: Path) -> None:
    done = write(released, "triples", tmp_path / "stances.csv")
    with (tmp_path / "stances.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]

    assert rows == [
        ("train-1", "train", "Mia Lund", "SUPPORT", "port deal"),
        ("train-1", "train", "Ola Berg", "OPPOSE", "tariff"),
        ("test-1", "test", "Ecuador", "SUPPORT", "Ghana"),
    ]
    assert done.carried["edges"] == 3
    assert done.files == ("stances.articles.jsonl", "stances.csv")


@pytest.mark.studio
def test_tasks_can_be_imported_into_label_studio_again(
    released: Project, tmp_path: Path, server: object
) -> None:
    write(released, "label-studio", tmp_path / "out")
    tasks = json.loads((tmp_path / "out" / "train.json").read_text(encoding="utf-8"))
    config = (tmp_path / "out" / "train.config.xml").read_text(encoding="utf-8")
    client = server._sdk  # type: ignore[attr-defined]
    made = client.projects.create(title="exported", label_config=config)
    try:
        client.projects.import_tasks(id=made.id, request=tasks)
        [task] = list(client.tasks.list(project=made.id, fields="all"))
        back = [{"data": task.data, "annotations": [dict(a) for a in task.annotations]}]
        path = tmp_path / "back.json"
        path.write_text(json.dumps(back, default=str), encoding="utf-8")
        from workbench.formats.label_studio import read_annotated

        [row] = list(read_annotated(path))
    finally:
        client.projects.delete(id=made.id)
    _, layer = get_gold(released, "train")

    assert row.problems == ()  # type: ignore[union-attr]
    assert row.layer.spans == layer.spans  # type: ignore[union-attr]
    assert row.layer.stances == layer.stances  # type: ignore[union-attr]
