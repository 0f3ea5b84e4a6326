"""What it costs to do things through the workbench, against doing them bare."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import psutil
import pytest
import spacy

import workbench as wb
from workbench.adapters.label_studio.decoding import decode_annotation
from workbench.adapters.label_studio.encoding import encode_layer
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.pipeline.english import find_base
from workbench.preannotation import annotate, load_pipeline
from workbench.project import Project
from workbench.seeds import find_seeds
from workbench.workers import annotate_in_processes

from .conftest import RESULTS

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
def many(project: Project) -> list[Article]:
    """The sample articles, twice, each a text of its own."""
    taken = wb.ingest(project, find_seeds() / "articles", progress=False).articles
    return [Article(f"{a.id}-{n}", f"{a.text}\n\n{n}.") for n in range(2) for a in taken]


def test_our_components_cost_little_beside_the_base_pipeline(
    project: Project, many: list[Article], measure: Any
) -> None:
    base = spacy.load(find_base() or "en_core_web_sm")
    nlp, author = load_pipeline(project)

    measure(
        "preannotate against the base spaCy pipeline",
        lambda: list(base.pipe([article.text for article in many], batch_size=16)),
        lambda: list(annotate(nlp, many, author=author, scheme=project.scheme)),
        limit=1.15,
    )


def test_two_processes_cost_what_one_does_for_each_article(
    project: Project, many: list[Article]
) -> None:
    """Hold processor time against processor time: on two free cores this is the throughput.

    Time by the clock would measure who else is at work on the machine.
    """
    nlp, author = load_pipeline(project)
    many = [replace(a, id=f"{a.id}-{n}") for n in range(4) for a in many]
    short = many[: len(many) // 4]
    list(annotate(nlp, short, author=author, scheme=project.scheme))
    started = time.process_time()
    one = list(annotate(nlp, many, author=author, scheme=project.scheme))
    alone = time.process_time() - started

    def spend(articles: list[Article]) -> tuple[float, list[Layer]]:
        before = _count_children() + time.process_time()
        made = annotate_in_processes(nlp, articles, author=author, scheme=project.scheme, workers=2)
        layers = list(made)
        return _count_children() + time.process_time() - before, layers

    # Each process starts and loads the pipeline once, which a long run does not feel: what more
    # articles cost is what two runs of different length differ by.
    less, _ = spend(short)
    more, two = spend(many)
    throughput = 2 * (alone * (1 - len(short) / len(many))) / (more - less)

    RESULTS.append(
        {
            "name": "one process against two, for each article and core",
            "ratio": round(1.7 / throughput, 3),
            "limit": 1.0,
            "n": 1,
        }
    )
    assert two == one
    assert throughput >= 1.7, f"{throughput:.2f}"


def test_memory_stays_flat_over_a_stream(project: Project) -> None:
    nlp, author = load_pipeline(project, spacy.blank("en"))
    process = psutil.Process()
    number = 100_000
    articles = (
        Article(str(n), f"Ghana condemned Togo on day {n}. Person{n} Smith met Li.")
        for n in range(number)
    )
    seen = []
    for n, layer in enumerate(annotate(nlp, articles, author=author, scheme=project.scheme), 1):
        assert layer.spans
        if n % (number // 10) == 0:
            gc.collect()
            seen.append(process.memory_info().rss)

    ratio = seen[-1] / seen[1]
    RESULTS.append(
        {
            "name": "memory at the end of a stream against its second tenth",
            "ratio": round(ratio, 3),
            "limit": 1.1,
            "n": number,
        }
    )
    assert ratio <= 1.1, seen


def test_a_long_text_costs_what_its_parts_cost(project: Project, measure: Any) -> None:
    nlp, author = load_pipeline(project, spacy.blank("en"))
    part = "Ghana condemned Togo on Monday, and Li praised the Nile Accord.\n" * 400

    def read(articles: list[Article]) -> None:
        list(annotate(nlp, articles, author=author, scheme=project.scheme))

    measure(
        "one text against the eight that it is made of",
        lambda: read([Article(str(n), part) for n in range(8)]),
        lambda: read([Article("long", part * 8)]),
        limit=1.5,
    )


def _count_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


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
