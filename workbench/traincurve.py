"""The training curve: how good the extractors get with how much of the gold."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean
from typing import TYPE_CHECKING, Any

from tqdm.auto import tqdm

from workbench.analysis.scoring.counting import count_documents, pair_layers
from workbench.analysis.scoring.learning_curves import Reading, find_interval, read_curve
from workbench.analysis.scoring.scores import Counts, score_counts
from workbench.core.errors import ReleaseError, TrainingError
from workbench.core.interval import write_interval
from workbench.core.layer import Layer
from workbench.core.release import Release
from workbench.evaluation import Gold, read_gold
from workbench.preannotation import annotate, load_pipeline
from workbench.project import Project
from workbench.releases.files import check_version, read_release
from workbench.rendering.curves import Picture, Point, draw_curves
from workbench.rendering.tables import draw_table
from workbench.training import Examples, order_trainers, run_trainers, select_examples

if TYPE_CHECKING:
    import pandas as pd

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
COLUMNS = ("what", "share", "articles", "F1", "95% interval", "repeats")
WARM, BLANK = "recogniser, warm", "recogniser, blank"
_MEASURES = ("entities strict", "quotes", "stances triple")
_READ = (WARM, "entities strict", "stances triple")


@dataclass(frozen=True)
class Run:
    """One training: its share of the gold, how many articles, its repeat, and F1 by name.

    What the gold to score on holds nothing of has no F1, and is not among the names.
    """

    share: float
    articles: int
    repeat: int
    scores: Mapping[str, float]


@dataclass(frozen=True)
class TrainCurve:
    """All runs of a training curve, with what they say about more gold."""

    release: str
    on: str
    runs: tuple[Run, ...]
    readings: tuple[Reading, ...]

    def __repr__(self) -> str:
        """Say what more gold would bring."""
        return f"TrainCurve({'; '.join(reading.sentence for reading in self.readings)})"

    def _repr_html_(self) -> str:
        table = draw_table(
            COLUMNS, self.list_rows(), f"release {self.release}, scored on {self.on}"
        )
        return f"{table}{self.plot().svg}"

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows: what, share, articles, mean F1, its interval, repeats."""
        return [
            (name, share, articles, mean(values), _show(values), len(values))
            for name in self._list_names()
            for share, articles, values in self._collect(name)
        ]

    def to_record(self) -> dict[str, Any]:
        """Write the curve as plain JSON."""
        return {
            "release": self.release,
            "on": self.on,
            "runs": [
                {"share": r.share, "articles": r.articles, "repeat": r.repeat, "f1": dict(r.scores)}
                for r in self.runs
            ],
            "readings": [reading.to_record() for reading in self.readings],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.list_rows(), columns=list(COLUMNS))

    def plot(self) -> Picture:
        """Draw F1 over the number of articles, a line for each measure."""
        series = {
            name: [
                Point(articles, mean(values), find_interval(values))
                for _, articles, values in self._collect(name)
            ]
            for name in self._list_names()
        }
        return draw_curves(series, x="train articles", y="F1", title=f"Training on {self.release}")

    def _list_names(self) -> list[str]:
        return list(dict.fromkeys(name for run in self.runs for name in run.scores))

    def _collect(self, name: str) -> Iterator[tuple[float, int, list[float]]]:
        for share in sorted({run.share for run in self.runs}):
            runs = [run for run in self.runs if run.share == share and name in run.scores]
            if runs:
                yield share, runs[0].articles, [run.scores[name] for run in runs]


