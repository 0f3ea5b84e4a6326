"""The sample articles, worked through by simulated annotators: what notebooks can start from."""

from __future__ import annotations

from workbench.connection import connect
from workbench.core.layer import Layer
from workbench.core.release import Release
from workbench.ingestion import ingest
from workbench.preannotation import preannotate
from workbench.project import Project
from workbench.releases.build import release
from workbench.releases.files import list_versions, read_release
from workbench.rounds.pull import pull
from workbench.rounds.push import push
from workbench.seeds import find_seeds
from workbench.simulation import annotate_round, decide_round, read_sample_gold
from workbench.store.layers import find_layers
from workbench.store.rounds import is_closed, list_rounds

ANNOTATORS = ("simulated:ana", "simulated:ben")


def annotate_samples(project: Project, round_name: str = "samples") -> list[Layer]:
    """Run a round on the sample articles with two simulated annotators, and pull it.

    A round of that name that was annotated already is taken as it is. What the annotators submit
    is the sample gold, a seeded tenth of it spoiled.
    """
    found = _find_work(project, round_name)
    if found:
        return found
    drafts = preannotate(project, ingest(project, find_seeds() / "articles").articles)
    server = connect(project)
    everything = [draft.article_id for draft in drafts]
    push(project, round_name, everything, drafts, annotators=ANNOTATORS, overlap=2, blind=0.15,
         seed=7, server=server)  # fmt: skip
    annotate_round(project, round_name, read_sample_gold(), server)
    return list(pull(project, round_name, server=server))


def release_samples(
    project: Project, version: str = "0.1.0", round_name: str = "samples"
) -> Release:
    """Release the sample articles' gold, or take the release of that version as it is.

    What the annotators left open is decided from the sample gold. Other rounds of the project may
    have open conflicts; nothing of them goes in.
    """
    if version in list_versions(project):
        return read_release(project.releases / version)
    annotate_samples(project, round_name)
    decide_round(project, round_name, read_sample_gold())
    return release(project, version, rounds=[round_name])


def _find_work(project: Project, round_name: str) -> list[Layer]:
    with project.store() as connection:
        known = {rnd.name for rnd in list_rounds(connection)}
        layers = find_layers(connection, kind="annotation", round=round_name)
        closed = round_name in known and is_closed(connection, round_name)
    return layers if layers or closed else []
