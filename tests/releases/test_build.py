from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text

import workbench as wb
from workbench.adapters.records import read_decision, read_layer
from workbench.core.errors import ReleaseError, RoundError
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.core.policy import Policy
from workbench.gold.decisions import decide
from workbench.project import Project
from workbench.releases.files import parse_lines, read_folder
from workbench.store.adjudications import StoredProbe, add_probes
from workbench.store.quarantine import add_quarantine

FILES = {
    "articles.jsonl", "gold.jsonl", "splits.json", "layers.jsonl", "votes.jsonl",
    "contested.jsonl", "decisions.jsonl", "lineage.jsonl", "agreement.json", "changes.json",
    "README.md", "DATASHEET.md", "croissant.json", "prov.json", "lines.json", "manifest.json",
}  # fmt: skip


def read(project: Project, version: str = "0.1.0") -> dict[str, bytes]:
    return read_folder(project.releases / version)


def test_a_release_holds_everything_and_is_built_again(settled: Project) -> None:
    release = wb.release(settled, "0.1.0")
    files = read(settled)

    assert set(files) == FILES
    assert wb.verify(settled, "0.1.0", rebuild=True).problems == ()
    assert wb.release(settled, "0.1.0").manifest == release.manifest
    assert set(release.manifest["files"]) == FILES - {"manifest.json"}  # type: ignore[arg-type, call-overload]


def test_nobody_is_named(settled: Project) -> None:
    wb.release(settled, "0.1.0")

    for name, data in read(settled).items():
        for person in (b"person:ana", b"person:ben", b"person:eva"):
            assert person not in data, name
    layers = [read_layer(row) for row in parse_lines(read(settled)["layers.jsonl"])]
    assert {layer.author for layer in layers} == {"person:p1", "person:p2"}
    assert len(layers) == 6


def test_whoever_comes_later_gets_the_next_number(
    settled: Project, annotate: Callable[..., None], right: dict[str, Layer]
) -> None:
    before = wb.release(settled, "0.1.0").manifest["authors"]
    annotate("person:aaron", right["oslo"], name="s")
    wb.adjudicate(settled, "s", policy="single")
    after = wb.release(settled, "0.2.0").manifest["authors"]

    assert before == ["person:p1", "person:p2"]
    assert after == ["person:p1", "person:p2", "person:p4"]  # p3 decided


def test_votes_contested_decisions_and_lineage_fit_together(settled: Project) -> None:
    release = wb.release(settled, "0.1.0")
    files = {name: parse_lines(data) for name, data in read(settled).items() if name[-1] == "l"}
    gold = {identify(x.text_sha256, i) for x in release.gold for i in x.items}

    assert {row["item"] for row in files["lineage.jsonl"]} == gold
    assert all(row["ok"] for row in files["lineage.jsonl"])
    assert {row["item"] for row in files["votes.jsonl"]} == gold
    (contested,) = files["contested.jsonl"]
    assert contested["kind"] == "polarity"
    assert [r["authors"] for r in contested["readings"]] == [["person:p1"], ["person:p2"]]
    (decision,) = map(read_decision, files["decisions.jsonl"])
    assert (decision.action, decision.author) == ("contested", "person:p3")
    assert decision.conflict == contested["conflict"]
    row = next(r for r in files["votes.jsonl"] if r["item"] == contested["item"])
    assert row["contested"] is True
    assert set(row["readings"]) == {"person:p1", "person:p2"}
    agreement = json.loads(read(settled)["agreement.json"])
    assert agreement["rounds"]["r"]["articles"] == 3


def test_a_release_is_refused_with_the_whole_list(
    settled: Project, annotate: Callable[..., None], right: dict[str, Layer]
) -> None:
    item = next(iter(right["oslo"].items))
    probe = StoredProbe(
        "r",
        "oslo",
        identify(right["oslo"].text_sha256, item),
        "label",
        "x",
        {"start": 0, "end": 1},
        None,
    )
    with settled.store() as connection:
        add_quarantine(connection, {}, reason="it is broken", source="somewhere", at="t")
        add_probes(connection, [probe], at="t")
        connection.execute(
            text("UPDATE articles SET record = replace(record, 'CC0-1.0', '') WHERE id = 'lima'")
        )
    first, *rest = right["cairo"].stances
    annotate(
        "person:ben", replace(right["cairo"], stances=(replace(first, status="denied"), *rest))
    )

    with pytest.raises(ReleaseError) as caught:
        wb.release(settled, "0.1.0")

    told = caught.value.problems
    for words in ("open conflicts: conflict:", "status in cairo", "is a probe", "it is broken",
                  "no statement of rights: lima"):  # fmt: skip
        assert any(words in problem for problem in told), words
    assert not (settled.releases / "0.1.0").exists()


