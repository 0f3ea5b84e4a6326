"""Workers: pre-annotation in several processes, articles in and layers out.

spaCy's own `n_process` serialises each Doc both ways and loses more than it wins; here a process
loads the pipeline once, gets texts, and sends back nothing but layers.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.article import Article
from workbench.core.errors import PipelineError
from workbench.core.layer import Layer
from workbench.core.scheme import Scheme

if TYPE_CHECKING:
    from spacy.language import Language

SHARD = 16
"""Articles sent at once."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_AHEAD = 3
"""Shards under way for each process: enough that none waits, few enough that memory stays flat."""
_loaded: dict[str, tuple[Language, str, Scheme]] = {}
"""What this process works with, once `_load` has run in it."""


def annotate_in_processes(
    nlp: Language, articles: Iterable[Article], *, author: str, scheme: Scheme, workers: int
) -> Iterator[Layer]:
    """Yield a prediction layer for each article, in order, from `workers` processes.

    Raises PipelineError where a process dies, for want of memory in most cases.
    """
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        model = Path(folder) / "model"
        nlp.to_disk(model)
        pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_load,
            initargs=(str(model), author, scheme),
        )
        with pool:
            try:
                yield from _stream(pool, iter(articles), workers)
            except BrokenProcessPool:
                raise PipelineError(
                    "a process of pre-annotation died, for want of memory in most cases; run it "
                    "again with fewer workers: what is stored is not done again"
                ) from None


def _stream(
    pool: ProcessPoolExecutor, articles: Iterator[Article], workers: int
) -> Iterator[Layer]:
    under_way: deque[Future[list[Layer]]] = deque()
    while True:
        while len(under_way) < workers * _AHEAD and (shard := list(islice(articles, SHARD))):
            under_way.append(pool.submit(_annotate, shard))
        if not under_way:
            return
        yield from under_way.popleft().result()


def _load(folder: str, author: str, scheme: Scheme) -> None:
    for name in _THREADS:
        # Two processes that take all cores for each product of matrices slow each other down.
        os.environ.setdefault(name, "1")
    from workbench.pipeline.english import load_base

    _loaded["work"] = (load_base(folder), author, scheme)


def _annotate(articles: Sequence[Article]) -> list[Layer]:
    from workbench.preannotation import annotate

    nlp, author, scheme = _loaded["work"]
    return list(annotate(nlp, articles, author=author, scheme=scheme))
