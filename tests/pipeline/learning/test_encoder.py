"""The sentence encoder: a real one, small enough for the test to make it itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from encoders import WIDTH, make_encoder

from workbench.core.errors import PipelineError
from workbench.pipeline.learning.encoder import SIZE, Encoder, Sentences


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_encoder(tmp_path_factory.mktemp("encoder"))


def test_states_stand_at_code_points(folder: Path) -> None:
    pieces, states = Encoder.from_folder(folder).encode("💩 Ana praised Peru")

    assert pieces[1:] == [(2, 5), (6, 13), (14, 18)]
    assert states.shape == (4, WIDTH)


def test_features_of_the_same_words_are_the_same_and_of_others_not(folder: Path) -> None:
    text = "Ana praised Peru. Ana blamed Peru. Ana praised Peru."
    sentences = Sentences(Encoder.from_folder(folder), text)

    one, other, again = (
        sentences.describe((at, at + length), [("target", (at + length - 5, at + length - 1))])
        for at, length in ((0, 17), (18, 16), (35, 17))
    )

    assert len(one) == 2 * SIZE
    assert one == again
    assert max(abs(one[name] - other[name]) for name in one) > 0.1


def test_an_end_in_another_sentence_has_no_state(folder: Path) -> None:
    sentences = Sentences(Encoder.from_folder(folder), "Ana praised Peru. Kenya left.")

    features = sentences.describe((0, 17), [("holder", (18, 23)), ("target", None)])

    assert len(features) == SIZE


def test_what_is_missing_or_broken_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"lacks tokenizer\.json or model\.onnx"):
        Encoder.from_folder(tmp_path)
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(PipelineError, match="can't be read"):
        Encoder.from_folder(tmp_path)
