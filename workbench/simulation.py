"""Simulated annotators: they work through the server like people, and err at a seeded rate."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tqdm.auto import tqdm

from workbench.adapters.front_matter import split_front_matter
from workbench.adapters.label_studio.encoding import encode_layer
from workbench.adapters.markup import parse_markup
from workbench.analysis.adjudication.reviews import answer
from workbench.annotators import add_annotators
from workbench.backends.label_studio import Server
from workbench.core.article import Article
from workbench.core.errors import RoundError
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.core.offsets import trim
from workbench.core.scheme import Scheme
from workbench.core.span import MENTION, Span
from workbench.core.stance import POLARITIES
from workbench.gold.adjudication import Adjudication, adjudicate
from workbench.gold.decisions import decide
from workbench.project import Project
from workbench.seeds import find_seeds
from workbench.store.articles import find_articles
from workbench.store.rounds import find_assignments, find_projects
from workbench.studio.credentials import read_accounts

ERRORS = 0.1
"""The share of sample gold that a simulated annotator drops, shifts or flips."""
DECIDER = "simulated:adjudicator"
_ROUNDS = 10
_SECONDS = (40.0, 240.0)


def read_sample_gold() -> dict[str, Layer]:
    """Return the samples' hand-checked gold by the hash of the article's text."""
    gold = {}
    for path in sorted((find_seeds() / "gold").glob("*.md")):
        if path.name == "README.md":
            continue
        _, body = split_front_matter(path.read_text(encoding="utf-8"))
        _, layer = parse_markup(body.strip("\n"))
        gold[layer.text_sha256] = layer
    return gold


def annotate_round(
    project: Project,
    name: str,
    gold: Mapping[str, Layer],
    server: Server,
    *,
    seed: int = 0,
    progress: bool = True,
) -> int:
    """Let each simulated annotator of a round submit its tasks, and count what was submitted.

    Each has an account and a token of its own; tasks that are submitted already are left alone.
    """
    with project.store() as connection:
        projects = find_projects(connection, name)
        rows = {row.key: row for row in find_assignments(connection, name)}
        articles = {article.id: article for article in find_articles(connection)}
    add_annotators(project, *(p.annotator for p in projects))
    accounts = read_accounts(project.annotators_file)
    submitted = 0
    for pushed in projects:
        own = Server(server.url, accounts[pushed.annotator].token)
        tasks = [t for t in own.iter_tasks(pushed.project_id) if not t.get("annotations")]
        bar = tqdm(tasks, desc=pushed.annotator, unit="task", delay=1, disable=not progress)
        for task in bar:
            row = rows[task["data"]["key"]]
            article = articles[row.article_id]
            generator = random.Random(f"{seed} {pushed.annotator} {row.key}")  # noqa: S311
            layer = err(gold[row.text_sha256], article, project.scheme, generator)
            result = encode_layer(layer, article, (row.start, row.end)).result
            own.submit(int(task["id"]), result, seconds=generator.uniform(*_SECONDS))
            submitted += 1
    return submitted


def err(layer: Layer, article: Article, scheme: Scheme, generator: random.Random) -> Layer:
    """Drop, shift or flip a tenth of a layer's entities and stances; ends follow their spans."""
    labels = scheme.names_of("entity")
    moved: dict[Span, Span | None] = {}
    for span in layer.spans:
        wrong = span.label != MENTION and generator.random() < ERRORS
        moved[span] = _spoil_span(span, article.text, labels, generator) if wrong else span
    stances = []
    for stance in layer.stances:
        changed = replace(
            stance, holders=_follow(stance.holders, moved), targets=_follow(stance.targets, moved)
        )
        if generator.random() >= ERRORS:
            stances.append(changed)
        elif generator.random() < 0.5:
            others = [p for p in POLARITIES if p != stance.polarity]
            stances.append(replace(changed, polarity=generator.choice(others)))
    quotes = [replace(q, speaker=moved.get(q.speaker) if q.speaker else None) for q in layer.quotes]
    unique = {identify(layer.text_sha256, stance): stance for stance in stances}
    return replace(
        layer,
        spans=tuple(sorted({span for span in moved.values() if span is not None})),
        quotes=tuple(quotes),
        stances=tuple(unique.values()),
        clusters=(),
    )


def decide_round(
    project: Project, name: str, gold: Mapping[str, Layer], *, progress: bool = True
) -> tuple[Adjudication, int]:
    """Adjudicate a round and decide every conflict as the sample gold has it.

    Uses the `decide` that people use. Raises RoundError where conflicts stay open.
    """
    decided = 0
    outcome = adjudicate(project, name)
    for _ in range(_ROUNDS):
        if not outcome.conflicts:
            return outcome, decided
        bar = tqdm(outcome.conflicts, desc="decide", unit="conflict", delay=1, disable=not progress)
        for conflict in bar:
            action, item = answer(conflict, gold[conflict.text_sha256])
            decide(project, conflict, action, item=item, reason="sample gold", author=DECIDER)
            decided += 1
        outcome = adjudicate(project, name)
    raise RoundError(f"round {name!r} still has {len(outcome.conflicts)} open conflicts")


def _spoil_span(
    span: Span, text: str, labels: Sequence[str], generator: random.Random
) -> Span | None:
    kind = generator.choice(("drop", "shift", "flip"))
    if kind == "drop":
        return None
    if kind == "flip":
        return replace(span, label=generator.choice([x for x in labels if x != span.label]))
    words = text[span.start : span.end].split(" ")
    if len(words) > 1:
        return replace(span, start=span.start + len(words[0]) + 1)
    after = text.find(" ", span.end + 1)
    longer = trim(text, (span.start, after if 0 < after < span.end + 15 else span.end))
    return replace(span, end=longer[1]) if longer else span


def _follow(ends: Sequence[Span], moved: Mapping[Span, Span | None]) -> tuple[Span, ...]:
    return tuple(end for end in (moved.get(end, end) for end in ends) if end is not None)
