"""Practice: a round on adjudicated articles that teaches an annotator by feedback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from workbench.analysis.adjudication.feedback import Remark, compare_with_gold
from workbench.backends.backend import Backend
from workbench.connection import open_backend
from workbench.core.errors import RoundError
from workbench.core.layer import Layer
from workbench.core.round import Round
from workbench.project import Project
from workbench.rendering.tables import draw_table
from workbench.rounds.drafts import Drafts
from workbench.rounds.plan import Planned, draw
from workbench.rounds.pull import pull
from workbench.rounds.push import add_to_plan
from workbench.rounds.sending import Pushed, send_plan
from workbench.rounds.settings import ensure_round
from workbench.store.articles import find_articles
from workbench.store.layers import find_layers, find_newest
from workbench.store.locks import hold_lock
from workbench.store.rounds import find_assignments, find_projects, get_round, get_round_scheme

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("annotator", *(field.name for field in fields(Remark)))


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one annotator got right in a practice round, and a remark on each difference."""

    annotator: str
    right: int
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Feedback:
    """Everybody's lesson: yours, gold, and the guideline's sentence on what differs."""

    round: str
    lessons: tuple[Lesson, ...]

    def __repr__(self) -> str:
        """Count what was right for each annotator."""
        counts = ", ".join(
            f"{x.annotator} {x.right} right and {len(x.remarks)} to look at" for x in self.lessons
        )
        return f"Feedback({self.round!r}: {counts or 'nothing submitted yet'})"

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), f"feedback on {self.round}")

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return a row for each remark."""
        return [
            (lesson.annotator, *asdict(remark).values())
            for lesson in self.lessons
            for remark in lesson.remarks
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.list_rows(), columns=list(COLUMNS))

    def to_record(self) -> dict[str, Any]:
        """Write the feedback as plain JSON."""
        return {"round": self.round, "lessons": [asdict(lesson) for lesson in self.lessons]}


def practise(
    project: Project,
    name: str,
    *people: str,
    n: int = 5,
    seed: int | None = None,
    server: Backend | None = None,
    progress: bool = True,
) -> Pushed:
    """Give people n adjudicated articles to annotate, without suggestions, each the same ones.

    Test articles are never among them: who has seen their gold could not annotate them any more.
    Nothing of it becomes gold. Raises RoundError where there is no gold to learn from.
    """
    if not people or n < 1:
        raise RoundError("practice needs somebody's name and one article at least")
    with hold_lock(project.engine, f"round {name!r}"):
        stated = {"annotators": people, "overlap": float(len(people)), "blind": 1.0, "seed": seed}
        rnd = ensure_round(project, name, {**stated, "practice": True})
        if not rnd.practice:
            raise RoundError(f"round {name!r} is no practice; choose another name")
        with project.store() as connection:
            known = {row.article_id for row in find_assignments(connection, name)}
        add_to_plan(project, rnd, sorted(known) or _choose(project, rnd, n))
        server = server or open_backend(project)
        return send_plan(project, rnd, server, Drafts(project, {}), progress=progress)


def feedback(
    project: Project,
    name: str,
    *,
    annotators: Iterable[str] = (),
    server: Backend | None = None,
    progress: bool = True,
) -> Feedback:
    """Take in what was submitted in a practice round and compare it with gold.

    For everybody, or for the annotators that are named. Raises RoundError for a round that is no
    practice.
    """
    with project.store() as connection:
        if not get_round(connection, name).practice:
            raise RoundError(f"round {name!r} is no practice; make one: workbench practise NAME")
        known = {pushed.annotator for pushed in find_projects(connection, name)}
    unknown = sorted(set(annotators) - known)
    if unknown:
        raise RoundError(f"nobody of the name {', '.join(unknown)} practises in {name!r}")
    pull(project, name, server=server, progress=progress)
    with project.store() as connection:
        layers = find_layers(connection, kind="annotation", round=name)
        gold = _find_gold(find_newest(connection, "gold"))
        articles = {a.id: a for a in find_articles(connection, {x.article_id for x in layers})}
        scheme = get_round_scheme(connection, name)
    found: dict[str, list[Any]] = {}
    for layer in sorted(layers, key=lambda layer: layer.key):
        article = articles.get(layer.article_id)
        if article is not None and layer.article_id in gold:
            compared = compare_with_gold(article, layer, gold[layer.article_id], scheme)
            found.setdefault(layer.author.removeprefix("person:"), []).append(compared)
    wanted = set(annotators)
    lessons = [
        Lesson(who, sum(x.right for x in parts), tuple(r for x in parts for r in x.remarks))
        for who, parts in found.items()
        if not wanted or who in wanted
    ]
    return Feedback(name, tuple(lessons))


def _find_gold(newest: dict[str, Layer]) -> dict[str, Layer]:
    return {article_id: layer for article_id, layer in newest.items() if layer.passages}


def _choose(project: Project, rnd: Round, n: int) -> list[str]:
    """Choose n articles that have gold and are no test articles, at random by the round's seed."""
    with project.store() as connection:
        gold = _find_gold(find_newest(connection, "gold"))
        articles = find_articles(connection, set(gold), splits=("train", "dev"))
    planned = [Planned(a.id, a.text_sha256, (0, len(a.text))) for a in articles]
    if not planned:
        raise RoundError(
            "there is no gold of train or dev articles to practise on; adjudicate a round first, "
            "or import some: workbench import PATH --as gold"
        )
    chosen = sorted(planned, key=lambda passage: draw(rnd, passage, "practice"))[:n]
    return [passage.article_id for passage in chosen]
