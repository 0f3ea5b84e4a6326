"""Long work in a thread of its own, so that a press of stop is heard while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Literal, TypeVar

from workbench.core.errors import WorkbenchError

T = TypeVar("T")
State = Literal["running", "done", "stopped", "failed"]


class Job(Generic[T]):
    """One piece of work that runs beside the kernel; it is asked to stop, never killed.

    `work` gets a question to ask now and then: whether to stop. `finished` is called with the job
    in the thread once it ends, which may be before the caller has the job in hand.
    """

    def __init__(
        self,
        work: Callable[[Callable[[], bool]], T],
        finished: Callable[[Job[T]], None] = lambda _: None,
    ) -> None:
        self.state: State = "running"
        self.result: T | None = None
        self.problem = ""
        self._work = work
        self._finished = finished
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the work to stop; what it has so far is kept if it can be."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> State:
        """Wait for the end, at most that long; an interrupted kernel stops the work, in order."""
        try:
            self._thread.join(seconds)
        except KeyboardInterrupt:
            self.stop()
            self._thread.join()
        return self.state

    def _run(self) -> None:
        try:
            self.result = self._work(self._stop.is_set)
            self.state = "stopped" if self._stop.is_set() else "done"
        except KeyboardInterrupt:
            self.state = "stopped"
        except WorkbenchError as error:
            self.state, self.problem = "failed", str(error)
        except Exception as error:  # noqa: BLE001 - a thread's error is shown nowhere else
            self.state, self.problem = "failed", f"it failed with {type(error).__name__}"
        self._finished(self)
