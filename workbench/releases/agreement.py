"""The agreement that a release states: before adjudication, of the work that it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.agreement import measure_agreement
from workbench.core.layer import Layer
from workbench.releases.files import dump_json


def dump_agreement(layers: Sequence[Layer], *, seed: int) -> bytes:
    """Write how far people agreed before adjudication, in all and round by round."""
    rounds = sorted({layer.round for layer in layers})
    return dump_json(
        {
            "measured": "before adjudication",
            "seed": seed,
            "all": measure_agreement(layers, seed=seed).to_record(),
            "rounds": {
                name: measure_agreement(
                    [layer for layer in layers if layer.round == name], seed=seed
                ).to_record()
                for name in rounds
            },
        }
    )
