"""An annotation workbench for who is for or against whom or what, in which words, by whom.

Everything named here is imported when it is first used, so that `import workbench` is quick.
"""

from __future__ import annotations

import lazy_loader

# What is public stands in the stub beside this file, for type checkers and for the loader alike.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
