"""An annotation workbench for who is for or against whom or what, in which words, by whom.

Everything named here is imported when it is first used, so that `import workbench` is quick.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

from workbench.core.imports import run_whole

# What is public stands in the stub beside this file, for type checkers and for the loader alike.
_find, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    """Import what is asked for, whole: whoever interrupts a first cell keeps a sound kernel."""
    return run_whole(lambda: _find(name))
