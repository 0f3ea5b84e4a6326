"""The panel that every widget is: HTML drawn in Python, and actions that come back from it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.core.errors import WorkbenchError

_FOLDER = Path(__file__).parent
Action = Callable[[str], None]


class Panel(anywidget.AnyWidget):
    """A view: `draw` makes its HTML, `list_actions` says what its buttons and keys do.

    Where no kernel is, `draw_static` is shown instead. An action that fails says so in the panel,
    since errors in a widget's callbacks are shown nowhere else.
    """

    _esm = _FOLDER / "panel.js"
    _css = _FOLDER / "panel.css"
    title = traitlets.Unicode().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    alert = traitlets.Unicode().tag(sync=True)

    def __init__(self, title: str) -> None:
        super().__init__(title=title)
        self.fields: Mapping[str, str] = {}
        self.on_msg(self._receive)

    def draw(self) -> str:
        """Draw the panel as it is now, with its buttons."""
        raise NotImplementedError

    def draw_static(self) -> str:
        """Draw what the panel shows as static HTML, for exported and reopened notebooks."""
        raise NotImplementedError

    def list_actions(self) -> Mapping[str, Action]:
        """Return what each action does, given the value of the button or field."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Show the present state."""
        self.html = self.draw()

    def act(self, name: str, value: str = "", fields: Mapping[str, str] | None = None) -> None:
        """Do one action, as a press of its button does, and show the outcome or the problem.

        `fields` holds what stands in the panel's free text fields.
        """
        self.fields = fields or {}
        self.alert = ""
        try:
            self.list_actions()[name](value)
        except WorkbenchError as error:
            self.alert = str(error)
        except Exception:
            # The message of an unknown error may hold anything; it belongs into the log.
            logging.getLogger("workbench").exception("the action %r failed", name)
            self.alert = f"{name} failed for a reason that is in the log; nothing was stored by it"
        self.redraw()

    def _receive(self, _: Any, content: Any, __: Any) -> None:
        if isinstance(content, dict) and content.get("do") in self.list_actions():
            fields = content.get("fields")
            self.act(
                content["do"],
                str(content.get("value", "")),
                {k: str(v) for k, v in fields.items()} if isinstance(fields, dict) else None,
            )

    def __repr__(self) -> str:
        """Name the panel; notebooks call this where they can show nothing else."""
        return f"{type(self).__name__}({self.title!r})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/plain": repr(self), "text/html": self.draw_static()}, metadata
