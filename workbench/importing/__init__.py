"""The verb that takes in what somebody else made: layers alone, or texts with their layers."""

from workbench.importing.files import Imported, import_layers

__all__ = ["Imported", "import_layers"]
