"""Pure algorithms on values: no input or output.

The coefficients of agreement are public; each is imported when it is first used.
"""

from __future__ import annotations

import lazy_loader

# What is public stands in the stub beside this file, for type checkers and for the loader alike.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
