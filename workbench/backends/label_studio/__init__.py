"""A Label Studio server, through its SDK; the SDK's errors end here."""

from workbench.backends.label_studio.server import ProjectRef, Server
from workbench.backends.label_studio.tasks import BATCH, Prepared, prepare

__all__ = ["BATCH", "Prepared", "ProjectRef", "Server", "prepare"]
