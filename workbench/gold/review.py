"""Review conflicts in Label Studio: a pre-merged task goes out, and decisions come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.adapters.label_studio.config import make_config, make_instructions
from workbench.adapters.label_studio.decoding import decode_annotation
from workbench.adapters.label_studio.encoding import encode_layer, make_prediction, make_task
from workbench.adapters.label_studio.names import TEXT
from workbench.adapters.records import read_layer, write_layer
from workbench.analysis.adjudication.reviews import merge_before_review, read_review
from workbench.backends.label_studio import ProjectRef, Server, prepare
from workbench.connection import connect, name_authors
from workbench.core.decision import Conflict, Decision
from workbench.core.errors import RoundError
from workbench.core.identity import digest, identify
from workbench.core.layer import Item, Layer
from workbench.core.round import Assignment
from workbench.gold.adjudication import OpenRound, open_round, settle
from workbench.project import Project
from workbench.store.adjudications import (
    Review,
    add_review,
    confirm_review,
    find_probes,
    find_reviews,
)
from workbench.store.decisions import add_decision, find_decisions, list_reasons
from workbench.store.payloads import add_payloads
from workbench.store.quarantine import add_quarantine


@dataclass(frozen=True)
class Reviewing:
    """A round's review project: where it is, how many tasks it has, and how many are new."""

    round: str
    url: str
    tasks: int
    added: int

    def to_record(self) -> dict[str, Any]:
        """Write it as plain JSON."""
        return {"round": self.round, "url": self.url, "tasks": self.tasks, "added": self.added}


@dataclass(frozen=True)
class Reviewed:
    """What reviews decided, how many conflicts are still open, and what was not taken in."""

    round: str
    decisions: tuple[Decision, ...]
    open: int
    problems: tuple[str, ...]

    def __repr__(self) -> str:
        """Count both."""
        return (
            f"Reviewed({self.round!r}: {len(self.decisions)} decisions, {self.open} conflicts "
            f"open, {len(self.problems)} problems)"
        )

    def to_record(self) -> dict[str, Any]:
        """Write the outcome as plain JSON."""
        return {
            "round": self.round,
            "decisions": [
                {"conflict": d.conflict, "kind": d.kind, "action": d.action, "author": d.author}
                for d in self.decisions
            ],
            "open": self.open,
            "problems": list(self.problems),
        }


def push_review(project: Project, round_name: str, *, server: Server | None = None) -> Reviewing:
    """Put every article of a round that has open conflicts into its review project.

    A task shows the gold as it would be by the commonest readings, and says which conflicts are
    open in it. Run again, it adds tasks for articles whose annotations have changed since. Raises
    RoundError where nothing is open, BackendError where the server is away.
    """
    opened = open_round(project, round_name)
    with project.store() as connection:
        decisions = find_decisions(connection, round_name)
        known = {review.key: review for review in find_reviews(connection, round_name)}
    rows = {}
    for article_id in opened.article_ids:
        conflicts = opened(article_id, decisions).conflicts
        if conflicts:
            review = _prepare(opened, article_id, decisions, round_name)
            rows[review.key] = (known.get(review.key, review), conflicts)
    if not rows:
        raise RoundError(f"round {round_name!r} has no open conflicts to review")
    server = server or connect(project)
    ref = _ensure_project(project, round_name, server)
    landed = server.find_tasks(ref.id, list(rows))
    tasks = []
    for key, (review, conflicts) in rows.items():
        with project.store() as connection:
            add_review(connection, replace(review, project_id=ref.id), at=project.now())
            if key in landed:
                confirm_review(connection, key, landed[key])
        if key not in landed:
            tasks.append(prepare(_make_task(opened, review, conflicts)))
    for ids in server.import_tasks(ref.id, [tasks] if tasks else []):
        with project.store() as connection:
            for key, task_id in ids.items():
                confirm_review(connection, key, task_id)
    server.update_project(ref.id, model_version=_name_set(round_name))
    return Reviewing(round_name, ref.url, len(rows), len(tasks))


def pull_review(project: Project, round_name: str, *, server: Server | None = None) -> Reviewed:
    """Turn what reviewers submitted into decisions; it can be run at any time and again.

    All decisions of one review are stored at once. A review whose article was annotated anew in
    the meantime, or that can't be read whole, decides nothing and is told in `problems`; so is a
    reviewer who had annotated the article. Raises RoundError where nothing was pushed for review.
    """
    with project.store() as connection:
        reviews = {review.key: review for review in find_reviews(connection, round_name)}
    if not reviews:
        raise RoundError(
            f"round {round_name!r} has no reviews; run: workbench review push {round_name}"
        )
    server = server or connect(project)
    reader = _Reader(project, round_name, name_authors(project, server), reviews)
    for project_id in sorted({review.project_id for review in reviews.values()}):
        for page in server.iter_pages(project_id):
            with project.store() as connection:
                add_payloads(
                    connection, page, server=server.url, project_id=project_id, at=project.now()
                )
            for task in page:
                reader.take(task)
    conflicts = settle(project, round_name).conflicts
    return Reviewed(round_name, tuple(reader.made), len(conflicts), tuple(reader.problems))


