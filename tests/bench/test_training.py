"""What training through the workbench costs against plain `spacy train`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.training import Corpus

from workbench.adapters.front_matter import split_front_matter
from workbench.adapters.markup import parse_markup
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.pipeline.english import find_base
from workbench.pipeline.learning.recogniser import Recipe, make_config
from workbench.pipeline.learning.references import list_labels, make_corpus, write_corpus
from workbench.preannotation import load_pipeline
from workbench.project import Project
from workbench.seeds import find_seeds

pytestmark = pytest.mark.bench
STEPS = 60


def read_gold() -> list[tuple[Article, Layer]]:
    pairs = []
    for path in sorted((find_seeds() / "gold").glob("*.md")):
        matter, body = split_front_matter(path.read_text(encoding="utf-8"))
        if "article" in matter:
            text, layer = parse_markup(body.strip("\n"), article_id=path.stem)
            asked = tuple({span.label for span in layer.spans})
            _, layer = parse_markup(body.strip("\n"), article_id=path.stem, asked=asked)
            pairs.append((Article(path.stem, text), layer))
    return pairs[:10]


def test_training_costs_what_spacy_train_does(
    project: Project, measure: Any, tmp_path: Path
) -> None:
    gold = read_gold()
    nlp, _ = load_pipeline(project)
    labels = list_labels(gold)
    for name, part in (("train", gold[:8]), ("dev", gold[8:])):
        write_corpus(tmp_path / f"{name}.spacy", make_corpus(nlp, part, labels))
    paths = {name: str(tmp_path / f"{name}.spacy") for name in ("train", "dev")}
    config = make_config(Recipe(base=find_base(), labels={}, steps=STEPS), **paths)
    config.to_disk(tmp_path / "config.cfg")
    ours = (
        "import sys; from pathlib import Path; from thinc.api import Config\n"
        "from workbench.pipeline.learning.recogniser import train_recogniser\n"
        "learnt = train_recogniser(Config().from_disk(sys.argv[1]))\n"
        "learnt.nlp.to_disk(sys.argv[2])"
    )

    def run(*command: str) -> None:
        # Processes of their own, so that each pays its own start; a child's time is wall time.
        subprocess.run([sys.executable, *command], check=True, capture_output=True)

    target = str(tmp_path / "config.cfg"), str(tmp_path / "out")
    measure(
        f"training a recogniser for {STEPS} steps against plain spacy train",
        lambda: run("-m", "spacy", "train", target[0], "--output", target[1]),
        lambda: run("-c", ours, target[0], str(tmp_path / "ours")),
        limit=1.1,
        n=3,
    )
    scores = [
        score(folder, tmp_path / "dev.spacy")
        for folder in (tmp_path / "out" / "model-best", tmp_path / "ours")
    ]
    assert abs(scores[0] - scores[1]) <= 0.01, scores


def score(model: Path, corpus: Path) -> float:
    """Return a recogniser's strict F1 on a corpus, by spaCy's own scorer."""
    nlp = spacy.load(model)
    return float(nlp.evaluate(list(Corpus(corpus)(nlp)))["ents_f"])
