"""Real trainings of the recogniser: short ones, on articles that the test makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

from workbench.adapters.markup import parse_markup
from workbench.adapters.scheme_markdown import read_scheme
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.pipeline.english import find_base, make_pipeline
from workbench.pipeline.learning.recogniser import Recipe, make_config, train_recogniser
from workbench.pipeline.learning.references import list_labels, make_corpus, write_corpus
from workbench.pipeline.learning.scoring import list_own_entities
from workbench.pipeline.project_entities import RECOGNISER
from workbench.seeds import find_seeds
from workbench.trainers import entities

pytestmark = pytest.mark.slow
FOLKS = ("Carla Mendez", "Otto Braun", "Lena Fisk", "Amal Haddad", "Tomas Ruiz", "Ivo Kral")
BODIES = ("Harbour Council", "Valley Board", "River Commission")
LABELS = ("GPE", "ORG", "PERSON")


def make_gold(n: int = 12) -> list[tuple[Article, Layer]]:
    made = []
    for number, (name, body) in enumerate(list(product(FOLKS, BODIES))[:n]):
        markup = (
            f"[{name}](PERSON) told the [{body}](ORG) in [Peru](GPE) that rain was near.\n"
            f"The [{body}](ORG) thanked [{name}](PERSON) and went home to [Kenya](GPE)."
        )
        text, layer = parse_markup(markup, article_id=f"a{number}", asked=LABELS)
        made.append((Article(f"a{number}", text), layer))
    return made


def make_nlp() -> Language:
    folder = find_seeds() / "scheme"
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return make_pipeline(find_seeds(), read_scheme(files))


def score(nlp: Language, gold: list[tuple[Article, Layer]]) -> float:
    right = found = wanted = 0
    for article, layer in gold:
        own, outermost = list_own_entities(nlp, article, layer)
        right += len(set(own) & set(outermost))
        found, wanted = found + len(own), wanted + len(outermost)
    return 2 * right / (found + wanted)


def test_the_bases_weights_are_worth_annotations() -> None:
    gold = make_gold(18)
    scores = {}
    for start in ("warm", "blank"):
        nlp = make_nlp()
        entities.train(nlp, gold[:3], (), seed=1, steps=8, start=start, merge=False)  # type: ignore[arg-type]
        scores[start] = score(nlp, gold[9:])

    assert scores["warm"] > scores["blank"] + 0.1


def test_the_same_seed_and_gold_give_the_same_weights() -> None:
    code = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1])\n"
        "import test_entities as t\n"
        "from workbench.trainers import entities\n"
        "nlp = t.make_nlp()\n"
        "entities.train(nlp, t.make_gold(6), t.make_gold(8)[6:], seed=5, steps=6)\n"
        "parts = [nlp.get_pipe(n).to_bytes() for n in ('project_ner', 'workbench_merged_entities')]\n"
        "print(hashlib.sha256(b''.join(parts)).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1


@pytest.mark.parametrize("kind", ["ner", "spancat"])
def test_spacy_train_understands_the_config_and_reaches_the_same_weights(
    tmp_path: Path, kind: Any
) -> None:
    nlp, gold = make_nlp(), make_gold(8)
    labels = list_labels(gold)
    for name, part in (("train", gold[:6]), ("dev", gold[6:])):
        write_corpus(tmp_path / f"{name}.spacy", make_corpus(nlp, part, labels))
    paths = {name: str(tmp_path / f"{name}.spacy") for name in ("train", "dev")}
    recipe = Recipe(
        kind=kind, base=find_base() if kind == "ner" else None, labels={}, steps=6, seed=2
    )
    make_config(recipe, **paths).to_disk(tmp_path / "config.cfg")

    ours = train_recogniser(make_config(recipe, **paths), keep_last=True)
    command = ["spacy", "train", str(tmp_path / "config.cfg"), "--output", str(tmp_path / "out")]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    theirs = spacy.load(tmp_path / "out" / "model-last")

    mine: Any = ours.nlp.get_pipe(kind)
    other: Any = theirs.get_pipe(kind)
    assert mine.labels == other.labels
    assert mine.model.to_bytes() == other.model.to_bytes()


def test_what_is_saved_opens_where_no_base_pipeline_is_installed(tmp_path: Path) -> None:
    nlp = make_nlp()
    learnt = entities.train(nlp, make_gold(6), make_gold(8)[6:], seed=1, steps=20)
    nlp.to_disk(tmp_path / "model")
    text = "Otto Braun told the Valley Board in Peru that rain was near."
    expected = [[ent.text, ent.label_] for ent in nlp(text).ents]
    code = (
        "import importlib.abc, importlib.metadata as m, json, sys\n"
        "class Hide(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.startswith('en_core_web'): raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Hide())\n"
        "import spacy\n"
        "try: spacy.load(sys.argv[2]); sys.exit(3)\n"
        "except (OSError, ImportError): pass\n"
        "nlp = spacy.load(sys.argv[1])\n"
        "print(json.dumps([[e.text, e.label_] for e in nlp(sys.argv[3]).ents]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "model"), str(find_base()), text]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert learnt["base"] == find_base()
    assert json.loads(done.stdout) == expected
    assert len(expected) >= 3


def test_ctrl_c_keeps_the_best_so_far() -> None:
    nlp, gold = make_nlp(), make_gold(12)
    seen: list[int] = []

    def stop(step: int, steps: int, value: float) -> None:
        seen.append(step)
        if step >= 100:
            raise KeyboardInterrupt

    learnt = entities.train(nlp, gold[:7], gold[7:], seed=1, steps=400, report=stop, merge=False)

    assert seen == [0, 50, 100]
    assert learnt["steps"] == 100
    assert learnt["dev"] > 0.5
    assert score(nlp, gold[7:]) > 0.5


def test_spancat_learns_nested_entities_and_has_a_score_for_each() -> None:
    gold = []
    for number, name in enumerate(FOLKS * 2):
        markup = f"[Bank of [Peru](GPE)](ORG) paid [{name}](PERSON)."
        text, layer = parse_markup(markup, article_id=f"n{number}", asked=LABELS)
        gold.append((Article(f"n{number}", text), layer))
    nlp = make_nlp()

    entities.train(nlp, gold[:8], (), seed=1, steps=120, kind="spancat", merge=False)
    doc = nlp("Bank of Peru paid Otto Braun.")

    found = {(span.text, span.label_) for span in doc.spans["project"]}
    assert {("Bank of Peru", "ORG"), ("Peru", "GPE")} <= found
    assert all(0.5 <= s <= 1 for s in doc.spans["project"].attrs["scores"])
    assert RECOGNISER in nlp.pipe_names


def test_without_an_entity_there_is_nothing_to_learn() -> None:
    text, layer = parse_markup("Rain was near.", article_id="a", asked=LABELS)

    nlp = make_nlp()
    names = list(nlp.pipe_names)

    learnt = entities.train(nlp, [(Article("a", text), layer)], (), seed=1)

    assert learnt["reason"] == "no article has an entity"
    assert nlp.pipe_names == names


def test_on_blank_english_it_starts_from_nothing() -> None:
    folder = find_seeds() / "scheme"
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    nlp = make_pipeline(find_seeds(), read_scheme(files), blank)

    learnt = entities.train(nlp, make_gold(6), (), seed=1, steps=20, merge=False)

    assert learnt["base"] is None
    assert nlp("Otto Braun came.").has_annotation("ENT_IOB")
