"""An annotation workbench for who is for or against whom or what, in which words, by whom.

Everything named here is imported when it is first used, so that `import workbench` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.annotators import add_annotators
    from workbench.backups import backup, restore
    from workbench.comparison import compare
    from workbench.corpus import stance_matrix
    from workbench.display import show
    from workbench.doctor import examine
    from workbench.evaluation import evaluate
    from workbench.exploration import list_items
    from workbench.exporting import export
    from workbench.gold.adjudication import adjudicate
    from workbench.gold.corrections import corrections
    from workbench.gold.decisions import decide, undo
    from workbench.gold.diagnosis import diagnose
    from workbench.gold.links import link, unlink
    from workbench.gold.probes import measure_probes, seed_probes
    from workbench.gold.review import pull_review, push_review
    from workbench.gold.why import why
    from workbench.importing import import_layers
    from workbench.ingestion import ingest
    from workbench.initialisation import init
    from workbench.naming import list_namings, merge_names, split_name, undo_naming
    from workbench.preannotation import preannotate
    from workbench.project import open_project
    from workbench.promotion import promote
    from workbench.releases.build import release
    from workbench.releases.rehydration import rehydrate
    from workbench.releases.verification import verify
    from workbench.rounds.abandoned import abandoned
    from workbench.rounds.agreement import agreement
    from workbench.rounds.closing import close, withdraw
    from workbench.rounds.joining import join
    from workbench.rounds.migration import migrate
    from workbench.rounds.practice import feedback, practise
    from workbench.rounds.pull import pull
    from workbench.rounds.push import push
    from workbench.rounds.reissue import reissue
    from workbench.rounds.repredict import repredict
    from workbench.rounds.status import status
    from workbench.rounds.watch import watch
    from workbench.selection import select
    from workbench.traincurve import train_curve
    from workbench.training import train

_HOMES = {
    "abandoned": "workbench.rounds.abandoned",
    "add_annotators": "workbench.annotators",
    "adjudicate": "workbench.gold.adjudication",
    "agreement": "workbench.rounds.agreement",
    "backup": "workbench.backups",
    "close": "workbench.rounds.closing",
    "corrections": "workbench.gold.corrections",
    "compare": "workbench.comparison",
    "decide": "workbench.gold.decisions",
    "diagnose": "workbench.gold.diagnosis",
    "evaluate": "workbench.evaluation",
    "examine": "workbench.doctor",
    "export": "workbench.exporting",
    "feedback": "workbench.rounds.practice",
    "import_layers": "workbench.importing",
    "ingest": "workbench.ingestion",
    "init": "workbench.initialisation",
    "join": "workbench.rounds.joining",
    "link": "workbench.gold.links",
    "list_items": "workbench.exploration",
    "list_namings": "workbench.naming",
    "measure_probes": "workbench.gold.probes",
    "merge_names": "workbench.naming",
    "migrate": "workbench.rounds.migration",
    "open_project": "workbench.project",
    "practise": "workbench.rounds.practice",
    "preannotate": "workbench.preannotation",
    "promote": "workbench.promotion",
    "pull": "workbench.rounds.pull",
    "pull_review": "workbench.gold.review",
    "push": "workbench.rounds.push",
    "push_review": "workbench.gold.review",
    "rehydrate": "workbench.releases.rehydration",
    "reissue": "workbench.rounds.reissue",
    "release": "workbench.releases.build",
    "repredict": "workbench.rounds.repredict",
    "restore": "workbench.backups",
    "seed_probes": "workbench.gold.probes",
    "select": "workbench.selection",
    "show": "workbench.display",
    "split_name": "workbench.naming",
    "stance_matrix": "workbench.corpus",
    "status": "workbench.rounds.status",
    "train": "workbench.training",
    "undo": "workbench.gold.decisions",
    "undo_naming": "workbench.naming",
    "unlink": "workbench.gold.links",
    "train_curve": "workbench.traincurve",
    "verify": "workbench.releases.verification",
    "watch": "workbench.rounds.watch",
    "why": "workbench.gold.why",
    "withdraw": "workbench.rounds.closing",
}

__all__ = [
    "abandoned",
    "add_annotators",
    "adjudicate",
    "agreement",
    "backup",
    "close",
    "compare",
    "corrections",
    "decide",
    "diagnose",
    "evaluate",
    "examine",
    "export",
    "feedback",
    "import_layers",
    "ingest",
    "init",
    "join",
    "link",
    "list_items",
    "list_namings",
    "measure_probes",
    "merge_names",
    "migrate",
    "open_project",
    "practise",
    "preannotate",
    "promote",
    "pull",
    "pull_review",
    "push",
    "push_review",
    "rehydrate",
    "reissue",
    "release",
    "repredict",
    "restore",
    "seed_probes",
    "select",
    "show",
    "split_name",
    "stance_matrix",
    "status",
    "train",
    "train_curve",
    "undo",
    "undo_naming",
    "unlink",
    "verify",
    "watch",
    "why",
    "withdraw",
]


def __getattr__(name: str) -> Any:
    """Import a verb from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the verbs, so that completion finds them."""
    return list(__all__)
