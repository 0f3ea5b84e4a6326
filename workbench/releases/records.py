"""The records of a release: everybody's layers, votes, contested items, decisions and lineage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tqdm.auto import tqdm

from workbench.adapters.records import write_decision, write_item, write_layer
from workbench.core.decision import Decision
from workbench.core.identity import identify
from workbench.core.layer import Item, Layer
from workbench.gold.lineage import History, trace
from workbench.releases.files import dump_lines
from workbench.releases.pseudonyms import hide_names, hide_people
from workbench.releases.textfree import strip_record

LAYERS = "layers.jsonl"
VOTES = "votes.jsonl"
CONTESTED = "contested.jsonl"
DECISIONS = "decisions.jsonl"
LINEAGE = "lineage.jsonl"
RECORDS = (LAYERS, VOTES, CONTESTED, DECISIONS, LINEAGE)


def dump_records(
    gold: Sequence[Layer],
    layers: Sequence[Layer],
    history: History,
    names: Mapping[str, str],
    *,
    text: bool = True,
    progress: bool = False,
) -> dict[str, bytes]:
    """Write the records of released gold, people by their pseudonyms.

    `gold` is as it is stored, before the rounds of an article are united; `layers` are the
    annotations that it was made of. Without `text`, nothing that is made of words is written.
    """
    decisions = _find_decisions(gold, history)
    stored = {row.layer.key: row for row in history.layers if row.layer.kind == "gold"}
    lineage = [
        trace(history, stored[layer.key], item).to_record()
        for layer in tqdm(gold, desc="lineage", unit="article", delay=1, disable=not progress)
        for item in layer.items
    ]
    files = {
        LAYERS: [write_layer(hide_people(layer, names)) for layer in layers],
        VOTES: [row for layer in gold for row in _list_votes(hide_people(layer, names))],
        CONTESTED: hide_names(_list_contested(gold, decisions), names),
        DECISIONS: hide_names([write_decision(d) for _, d in sorted(decisions.items())], names),
        LINEAGE: hide_names(lineage, names),
    }
    if not text:
        files = {name: [strip_record(row) for row in rows] for name, rows in files.items()}
    return {name: dump_lines(rows) for name, rows in files.items()}


def _list_votes(layer: Layer) -> list[dict[str, Any]]:
    rows = []
    for item, item_id in _identify(layer):
        verdict = layer.verdicts.get(item_id)
        if verdict is not None:
            rows.append(
                {
                    "item": item_id,
                    "type": item_id.split(":")[0],
                    "article_id": layer.article_id,
                    "round": layer.round,
                    "label": getattr(item, "label", getattr(item, "polarity", "QUOTE")),
                    "policy": verdict.policy,
                    "contested": verdict.contested,
                    "votes": list(verdict.votes),
                    "readings": {a: marked or None for a, marked in verdict.readings},
                }
            )
    return rows


def _list_contested(
    gold: Sequence[Layer], decisions: Mapping[str, Decision]
) -> list[dict[str, Any]]:
    """List contested items with every reading, so that a consumer may choose another."""
    rows = []
    for layer in gold:
        for _, item_id in _identify(layer):
            verdict = layer.verdicts.get(item_id)
            if verdict is None or not verdict.contested:
                continue
            decision = decisions.get(verdict.conflict)
            readings = decision.readings if decision else ()
            rows.append(
                {
                    "item": item_id,
                    "article_id": layer.article_id,
                    "round": layer.round,
                    "conflict": verdict.conflict,
                    "kind": decision.kind if decision else "",
                    "reason": decision.reason if decision else "",
                    "readings": [
                        {"item": write_item(r.item), "authors": list(r.authors)} for r in readings
                    ],
                    "absent": list(decision.absent) if decision else [],
                }
            )
    return rows


def _find_decisions(gold: Sequence[Layer], history: History) -> dict[str, Decision]:
    """Return the decisions of the released rounds, rejections included."""
    articles = {(layer.round, layer.article_id) for layer in gold}
    return {
        conflict: stored.decision
        for conflict, stored in history.decisions.items()
        if (stored.decision.round, stored.decision.article_id) in articles
    }


def _identify(layer: Layer) -> list[tuple[Item, str]]:
    return [(item, identify(layer.text_sha256, item)) for item in layer.items]
