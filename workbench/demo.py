"""The demo: the whole loop on the sample articles, for people, or simulated without any."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.connection import connect, get_remote_url
from workbench.core.errors import SourceError, WorkbenchError
from workbench.core.layer import Layer
from workbench.evaluation import ModelEvaluation, evaluate
from workbench.ingestion import ingest
from workbench.initialisation import init
from workbench.lab import start_lab, stop_lab
from workbench.preannotation import preannotate
from workbench.project import SETTINGS_FILE, Project, open_project
from workbench.releases.build import release
from workbench.releases.verification import verify
from workbench.rounds.agreement import RoundAgreement, agreement
from workbench.rounds.pull import pull
from workbench.rounds.push import push
from workbench.rounds.sending import Pushed
from workbench.seeds import find_notebooks, find_seeds
from workbench.selection import select
from workbench.simulation import annotate_round, decide_round, read_sample_gold
from workbench.studio import get_status, stop_studio
from workbench.studio.server import read_admin
from workbench.training import Model, train

Report = Callable[[str], None]
ROUND = "demo"
SIMULATED_ROUND = "simulated"
ANNOTATORS = ("simulated:ana", "simulated:ben")
VERSION = "0.1.0"
NOTEBOOK = "notebooks/01-first-round.ipynb"


@dataclass(frozen=True, slots=True)
class Ready:
    """What a started demo offers: two addresses and the login."""

    studio: str
    lab: str
    email: str
    password: str
    pushed: Pushed


@dataclass(frozen=True)
class Simulated:
    """What a simulated loop came to."""

    articles: int
    tasks: int
    layers: int
    agreement: RoundAgreement
    decided: int
    release: str
    gold: int
    model: Model
    before: ModelEvaluation
    after: ModelEvaluation

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the closing table's rows: step and outcome."""
        spans, stances = (self.agreement.average(m) for m in ("spans", "stances strict"))
        return [
            ("articles ingested and pre-annotated", self.articles),
            ("tasks on the server", self.tasks),
            ("layers pulled", self.layers),
            ("agreement, entities strict F1", spans),
            ("agreement, stances strict F1", stances),
            ("conflicts decided", self.decided),
            (f"articles in release {self.release}", self.gold),
            ("model trained", self.model.name),
            ("entities strict F1 on test, before", self.before.result.entities["strict"].value),
            ("entities strict F1 on test, after", self.after.result.entities["strict"].value),
            ("stances triple F1 on test, before", self.before.result.stances["triple"].value),
            ("stances triple F1 on test, after", self.after.result.stances["triple"].value),
        ]


def ensure_project(folder: Path, report: Report) -> Project:
    """Open the project in a folder, or make it with the notebooks in it."""
    if (folder / SETTINGS_FILE).exists():
        project = open_project(folder)
    else:
        report(f"making the project {folder}")
        project = init(folder)
    notebooks = project.root / "notebooks"
    if not notebooks.exists():
        shutil.copytree(find_notebooks(), notebooks)
    return project


def prepare(folder: Path, report: Report) -> tuple[Project, list[Layer]]:
    """Make the demo's project, or open it, with the sample articles pre-annotated."""
    project = ensure_project(folder, report)
    ingested = ingest(project, find_seeds() / "articles")
    if ingested.refused:
        reasons = "; ".join(f"{r.source}: {r.reason}" for r in ingested.refused)
        raise SourceError(f"sample articles did not go in: {reasons}")
    report(f"{len(ingested)} articles, {ingested.added} of them new; loading spaCy")
    drafts = preannotate(project, ingested.articles)
    found = sum(len(draft.stances) for draft in drafts)
    report(f"pre-annotated: {sum(len(d.spans) for d in drafts)} spans, {found} stances")
    return project, drafts


def start(folder: Path, report: Report) -> tuple[Project, Ready]:
    """Bring the demo up for people: tasks in Label Studio, JupyterLab on the first notebook."""
    project, drafts = prepare(folder, report)
    server = connect(project, report=report)
    queue = select(project, drafts, by="random", seed=7)
    pushed = push(project, ROUND, queue, drafts, server=server)
    report(f"{pushed.tasks} tasks in Label Studio, {pushed.added} of them new")
    report("starting JupyterLab")
    lab = start_lab(project, NOTEBOOK, studio_url=server.url)
    url, admin = read_admin(project.studio_folder)
    ready = Ready(
        f"{url}/projects/{pushed.projects[0].project_id}/data",
        lab.address,
        admin.email,
        admin.password,
        pushed,
    )
    return project, ready


def stop(folder: Path) -> None:
    """End the servers that a demo started."""
    if (folder / SETTINGS_FILE).exists():
        project = open_project(folder)
        stop_lab(project)
        stop_studio(project.studio_folder)


def simulate(folder: Path, report: Report) -> Simulated:
    """Run the whole loop with two simulated annotators; raises where a step did not happen.

    The server is stopped at the end unless it ran before.
    """
    project, drafts = prepare(folder, report)
    own = not get_remote_url(project)
    was_running = own and get_status(project.studio_folder).state == "running"
    try:
        return _run_loop(project, drafts, report)
    finally:
        if own and not was_running:
            stop_studio(project.studio_folder)


def _run_loop(project: Project, drafts: list[Layer], report: Report) -> Simulated:
    server = connect(project, report=report)
    gold = read_sample_gold()
    # Every article is annotated here: test articles are part of the release that judges the model.
    everything = [draft.article_id for draft in drafts]
    pushed = push(project, SIMULATED_ROUND, everything, drafts, annotators=ANNOTATORS, overlap=2,
                  blind=0.15, seed=7, server=server)  # fmt: skip
    report(f"{pushed.tasks} tasks for {len(ANNOTATORS)} simulated annotators")
    submitted = annotate_round(project, SIMULATED_ROUND, gold, server)
    report(f"{submitted} annotations submitted through the server")
    pulled = pull(project, SIMULATED_ROUND, server=server)
    _require(not pulled.problems, f"the pull had problems: {'; '.join(pulled.problems)}")
    _require(len(pulled) == pushed.tasks, f"{len(pulled)} layers of {pushed.tasks} tasks came back")
    agreed = agreement(pulled)
    report(repr(agreed))
    adjudication, decided = decide_round(project, SIMULATED_ROUND, gold)
    report(f"{decided} conflicts decided, gold for {len(adjudication.gold)} articles")
    cut = release(project, VERSION)
    checked = verify(project, VERSION, rebuild=True)
    _require(checked.ok, f"the release is unsound: {'; '.join(checked.problems)}")
    report(f"release {VERSION}: {len(cut.gold)} articles, verified and rebuilt")
    model = train(project, cut)
    _require(model.path.is_dir(), f"the model {model.name} was not saved")
    before = evaluate(project, None, on=cut.test)
    after = evaluate(project, model, on=cut.test)
    return Simulated(
        articles=len(drafts),
        tasks=pushed.tasks,
        layers=len(pulled),
        agreement=agreed,
        decided=decided,
        release=VERSION,
        gold=len(cut.gold),
        model=model,
        before=before,
        after=after,
    )


def _require(happened: bool, otherwise: str) -> None:
    if not happened:
        raise WorkbenchError(otherwise)
