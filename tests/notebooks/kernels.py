"""A real kernel on a project, and cells that run in it."""

from __future__ import annotations

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
                reply = self.client.get_shell_msg(timeout=interrupt_after)
                return self.finish(message, reply)
            except Empty:
                self.manager.interrupt_kernel()
        return self.finish(message)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def finish(self, message: str, reply: dict[str, Any] | None = None) -> Outcome:
        """Wait for a cell's end and for all that it shows."""
        reply = reply or self.client.get_shell_msg(timeout=180)
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
