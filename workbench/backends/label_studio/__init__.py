"""A Label Studio server, through its SDK; the SDK's errors end here."""

from workbench.backends.label_studio.server import ProjectRef, Server

__all__ = ["ProjectRef", "Server"]
