"""The intake of a pull: tasks page by page, kept as they came, then read into layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from workbench.adapters.label_studio.decoding import Decoded, decode_annotation, rename_result
from workbench.adapters.label_studio.names import TEXT
from workbench.core.amendment import compose, find_asked, rename_layer, rename_notes
from workbench.core.article import Article
from workbench.core.errors import BackendError
from workbench.core.layer import Layer, LayerKey
from workbench.core.offsets import Offsets
from workbench.core.round import Assignment, Round
from workbench.project import Project
from workbench.rounds.work import Work, unite_work
from workbench.store.articles import find_articles
from workbench.store.changes import find_amendments
from workbench.store.journal import chunk
from workbench.store.layers import add_layers, find_seqs, get_layers
from workbench.store.payloads import add_payloads, find_ages
from workbench.store.quarantine import add_quarantine, close_quarantine, list_quarantine
from workbench.store.rounds import PushedProject, find_assignments, get_round_scheme
from workbench.store.tasks import Suggestion, find_suggestions, find_tasks

Task = dict[str, Any]
Shown = tuple[Suggestion, Layer]


class Intake:
    """Takes in a round's tasks; few of them are in memory at a time.

    An article's work is stored as soon as all of its tasks in a project were read. What its
    author had submitted elsewhere, or before and is gone from the server, stays in the layer.
    """

    def __init__(self, project: Project, rnd: Round, authors: Mapping[int, str]) -> None:
        self.problems: list[str] = []
        self.quarantined: list[str] = []
        self._project, self._round, self._authors = project, rnd, authors
        with project.store() as connection:
            self._kinds = get_round_scheme(connection, rnd.name).kinds
            self._changes = find_amendments(connection, rnd.name)
            self._rows = {row.key: row for row in find_assignments(connection, rnd.name)}
            self._tasks = {task.key: task for task in find_tasks(connection, rnd.name)}
            self._seqs = find_seqs(connection, "annotation", rnd.name)
        self._names = compose(self._changes)
        self._before = set(self._seqs)
        self._seen: dict[LayerKey, set[Offsets]] = {}
        self._found: set[str] = set()
        self._sources: set[str] = set()
        self._unread: set[tuple[str, Offsets]] = set()
        self._work: dict[str, dict[str, Work]] = {}

    @property
    def planned(self) -> int:
        """How many tasks the round's plan has."""
        return len(self._rows)

    def begin(self, pushed: PushedProject) -> None:
        """Begin with a project: what is known of its tasks, and which ones each article awaits."""
        self._pushed = pushed
        with self._project.store() as connection:
            self._ages = find_ages(connection, pushed.server, pushed.project_id)
        own = [task for task in self._tasks.values() if task.project_id == pushed.project_id]
        self._keys = {task.task_id: task.key for task in own if task.task_id is not None}
        self._awaited = Counter(
            self._rows[task.key].article_id for task in own if task.key in self._rows
        )
        self._work = {}

    def take(self, page: Sequence[Task]) -> None:
        """Keep a page of tasks as it came, then read every annotation in it.

        Raises BackendError where the server is not as it was: nothing of the page is taken then.
        """
        self._require_same_server(page)
        at, pushed = self._project.now(), self._pushed
        ref = {"server": pushed.server, "project_id": pushed.project_id}
        with self._project.store() as connection:
            add_payloads(connection, page, at=at, **ref)  # type: ignore[arg-type]  # as annotated
        rows = [self._rows[key] for key in map(_get_key, page) if key in self._rows]
        annotated = [_get_key(task) for task in page if task.get("annotations")]
        with self._project.store() as connection:
            articles = find_articles(connection, [row.article_id for row in rows])
            suggestions = find_suggestions(connection, annotated)
            layers = get_layers(connection, {s.layer_seq for s in suggestions.values()})
        shown = {key: (s, layers[s.layer_seq]) for key, s in suggestions.items()}
        reader = _Reader(self, {a.id: a for a in articles}, shown)
        for task in page:
            reader.read(task)
        self._store([a for a in {a.id: a for a in articles}.values() if not self._awaited[a.id]])
        self._quarantine(reader.rejected)

    def end(self) -> None:
        """Store what is left of a project whose tasks are not all there any more."""
        with self._project.store() as connection:
            left = find_articles(connection, list(self._work))
        self._store(left)

    def finish(self) -> None:
        """Tell what is gone, and close the quarantine entries of tasks that are sound now."""
        gone = [t for t in self._tasks.values() if t.task_id is not None]
        gone = [task for task in gone if task.key not in self._found]
        if gone:
            some = ", ".join(str(task.task_id) for task in gone[:5])
            self.problems.append(
                f"{len(gone)} tasks of round {self._round.name!r} are gone from the server "
                f"({some}); what was pulled of them is kept; push the round again to restore them"
            )
        self._tell_vanished()
        with self._project.store() as connection:
            for entry in list_quarantine(connection):
                task = entry.source.split(", annotation")[0]
                if task in self._sources and entry.id not in self.quarantined:
                    now = self._project.now()
                    close_quarantine(connection, entry.id, reason="its source changed", at=now)

    def add_work(self, row: Assignment, author: str) -> Work:
        """Return where the work of an author on an article is gathered."""
        return self._work.setdefault(row.article_id, {}).setdefault(author, Work())

    def mark_unread(self, row: Assignment) -> None:
        """Note that a task is there and can't be read, so that its passage has not vanished."""
        self._unread.add((row.article_id, (row.start, row.end)))

    def mark_found(self, key: str, source: str) -> None:
        """Note that a task is there, so that its article's work may be complete."""
        row = self._rows.get(key)
        if row is not None and key not in self._found:
            self._found.add(key)
            self._awaited[row.article_id] -= 1
        self._sources.add(source)

    def _require_same_server(self, page: Sequence[Task]) -> None:
        for task in page:
            key, known = _get_key(task), self._keys.get(task["id"])
            where = f"task {task['id']} of project {self._pushed.project_id} on "
            where += self._pushed.server
            advice = (
                "the server was restored from an older backup, or its data was changed by hand; "
                "nothing was taken in from here on; bring the newer data back, or push to a new "
                "round"
            )
            if known is not None and known != key:
                raise BackendError(
                    f"{where} is another one than was pushed: {advice}", url=self._pushed.server
                )
            before = self._ages.get(int(task["id"]))
            if before and _read_time(task.get("updated_at")) < _read_time(before):
                raise BackendError(
                    f"{where} last changed before it was last pulled: {advice}",
                    url=self._pushed.server,
                )

    def _store(self, articles: Iterable[Article]) -> None:
        """Store the work on articles whose tasks were all read, each author's as one layer."""
        done = [
            (article, author, work)
            for article in articles
            for author, work in sorted(self._work.pop(article.id, {}).items())
        ]
        keys = [self._make_key(article, author) for article, author, _ in done]
        layers = []
        with self._project.store() as connection:
            known = get_layers(connection, [self._seqs[key] for key in keys if key in self._seqs])
            for key, (article, author, work) in zip(keys, done, strict=True):
                before = known.get(self._seqs.get(key, 0))
                seen = self._seen.setdefault(key, set())
                work.leave_out_doubles(seen)
                seen |= work.passages
                if work.parts or before is not None:
                    layers.append(self._unite(article, author, work, before))
            seqs = add_layers(connection, layers, at=self._project.now())
            self._seqs |= {layer.key: seq for layer, seq in zip(layers, seqs, strict=True)}
        self._quarantine([r for _, _, work in done for r in work.rejected])

    def _unite(self, article: Article, author: str, work: Work, before: Layer | None) -> Layer:
        empty = Layer(
            article_id=article.id,
            text_sha256=article.text_sha256,
            author=author,
            kind="annotation",
            round=self._round.name,
            scheme=self._round.scheme,
            guideline=self._round.guideline,
        )
        # What was pulled before the scheme changed says it in the old words.
        before = rename_layer(before, self._names) if before is not None else None
        return unite_work(article, work, before, empty, self._project.registry)

    def _make_key(self, article: Article, author: str) -> LayerKey:
        return (article.id, author, "annotation", self._round.name)

    def _tell_vanished(self) -> None:
        """Tell of work that was pulled before and of which the server knows nothing any more."""
        lost = []
        for part in chunk(sorted(self._before)):
            with self._project.store() as connection:
                found = get_layers(connection, [self._seqs[key] for key in part])
            for key in part:
                told = self._seen.get(key, set())
                lost += [
                    f"{key[1]} on {key[0]!r} at {start}..{end}"
                    for start, end in ((p.start, p.end) for p in found[self._seqs[key]].passages)
                    if (start, end) not in told and (key[0], (start, end)) not in self._unread
                ]
        if lost:
            self.problems.append(
                f"work that was pulled before is gone from the server and is kept: "
                f"{'; '.join(lost[:5])}{f' and {len(lost) - 5} more' if len(lost) > 5 else ''}"
            )

    def _quarantine(self, rejected: Iterable[tuple[Any, str, str]]) -> None:
        """Keep parts that can't be taken in, each with its reason and source."""
        rejected = list(rejected)
        if not rejected:
            return
        with self._project.store() as connection:
            for part, reason, source in rejected:
                now = self._project.now()
                entry = add_quarantine(connection, part, reason=reason, source=source, at=now)
                if entry not in self.quarantined:
                    self.quarantined.append(entry)

    def locate(self, task: Task) -> str:
        """Say where a task lies."""
        return (
            f"task {task.get('id')} of project {self._pushed.project_id} on {self._pushed.server}"
        )

    def find_row(self, key: str) -> Assignment | None:
        """Return the plan's row of a key."""
        return self._rows.get(key)

    def decode(
        self, annotation: Task, row: Assignment, article: Article, shown: Shown | None
    ) -> Decoded:
        """Read one annotation of a passage under the round's scheme."""
        asked, number = self._round.asked, int(annotation.get("id") or 0)
        return decode_annotation(
            rename_result(annotation, self._names),
            article,
            (row.start, row.end),
            kinds=self._kinds,
            asked=find_asked(self._changes, asked, self._pushed.project_id, number),
            suggested_by=shown[1].author if shown else None,
            shown=rename_layer(shown[1], self._names) if shown else None,
            notes=rename_notes(shown[0].notes, self._names) if shown else None,
        )

    def find_author(self, annotation: Task) -> str | None:
        """Return who submitted an annotation, None where the account is gone."""
        account = annotation.get("completed_by")
        if isinstance(account, dict):
            account = account.get("id")
        return self._authors.get(account) if isinstance(account, int) else None

    def get_set(self, key: str) -> str:
        """Return the suggestion set that a task shows as the ledger has it."""
        return self._tasks[key].suggestion_set if key in self._tasks else ""


