"""Kernels are interrupted, restarted and doubled, and cells run out of order: nothing is lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import pytest
from kernels import Kernel
from nbclient import NotebookClient

from workbench.connection import connect
from workbench.project import Project
from workbench.store.decisions import find_decisions
from workbench.store.layers import find_layers
from workbench.store.rounds import find_assignments, find_projects
from workbench.studio.server import read_admin

pytestmark = [pytest.mark.studio, pytest.mark.slow]
ROUND = "kernels"
BEGIN = """
import workbench as wb
from workbench.connection import connect
from workbench.seeds import find_seeds
from workbench.simulation import annotate_round, decide_round, read_sample_gold
project = wb.open_project()

"""
STEPS = {
    "ingest": "articles = wb.ingest(project, find_seeds() / 'articles')",
    "preannotate": "drafts = wb.preannotate(project, articles)[:4]",
    "push": f"wb.push(project, {ROUND!r}, [d.article_id for d in drafts], drafts, "
    "annotators=['simulated:ana', 'simulated:ben'], overlap=2)",
    "annotate": f"annotate_round(project, {ROUND!r}, read_sample_gold(), connect(project))",
    "pull": f"layers = wb.pull(project, {ROUND!r})",
    "adjudicate": f"wb.adjudicate(project, {ROUND!r})",
    "decide": f"outcome, _ = decide_round(project, {ROUND!r}, read_sample_gold())",
    "release": "release = wb.release(project, '0.1.0')",
    "verify": "assert wb.verify(project, '0.1.0', rebuild=True).ok",
    "train": "model = wb.train(project, release, steps=20)",
    "evaluate": "wb.evaluate(project, None, on=release.test or release.select('train'))",
}


def read_state(project: Project) -> tuple[object, ...]:
    """Return what must be the same however often cells were interrupted."""
    with project.store() as connection:
        keys = Counter(row.key for row in find_assignments(connection, ROUND))
        layers = {layer.key: layer for layer in find_layers(connection, round=ROUND)}
        refs = [pushed.project_id for pushed in find_projects(connection, ROUND)]
    server = connect(project, start=False)
    tasks = Counter(t["data"]["key"] for ref in refs for t in server.iter_tasks(ref))
    assert tasks == keys, "one task for each row of the plan"
    gold = {key[0]: layer for key, layer in layers.items() if key[2] == "gold"}
    return (len(keys), {name: (x.spans, x.quotes, x.stances) for name, x in gold.items()})


def test_verbs_interrupted_at_any_moment_are_run_again_and_converge(
    desk: Project, start_kernel: Callable[[], Kernel]
) -> None:
    kernel = start_kernel()
    assert kernel.run(BEGIN)[0] == "ok"
    generator = random.Random(7)
    interrupted = []
    for name, code in STEPS.items():
        for wait in (0.05, generator.uniform(0.1, 0.8), generator.uniform(0.8, 2.5)):
            ended, shown = kernel.run(code, interrupt_after=wait)
            # IPython gives the error another name where it was itself at work.
            assert ended == "ok" or "KeyboardInterrupt" in shown, (name, shown[-1500:])
            interrupted += [name] * (ended != "ok")
        ended, shown = kernel.run(code)
        assert ended == "ok", (name, shown[-1500:])
    once = read_state(desk)
    assert len(set(interrupted)) >= 3, interrupted

    again = start_kernel()  # restart and run all
    for code in (BEGIN, *STEPS.values()):
        assert again.run(code)[0] == "ok"

    assert read_state(desk) == once
    assert once[0] == 8


def test_two_notebooks_on_one_project_lose_nothing(
    desk: Project, start_kernel: Callable[[], Kernel]
) -> None:
    first, second = start_kernel(), start_kernel()
    both = [STEPS[name] for name in ("ingest", "preannotate", "push")]
    for code in (BEGIN, *both):
        messages = [(kernel, kernel.client.execute(code)) for kernel in (first, second)]
        for kernel, message in messages:
            ended, shown = kernel.finish(message)
            assert ended == "ok", shown[-1500:]
    read_state(desk)
    assert first.run(STEPS["annotate"])[0] == "ok"
    assert first.run(STEPS["pull"])[0] == "ok"
    open_panel = (
        f"from workbench.widgets import Adjudicator\npanel = Adjudicator(project, {ROUND!r})"
    )
    for kernel in (first, second):
        assert kernel.run(open_panel)[0] == "ok"

    assert first.run("panel.act('accept', '1'); assert not panel.alert")[0] == "ok"
    ended, shown = second.run("panel.act('reject'); print(panel.alert)")

    assert ended == "ok"
    assert "decided this one in the meantime" in shown
    with desk.store() as connection:
        assert [d.action for d in find_decisions(connection, ROUND).values()] == ["accept"]


@pytest.mark.parametrize("name", ["push", "pull", "adjudicate", "release", "train", "status"])
def test_cells_out_of_order_get_a_clear_sentence(
    desk: Project, start_kernel: Callable[[], Kernel], name: str
) -> None:
    codes = {
        **STEPS,
        "push": f"wb.push(project, {ROUND!r}, ['nowhere'], [])",
        "train": "wb.train(project, '0.1.0')",
        "status": f"wb.status(project, {ROUND!r})",
    }
    kernel = start_kernel()
    kernel.run(BEGIN)

    ended, shown = kernel.run(codes[name])

    assert ended in ("RoundError", "SourceError", "ReleaseError", "TrainingError"), shown[-1500:]


def save_notebook(project: Project, codes: Sequence[str]) -> Path:
    """Run cells as a notebook, whatever fails, and save it with its outputs and widgets."""
    path = project.root / "notebooks" / "canary.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in codes])
    NotebookClient(
        notebook, timeout=180, allow_errors=True, resources={"metadata": {"path": path.parent}}
    ).execute()
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("mode", ["Context", "Verbose"])
def test_no_secret_is_in_what_cells_show_or_what_is_saved_of_them(
    desk: Project, start_kernel: Callable[[], Kernel], mode: str
) -> None:
    url, admin = read_admin(desk.studio_folder)
    canary = "canary-8f1d2c"
    kernel = start_kernel()
    codes = (
        # The verbose mode shows the values of the variables in each frame.
        f"%xmode {mode}",
        BEGIN,
        "project, vars(project)['settings'], connect(project), vars(wb).keys()",
        STEPS["ingest"],
        STEPS["preannotate"],
        STEPS["push"],
        f"from workbench.widgets import Adjudicator, Round\nRound(project, {ROUND!r})",
        "connect(project).iter_tasks(10**6).__next__()",
        "connect(project)._sdk.nothing",
        "import os\nos.environ['LABEL_STUDIO_URL'] = 'http://127.0.0.1:9'",
        f"os.environ['LABEL_STUDIO_API_KEY'] = {canary!r}[:]".replace(canary, "ca' 'nary-8f1d2c"),
        f"wb.status(project, {ROUND!r})",
        f"os.environ['LABEL_STUDIO_URL'] = {url!r}",
        f"wb.pull(project, {ROUND!r})",
        "wb.push(project, 'other', ['nowhere'], [])",
        f"""from workbench.studio.credentials import Account, log_in
with log_in({url!r}, Account('x', 'x@localhost.local', {canary!r})): pass""".replace(
            canary, "ca' 'nary-8f1d2c"
        ),
        """from workbench.studio.credentials import ensure_token
from workbench.studio.server import read_admin
ensure_token('http://127.0.0.1:9', read_admin(project.studio_folder)[1])""",
    )

    shown = "\n".join(kernel.run(code)[1] for code in codes)
    saved = save_notebook(desk, codes).read_text(encoding="utf-8")

    for everything in (shown, saved):
        assert "BackendError" in everything
        for secret in (admin.token, admin.password, canary):
            assert secret not in everything
    assert "application/vnd.jupyter.widget-state+json" in saved
