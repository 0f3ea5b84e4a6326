"""The embedded Label Studio: a server of the project's own, on this machine alone."""

from workbench.studio.server import StudioStatus, get_status, start_studio, stop_studio

__all__ = ["StudioStatus", "get_status", "start_studio", "stop_studio"]