class _Reader:
    """Reads the tasks of one page."""

    def __init__(
        self,
        intake: Intake,
        articles: Mapping[str, Article],
        shown: Mapping[tuple[str, str], Shown],
    ) -> None:
        self._intake = intake
        self._articles = articles
        self._shown = shown
        self.rejected: list[tuple[Any, str, str]] = []

    def read(self, task: Task) -> None:
        """Read every annotation of a task, or say why none can be read."""
        data, annotations = task.get("data") or {}, task.get("annotations") or []
        where, row = self._intake.locate(task), self._intake.find_row(_get_key(task))
        self._intake.mark_found(_get_key(task), where)
        if row is None:
            self._reject(annotations, "the task is in no plan of this round", where)
            return
        article = self._articles.get(row.article_id)
        if article is None:
            self._intake.mark_unread(row)
            self._reject(annotations, f"article {row.article_id!r} was withdrawn", where)
            return
        if data.get(TEXT) != article.text[row.start : row.end]:
            self._intake.problems.append(
                f"{where}: its text was edited in Label Studio, so its offsets mean nothing for "
                f"article {article.id!r}; restore the text there, then pull again"
            )
            self._intake.mark_unread(row)
            self._reject(annotations, "the task's text was edited in Label Studio", where)
            return
        sets = {p.get("id"): p.get("model_version") for p in task.get("predictions") or []}
        for annotation in annotations:
            # Who began before a new set came was shown the old one; the server remembers which.
            shown_set = sets.get(annotation.get("parent_prediction"))
            name = str(shown_set or self._intake.get_set(row.key))
            self._read_annotation(annotation, row, article, self._shown.get((name, row.key)), where)

    def _read_annotation(
        self, annotation: Task, row: Assignment, article: Article, shown: Shown | None, where: str
    ) -> None:
        author = self._intake.find_author(annotation)
        if author is None:
            self._intake.mark_unread(row)
            self._reject([annotation], "its author has no account any more", where)
            return
        decoded = self._intake.decode(annotation, row, article, shown)
        source = f"{where}, annotation {annotation.get('id')}"
        for reason, part in decoded.quarantined:
            self._reject([part], reason, source)
        work = self._intake.add_work(row, author)
        if decoded.passage is None:
            work.revoked.add((row.start, row.end))
        else:
            work.parts.append((decoded, annotation, source))

    def _reject(self, parts: Iterable[Any], reason: str, source: str) -> None:
        self.rejected += [(part, reason, source) for part in parts]


def _get_key(task: Task) -> str:
    return str((task.get("data") or {}).get("key"))


def _read_time(stated: object) -> datetime:
    return datetime.fromisoformat(str(stated).replace("Z", "+00:00"))
