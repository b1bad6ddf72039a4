"""A window for work during which there is no workspace to show."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from scc_admin.kinds import Progress
from ui.theme import Space, Theme
from ui.widgets import margins, plain


class Waiting(QWidget):
    """A title, a sentence, how far it is. It cannot be closed; `finish` ends it."""

    def __init__(self, theme: Theme, title: str, text: str) -> None:
        super().__init__()
        self._finished = False
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.px(440))
        column = QVBoxLayout(self)
        margins(column, Space.WIDE, Space.MEDIUM)
        column.addWidget(plain(title, role="section"))
        column.addWidget(plain(text))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(title)
        column.addWidget(self.bar)

    def show_progress(self, progress: Progress) -> None:
        if progress.total:
            # A bar counts in 32 bits; a workspace may be larger.
            self.bar.setRange(0, 1000)
            self.bar.setValue(progress.done * 1000 // progress.total)

    def finish(self) -> None:
        self._finished = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self._finished)
