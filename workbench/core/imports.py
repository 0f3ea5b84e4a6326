"""Imports that nobody can interrupt.

An interrupt in the middle of an import leaves half of a library behind: some of its modules are
there, others are not, and the next import of it fails until the process ends. In a notebook that
is the kernel with all that it holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from importlib import import_module
from typing import TypeVar

T = TypeVar("T")


def import_whole(*names: str) -> None:
    """Import modules to the end, whoever interrupts meanwhile; raises ImportError as ever."""

    def work() -> None:
        for name in names:
            import_module(name)

    run_whole(work)


def run_whole(work: Callable[[], T]) -> T:
    """Return the result of short work that an interrupt doesn't break off.

    Interrupts reach the main thread alone, so the work is done in another one. The interrupt is
    raised here at once; the work goes on to its end, and whoever asks for the same modules next
    waits for it.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where the work was asked for
            done.set_exception(error)

    threading.Thread(target=run, name="import", daemon=True).start()
    return done.result()
