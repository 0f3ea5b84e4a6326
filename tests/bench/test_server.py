"""What push and pull cost, against a bare loop over the same server with the same payload."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

import workbench as wb
from workbench.adapters.label_studio.config import make_config
from workbench.backends.label_studio import BATCH, Server
from workbench.core.article import Article
from workbench.core.layer import Layer, Passage
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.project import Project
from workbench.store.articles import add_article
from workbench.store.layers import add_layers

pytestmark = [pytest.mark.bench, pytest.mark.studio]
LIMIT = 1.15
ARTICLES = 10_000
_WORDS = [
    "the",
    "minister",
    "of",
    "Lima",
    "praised",
    "a",
    "deal",
    "with",
    "Oslo",
    "and",
    "rejected",
    "all",
    "talks",
    "on",
    "tariffs",
]
Record = Callable[[str, float, float, int], None]


def make_pair(project: Project, number: int) -> tuple[Article, Layer]:
    """Make an article of 400 words with 21 entities and 9 stances that share them."""
    generator = random.Random(number)
    words = [f"{number}.", *(generator.choice(_WORDS) for _ in range(400))]
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    article = Article(f"b{number:06}", " ".join(words), split="train")
    places = sorted(generator.sample(range(5, 395), 30))
    spans = [Span(starts[p], starts[p] + len(words[p]), "GPE", 0.8, "r") for p in places[:21]]
    cues = [(starts[p], starts[p] + len(words[p])) for p in places[21:]]
    stances = [
        Stance((cue,), (spans[n],), (spans[n + 1],), "SUPPORT", score=0.5, rule="frame")
        for n, cue in enumerate(cues)
    ]
    scheme = project.scheme
    layer = Layer(
        article.id,
        article.text_sha256,
        "model:bench",
        "prediction",
        scheme=scheme.hash,
        guideline=scheme.guideline_hash,
        passages=(Passage(0, len(article.text), scheme.asked),),
        spans=tuple(spans),
        stances=tuple(stances),
    )
    return article, layer


def fill(project: Project, numbers: range) -> list[str]:
    """Store pre-annotated articles and return their ids."""
    ids = []
    for start in range(numbers.start, numbers.stop, BATCH):
        part = range(start, min(start + BATCH, numbers.stop))
        pairs = [make_pair(project, number) for number in part]
        with project.store() as connection:
            for article, _ in pairs:
                add_article(connection, article, at="t")
            add_layers(connection, [layer for _, layer in pairs], at="t")
        ids += [article.id for article, _ in pairs]
    return ids


class Bare:
    """The server through nothing but HTTP."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.client = httpx.Client(base_url=server.url, timeout=600)

    def headers(self) -> dict[str, str]:
        token = self.server._sdk._client_wrapper._tokens_client.api_key
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def push(self, project_id: int, bodies: list[bytes]) -> None:
        for body in bodies:
            path = f"/api/projects/{project_id}/import?return_task_ids=true"
            answer = self.client.post(path, content=body, headers=self.headers())
            answer.raise_for_status()

    def pull(self, project_id: int) -> int:
        seen = 0
        for page in count(1):
            where = {"project": project_id, "page": page, "page_size": 100, "fields": "all"}
            answer = self.client.get("/api/tasks/", params=where, headers=self.headers())
            tasks = answer.json().get("tasks") if answer.status_code == 200 else None
            if not tasks:
                return seen
            seen += len(tasks)
        raise AssertionError("unreachable")


def clock(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Keep what a push sends."""
    bodies: list[bytes] = []
    real = Server.import_tasks

    def keep(self: Server, project_id: int, batches: Any) -> Any:
        def listen() -> Any:
            for batch in batches:
                bodies.append(b"[" + b",".join(task.body for task in batch) + b"]")
                yield batch

        yield from real(self, project_id, listen())

    monkeypatch.setattr(Server, "import_tasks", keep)
    return bodies


def test_a_push_costs_what_the_server_costs(
    connected: Project, server: Server, sent: list[bytes], record_ratio: Record
) -> None:
    ids = fill(connected, range(ARTICLES))
    ours = clock(lambda: wb.push(connected, "bench", ids, progress=False))
    ref = server.ensure_project("bare", make_config(connected.scheme), marker="bare")
    theirs = clock(lambda: Bare(server).push(ref.id, sent))
    name = f"push {ARTICLES} pre-annotated articles against a bare loop over the import endpoint"
    record_ratio(name, ours / theirs, LIMIT, 1)


def test_a_pull_costs_what_the_server_costs(
    connected: Project, server: Server, record_ratio: Record
) -> None:
    ids = fill(connected, range(ARTICLES))
    ref = wb.push(connected, "bench", ids, progress=False).projects[0].project_id
    bare = Bare(server)
    accept_all(bare, ref)
    theirs = clock(lambda: bare.pull(ref))
    ours = clock(lambda: wb.pull(connected, "bench", progress=False))
    name = f"pull {ARTICLES} annotated tasks against a bare paged read"
    record_ratio(name, ours / theirs, LIMIT, 1)


def accept_all(bare: Bare, project_id: int) -> None:
    """Let the server make an annotation of each prediction, as somebody who accepts all does."""
    path = f"/api/dm/actions?id=predictions_to_annotations&project={project_id}"
    version = bare.server.get_project(project_id)["model_version"]
    body = {"selectedItems": {"all": True, "excluded": []}, "model_version": version}
    bare.client.post(path, json=body, headers=bare.headers()).raise_for_status()


def test_memory_does_not_grow_with_the_count(
    connected: Project, server: Server, record_ratio: Record
) -> None:
    ids = fill(connected, range(4 * BATCH))
    bare = Bare(server)

    def measure(name: str, some: list[str]) -> int:
        pushed = wb.push(connected, name, some, progress=False)
        accept_all(bare, pushed.projects[0].project_id)
        wb.pull(connected, name, progress=False)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    few = measure("few", ids[:BATCH])
    many = measure("many", ids)
    name = "peak memory of pushing and pulling four batches against one"
    record_ratio(name, many / few, 1.1, 1)
