"""Secrets: words that are used as any others and shown as none."""

from __future__ import annotations


class Secret(str):
    """A password or token whose `repr` hides it, since tracebacks show the values of variables."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Say that there is something, and not what."""
        return "'[hidden]'"
