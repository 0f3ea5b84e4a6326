"""What it costs to do things through the workbench, against doing them bare."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import spacy

from workbench.adapters.label_studio.decoding import decode_annotation
from workbench.adapters.label_studio.encoding import encode_layer
from workbench.core.article import Article
from workbench.pipeline.english import find_base
from workbench.preannotation import annotate, load_pipeline
from workbench.project import Project

pytestmark = pytest.mark.bench


def test_help_costs_a_start_of_python_and_a_third_of_a_second(measure: Any) -> None:
    def run(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)

    measure(
        "workbench --help against a start of Python and a third of a second",
        lambda: run("import time; time.sleep(0.333)"),
        lambda: run(
            "import sys; sys.argv[1:] = ['--help']; from workbench.cli import main; main()"
        ),
        limit=1.0,
    )


@pytest.fixture
def many(articles: dict[str, Article]) -> list[Article]:
    return [
        Article(f"{a.id}-{n}", a.text + f"\n\n{n}.") for n in range(20) for a in articles.values()
    ]


def test_our_components_cost_little_beside_the_base_pipeline(
    project: Project, many: list[Article], measure: Any
) -> None:
    base = spacy.load(find_base() or "en_core_web_sm")
    nlp, author = load_pipeline(project)

    measure(
        "preannotate against the base spaCy pipeline",
        lambda: list(base.pipe([article.text for article in many], batch_size=16)),
        lambda: list(annotate(nlp, many, author=author, scheme=project.scheme)),
        limit=1.6,
    )


def test_decoding_costs_about_what_encoding_does(
    project: Project, many: list[Article], measure: Any
) -> None:
    nlp, author = load_pipeline(project)
    layers = list(annotate(nlp, many, author=author, scheme=project.scheme))
    pairs = list(zip(layers, many, strict=True))
    encoded = [encode_layer(x, a, (0, len(a.text))) for x, a in pairs]

    def decode() -> None:
        for (layer, article), code in zip(pairs, encoded, strict=True):
            decode_annotation(
                {"result": code.result},
                article,
                (0, len(article.text)),
                kinds=project.scheme.kinds,
                asked=project.scheme.asked,
                shown=layer,
                notes=code.notes,
            )

    measure(
        "decode against encode",
        lambda: [encode_layer(x, a, (0, len(a.text))) for x, a in pairs],
        decode,
        limit=3.0,
    )
