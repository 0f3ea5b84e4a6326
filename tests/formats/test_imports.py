"""Outside gold in a fresh project: texts come along, splits stay, what does not fit is listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workbench.cli.app import app
from workbench.core.article import Article
from workbench.core.errors import SourceError
from workbench.core.layer import Layer
from workbench.core.span import Span
from workbench.exporting import export
from workbench.importing import Imported, import_layers
from workbench.project import Project, open_project
from workbench.releases.build import release
from workbench.store.articles import find_articles
from workbench.store.layers import find_layers
from workbench.training import train

CONLL = """-DOCSTART- -X- O O

Marta NNP B-NP B-PER
Lind NNP I-NP I-PER
did VBD B-VP O
n't RB I-VP O
meet VB I-VP O
the DT B-NP O
" " I-NP O
Council NNP I-NP B-ORG
" " O O
( ( O O
in IN B-PP O
Lisbon NNP B-NP B-LOC
) ) O O
. . O O

Norway NNP B-NP B-LOC
praised VBD B-VP O
{extra}

-DOCSTART- -X- O O

Oslo NNP B-NP B-LOC
answered VBD B-VP O
Marta NNP B-NP B-PER
Lind NNP I-NP I-PER
. . O O
"""


def take(project: Project, path: Path, name: str, **options: object) -> Imported:
    return import_layers(project, path, format=name, as_="gold", **options)  # type: ignore[arg-type]


def get_rows(project: Project) -> list[tuple[Article, Layer]]:
    with project.store() as connection:
        articles = {article.id: article for article in find_articles(connection)}
        return [(articles[x.article_id], x) for x in find_layers(connection, kind="gold")]


def get_words(article: Article, layer: Layer) -> list[tuple[str, str]]:
    return [(article.text[s.start : s.end], s.label) for s in layer.spans]


def write_json(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def write_outside_gold(name: str, folder: Path) -> Path:
    """Write the same two sentences as one of the formats has them."""
    rows = [("Marta Lind left Oslo at noon.", [(0, 10, "PER"), (16, 20, "LOC")])]
    rows.append(("The Port Union met in Lima.", [(4, 14, "ORG"), (22, 26, "LOC")]))
    if name == "conll":
        path = folder / "news.conll"
        path.write_text(CONLL.format(extra=""), encoding="utf-8")
    elif name == "docbin":
        import spacy
        from spacy.tokens import DocBin

        path, docs = folder / "news.spacy", DocBin()
        for text, spans in rows:
            doc = spacy.blank("en")(text)
            doc.set_ents([doc.char_span(*span[:2], label=span[2]) for span in spans])
            docs.add(doc)
        docs.to_disk(path)
    elif name == "brat":
        path = folder / "brat"
        path.mkdir()
        for number, (text, spans) in enumerate(rows):
            lines = [
                f"T{i}\t{label} {start} {end}\t{text[start:end]}\n"
                for i, (start, end, label) in enumerate(spans, start=1)
            ]
            (path / f"{number}.txt").write_text(text, encoding="utf-8")
            (path / f"{number}.ann").write_text("".join(lines), encoding="utf-8")
    elif name == "jsonl-text":
        path = folder / "news.jsonl"
        lines = [json.dumps({"text": text, "label": spans}) for text, spans in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        value = [{"text": text, "entities": spans, "relations": []} for text, spans in rows]
        path = write_json(folder / "news.json", value)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["conll", "docbin", "brat", "jsonl-text", "entity-relations"])
def test_outside_gold_is_released_and_learnt_in_a_fresh_project(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_outside_gold(name, tmp_path)
    runner = CliRunner()
    for words in (
        ["init", str(tmp_path / "x")],
        ["import", str(path), "--format", name, "--as", "gold", "--split", "train"],
        ["release", "0.1.0"],
        ["train", "0.1.0", "--steps", "5"],
        ["export", "0.1.0", "--format", "conll", "--out", str(tmp_path / "out")],
    ):
        done = runner.invoke(app, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        if words[0] == "init":
            monkeypatch.chdir(tmp_path / "x")

    assert "not carried" in done.output
    assert list((tmp_path / "x" / "models").iterdir())
    assert open_project().releases.joinpath("0.1.0", "gold.jsonl").is_file()


def test_columns_become_running_text_with_a_map_back(
    empty_project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "news.conll"
    path.write_text(CONLL.format(extra=""), encoding="utf-8")

    done = take(empty_project, path, "conll", split="train")
    rows = {article.text: (article, layer) for article, layer in get_rows(empty_project)}

    first = 'Marta Lind didn\'t meet the "Council" (in Lisbon).\nNorway praised'
    assert set(rows) == {first, "Oslo answered Marta Lind."}
    article, layer = rows[first]
    tokens = [first[start:end] for start, end in article.meta["tokens"]]
    assert tokens[:9] == ["Marta", "Lind", "did", "n't", "meet", "the", '"', "Council", '"']
    assert get_words(article, layer)[0] == ("Marta Lind", "PERSON")
    assert layer.passages[0].asked == ("LOC", "ORG", "PERSON")
    assert (article.split, bool(article.rights)) == ("train", True)
    assert {(row.name, row.label, row.how) for row in done.labels} == {
        ("PER", "PERSON", "mapped"),
        ("ORG", "ORG", "same"),
        ("LOC", "LOC", "same"),
    }


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-PER I-PER O B-ORG", ["a b", "d"]),
        ("I-PER I-PER I-ORG O", ["a b", "c"]),
        ("I-PER B-PER O O", ["a", "b"]),
        ("B-PER E-PER S-ORG O", ["a b", "c"]),
        ("B-PER L-PER U-ORG U-ORG", ["a b", "c", "d"]),
        ("person-actor person-actor O art-film", ["a b", "d"]),
    ],
)
def test_every_kind_of_tag_is_read(
    tags: str, expected: list[str], empty_project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "tags.txt"
    lines = zip("abcd", tags.split(), strict=True)
    path.write_text("".join(f"{word}\t{tag}\n" for word, tag in lines), encoding="utf-8")

    take(empty_project, path, "conll", split="train")
    [(article, layer)] = get_rows(empty_project)

    assert [words for words, _ in get_words(article, layer)] == expected


def test_broken_lines_are_quarantined_and_the_rest_goes_in(
    empty_project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "news.conll"
    path.write_text(CONLL.format(extra="alone\nword NN B-NP nonsense"), encoding="utf-8")

    done = take(empty_project, path, "conll", split="train")

    assert len(done.layers) == 2
    [(_, reason)] = done.quarantined
    assert "it has no column of tags" in reason
    assert "'nonsense' is no BIO tag" in reason


def test_published_splits_are_kept(empty_project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, word in (("train.txt", "Ada"), ("valid.txt", "Ben"), ("eng.testb.txt", "Cy")):
        (folder / name).write_text(f"{word} B-PER\nspoke O\n", encoding="utf-8")

    take(empty_project, folder, "conll")
    cut = release(empty_project, "0.1.0")

    assert {a.text: cut.splits[a.id] for a in cut.articles} == {
        "Ada spoke": "train",
        "Ben spoke": "dev",
        "Cy spoke": "test",
    }


def test_labels_without_a_counterpart_are_added_before_anybody_works_by_the_scheme(
    empty_project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "x.txt"
    path.write_text("Jazz B-musicgenre\nand O\nAda B-PER\n", encoding="utf-8")

    done = take(empty_project, path, "conll", split="train")
    again = Project(empty_project.root, empty_project.settings, {}, empty_project.clock)

    assert [(r.name, r.label, r.how) for r in done.labels] == [
        ("PER", "PERSON", "mapped"),
        ("musicgenre", "MUSICGENRE", "added to the scheme"),
    ]
    assert again.scheme.kinds["MUSICGENRE"] == "entity"
    # From now on somebody works by it, so that nothing is added unasked.
    path.write_text("Oats B-crop\nare O\nBo B-PER\n", encoding="utf-8")
    left = take(again, path, "conll", split="train")
    assert [(r.name, r.how) for r in left.labels] == [("PER", "mapped"), ("crop", "left out")]
    assert "its label is left out" in left.quarantined[0][1]
    assert [s.label for s in left.layers[0].spans] == ["PERSON"]
    path.write_text("Rye B-crop\nis O\nCy B-PER\n", encoding="utf-8")
    assert take(again, path, "conll", split="train", new_labels=True).quarantined == ()
    # What came in before stands under the scheme that only adds labels, and is released with it.
    cut = release(again, "0.1.0")
    assert len(cut.gold) == 3
    assert {layer.scheme for layer in cut.gold} == {again.scheme.hash}
    assert sum("CROP" in layer.passages[0].asked for layer in cut.gold) == 1


def test_a_stated_mapping_says_it_all(empty_project: Project, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("Ada B-PER\nand O\nBo B-ORG\n", encoding="utf-8")
    table = tmp_path / "map.toml"
    table.write_text('[labels]\nPER = "ROLE"\nORG = ""\n', encoding="utf-8")

    done = take(empty_project, path, "conll", split="train", mapping=table)

    assert [s.label for s in done.layers[0].spans] == ["ROLE"]
    table.write_text('[labels]\nPER = "NOPE"\n', encoding="utf-8")
    with pytest.raises(SourceError, match="names NOPE, which the scheme lacks"):
        take(empty_project, path, "conll", split="train", mapping=table)


def test_a_docbin_of_spacy_brings_its_texts(empty_project: Project, tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin

    nlp = spacy.blank("en")
    doc = nlp("Ada Lund thanked Lima.\n")
    doc.set_ents([doc.char_span(0, 8, label="PERSON")])
    doc.spans["sc"] = [doc.char_span(17, 21, label="GPE")]
    DocBin(docs=[doc]).to_disk(tmp_path / "train.spacy")

    take(empty_project, tmp_path / "train.spacy", "docbin")
    [(article, layer)] = get_rows(empty_project)

    assert get_words(article, layer) == [("Ada Lund", "PERSON"), ("Lima", "GPE")]
    assert article.split == "train"


def test_brat_files_of_others_are_read_and_the_rest_listed(
    empty_project: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "brat"
    (folder / "train").mkdir(parents=True)
    text = "Ada Lund praised the\nport deal of Lima."
    (folder / "train" / "one.txt").write_text(text, encoding="utf-8")
    lines = [
        "T1\tPerson 0 8\tAda Lund",
        "T2\tSUPPORT 9 16\tpraised",
        "T3\tAGREEMENT 21 30\tport deal",
        "T4\tGPE 34 38\tLima",
        "T5\tGPE 33 38\tLima",
        "T6\tORG 0 3;34 38\tAda Lima",
        "E1\tSUPPORT:T2 Source:T1 Target:T3",
        "R1\tpositive Arg1:T1 Arg2:T4",
        "R2\tpart-of Arg1:T3 Arg2:T4",
        "R3\tpositive Arg1:T1 Arg2:T99",
        "#1\tAnnotatorNotes T1\tunsure",
    ]
    (folder / "train" / "one.ann").write_text("\n".join(lines), encoding="utf-8")
    (folder / "train" / "two.txt").write_text("Nothing here.", encoding="utf-8")

    done = take(empty_project, folder, "brat")
    [(article, layer)] = get_rows(empty_project)

    assert {("Ada Lund", "PERSON"), ("port deal", "AGREEMENT"), ("Lima", "GPE")} <= {
        *get_words(article, layer)
    }
    [stance] = layer.stances
    assert [article.text[s.start : s.end] for s in stance.holders] == ["Ada Lund"]
    assert [(e.holder, e.polarity, e.target) for e in layer.edges] == [
        ("Ada Lund", "SUPPORT", "Lima")
    ]
    reasons = " ".join(reason for _, reason in done.quarantined)
    assert "two.ann: it has no .ann file" in reasons
    assert "its offsets read ' Lima', not 'Lima'" in reasons


def test_jsonl_with_text_keeps_offsets_over_windows_line_breaks(
    empty_project: Project, tmp_path: Path
) -> None:
    rows = [
        {"text": "Ada\r\nspoke to Bo.", "entities": [[0, 3, "PERSON"], [14, 16, "PERSON"]]},
        {"content": "Cy left.", "spans": [{"start_offset": 0, "end_offset": 2, "type": "PER"}]},
        {"text": "Di sat.", "label": [[0, 99, "PERSON"], [3, 6, "PERSON"]], "split": "dev"},
        {"text": "Eve ran.", "spans": [{"start": 1, "end": 4, "label": "PER", "text": "Eve"}]},
        {"nothing": 1},
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    done = take(empty_project, path, "jsonl-text")
    found = {a.text: get_words(a, layer) for a, layer in get_rows(empty_project)}

    assert found["Ada\nspoke to Bo."] == [("Ada", "PERSON"), ("Bo", "PERSON")]
    assert found["Cy left."] == [("Cy", "PERSON")]
    assert found["Di sat."] == [("sat", "PERSON")]
    assert found["Eve ran."] == []
    reasons = [reason for _, reason in done.quarantined]
    assert any("line 5: it has no text" in reason for reason in reasons)
    assert any("0..99 does not fit a text of 7 characters" in reason for reason in reasons)
    assert any("not 'Eve'; it stands before them by one" in reason for reason in reasons)


def test_triples_become_edges_that_are_aligned_where_their_names_stand(
    empty_project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "sentence,source,polarity,target\n"
        "Ada thanked the Port Union. Ada left.,Ada,positive,Port Union\n"
        "Ada thanked the Port Union. Ada left.,Author,-1,Lima\n"
        "Bo left.,Bo,sideways,Lima\n",
        encoding="utf-8",
    )

    done = take(empty_project, path, "triples", split="train")
    rows = {article.text: (article, layer) for article, layer in get_rows(empty_project)}
    article, layer = rows["Ada thanked the Port Union. Ada left."]

    assert [(e.holder, e.polarity, e.target) for e in layer.edges] == [
        ("AUTHOR", "OPPOSE", "Lima"),
        ("Ada", "SUPPORT", "Port Union"),
    ]
    assert {c.name: len(c.mentions) for c in layer.clusters} == {"Ada": 2, "Port Union": 1}
    # What has no offsets was not asked of the text's words: nothing there is a negative.
    assert layer.passages[0].asked == ()
    assert (done.edges, done.unaligned) == (2, ("Lima",))
    assert "a known polarity" in done.quarantined[0][1]
    assert article.split == "train"


def test_triples_of_whole_articles_in_json(empty_project: Project, tmp_path: Path) -> None:
    value = [{"text": "Ada met Bo.", "triples": [["Ada", "neutral", "Bo"], ["Ada", "Bo", "for"]]}]

    take(empty_project, write_json(tmp_path / "x.json", value), "triples", split="train")
    [(_, layer)] = get_rows(empty_project)

    assert {e.polarity for e in layer.edges} == {"NEUTRAL", "SUPPORT"}


def test_entities_and_relations_off_by_one_are_quarantined(
    empty_project: Project, tmp_path: Path
) -> None:
    value = {
        "documents": [
            {
                "text": "Ada Lund praised Lima and Oslo.",
                "entities": [
                    {"id": 1, "start": 0, "end": 8, "type": "PER", "text": "Ada Lund"},
                    {"id": 2, "start": 17, "end": 21, "type": "GPE", "text": "Lima"},
                    {"id": 3, "start": 25, "end": 29, "type": "GPE", "text": "Oslo"},
                    {"id": 4, "start": 4, "end": 8, "type": "PER"},
                ],
                "relations": [
                    {"head": 1, "tail": 2, "type": "positive", "cue": [9, 16]},
                    {"head": 4, "tail": 2, "type": "negative"},
                    {"head": 1, "tail": 3, "type": "positive"},
                    {"head": 1, "tail": 2, "type": "visits"},
                ],
            }
        ]
    }

    path = write_json(tmp_path / "x.json", value)
    done = take(empty_project, path, "entity-relations", split="train")
    [(article, layer)] = get_rows(empty_project)

    assert get_words(article, layer) == [
        ("Ada Lund", "PERSON"),
        ("Lund", "PERSON"),
        ("Lima", "GPE"),
    ]
    [stance] = layer.stances
    assert (stance.cue, stance.polarity) == (((9, 16),), "SUPPORT")
    assert stance.holders == (Span(0, 8, "PERSON"),)
    assert [(e.holder, e.polarity, e.target) for e in layer.edges] == [("Lund", "OPPOSE", "Lima")]
    [(_, reason)] = done.quarantined
    assert "reads ' Osl', not 'Oslo'; it stands after them by one" in reason
    assert "one of its ends is no entity that was taken in" in reason


def test_the_same_text_annotated_in_two_ways_is_no_gold(
    empty_project: Project, tmp_path: Path
) -> None:
    rows = [
        {"text": "Ada left.", "spans": [[0, 3, "PERSON"]]},
        {"text": "Ada left.", "spans": [[0, 3, "ORG"]]},
        {"text": "Bo left.", "spans": [[0, 2, "PERSON"]]},
        {"text": "Bo left.", "spans": [[0, 2, "PERSON"]]},
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    done = take(empty_project, path, "jsonl-text", split="train")

    assert [article.text for article, _ in get_rows(empty_project)] == ["Bo left."]
    assert "annotated differently" in done.quarantined[0][1]


def test_importing_again_changes_nothing(empty_project: Project, tmp_path: Path) -> None:
    path = tmp_path / "news.conll"
    path.write_text(CONLL.format(extra=""), encoding="utf-8")

    take(empty_project, path, "conll", split="train")
    first = release(empty_project, "0.1.0")
    again = take(empty_project, path, "conll", split="train")

    assert again.articles == 0
    assert release(empty_project, "0.1.0") == first


def test_training_learns_from_what_was_imported(empty_project: Project, tmp_path: Path) -> None:
    path = tmp_path / "news.conll"
    path.write_text(CONLL.format(extra=""), encoding="utf-8")
    take(empty_project, path, "conll", split="train")
    release(empty_project, "0.1.0")

    model = train(empty_project, "0.1.0", trainers=["entities"], steps=2, progress=False)

    assert model.learnt["entities"]["labels"] == ["LOC", "ORG", "PERSON"]


def test_a_text_stays_in_the_split_that_it_came_in_with(
    empty_project: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    same = {"text": "Ada left.", "spans": [[0, 3, "PERSON"]]}
    other = {"text": "Bo left the old port.", "spans": [[0, 2, "PERSON"]]}
    again = {"text": "Bo left the old port.", "spans": []}
    (folder / "test.jsonl").write_text(json.dumps(same), encoding="utf-8")
    (folder / "train.1.jsonl").write_text(json.dumps(other), encoding="utf-8")
    (folder / "train.2.jsonl").write_text(
        "\n".join(map(json.dumps, [same, again])), encoding="utf-8"
    )

    done = take(empty_project, folder, "jsonl-text")

    assert {a.text: (a.split, len(layer.spans)) for a, layer in get_rows(empty_project)} == {
        "Ada left.": ("test", 1),
        "Bo left the old port.": ("train", 1),
    }
    assert [reason for _, reason in done.quarantined] == [
        "train.2.jsonl: the same text is in the split test already; it stays there alone",
        "train.2.jsonl: another file has the same text annotated differently",
    ]


def test_gold_of_elsewhere_can_come_in_as_somebodys_work(
    empty_project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "news.conll"
    path.write_text(CONLL.format(extra=""), encoding="utf-8")
    take(empty_project, path, "conll", split="train")
    release(empty_project, "0.1.0")
    out = tmp_path / "gold.parquet"
    export(empty_project, "0.1.0", "parquet", out, progress=False)

    done = import_layers(empty_project, out, format="parquet", as_="annotation")

    assert {layer.author for layer in done.layers} == {"import:gold"}
    assert all(layer.verdicts == {} for layer in done.layers)
    assert done.articles == 0


def test_the_alignment_report_is_there_for_machines(empty_project: Project, tmp_path: Path) -> None:
    value = [
        {
            "text": "Ada Lund praised Lima.",
            "entities": [{"id": 1, "start": 0, "end": 8, "type": "PER"}],
            "relations": [
                {"head": 1, "tail": {"start": 17, "end": 21}, "type": "for", "cue": [9, 16]}
            ],
        }
    ]
    path = write_json(tmp_path / "x.json", value)
    take(empty_project, path, "entity-relations", split="train")
    release(empty_project, "0.1.0")

    words = ["export", "0.1.0", "--format", "conll", "--out", str(tmp_path / "out"), "--json"]
    done = CliRunner().invoke(app, [*words, "-C", str(empty_project.root)])
    record = json.loads(done.stdout)

    assert done.exit_code == 0
    assert record["files"] == ["out/train.articles.jsonl", "out/train.conll"]
    assert record["alignment"]["held"]["stances"] == 1
    assert record["alignment"]["carried"] == {
        "articles": 1,
        "spans": 1,
        "quotes": 0,
        "stances": 0,
        "clusters": 0,
        "edges": 0,
    }
    losses = {(loss["what"], loss["reason"]): loss for loss in record["alignment"]["losses"]}
    stance = losses["stance", "the format holds entities alone"]
    assert stance["n"] == 1
    assert stance["items"][0].startswith("stance:")
    assert losses["span", "a MENTION is no entity"]["n"] == 1
