"""import(export(x)) equals x up to the loss that the format declares, for every format found."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from conftest import THOROUGH
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import layers, texts

from workbench.core.article import Article
from workbench.core.cluster import Cluster, Edge
from workbench.core.identity import identify
from workbench.core.layer import Layer, Verdict
from workbench.core.offsets import is_valid
from workbench.core.stance import POLARITIES
from workbench.exchange.annotated import Annotated
from workbench.exporting import list_exporters
from workbench.plugins import load_plugin
from workbench.seeds import find_seeds

EXPORTERS = list_exporters()
NAMES = ["Rubio", "Côte d’Ivoire", "=cmd", "the  two", "'quoted", "@x", "中 国", "a,b", 'say "no"']
IDS = ["2026-01-01-cairo-1a2b3c4d", "CON", "../../etc/passwd", "a/b", "nul.txt", "x" * 300, "é#7"]


@pytest.fixture(scope="module")
def scheme():  # type: ignore[no-untyped-def]
    from workbench.adapters.scheme_markdown import read_scheme

    folder = find_seeds() / "scheme"
    return read_scheme({p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.md")})


@st.composite
def articles(draw: st.DrawFn, n: int) -> Article:
    # The number keeps two texts of one file apart.
    text = f"{draw(texts())}{n}"
    name = f"{draw(st.sampled_from(IDS))}{n}"
    masked = ()
    if draw(st.booleans()) and len(text) > 3:
        masked = ((0, draw(st.integers(1, 3))),)
    meta = draw(st.sampled_from([{}, {"n": 1, "tokens": [[0, 1]]}]))
    return Article(name, text, title="=1+1", masked=masked, split="train", meta=meta)


@st.composite
def gold_rows(draw: st.DrawFn) -> list[tuple[Article, Layer]]:
    """Draw a few articles with gold: verdicts, clusters, edges where there is no stance."""
    rows = []
    for number in range(2):
        article = draw(articles(number))
        layer = draw(layers(article))
        edges = draw(
            st.lists(
                st.builds(
                    Edge,
                    st.sampled_from(NAMES),
                    st.sampled_from(POLARITIES),
                    st.sampled_from(NAMES),
                ),
                max_size=2,
                unique=True,
            )
        )
        verdict = Verdict("unanimous", ("person:a", "person:b"))
        layer = replace(
            layer,
            author="adjudication",
            kind="gold",
            edges=tuple(sorted(edges)) if not layer.stances else (),
            clusters=(Cluster("Rubio", layer.spans[:1]),) if layer.spans else (),
            verdicts={identify(layer.text_sha256, item): verdict for item in layer.items},
        )
        rows.append((article, layer))
    return rows


def export_and_import(
    plugin: ModuleType, rows: list[tuple[Article, Layer]], scheme: object
) -> list[object]:
    with tempfile.TemporaryDirectory() as folder:
        is_folder = getattr(plugin, "FOLDER", False)
        out = Path(folder) / ("train" if is_folder else f"train{plugin.ENDINGS[0]}")
        plugin.write_annotated(rows, out, scheme)
        outside = [p for p in Path(folder).iterdir() if not p.name.startswith("train")]
        assert outside == []
        return list(plugin.read_annotated(out))


@pytest.mark.parametrize("name", EXPORTERS)
def test_what_was_exported_comes_back_up_to_the_declared_loss(name: str, scheme: object) -> None:
    plugin = load_plugin("formats", name)

    # Two documents in each example, 200 in all.
    @settings(
        max_examples=100 if THOROUGH else 20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(rows=gold_rows())
    def check(rows: list[tuple[Article, Layer]]) -> None:
        unique = {article.text_sha256: (article, layer) for article, layer in rows}
        carried = [plugin.carry(article, layer) for article, layer in unique.values()]
        kept = [(c.article, c.layer) for c in carried if c.layer is not None]

        found = export_and_import(plugin, kept, scheme)

        assert all(isinstance(row, Annotated) for row in found), found
        assert all(row.problems == () for row in found)  # type: ignore[attr-defined]
        by_text = {row.article.text_sha256: row for row in found}  # type: ignore[attr-defined]
        assert len(by_text) == len(kept) == len(found)
        for article, layer in kept:
            row = by_text[article.text_sha256]
            assert row.article == article  # type: ignore[attr-defined]
            assert strip(row.layer) == strip(layer)  # type: ignore[attr-defined]

    check()


def strip(layer: Layer) -> Layer:
    """Leave out what a reader may fill in by itself: who made it, and what was shown where."""
    return layer if layer.author == "adjudication" else replace(layer, author="", passages=())


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPORTERS)
def test_a_reduced_layer_is_sound_and_loses_nothing_more(name: str) -> None:
    plugin = load_plugin("formats", name)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows=gold_rows())
    def check(rows: list[tuple[Article, Layer]]) -> None:
        for article, layer in rows:
            once = plugin.carry(article, layer)
            if once.layer is None:
                assert once.losses
                continue
            assert all(is_valid(s.offsets, len(article.text)) for s in once.layer.spans)
            assert plugin.carry(article, once.layer).layer == once.layer
            # Each item that is gone is named in the report.
            gone = {identify(layer.text_sha256, x) for x in layer.items}
            gone -= {identify(layer.text_sha256, x) for x in once.layer.items}
            assert gone <= {loss.item for loss in once.losses}
            json.dumps([loss.reason for loss in once.losses])

    check()
