"""Train a pipeline from a release; test articles are never learnt from."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from workbench.core.article import Article
from workbench.core.errors import TrainingError
from workbench.core.identity import digest
from workbench.core.layer import Layer
from workbench.core.release import Release
from workbench.plugins import list_plugins, load_plugin
from workbench.preannotation import load_pipeline
from workbench.project import Project
from workbench.releases.files import TRUTHS, check_version, read_release
from workbench.store.names import add_model, get_model, list_model_names

Examples = Sequence[tuple[Article, Layer]]
Report = Callable[[int, int, float], None]
"""Told of step, steps and score."""
Options = Mapping[str, Mapping[str, Any]]
ENOUGH_DEV = 5
"""Dev articles that a training is watched on."""
ENOUGH_TO_DIVIDE = 25
"""Train articles from which a fifth is held back where the release's dev split is too small."""
_HELD_BACK = 0.2
PARTIAL = "-partial"
"""What the name of a model ends in whose training was stopped early."""


@dataclass(frozen=True)
class Model:
    """A trained pipeline: its name, folder and author, and what each trainer learnt."""

    name: str
    path: Path
    author: str
    release: str
    learnt: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name the model and its release."""
        return f"Model({self.name!r} from release {self.release})"

    def to_record(self) -> dict[str, Any]:
        """Write the model as plain JSON; `model` is what other verbs take."""
        return {**asdict(self), "path": str(self.path), "model": self.name}


def train(
    project: Project,
    release: Release | str,
    *,
    trainers: Sequence[str] | None = None,
    options: Options | None = None,
    seed: int | None = None,
    steps: int | None = None,
    progress: bool = True,
    report: Report = lambda step, steps, score: None,
) -> Model:
    """Train the project's pipeline on a release's train split, watched on its dev split.

    `trainers` names those that are to run, all by default; `options` has further arguments for
    each by its name, as in `{"entities": {"kind": "spancat"}}`. The same release, seed and
    settings give the same model, which is then not trained again. Interrupted, it keeps what was
    learnt so far, under a name that ends in `-partial`. `report` is called with step, steps and
    score; a KeyboardInterrupt that it raises ends the trainer as Ctrl-C does. Raises TrainingError
    where the train split is empty or holds a test article.
    """
    if isinstance(release, str):
        release = read_release(project.releases / check_version(release))
    seed = project.seed if seed is None else seed
    order = order_trainers(trainers)
    options = options or {}
    unknown = sorted(set(options) - set(order))
    if unknown:
        raise TrainingError(f"there are options for {', '.join(unknown)}, which is not trained")
    examples, dev = select_examples(release, seed)
    nlp, base = load_pipeline(project)
    # Of a release only the truths are learnt from; its card may be written anew.
    files: dict[str, str] = dict(release.manifest["files"])  # type: ignore[call-overload]
    truths = {name: files[name] for name in TRUTHS}
    stated = [truths, base, project.scheme.hash, seed, steps, order, options]
    name = f"{release.version}-{digest(stated)[:8]}"
    path = project.models / name
    if path.is_dir():
        return find_model(project, name)
    learnt = run_trainers(
        nlp,
        examples,
        dev,
        order,
        options=options,
        seed=seed,
        steps=steps,
        progress=progress,
        report=report,
    )
    if any(found.get("interrupted") for found in learnt.values()):
        # What was stopped early must not stand for the whole training next time.
        name = f"{name}{PARTIAL}"
        path = project.models / name
        shutil.rmtree(path, ignore_errors=True)
    nlp.meta["name"] = f"stances_{release.version}"
    _stamp(nlp, project, release=release.version, model=name, base=base, seed=seed)
    _save(nlp, path)
    return _record(project, Model(name, path, _describe(nlp), release.version, learnt))


def order_trainers(names: Sequence[str] | None = None) -> list[str]:
    """Return trainers in the order that they run in, all there are by default."""
    chosen = list_plugins("trainers") if names is None else list(names)
    return [name for _, name in sorted((load_plugin("trainers", n).ORDER, n) for n in chosen)]


def select_examples(release: Release, seed: int) -> tuple[Examples, Examples]:
    """Return a release's examples to learn from and those to watch the training on.

    Where the dev split is too small and there is enough to learn from, a fifth of the train split
    is held back, whole groups of near-duplicates. Raises TrainingError where there is nothing to
    learn from, or where a test article stands in another split.
    """
    examples, dev = release.select("train"), release.select("dev")
    if not examples:
        raise TrainingError(
            f"release {release.version} has no train article with gold; "
            "adjudicate articles of the train split first"
        )
    refuse_test([*examples, *dev], release)
    if not any(layer.edges or passage.asked for _, layer in examples for passage in layer.passages):
        raise TrainingError(
            f"the train articles of release {release.version} say nothing that could be learnt: "
            "nobody was asked for a label, and no edge is stated"
        )
    if len(dev) >= ENOUGH_DEV or len(examples) < ENOUGH_TO_DIVIDE:
        return examples, dev
    groups = sorted({article.group or article.id for article, _ in examples})
    random.Random(seed).shuffle(groups)  # noqa: S311 - a draw, no secret
    held = set(groups[: max(1, round(_HELD_BACK * len(groups)))])
    watched = [pair for pair in examples if (pair[0].group or pair[0].id) in held]
    rest = [pair for pair in examples if (pair[0].group or pair[0].id) not in held]
    return rest, [*dev, *watched]


def refuse_test(examples: Examples, release: Release) -> None:
    """Raise TrainingError where an article of the test split, or a copy of one, is among them."""
    groups = {article.group for article, _ in release.test if article.group}
    wrong = [
        article.id
        for article, _ in examples
        if article.split == "test"
        or release.splits.get(article.id) == "test"
        or article.group in groups
    ]
    if wrong:
        raise TrainingError(
            f"test articles are never learnt from: {', '.join(sorted(wrong))}; "
            "take them out of the train and dev splits and cut the release again"
        )


def run_trainers(
    nlp: Any,
    examples: Examples,
    dev: Examples,
    names: Sequence[str],
    *,
    options: Options,
    seed: int,
    steps: int | None = None,
    progress: bool = True,
    report: Report = lambda step, steps, score: None,
) -> dict[str, Any]:
    """Run trainers over a pipeline in their order, and return what each has learnt."""
    learnt: dict[str, Any] = {}
    for trainer in names:
        settings = {**({} if steps is None else {"steps": steps}), **options.get(trainer, {})}
        with tqdm(desc=f"train {trainer}", delay=1, disable=not progress, unit="step") as bar:
            try:
                learnt[trainer] = load_plugin("trainers", trainer).train(
                    nlp, examples, dev, seed=seed, report=_Reporter(bar, report), **settings
                )
            except KeyboardInterrupt:
                if not learnt:
                    raise
                learnt[trainer] = {"interrupted": True}
                break
    return learnt


def find_model(project: Project, name: str) -> Model:
    """Return a trained model by name, or the promoted one as `current`.

    Raises StoreError that lists those there are, TrainingError where its folder is gone.
    """
    with project.store() as connection:
        record = get_model(connection, name)
    path = project.models / record["name"]
    if not path.is_dir():
        raise TrainingError(
            f"the model {record['name']!r} is gone from {project.models}; train it again with: "
            f"workbench train {record['release']}"
        )
    return Model(record["name"], path, record["author"], record["release"], record["learnt"])


def list_models(project: Project) -> list[Model]:
    """Return the trained models that are still there, oldest first."""
    with project.store() as connection:
        names = list_model_names(connection)
    return [find_model(project, name) for name in names if (project.models / name).is_dir()]


class _Reporter:
    """Moves a progress bar to the step that a trainer reports, the score beside it."""

    def __init__(self, bar: Any, report: Report) -> None:
        self._bar = bar
        self._report = report

    def __call__(self, step: int, steps: int, score: float) -> None:
        self._bar.total = steps
        self._bar.n = step
        if score:
            self._bar.set_postfix(dev=f"{score:.3f}")
        self._bar.refresh()
        self._report(step, steps, score)


def _stamp(nlp: Any, project: Project, **facts: Any) -> None:
    from workbench.pipeline.compatibility import stamp_model

    stamp_model(nlp, project.scheme, **facts)


def _save(nlp: Any, path: Path) -> None:
    """Save a pipeline so that its folder is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(f".{path.name}.{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    nlp.to_disk(work)
    work.rename(path)


def _describe(nlp: Any) -> str:
    from workbench.pipeline.english import describe_pipeline

    return describe_pipeline(nlp)


def _record(project: Project, model: Model) -> Model:
    with project.store() as connection:
        add_model(connection, model.name, model.to_record(), at=project.now())
    return model
