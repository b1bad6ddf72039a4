"""Unexpected errors: the text is kept, a sentence is shown, a report is written for whoever mends.

A report holds where the program was, never what it held: exception messages may quote what a user
typed, so they stay out.
"""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from scc_admin import __version__

KEPT = 20
"""Reports kept; older ones are removed."""


def folder() -> Path:
    """Where reports stand; `SCC_ADMIN_LOGS` moves it (tests, portable use)."""
    place = os.environ.get("SCC_ADMIN_LOGS")
    if place:
        return Path(place)
    import platformdirs

    return Path(platformdirs.user_log_dir("scc-admin", appauthor=False))


def report(error: BaseException, now: datetime) -> str:
    """The text of a report: versions, the kinds of the errors, the lines they passed through."""
    lines = [
        f"scc_admin {__version__}",
        f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        f"Python {platform.python_version()}, {platform.system()} {platform.release()}",
        f"Qt {_qt_version()}",
        "",
    ]
    chain: BaseException | None = error
    seen: set[int] = set()
    while chain is not None and id(chain) not in seen:
        seen.add(id(chain))
        lines.append(type(chain).__module__ + "." + type(chain).__qualname__)
        for frame in traceback.extract_tb(chain.__traceback__):
            lines.append(f"  {_place(frame.filename)}:{frame.lineno} {frame.name}")
        chain = chain.__cause__ or chain.__context__
    return "\n".join(lines) + "\n"


def write(error: BaseException, now: datetime, place: Path | None = None) -> Path | None:
    """Write a report; its path, or None when the disk refuses."""
    place = place or folder()
    path = place / f"crash-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}.txt"
    try:
        place.mkdir(parents=True, exist_ok=True)
        path.write_text(report(error, now), encoding="utf-8")
        for old in sorted(place.glob("crash-*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return path


@contextlib.contextmanager
def caught(
    handle: Callable[[BaseException], object], elsewhere: Callable[[BaseException], object]
) -> Iterator[None]:
    """While it lasts, `handle` is given whatever escapes in the GUI thread, and `elsewhere`, in
    that other thread, what escapes in another: it must not touch a widget."""
    before, thread_before = sys.excepthook, threading.excepthook

    def hook(
        _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            before(type(error), error, error.__traceback__)
        else:
            handle(error)

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            elsewhere(arguments.exc_value)

    sys.excepthook, threading.excepthook = hook, thread_hook
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before, thread_before


def _place(filename: str) -> str:
    """The part of a path that says which module, without the folders of whose computer."""
    path = Path(filename)
    for root in ("ui", "scc_admin", "site-packages"):
        if root in path.parts:
            index = len(path.parts) - 1 - path.parts[::-1].index(root)
            return "/".join(path.parts[index + (root == "site-packages") :])
    return path.name


def _qt_version() -> str:
    from PySide6.QtCore import qVersion

    return qVersion()
