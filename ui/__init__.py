"""The windows of scc_admin, in Qt widgets."""

import builtins

import PySide6.QtCore  # noqa: F401 - what it puts in the place of `import` must be there by now

# PySide's own `import` reads the source of every module that comes after it, in case one asks for
# its `__feature__`s. None here does, and it was a seventh of the start.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
