"""A real kernel on a project, and cells that run in it."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

from workbench.project import Project

Outcome = tuple[str, str]
"""How a cell ended, `ok` or the error's name, and all that it showed."""


class Kernel:
    """One kernel with its working directory in a project's notebooks."""

    def __init__(self, project: Project) -> None:
        folder = project.root / "notebooks"
        folder.mkdir(exist_ok=True)
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder))
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str, *, interrupt_after: float | None = None) -> Outcome:
        """Run a cell, interrupt it after some seconds if it still runs, and return its outcome."""
        message = self.client.execute(code)
        if interrupt_after is not None:
            try:
                return self.finish(message, self._await_reply(message, interrupt_after))
            except Empty:
                self.manager.interrupt_kernel()
        return self.finish(message)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def finish(self, message: str, reply: dict[str, Any] | None = None) -> Outcome:
        """Wait for a cell's end and for all that it shows."""
        reply = reply or self._await_reply(message, 180)
        shown = []
        while True:
            heard = self.client.get_iopub_msg(timeout=60)
            if heard["parent_header"].get("msg_id") != message:
                continue
            if heard["msg_type"] == "status" and heard["content"]["execution_state"] == "idle":
                break
            shown.append(str(heard["content"]))
        content = reply["content"]
        return content.get("ename", content["status"]), "\n".join(shown)

    def _await_reply(self, message: str, seconds: float) -> dict[str, Any]:
        """Return the reply to this message; raises Empty where none comes in time."""
        until = time.monotonic() + seconds
        while True:
            left = max(0.0, until - time.monotonic())
            reply: dict[str, Any] = self.client.get_shell_msg(timeout=left)
            if reply["parent_header"].get("msg_id") == message:
                return reply
