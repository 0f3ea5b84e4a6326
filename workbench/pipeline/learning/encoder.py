"""A sentence encoder from a local folder, as further evidence for stances; nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import PipelineError
from workbench.core.offsets import Offsets, overlap

Floats = NDArray[np.float64]
TOKENIZER = "tokenizer.json"
MODELS = ("model.onnx", "onnx/model.onnx")
SIZE = 24
"""Numbers that each state is brought down to: a few hundred pairs can't weigh four hundred."""
_LONGEST = 256
"""Pieces of a sentence that the encoder reads; what lies behind them has no state."""


class Encoder:
    """A transformer in ONNX form with its tokenizer, run by onnxruntime on one thread.

    It is kept as the bytes of both files, so that a model that uses it opens anywhere.
    """

    def __init__(self, tokenizer: bytes, model: bytes) -> None:
        self.tokenizer = tokenizer
        self.model = model

    @classmethod
    def from_folder(cls, folder: str | Path) -> Encoder:
        """Read both files; raises PipelineError that says what is missing or broken."""
        place = Path(folder)
        model = next((place / name for name in MODELS if (place / name).is_file()), None)
        if model is None or not (place / TOKENIZER).is_file():
            raise PipelineError(
                f"the encoder {str(folder)!r} lacks {TOKENIZER} or {MODELS[0]}; "
                "name a local folder with both"
            )
        encoder = cls((place / TOKENIZER).read_bytes(), model.read_bytes())
        encoder.encode("A sentence.")
        return encoder

    def encode(self, text: str) -> tuple[list[Offsets], Floats]:
        """Return the code-point offsets of each piece of a text, and its state."""
        tokenizer, session = self._parts
        encoding = tokenizer.encode(text)
        ids, mask = encoding.ids[:_LONGEST], encoding.attention_mask[:_LONGEST]
        given = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": encoding.type_ids[:_LONGEST],
        }
        names = {node.name for node in session.get_inputs()}
        feed = {k: np.array([row], dtype=np.int64) for k, row in given.items() if k in names}
        states = np.asarray(session.run(None, feed)[0][0], dtype=float)
        return [tuple(pair) for pair in encoding.offsets[:_LONGEST]], states

    def describe(self, name: str, states: Floats) -> dict[str, float]:
        """Bring the mean of some states down to a few features by a fixed random projection.

        Distances are kept about (Johnson and Lindenstrauss 1984); no states give no features.
        """
        if not len(states):
            return {}
        mean = states.mean(axis=0)
        matrix = np.random.default_rng(len(mean)).normal(size=(len(mean), SIZE))
        values = mean @ matrix / np.sqrt(len(mean)) / max(float(np.abs(mean).mean()), 1e-6)
        return {f"encoder {name} {i}": float(value) for i, value in enumerate(values)}

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError:
            raise PipelineError(
                "the sentence encoder needs two packages more; install them with: "
                "pip install 'stance-workbench[encoder]'"
            ) from None
        options = onnxruntime.SessionOptions()
        # One thread adds up in one order: the same weights each time.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            tokenizer = Tokenizer.from_str(self.tokenizer.decode("utf-8"))
            session = onnxruntime.InferenceSession(
                self.model, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001 - both raise errors of many kinds
            what = " ".join(str(error).split())[:200]
            raise PipelineError(f"the sentence encoder can't be read: {what}") from None
        return tokenizer, session


class Sentences:
    """The states of a text's sentences, each sentence encoded once."""

    def __init__(self, encoder: Encoder, text: str) -> None:
        self._encoder = encoder
        self._text = text
        self._known: dict[Offsets, tuple[list[Offsets], Floats]] = {}

    def describe(
        self, sentence: Offsets, parts: Sequence[tuple[str, Offsets | None]]
    ) -> dict[str, float]:
        """Return the features of a sentence and of named parts of it; a part elsewhere has none."""
        if sentence not in self._known:
            self._known[sentence] = self._encoder.encode(self._text[slice(*sentence)])
        pieces, states = self._known[sentence]
        features = self._encoder.describe("sentence", states)
        for name, offsets in parts:
            if offsets is not None:
                local = (offsets[0] - sentence[0], offsets[1] - sentence[0])
                inside = [i for i, piece in enumerate(pieces) if overlap(piece, local)]
                features |= self._encoder.describe(name, states[inside])
        return features
