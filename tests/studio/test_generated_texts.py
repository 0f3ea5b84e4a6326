"""Generated texts and layers go through the real server and come back as they went."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import layers, texts

import workbench as wb
from workbench.backends.label_studio import Server
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.store.articles import add_article

pytestmark = [pytest.mark.studio, pytest.mark.slow]
THOROUGH = os.environ.get("WORKBENCH_THOROUGH") == "1"
AT_ONCE = 50
"""Texts in one round: 20 rounds make the thousand, 4 by default."""
_names = count()


@st.composite
def drawn(draw: st.DrawFn) -> tuple[str, Layer]:
    text = draw(texts())
    return text, draw(layers(Article("a", text)))


@settings(
    max_examples=20 if THOROUGH else 4,
    # Shrinking would push rounds for hours; what fails is small enough to read.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(drafts=st.lists(drawn(), min_size=AT_ONCE, max_size=AT_ONCE, unique_by=lambda x: x[0]))
def test_what_is_accepted_through_the_api_comes_back_equal(
    connected: Project, server: Server, drafts: list[tuple[str, Layer]]
) -> None:
    name = f"generated{next(_names)}"
    pushed: dict[str, Layer] = {}
    with connected.store() as connection:
        for number, (text, layer) in enumerate(drafts):
            # The number keeps texts that earlier rounds had apart.
            article = Article(f"{name}-{number}", f"{text}\n{name} {number}", split="train")
            add_article(connection, article, at="t")
            passages = (replace(layer.passages[0], end=len(article.text)),)
            pushed[article.id] = replace(
                layer, article_id=article.id, text_sha256=article.text_sha256, passages=passages
            )
    done = wb.push(connected, name, list(pushed), list(pushed.values()), progress=False)
    for task in server.iter_tasks(done.projects[0].project_id):
        (prediction,) = task["predictions"]
        server.submit(task["id"], prediction["result"], seconds=1)

    pulled = wb.pull(connected, name, progress=False)

    assert (len(pulled), pulled.problems, pulled.quarantined) == (AT_ONCE, (), ())
    for layer in pulled:
        shown = pushed[layer.article_id]
        assert set(layer.spans) == set(shown.spans)
        assert set(layer.quotes) == set(shown.quotes)
        assert Counter(layer.stances) == Counter(shown.stances)
        assert layer.passages[0].suggested_by == shown.author
