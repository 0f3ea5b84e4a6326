"""kill -9 at any moment loses nothing that was acknowledged."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from workbench.store.articles import find_articles
from workbench.store.connection import open_store
from workbench.store.layers import find_layers

THOROUGH = os.environ.get("WORKBENCH_THOROUGH") == "1"
# The file that a kill could tear is SQLite's; PostgreSQL's server outlives its client's death.
KILLS = {"sqlite": 100, "postgresql": 100} if THOROUGH else {"sqlite": 40, "postgresql": 10}
CHILD = """
import sys
from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.core.span import Span
from workbench.store.articles import add_article
from workbench.store.connection import open_store
from workbench.store.layers import add_layer
from workbench.store.payloads import add_payloads
engine = open_store(sys.argv[1])
n = int(sys.argv[2])
print("ready", flush=True)
while True:
    article = Article(f"a{n}", f"text number {n} " * 50)
    with engine.begin() as connection:
        add_article(connection, article, at="t")
        layer = Layer(article.id, article.text_sha256, "person:x", "annotation", "r",
                      spans=(Span(0, 4, "ORG"),))
        add_layer(connection, layer, at="t")
        add_payloads(connection, [{"id": n, "data": article.text}], server="s", project_id=1, at="t")
    print(n, flush=True)
    n += 1
"""


@pytest.mark.slow
def test_kills_lose_nothing_acknowledged(store_url: str) -> None:
    generator = random.Random(7)
    acknowledged: set[int] = set()
    kills = KILLS[store_url.split(":")[0]]
    for kill in range(kills):
        start = 1000 * kill
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, store_url, str(start)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(generator.uniform(0.0, 0.12))
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        # A line cut short by the kill acknowledges nothing.
        acknowledged |= {int(line) for line in rest.split("\n")[:-1] if line.isdigit()}
    engine = open_store(store_url)
    with engine.begin() as connection:
        stored = {int(a.id[1:]) for a in find_articles(connection)}
        with_layer = {int(x.article_id[1:]) for x in find_layers(connection)}
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()
    assert len(acknowledged) > kills
    assert acknowledged <= stored
    # Each transaction was kept whole or not at all.
    assert stored == with_layer
