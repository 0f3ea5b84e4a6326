"""Pre-annotate articles: a spaCy pipeline's entities, quotations and stances as predictions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

from workbench.core.article import Article
from workbench.core.errors import PipelineError, SchemeError
from workbench.core.imports import import_whole
from workbench.core.layer import Layer, check_layer
from workbench.core.scheme import Scheme
from workbench.preannotators import Annotate, find_preannotator
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.layers import add_layer, find_layers
from workbench.store.names import CURRENT, find_model_record
from workbench.workers import annotate_in_processes

if TYPE_CHECKING:
    from spacy.language import Language

BATCH = 16
"""Articles that the pipeline takes at once: measured fastest and leanest."""
_ZONE = 64
"""Articles after which the words that they brought are forgotten, once enough are known."""
_KNOWN_WORDS = 30_000
"""Words that the vocabulary keeps: most of a language's running text, some 20 MB."""


def preannotate(
    project: Project,
    articles: Iterable[Article | str] | None = None,
    *,
    nlp: Language | str | Path | Annotate | None = None,
    again: bool = False,
    workers: int = 1,
    progress: bool = True,
) -> list[Layer]:
    """Make and store a prediction layer for each article, all of the project's by default.

    `nlp` is a spaCy pipeline, its name or folder, or what `preannotators` knows: a function from
    an article to a layer, a GLiNER-like model, "module:function", "llm"; the default is the
    promoted model, else the pipeline that `workbench.toml` names, else the best English one
    installed. Articles that the same pipeline has done are not done again unless `again` says so.
    `workers` is the number of processes that a pipeline runs in. Raises SchemeError where a
    function's layer breaks the scheme, PipelineError where several processes are asked of a
    function.
    """
    chosen = _choose_articles(project, articles)
    function = find_preannotator(project, nlp)
    if function is not None:
        if workers > 1:
            raise PipelineError("a function can't run in several processes; leave workers at 1")
        made: Iterator[Layer] = (
            _check(function(article), article, project.scheme) for article in chosen
        )
        return _store(project, made, len(chosen), progress, getattr(function, "usage", None))
    chosen_nlp = nlp if nlp is not None else find_promoted(project)
    pipeline, author = load_pipeline(project, chosen_nlp)  # type: ignore[arg-type]  # no functions
    with project.store() as connection:
        known = {x.article_id: x for x in find_layers(connection, kind="prediction", author=author)}
    scheme = project.scheme
    if not again:
        known = {i: x for i, x in known.items() if (x.scheme, x.guideline) == _hashes(scheme)}
    todo = [article for article in chosen if again or article.id not in known]
    if workers > 1 and len(todo) > 1:
        made = annotate_in_processes(pipeline, todo, author=author, scheme=scheme, workers=workers)
    else:
        made = annotate(pipeline, todo, author=author, scheme=scheme)
    new = {layer.article_id: layer for layer in _store(project, made, len(todo), progress)}
    return [new.get(article.id) or known[article.id] for article in chosen]


def find_promoted(project: Project) -> Path | None:
    """Return the folder of the promoted model, None where none was.

    Raises PipelineError where the folder is gone: another model is no quiet replacement.
    """
    with project.store() as connection:
        record = find_model_record(connection, CURRENT)
    if record is None:
        return None
    path = project.models / str(record["name"])
    if not path.is_dir():
        raise PipelineError(
            f"the promoted model {record['name']!r} is gone from {project.models}; train it again "
            f"with: workbench train {record['release']}"
        )
    return path


def load_pipeline(
    project: Project, nlp: Language | str | Path | None = None
) -> tuple[Language, str]:
    """Load the project's pipeline and name it as the author of what it makes."""
    import_whole("workbench.pipeline.english", "workbench.adapters.spacy_docs")
    from workbench.pipeline.compatibility import check_model
    from workbench.pipeline.english import describe_pipeline, make_pipeline

    base = nlp if nlp is not None else project.setting("pipeline", "base") or None
    if isinstance(base, str) and (project.models / base).is_dir():
        base = project.models / base
    if isinstance(base, str | Path):
        check_model(Path(base), project.scheme)
    pipeline = make_pipeline(project.seeds, project.scheme, base)
    return pipeline, describe_pipeline(pipeline)


def annotate(
    nlp: Language, articles: Iterable[Article], *, author: str, scheme: Scheme
) -> Iterator[Layer]:
    """Yield a prediction layer for each article, in order; nothing is stored.

    Of a text longer than the pipeline's `max_length`, a million characters unless it was set
    otherwise, the beginning is read, and the layer's passage ends where the reading did.
    spaCy remembers each word that it ever met, so a long stream would fill the memory. Once the
    vocabulary is large, articles are read in memory zones of 64, and what they brought is
    forgotten. The first ones never are: components make their tables when they are first used.
    """
    stream = iter(articles)
    first = True
    while chunk := list(islice(stream, _ZONE)):
        made = _annotate_chunk(nlp, chunk, author=author, scheme=scheme)
        if first or len(nlp.vocab) < _KNOWN_WORDS:
            yield from made
        else:
            with nlp.memory_zone():
                layers = list(made)
            yield from layers
        first = False


def _annotate_chunk(
    nlp: Language, articles: Sequence[Article], *, author: str, scheme: Scheme
) -> Iterator[Layer]:
    from workbench.adapters.spacy_docs import layer_from_doc

    def prepare() -> Iterator[tuple[object, Article]]:
        for article in articles:
            doc = nlp.make_doc(_cut(article.text, nlp.max_length))
            doc._.masked = [list(region) for region in article.masked]
            yield doc, article

    for doc, article in nlp.pipe(prepare(), as_tuples=True, batch_size=BATCH):  # type: ignore[call-overload]
        yield layer_from_doc(
            doc,
            article,
            author=author,
            asked=scheme.asked,
            scheme=scheme.hash,
            guideline=scheme.guideline_hash,
        )


def _cut(text: str, most: int) -> str:
    """Return a text's beginning, up to the end of a line or word where there is one."""
    if len(text) <= most:
        return text
    end = max(text.rfind("\n", 0, most), 0) or max(text.rfind(" ", 0, most), 0) or most
    return text[:end]


def _choose_articles(project: Project, articles: Iterable[Article | str] | None) -> list[Article]:
    with project.store() as connection:
        stored = find_articles(connection)
    if articles is None:
        return stored
    wanted = [a if isinstance(a, str) else a.id for a in articles]
    by_id = {article.id: article for article in stored}
    return [by_id[article_id] for article_id in wanted if article_id in by_id]


def _hashes(scheme: Scheme) -> tuple[str, str]:
    return scheme.hash, scheme.guideline_hash


def _check(layer: Layer, article: Article, scheme: Scheme) -> Layer:
    problems = check_layer(layer, article, scheme.kinds)
    if problems:
        raise SchemeError(f"the layer that {layer.author!r} made of {article.id!r}", problems)
    return layer


def _store(
    project: Project,
    layers: Iterable[Layer],
    total: int,
    progress: bool,
    usage: object = None,
) -> list[Layer]:
    stored = []
    bar = tqdm(
        layers, desc="preannotate", total=total, unit="article", delay=1, disable=not progress
    )
    for layer in bar:
        with project.store() as connection:
            add_layer(connection, layer, at=project.now())
        stored.append(layer)
        if usage is not None:
            # What a language model costs is told while it can still be stopped.
            bar.set_postfix_str(str(usage))
    return stored