def test_the_projects_rights_hold_where_an_article_states_none(settled: Project) -> None:
    with settled.store() as connection:
        connection.execute(text("UPDATE articles SET record = replace(record, 'CC0-1.0', '')"))
    with pytest.raises(ReleaseError, match=r"no statement of rights: cairo, lima, oslo"):
        wb.release(settled, "0.1.0")
    stated = replace(settled, settings={"project": {"rights": "CC-BY-4.0"}})

    release = wb.release(stated, "0.1.0")

    assert {article.rights for article in release.articles} == {"CC-BY-4.0"}
    assert wb.verify(settled, "0.1.0", rebuild=True).problems == ()


def test_gold_that_is_older_than_a_decision_is_refused(settled: Project) -> None:
    unit = wb.adjudicate(settled, "r").agreed[0]
    decide(settled, unit, "reject")

    with pytest.raises(ReleaseError, match="newer than its gold"):
        wb.release(settled, "0.1.0")


def test_an_untouched_probe_never_reaches_a_release(
    project: Project,
    annotate: Callable[..., None],
    right: dict[str, Layer],
    draft: Callable[[str], Layer],
) -> None:
    drafts = wb.seed_probes(project, "r", [draft("lima"), draft("cairo")], rate=1.0)
    for layer in drafts:
        for author in ("person:ana", "person:ben"):
            annotate(author, layer, shown=layer)
    outcome = wb.adjudicate(project, "r", policy=Policy("majority", audit=0.0))
    probes = [c for c in outcome.conflicts if c.kind == "probe"]
    assert len(probes) >= 2

    for conflict in probes:
        with pytest.raises(RoundError, match="is a probe"):
            decide(project, conflict, "accept", item=1)
        decide(project, conflict, "reject")
    while wb.adjudicate(project, "r").conflicts:
        for conflict in wb.adjudicate(project, "r").conflicts:
            decide(project, conflict, "reject")
    release = wb.release(project, "0.1.0")

    ids = {identify(c.text_sha256, c.candidates[0].item) for c in probes}
    assert not ids & {identify(x.text_sha256, i) for x in release.gold for i in x.items}
    layers = [read_layer(row) for row in parse_lines(read(project)["layers.jsonl"])]
    assert not ids & {identify(x.text_sha256, i) for x in layers for i in x.items}
    rates = wb.measure_probes(project, "r").rates["author"]
    assert [(rate.name, rate.caught) for rate in rates] == [("person:ana", 0), ("person:ben", 0)]


def test_rounds_are_chosen(
    settled: Project, annotate: Callable[..., None], right: dict[str, Layer]
) -> None:
    annotate("person:ana", right["oslo"], name="s")
    wb.adjudicate(settled, "s", policy="single")

    assert len(wb.release(settled, "0.1.0", rounds=["s"]).gold) == 1
    assert wb.verify(settled, "0.1.0", rebuild=True).problems == ()
    assert wb.release(settled, "0.2.0").manifest["rounds"] == ["r", "s"]
    with pytest.raises(ReleaseError, match="no gold of t"):
        wb.release(settled, "0.3.0", rounds=["t"])


def test_the_difference_to_the_release_before(settled: Project) -> None:
    wb.release(settled, "0.1.0")
    unit = next(
        u for u in wb.adjudicate(settled, "r").agreed if u.candidates[0].item.offsets[0] == 0
    )
    decide(settled, unit, "reject")
    wb.adjudicate(settled, "r")
    wb.release(settled, "0.1.1")

    first, second = (json.loads(read(settled, v)["changes.json"]) for v in ("0.1.0", "0.1.1"))

    assert (first["previous"], first["suggested"]) == (None, None)
    assert (second["previous"], second["suggested"]) == ("0.1.0", "0.1.1")
    removed = identify(unit.text_sha256, unit.candidates[0].item)
    assert removed in second["items"]["removed"]
    assert second["labels"][unit.candidates[0].item.label]["removed"] == 1  # type: ignore[union-attr]


def test_the_card_is_read_by_a_hub(settled: Project) -> None:
    wb.release(settled, "0.1.0")
    card = read(settled)["README.md"].decode()
    matter = yaml.safe_load(card.split("---")[1])

    assert matter["license"] == "cc0-1.0"
    assert matter["language"] == ["en"]
    assert {c["data_files"] for c in matter["configs"]} <= FILES
    assert "Composition" in read(settled)["DATASHEET.md"].decode()


