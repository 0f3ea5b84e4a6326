"""Contracts that every plugin found by name has to keep."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from workbench.core.errors import PluginNotFoundError, SourceError
from workbench.core.layer import Layer
from workbench.core.span import Span
from workbench.plugins import PLUGIN_KINDS, list_plugins, load_plugin


def make_drafts(n: int) -> dict[str, Layer]:
    spans = [(Span(0, 1, "ORG", score=i / n),) for i in range(n)]
    return {f"a{i}": Layer(f"a{i}", "0", "model:m", "prediction", spans=spans[i]) for i in range(n)}


@pytest.mark.parametrize("name", list_plugins("strategies"))
def test_a_strategy_ranks_every_article_once_and_the_same_each_time(name: str) -> None:
    rank = load_plugin("strategies", name).rank
    drafts = make_drafts(12)

    ranked = rank(drafts, seed=3)

    assert sorted(ranked) == sorted(drafts)
    assert rank(dict(reversed(drafts.items())), seed=3) == ranked
    assert rank({}, seed=3) == []


def test_the_least_certain_come_first() -> None:
    assert load_plugin("strategies", "uncertainty").rank(make_drafts(5), seed=1)[0] == "a0"


@pytest.mark.parametrize("name", list_plugins("formats"))
def test_a_format_reads_articles_or_layers_and_tells_what_it_cannot_read(
    name: str, tmp_path: Path
) -> None:
    plugin = load_plugin("formats", name)
    readers = [getattr(plugin, x) for x in ("read_articles", "read_layers") if hasattr(plugin, x)]
    assert readers
    bad = tmp_path / "bad.md"
    bad.write_bytes(b"\xff\xfe\x00bad")
    for reader in readers:
        try:
            found = list(reader(bad))
        except SourceError:
            continue
        assert all(isinstance(row, SourceError) for row in found)


def test_no_two_formats_read_the_same_suffix() -> None:
    plugins = [load_plugin("formats", name) for name in list_plugins("formats")]
    suffixes = [suffix for plugin in plugins for suffix in getattr(plugin, "SUFFIXES", ())]

    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("name", list_plugins("trainers"))
def test_a_trainer_has_an_order_and_the_contracts_arguments(name: str) -> None:
    plugin = load_plugin("trainers", name)

    assert isinstance(plugin.ORDER, int)
    wanted = {"nlp", "examples", "dev", "seed", "steps", "report"}
    assert wanted <= set(inspect.signature(plugin.train).parameters)


@pytest.mark.parametrize("kind", PLUGIN_KINDS)
def test_an_unknown_name_lists_those_there_are(kind: str) -> None:
    with pytest.raises(PluginNotFoundError, match="there are: "):
        load_plugin(kind, "nope")  # type: ignore[arg-type]  # each is one of the kinds
