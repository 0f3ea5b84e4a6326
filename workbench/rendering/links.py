"""Links to Label Studio: a button that opens a tab of JupyterLab, and a plain link elsewhere."""

from __future__ import annotations

import json
from html import escape


def draw_task_link(url: str, label: str, *, key: str = "") -> str:
    """Draw a button that opens a page beside the notebook, with a plain link behind it.

    JupyterLab's command linker reads the button's data; other front ends and static exports know
    nothing of it and have the link. Each address gets one tab, which opens again.
    """
    if not url.startswith(("http://", "https://")):
        return escape(label)
    args = {"id": f"label-studio-{url}", "title": label, "url": url, "newBrowserTab": False}
    shown = f"<kbd>{escape(key)}</kbd>" if key else ""
    name = f' data-key="{escape(key)}"' if key else ""
    return (
        f'<button type="button"{name} data-commandlinker-command="server-proxy:open" '
        f'data-commandlinker-args="{escape(json.dumps(args))}">{escape(label)}{shown}</button> '
        f'<a href="{escape(url)}" target="_blank" rel="noopener" '
        f'title="{escape(label)}, in a new tab of the browser">↗ new tab</a>'
    )
