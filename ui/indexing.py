"""The index of meanings, kept up in the background: seen, stopped by one button, never in the way.

Posts that come by an import, or that stood there before the setting was switched on, have to be
read once before they can be found by their meaning. That takes a second for a hundred, so it waits
until the keys rest, shows how far it is in the status bar, and goes on another day when stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from scc_admin.i18n import N_
from scc_admin.model import Changes, Progress
from ui.tasks import Job, Lull, Reporter

if TYPE_CHECKING:
    from ui.window import Window

PAUSE_MS = 20_000
"""Quiet before it begins: after the start of the program, and after the last change."""
WORTH_SHOWING = 64
"""Posts that wait. Fewer are read on the way, when the next text is compared."""


class MeaningIndex(QObject):
    """Reads for one window what its workspace has not read yet; lives as long as the window."""

    def __init__(self, window: Window, *, pause: int = PAUSE_MS) -> None:
        super().__init__(window)
        self._window = window
        self._job: Job | None = None
        self._stopped = False
        self._lull = Lull(self, self.look, pause=pause, at_most=10 * pause)
        window.tasks.changed.connect(self._changed)
        self._lull.stir()

    @property
    def reading(self) -> bool:
        """Whether it is under way."""
        return self._job is not None

    def _changed(self, changes: Changes) -> None:
        if changes.touches("settings") and not self._wanted():
            if self._job is not None:
                self._job.cancel()
            return
        if not self._stopped and changes.touches("drafts", "calendar", "cases", "settings"):
            self._lull.stir()

    def _wanted(self) -> bool:
        return bool(self._window.shell.workspace.settings.get("verdict.meaning"))

    def look(self) -> None:
        """Begin, if enough waits to be read."""
        if self._job is None and not self._stopped:
            workspace = self._window.shell.workspace
            self._window.tasks.read(
                self, lambda: workspace.proofreader.meanings_waiting(), self._begin, key="waiting"
            )

    def _begin(self, waiting: int) -> None:
        if waiting <= WORTH_SHOWING or self._job is not None or self._stopped:
            return
        workspace = self._window.shell.workspace

        def read(reporter: Reporter) -> int:
            def progress(done: int, total: int) -> bool:
                reporter(Progress(done, total))
                return True

            return workspace.proofreader.read_meanings(progress)

        self._job = self._window.tasks.long(
            self,
            self._window.shell.tr.tr(N_("Reading the posts for their meaning")),
            read,
            lambda _read: self._over(),
            lambda _error: self._over(),
            self._cancelled,
        )

    def _over(self) -> None:
        self._job = None

    def _cancelled(self) -> None:
        self._job = None
        if not self._wanted():
            return
        self._stopped = True
        shell = self._window.shell
        shell.messages.toast(
            shell.tr.tr(
                N_("Stopped. The posts left are read the next time; the settings switch this off.")
            )
        )
