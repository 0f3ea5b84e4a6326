"""What comes from outside reaches nothing but what it is about, and runs nowhere."""

from __future__ import annotations

import csv
import json
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.adapters.markup import parse_markup
from workbench.core.article import Article
from workbench.core.cluster import Edge
from workbench.core.errors import SettingsError, SourceError
from workbench.core.layer import Layer
from workbench.core.span import Span
from workbench.exchange.annotated import make_layer
from workbench.exchange.archives import unpacked
from workbench.exchange.cells import guard_cell, read_cell
from workbench.exchange.file_names import make_file_name
from workbench.exchange.strict_json import parse_json
from workbench.exporting import export
from workbench.formats import brat, conll, triples, xmi
from workbench.importing import import_layers
from workbench.project import Project
from workbench.releases.build import release

NAMES = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "C:\\Windows\\x",
    "\\\\server\\share",
    "CON",
    "nul.txt",
    "com1",
    "LPT9.tar.gz",
    "ends.",
    "ends ",
    "a/b",
    "a\x00b",
    "x" * 300,
    "∕etc∕passwd",
    "～/x",
    "a\nb",
    ".hidden",
    "-rf",
    "",
]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1", "'=1", "''", "plain", ""]
RESERVED = {"con", "prn", "aux", "nul", *(f"{x}{i}" for x in ("com", "lpt") for i in range(10))}


@given(st.sampled_from(NAMES) | st.text(max_size=40))
def test_a_file_name_is_one_plain_file_on_any_system(name: str) -> None:
    made = make_file_name(name)

    assert 0 < len(made) <= 110
    assert not set(made) & set('/\\:*?"<>|\x00\n\r\t ')
    assert made.isascii()
    assert made == made.lower()
    assert not made.startswith((".", "-"))
    assert not made.endswith(".")
    assert made.split(".")[0] not in RESERVED


@given(st.lists(st.sampled_from(NAMES) | st.text(max_size=10), unique=True, max_size=20))
def test_different_names_are_different_files(names: list[str]) -> None:
    assert len({make_file_name(name) for name in names}) == len(names)


@given(st.sampled_from(FORMULAS) | st.text(max_size=20))
def test_a_cell_is_no_formula_and_comes_back(value: str) -> None:
    guarded = guard_cell(value)

    assert read_cell(guarded) == value
    assert not guarded.lstrip(" \u00a0\u200b").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "@x", "-2", "+3"])
def test_no_cell_of_an_exported_table_is_a_formula(
    name: str, empty_project: Project, tmp_path: Path
) -> None:
    article = Article(f"={name}", "A text.", split="train")
    rows = [(article, make_layer(article, edges=[Edge(name, "SUPPORT", name)]))]
    triples.write_annotated(rows, tmp_path / "x.csv", empty_project.scheme)
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]

    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in cells)
    [row] = list(triples.read_annotated(tmp_path / "x.csv"))
    assert row.layer.edges == rows[0][1].edges  # type: ignore[union-attr]


@pytest.mark.parametrize("module", [brat, xmi])
def test_ids_of_articles_lead_nowhere(
    module: object, empty_project: Project, tmp_path: Path
) -> None:
    rows = []
    for number, name in enumerate(NAMES):
        article = Article(name, f"Ada left {number} times.")
        rows.append((article, make_layer(article, spans=[Span(0, 3, "PERSON")])))
    out = tmp_path / "deep" / "train"
    out.parent.mkdir()
    module.write_annotated(rows, out, empty_project.scheme)  # type: ignore[attr-defined]

    everything = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.parent == out for path in everything if "deep" in path.parts)
    found = list(module.read_annotated(out))  # type: ignore[attr-defined]
    assert {row.article.id for row in found} == set(NAMES)


def make_zip(path: Path, members: dict[str, bytes], mode: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, data)
    return path


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "..\\evil.txt", "C:\\evil.txt"]
)
def test_a_member_outside_its_archive_stops_the_import(name: str, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"ok.txt": b"fine", name: b"evil"})

    with pytest.raises(SourceError, match="would not lie inside"), unpacked(path):
        pass
    assert [p.name for p in tmp_path.rglob("*")] == ["x.zip"]


def test_a_link_in_an_archive_stops_the_import(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"link.txt": b"/etc/passwd"}, stat.S_IFLNK | 0o777)

    with pytest.raises(SourceError, match="would not lie inside"), unpacked(path):
        pass


def test_a_bomb_stops_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.exchange.archives._MOST_BYTES", 1_000_000)
    path = make_zip(tmp_path / "x.zip", {f"{i}.txt": b"0" * 400_000 for i in range(5)})

    with pytest.raises(SourceError, match="unpacks to more than"), unpacked(path):
        pass


