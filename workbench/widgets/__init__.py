"""Widgets for JupyterLab: views over plain functions, which keep no state of their own.

What they show is read from the store, so that a new kernel shows the same.
"""

from __future__ import annotations

from workbench.widgets.adjudicator import Adjudicator
from workbench.widgets.explorer import Explorer
from workbench.widgets.round import Round
from workbench.widgets.trainer import Trainer

__all__ = ["Adjudicator", "Explorer", "Round", "Trainer"]
