"""The agreement that a release states: before adjudication, of the work that it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.analysis.agreement.report import measure_agreement
from workbench.core.layer import Layer
from workbench.releases.files import dump_json


def dump_agreement(layers: Sequence[Layer], *, seed: int) -> bytes:
    """Write how far people agreed before adjudication, in all and round by round."""
    rounds = {layer.round for layer in layers}
    parts = {name: [layer for layer in layers if layer.round == name] for name in sorted(rounds)}
    # Of a single round all is the round, and measuring it again costs as much again.
    found = {name: _measure(part, seed) for name, part in parts.items()} if len(parts) > 1 else {}
    everything = _measure(layers, seed)
    return dump_json(
        {
            "measured": "before adjudication",
            "seed": seed,
            "all": everything,
            "rounds": found or dict.fromkeys(parts, everything),
        }
    )


def _measure(layers: Sequence[Layer], seed: int) -> dict[str, Any]:
    return measure_agreement(layers, seed=seed).to_record()
