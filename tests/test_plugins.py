"""Contracts that every plugin found by name has to keep."""

from __future__ import annotations

import inspect
import json
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


READERS = ("read_articles", "read_layers", "read_annotated")
BAD = {
    "not UTF-8": b"\xff\xfe\x00bad",
    "empty": b"",
    "deep": b"[" * 10_000 + b"]" * 10_000,
    "deep object": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "half a character": b'[{"text": "\\ud800", "id": "x", "spans": [], "data": {"text": "\\udfff"}}]',
    "no number": b'[{"text": "a", "entities": [[NaN, 1, "X"]]}]',
    "another shape": b'[[1, "a"], {"text": 3}, null, {"data": []}]',
    "an entity bomb": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
}


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("name", list_plugins("formats"))
def test_a_format_tells_what_it_cannot_read_and_never_breaks(
    name: str, what: str, tmp_path: Path
) -> None:
    plugin = load_plugin("formats", name)
    readers = [getattr(plugin, x) for x in READERS if hasattr(plugin, x)]
    assert readers
    for ending in {".md", *getattr(plugin, "ENDINGS", ()), *getattr(plugin, "SUFFIXES", ())}:
        bad = tmp_path / f"bad{ending}"
        bad.write_bytes(BAD[what])
    for reader in readers:
        for path in sorted(tmp_path.iterdir()):
            try:
                found = list(reader(path))
            except SourceError:
                continue
            # What could be read all the same must be fit to be stored.
            for row in found:
                if not isinstance(row, SourceError):
                    json.dumps(repr(row)).encode("utf-8")


@pytest.mark.parametrize("name", list_plugins("formats"))
def test_a_format_that_is_written_is_read_and_says_what_it_holds(name: str) -> None:
    plugin = load_plugin("formats", name)
    if not hasattr(plugin, "write_annotated"):
        return
    assert callable(plugin.carry)
    assert callable(plugin.read_annotated)
    assert plugin.ENDINGS
    assert all(ending.startswith(".") for ending in plugin.ENDINGS)


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