@pytest.mark.slow
def test_mlcroissant_reads_the_metadata(settled: Project) -> None:
    import mlcroissant

    wb.release(settled, "0.1.0")
    dataset = mlcroissant.Dataset(jsonld=settled.releases / "0.1.0" / "croissant.json")

    assert dataset.metadata.ctx.issues.errors == set()
    rows = list(dataset.records("articles"))
    assert sorted(row["articles/id"].decode() for row in rows) == ["cairo", "lima", "oslo"]
    assert len(list(dataset.records("votes"))) == len(parse_lines(read(settled)["votes.jsonl"]))


def test_provenance_names_only_what_it_describes(settled: Project) -> None:
    wb.release(settled, "0.1.0")
    document = json.loads(read(settled)["prov.json"])
    described = {*document["entity"], *document["agent"], *document["activity"]}

    for relation in ("wasGeneratedBy", "wasAttributedTo", "wasDerivedFrom", "used"):
        assert document[relation]
        for row in document[relation].values():
            assert set(row.values()) <= described, relation


BUILD = """
import sys
from datetime import UTC, datetime
from workbench.project import Project, open_project
from workbench.releases.build import complete, select_gold
from workbench.releases.choice import choose_gold
from workbench.releases.files import dump_json, hash_files
project = open_project(sys.argv[1])
files = select_gold(project, "0.1.0", choose_gold(project, None, None))
sys.stdout.buffer.write(dump_json(hash_files(complete(project, "0.1.0", files))))
"""


def build(project: Project, python: str, seed: str, zone: str, locale: str) -> bytes:
    """Build a release in another process, and return the hashes of its files."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "WORKBENCH"))}
    variables = {**kept, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
    command = [python, "-c", BUILD, str(project.root)]
    return subprocess.run(command, env=variables, capture_output=True, check=True).stdout


@pytest.mark.slow
def test_locale_time_zone_and_hash_seed_change_nothing(settled: Project) -> None:
    built = {
        build(settled, sys.executable, "0", "UTC", "C"),
        build(settled, sys.executable, "7", "Asia/Kolkata", "C.UTF-8"),
        build(settled, sys.executable, "99", "America/St_Johns", "POSIX"),
    }

    assert len(built) == 1


@pytest.mark.slow
def test_other_versions_of_python_build_the_same(settled: Project) -> None:
    others = [x for x in os.environ.get("WORKBENCH_PYTHONS", "").split(os.pathsep) if x]
    if not others:
        pytest.skip("WORKBENCH_PYTHONS names no other interpreters that have the workbench")

    own = build(settled, sys.executable, "0", "UTC", "C")

    for python in others:
        assert build(settled, python, "7", "Asia/Kolkata", "C.UTF-8") == own, python


def test_the_release_folder_holds_nothing_else(settled: Project) -> None:
    left = settled.releases / ".0.1.0.12345"
    left.mkdir(parents=True)
    (left / "gold.jsonl").write_text("half")

    wb.release(settled, "0.1.0")

    assert [path.name for path in sorted(Path(settled.releases).iterdir())] == ["0.1.0"]


def test_words_from_outside_are_not_active_in_the_card(settled: Project) -> None:
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](//z) `code` # head"
    with settled.store() as connection:
        connection.execute(
            text("UPDATE articles SET record = replace(record, 'CC0-1.0', :evil)"), {"evil": evil}
        )
    named = replace(settled, settings={"project": {"name": f"a\n# b {evil}"}})
    wb.release(named, "0.1.0")

    for name in ("README.md", "DATASHEET.md"):
        shown = read(settled)[name].decode()
        body = shown.split("\n---\n", 1)[-1]
        assert "<script" not in body
        assert "](javascript" not in body
        assert "![" not in body
        assert "\n# b" not in body
    assert (
        yaml.safe_load(read(settled)["README.md"].decode().split("---\n")[1])["license"] == "other"
    )


def test_a_scheme_that_only_adds_a_label_keeps_older_gold(settled: Project) -> None:
    label = settled.seeds / "scheme" / "ISSUE.md"
    more = label.read_text(encoding="utf-8").replace("ISSUE", "TREND")
    more = re.sub(r"(?m)^hotkey: .*$", "hotkey: '+'", more)
    (settled.seeds / "scheme" / "TREND.md").write_text(more, encoding="utf-8")
    grown = Project(settled.root, settled.settings, {}, settled.clock)
    assert grown.scheme.hash != settled.scheme.hash

    assert wb.release(grown, "0.1.0").manifest["rounds"] == ["r"]
    (settled.seeds / "scheme" / "DATE.md").unlink()
    (settled.seeds / "scheme" / "TREND.md").unlink()
    shrunk = Project(settled.root, settled.settings, {}, settled.clock)
    with pytest.raises(ReleaseError, match="another scheme"):
        wb.release(shrunk, "0.2.0", rounds=["r"])
