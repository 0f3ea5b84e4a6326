"""Pure algorithms on values: no input or output.

The coefficients of agreement are public; each is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.analysis.disorder import gamma
    from workbench.analysis.kappas import cohen_kappa, fleiss_kappa, gwet_ac1, scott_pi
    from workbench.analysis.reliability import krippendorff_alpha
    from workbench.analysis.spans import span_f1
    from workbench.analysis.stances import stance_f1
    from workbench.analysis.unitizing import alpha_u
    from workbench.analysis.unitizing_family import cu_alpha, ku_alpha, u_alpha
    from workbench.analysis.votes import dawid_skene

_HOMES = {
    "alpha_u": "workbench.analysis.unitizing",
    "cohen_kappa": "workbench.analysis.kappas",
    "cu_alpha": "workbench.analysis.unitizing_family",
    "dawid_skene": "workbench.analysis.votes",
    "fleiss_kappa": "workbench.analysis.kappas",
    "gamma": "workbench.analysis.disorder",
    "gwet_ac1": "workbench.analysis.kappas",
    "krippendorff_alpha": "workbench.analysis.reliability",
    "ku_alpha": "workbench.analysis.unitizing_family",
    "scott_pi": "workbench.analysis.kappas",
    "span_f1": "workbench.analysis.spans",
    "stance_f1": "workbench.analysis.stances",
    "u_alpha": "workbench.analysis.unitizing_family",
}

__all__ = [
    "alpha_u",
    "cohen_kappa",
    "cu_alpha",
    "dawid_skene",
    "fleiss_kappa",
    "gamma",
    "gwet_ac1",
    "krippendorff_alpha",
    "ku_alpha",
    "scott_pi",
    "span_f1",
    "stance_f1",
    "u_alpha",
]


def __getattr__(name: str) -> Any:
    """Import a coefficient from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench.analysis' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the coefficients, so that completion finds them."""
    return list(__all__)