@dataclass
class _Reader:
    """Reads submitted reviews one by one."""

    project: Project
    round: str
    authors: Mapping[int, str]
    reviews: Mapping[str, Review]
    made: list[Decision] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.opened = open_round(self.project, self.round)
        with self.project.store() as connection:
            self.probes = {probe.item for probe in find_probes(connection)}

    def take(self, task: Mapping[str, Any]) -> None:
        """Take in the last review that somebody submitted of a task."""
        review = self.reviews.get(str((task.get("data") or {}).get("key")))
        done = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
        if review is None or not done:
            return
        annotation = max(done, key=lambda a: str(a.get("updated_at") or ""))
        where = f"review task {task.get('id')}, annotation {annotation.get('id')}"
        stamp = f"{where} of {annotation.get('updated_at')}"
        with self.project.store() as connection:
            if stamp in list_reasons(connection, self.round):
                return
        problems = list(self._check(review, task, where))
        if problems:
            self.problems += problems
            return
        reviewed = self._read(review, annotation, where)
        if reviewed is not None:
            self._decide(review.article_id, reviewed, stamp)

    def _check(self, review: Review, task: Mapping[str, Any], where: str) -> Iterator[str]:
        article = self.opened.articles.get(review.article_id)
        if article is None or review.article_id not in self.opened.article_ids:
            yield f"{where}: article {review.article_id!r} was withdrawn"
        elif (task.get("data") or {}).get(TEXT) != article.text:
            yield f"{where}: its text was edited in Label Studio; restore it there and pull again"
        elif _hash_work(self.opened, review.article_id) != review.layers:
            yield (
                f"{where}: {review.article_id!r} was annotated anew since it was pushed; run: "
                f"workbench review push {self.round}"
            )

    def _read(self, review: Review, annotation: Mapping[str, Any], where: str) -> Layer | None:
        """Read a review whole, or tell what of it can't be read."""
        article = self.opened.articles[review.article_id]
        shown = read_layer(review.record)
        passage = (0, len(article.text))
        decoded = decode_annotation(
            annotation,
            article,
            passage,
            kinds=self.project.scheme.kinds,
            asked=self.project.scheme.asked,
            shown=shown,
            notes=encode_layer(shown, article, passage).notes,
        )
        problems = [reason for reason, _ in decoded.quarantined]
        problems += [
            f"the stance at {stance.offsets[0]} lacks its holder or target"
            for stance in decoded.stances
            if stance.is_incomplete
        ]
        items: list[Item] = [*decoded.spans, *decoded.quotes, *decoded.stances]
        problems += [
            f"{item_id} is a probe, a wrong suggestion"
            for item_id in (identify(article.text_sha256, item) for item in items)
            if item_id in self.probes
        ]
        account = annotation.get("completed_by")
        account = account.get("id") if isinstance(account, dict) else account
        author = self.authors.get(account if isinstance(account, int) else 0)
        if author is None:
            problems.append("its author has no account any more")
        if problems or author is None:
            self.problems.append(f"{where}: nothing was decided: {'; '.join(problems)}")
            with self.project.store() as connection:
                for reason, part in decoded.quarantined:
                    add_quarantine(
                        connection, part, reason=reason, source=where, at=self.project.now()
                    )
            return None
        return replace(
            shown,
            author=author,
            spans=tuple(decoded.spans),
            quotes=tuple(decoded.quotes),
            stances=tuple(decoded.stances),
            verdicts={},
        )

    def _decide(self, article_id: str, reviewed: Layer, stamp: str) -> None:
        with self.project.store() as connection:
            decisions = find_decisions(connection, self.round)
        found = read_review(
            lambda known: self.opened(article_id, known), decisions, reviewed, reason=stamp
        )
        with self.project.store() as connection:
            for decision in found:
                add_decision(connection, decision, at=self.project.now())
        self.made += found
        if any(layer.author == reviewed.author for layer in self.opened.layers[article_id]):
            self.problems.append(
                f"{reviewed.author} reviewed {article_id!r} and had annotated it; the decisions "
                "stand, and lineage tells of it"
            )


def _prepare(
    opened: OpenRound, article_id: str, decisions: Mapping[str, Decision], round_name: str
) -> Review:
    article = opened.articles[article_id]
    work = _hash_work(opened, article_id)
    merged = merge_before_review(lambda known: opened(article_id, known), decisions)
    row = _make_row(article.id, article.text_sha256, len(article.text), round_name, work)
    return Review(row.key, round_name, article_id, work, write_layer(merged), 0)


def _make_row(article_id: str, sha: str, length: int, round_name: str, work: str) -> Assignment:
    return Assignment(article_id, sha, 0, length, round_name, "review", work)


def _make_task(
    opened: OpenRound, review: Review, conflicts: tuple[Conflict, ...]
) -> dict[str, Any]:
    article = opened.articles[review.article_id]
    row = _make_row(article.id, article.text_sha256, len(article.text), review.round, review.layers)
    task = make_task(article, row)
    merged = read_layer(review.record)
    encoded = encode_layer(merged, article, (0, len(article.text)))
    task["predictions"] = [make_prediction(encoded.result, merged, _name_set(review.round))]
    # Only kinds and counts: words of the article would be active in what is shown as Markdown.
    counts = Counter(conflict.kind for conflict in conflicts)
    shown = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    task["data"]["byline"] = f"{task['data']['byline']} · in dispute: {shown}".removeprefix(" · ")
    return task


def _hash_work(opened: OpenRound, article_id: str) -> str:
    return digest([write_layer(layer) for layer in opened.layers[article_id]])


def _ensure_project(project: Project, round_name: str, server: Server) -> ProjectRef:
    return server.ensure_project(
        f"{round_name} · review",
        make_config(project.scheme),
        marker=f"workbench:{digest(str(project.root), round_name, 'review', 'arm')}",
        instructions=make_instructions(project.scheme),
        maximum_annotations=1,
    )


def _name_set(round_name: str) -> str:
    return f"r{round_name}-review"
