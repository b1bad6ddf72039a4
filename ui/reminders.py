"""A word in the system tray when the time of a post has come, for those who asked for it.

Each post is told of once for the time it is planned at; nothing is ever sent. Where the system has
no tray, the window itself says it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from scc_admin.i18n import N_, NN_
from scc_admin.kinds import Changes
from scc_admin.model import page_names
from scc_admin.today import Task

if TYPE_CHECKING:
    from ui.window import Window

OPTION = "remind.tray"
EVERY_MS = 30_000
LOOK_BACK = timedelta(minutes=15)
"""How long ago a post may have been due when the program starts; older ones stand in Today."""


class TrayIcon(Protocol):
    """What a place for reminders can do; `QSystemTrayIcon` as `Tray` dresses it."""

    def tell(self, title: str, text: str) -> None: ...
    def close(self) -> None: ...


class Tray(QObject):
    """The program's icon in the system tray, as long as reminders are wanted."""

    pressed = Signal()

    def __init__(self, window: Window, stop: Callable[[], object]) -> None:
        super().__init__(window)
        tr = window.shell.tr.tr
        self._icon = QSystemTrayIcon(QApplication.windowIcon(), self)
        self._icon.setToolTip("SCC Admin")
        self._menu = QMenu(window)
        self._menu.addAction(tr(N_("Show the window"))).triggered.connect(self.pressed.emit)
        self._menu.addAction(tr(N_("No more reminders"))).triggered.connect(stop)
        self._icon.setContextMenu(self._menu)
        self._icon.messageClicked.connect(self.pressed.emit)
        self._icon.activated.connect(self._activated)
        self._icon.show()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.pressed.emit()

    def tell(self, title: str, text: str) -> None:
        self._icon.showMessage(title, text, QApplication.windowIcon())

    def close(self) -> None:
        self._icon.hide()
        self._menu.deleteLater()
        self.deleteLater()


def tray_there() -> bool:
    """Whether this system shows messages of a tray icon."""
    return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()


def tray_for(reminders: Reminders) -> TrayIcon | None:
    """The system's tray; None where there is none."""
    if not tray_there():
        return None
    tray = Tray(reminders.window, reminders.stop)
    tray.pressed.connect(reminders.answer)
    return tray


class Reminders(QObject):
    """Looks every half minute, in a worker, for posts whose time has come."""

    def __init__(
        self, window: Window, make_tray: Callable[[Reminders], TrayIcon | None] = tray_for
    ) -> None:
        super().__init__(window)
        self.window = window
        self._make_tray = make_tray
        self._tray: TrayIcon | None = None
        self._told: set[tuple[int | None, datetime | None]] = set()
        self._last: list[Task] = []
        self._seen = window.shell.clock() - LOOK_BACK
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        window.tasks.changed.connect(self._changed)
        self._follow_option()

    # -- whether they are wanted ------------------------------------------------------------------

    @property
    def wanted(self) -> bool:
        return bool(self.window.shell.workspace.settings.get(OPTION))

    def _changed(self, changes: Changes) -> None:
        if changes.touches("settings"):
            self._follow_option()

    def _follow_option(self) -> None:
        if self.wanted and not self._timer.isActive():
            self._tray = self._make_tray(self)
            self._timer.start()
            self.look()
        elif not self.wanted and self._timer.isActive():
            self._timer.stop()
            if self._tray is not None:
                self._tray.close()
                self._tray = None

    def stop(self) -> None:
        """No more of them, until the settings ask again."""
        settings = self.window.shell.workspace.settings

        def save() -> Changes:
            settings.set(OPTION, False)
            return Changes(frozenset({"settings"}))

        self.window.tasks.mutate(self, save)

    # -- looking, and telling ---------------------------------------------------------------------

    def look(self) -> None:
        """Find what has come due since the last look."""
        workspace, until = self.window.shell.workspace, self.window.shell.clock()
        after = self._seen
        # A clock set back must not tell of the same posts again: `_told` holds them.
        self.window.tasks.read(
            self,
            lambda: workspace.posts_due(after, until),
            lambda found: self._tell(found, until),
            key="due",
        )

    def _tell(self, found: list[Task], until: datetime) -> None:
        self._seen = max(self._seen, until - LOOK_BACK)
        new = [task for task in found if (task.id, task.at) not in self._told]
        if not new or not self._timer.isActive():
            return
        self._told |= {(task.id, task.at) for task in new}
        self._last = new
        tr = self.window.shell.tr
        untitled = tr.tr(N_("Untitled draft"))
        title = tr.ntr(*NN_("It is time to publish", "It is time to publish {n} posts"), len(new))
        lines = []
        for task in new[:4]:
            at = tr.time(task.at) if task.at else ""
            words = (at, task.title or untitled, page_names(task.placements))
            lines.append(" · ".join(part for part in words if part))
        if self._tray is not None:
            self._tray.tell(title, "\n".join(lines))
        else:
            self.window.shell.messages.toast(
                f"{title} · {lines[0]}", tr.tr(N_("Open it")), self.answer
            )

    def answer(self) -> None:
        """Come to the front with the post last told of; with several, on the day's list."""
        window, last = self.window, self._last
        self._last = []
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        if not last:
            return
        window.go("today")
        screen = window.current()
        if len(last) == 1 and last[0].id is not None and screen is not None:
            from ui.publish import open_publish

            open_publish(screen, last[0].id)