def train_curve(
    project: Project,
    release: Release | str,
    *,
    shares: Sequence[float] = SHARES,
    repeats: int = 3,
    on: str = "",
    steps: int | None = None,
    seed: int | None = None,
    progress: bool = True,
) -> TrainCurve:
    """Train on growing shares of a release's train split, and score each on its test split.

    Each repeat draws its own nested shares and its own seed. The recogniser alone is trained from
    the base's weights (warm) and from nothing (blank); the other lines are the whole pipeline, as
    `train` makes it. `on` is other gold to score on, `VERSION:SPLIT`. Raises TrainingError and
    ReleaseError where there is nothing to learn from or to score on.
    """
    if isinstance(release, str):
        release = read_release(project.releases / check_version(release))
    wrong = [share for share in shares if not 0 < share <= 1]
    if wrong or repeats < 1:
        raise TrainingError(
            f"shares lie between 0 and 1, and there is one repeat at least: {wrong}"
        )
    seed = project.seed if seed is None else seed
    examples, dev = select_examples(release, seed)
    on = on or f"{release.version}:test"
    gold = read_gold(project, on)
    if not gold:
        raise ReleaseError(f"there is no gold in {on} to score on; name some with --on")
    plan = [
        (repeat, share, drawn)
        for repeat in range(repeats)
        for share, drawn in _draw(examples, shares, seed + repeat)
    ]
    runs = []
    for repeat, share, drawn in tqdm(
        plan, desc="train-curve", unit="training", delay=1, disable=not progress
    ):
        scores = _run(project, drawn, dev, gold, seed=seed + repeat, steps=steps)
        runs.append(Run(share, len(drawn), repeat, scores))
    return TrainCurve(release.version, on, tuple(runs), tuple(_read(runs, repeats)))


def _draw(
    examples: Examples, shares: Sequence[float], seed: int
) -> Iterator[tuple[float, Examples]]:
    """Yield nested draws: the larger share holds the smaller, in the release's order."""
    order = list(range(len(examples)))
    random.Random(seed).shuffle(order)  # noqa: S311 - a draw, no secret
    for share in shares:
        chosen = sorted(order[: max(1, round(share * len(order)))])
        yield share, [examples[i] for i in chosen]


def _run(
    project: Project, examples: Examples, dev: Examples, gold: Gold, *, seed: int, steps: int | None
) -> dict[str, float]:
    scores: dict[str, float] = {}
    for start, what, trainers in (
        ("warm", WARM, order_trainers()),
        ("blank", BLANK, ["entities"]),
    ):
        nlp, author = load_pipeline(project)
        options = {"entities": {"start": start, "merge": start == "warm"}}
        run_trainers(nlp, examples, dev, trainers, options=options, seed=seed, steps=steps,
                     progress=False)  # fmt: skip
        alone = _score_alone(nlp, gold)
        scores |= {} if alone is None else {what: alone}
        if start == "warm":
            articles = [article for article, _ in gold]
            found = list(annotate(nlp, articles, author=author, scheme=project.scheme))
            scores |= _score(found, gold, _MEASURES)
    return scores


def _score_alone(nlp: Any, gold: Gold) -> float | None:
    """Return the strict F1 of the recogniser alone, against the outermost entities of gold."""
    from workbench.pipeline.learning.scoring import list_own_entities

    found, wanted = [], []
    for article, layer in gold:
        own, outermost = list_own_entities(nlp, article, layer)
        found.append(replace(layer, spans=own, quotes=(), stances=()))
        wanted.append((article, replace(layer, spans=outermost)))
    return _score(found, wanted, ("entities strict",)).get("entities strict")


def _score(found: Sequence[Layer], gold: Gold, measures: Sequence[str]) -> dict[str, float]:
    texts = {article.id: article.text for article, _ in gold}
    documents = count_documents(pair_layers([layer for _, layer in gold], found, texts))
    totals = {name: score_counts(sum(documents[name], Counts())).value for name in measures}
    return {name: value for name, value in totals.items() if value is not None}


def _read(runs: Sequence[Run], repeats: int) -> Iterator[Reading]:
    for name in (name for name in _READ if all(name in run.scores for run in runs)):
        curves = [
            [(run.articles, run.scores[name]) for run in runs if run.repeat == repeat]
            for repeat in range(repeats)
        ]
        yield read_curve(curves, name)


def _show(values: Sequence[float]) -> str | None:
    if len(values) < 2:
        return None
    low, high = find_interval(values)
    return write_interval((max(0.0, low), min(1.0, high)))