def test_an_archive_of_brat_files_goes_in(empty_project: Project, tmp_path: Path) -> None:
    members = {"train/a.txt": b"Ada left.", "train/a.ann": b"T1\tPERSON 0 3\tAda\n"}
    path = make_zip(tmp_path / "corpus.zip", members)

    done = import_layers(empty_project, path, format="brat", as_="gold")

    assert [span.label for span in done.layers[0].spans] == ["PERSON"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 10_000 + "]" * 10_000, "nested too deeply"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested too deeply"),
        ("[" * 500 + "]" * 500, "nested too deeply"),
        ('"\\ud800"', "lone surrogate"),
        ('{"\\udfff": 1}', "lone surrogate"),
        ("[NaN]", "NaN is no number"),
        ("[1e999, -Infinity]", "-Infinity is no number"),
        ("[" + "9" * 5_000 + "]", "it is no JSON"),
        ("", "it is no JSON"),
    ],
)
def test_json_that_nothing_can_hold_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        parse_json(text)


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse_json('"\\ud83d\\udca9 \\\\ud800"') == "💩 \\ud800"


@pytest.mark.parametrize("name", ["jsonl-text", "entity-relations", "triples", "label_studio"])
def test_hostile_json_is_listed_and_nothing_breaks(
    name: str, empty_project: Project, tmp_path: Path
) -> None:
    path = tmp_path / ("x.jsonl" if name == "jsonl-text" else "x.json")
    for text in ("[" * 10_000, '[{"text": "\\ud800"}]', '{"text": "a\\u0000b", "entities": []}'):
        path.write_text(text, encoding="utf-8")
        try:
            done = import_layers(empty_project, path, format=name, as_="gold")
        except SourceError:
            continue
        assert done.layers == ()
        assert done.quarantined


def test_a_text_that_xml_cannot_hold_is_left_out_with_its_reason() -> None:
    article = Article("a", "Ada\x0cleft.")
    carried = xmi.carry(article, make_layer(article, spans=[Span(0, 3, "PERSON")]))

    assert carried.layer is None
    assert "XML can't hold the character U+000C" in carried.losses[0].reason


def test_entities_of_xml_are_not_resolved(empty_project: Project, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    article = Article("a", "Ada left.")
    out = tmp_path / "out"
    xmi.write_annotated([(article, make_layer(article))], out, empty_project.scheme)
    [file] = out.glob("*.xmi")
    evil = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    head, _, rest = file.read_text(encoding="utf-8").partition("?>")
    body = rest.replace("Ada left.", "Ada &e; left.")
    file.write_text(f"{head}?>{evil}{body}", encoding="utf-8")

    [found] = list(xmi.read_annotated(out))

    assert isinstance(found, SourceError)
    assert "secret" not in str(found)


def test_markup_in_texts_stays_text(empty_project: Project, tmp_path: Path) -> None:
    text = '<script>alert(1)</script> & "quotes" ]]> Ada'
    article = Article("a", text)
    layer = make_layer(article, spans=[Span(len(text) - 3, len(text), "PERSON")])
    xmi.write_annotated([(article, layer)], tmp_path / "out", empty_project.scheme)
    [file] = (tmp_path / "out").glob("*.xmi")

    assert "<script>" not in file.read_text(encoding="utf-8")


def test_a_line_of_the_text_is_no_line_of_columns(empty_project: Project, tmp_path: Path) -> None:
    text = "-DOCSTART- -X- O\n\nAda\tB-PER # x"
    article = Article("a", text)
    layer = make_layer(article, spans=[Span(18, 21, "PERSON"), Span(0, 10, "ORG")])
    conll.write_annotated([(article, layer)], tmp_path / "x.conll", empty_project.scheme)

    [row] = list(conll.read_annotated(tmp_path / "x.conll"))

    assert row.layer == layer  # type: ignore[union-attr]


@pytest.fixture
def released(empty_project: Project, tiny_gold: dict[str, Layer], tmp_path: Path) -> Project:
    path = tmp_path / "g.jsonl"
    text, _ = parse_markup("Ada left.")
    path.write_text(json.dumps({"text": text, "spans": [[0, 3, "PERSON"]]}), encoding="utf-8")
    import_layers(empty_project, path, format="jsonl-text", as_="gold", split="train")
    release(empty_project, "0.1.0")
    return empty_project


def test_an_export_replaces_nothing_and_can_be_repeated(released: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = export(released, "0.1.0", "brat", out, progress=False)
    assert export(released, "0.1.0", "brat", out, progress=False) == first

    (out / "train" / "annotation.conf").write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match="is there already with other content"):
        export(released, "0.1.0", "brat", out, progress=False)
    assert (out / "train" / "annotation.conf").read_text(encoding="utf-8") == "mine"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_an_export_stays_out_of_releases_and_links(released: Project, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="lies among the releases"):
        export(released, "0.1.0", "brat", released.releases / "0.1.0" / "x", progress=False)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="is a link"):
        export(released, "0.1.0", "brat", tmp_path / "link", progress=False)
    with pytest.raises(SettingsError, match="can't be written; there are brat, conll"):
        export(released, "0.1.0", "markup", tmp_path / "out", progress=False)


@pytest.mark.parametrize("name", ["jsonl", "conll", "label_studio", "parquet", "brat"])
def test_a_place_of_another_kind_is_one_sentence(
    name: str, empty_project: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    with pytest.raises(SourceError):
        import_layers(empty_project, folder, format=name, as_="gold")
