"""Find formats, strategies and trainers by name: a module's file name is the plugin's name."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Literal

from workbench.core.errors import PluginNotFoundError
from workbench.core.imports import run_whole

PluginKind = Literal["formats", "strategies", "trainers"]
PLUGIN_KINDS: tuple[PluginKind, ...] = ("formats", "strategies", "trainers")


def list_plugins(kind: PluginKind) -> list[str]:
    """Name the plugins of a kind, ours and those of other packages, sorted."""
    package = importlib.import_module(f"workbench.{kind}")
    ours = {module.name for module in pkgutil.iter_modules(package.__path__)}
    return sorted(ours | {point.name for point in _entry_points(kind)})


def load_plugin(kind: PluginKind, name: str) -> ModuleType:
    """Import a plugin; ours win over another package's of the same name.

    Raises PluginNotFoundError, which lists what there is.
    """
    known = list_plugins(kind)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise PluginNotFoundError(f"no {kind} named {name!r}; {hint}there are: {', '.join(known)}")
    package = importlib.import_module(f"workbench.{kind}")
    if name in {module.name for module in pkgutil.iter_modules(package.__path__)}:
        return run_whole(lambda: importlib.import_module(f"workbench.{kind}.{name}"))
    module = next(point for point in _entry_points(kind) if point.name == name).load()
    if not isinstance(module, ModuleType):
        raise PluginNotFoundError(f"the entry point {name!r} of {kind} names no module")
    return module


@cache
def _entry_points(kind: PluginKind) -> tuple[EntryPoint, ...]:
    """Return what other packages add, read once: that opens the files of each package."""
    return tuple(entry_points(group=f"workbench.{kind}"))
