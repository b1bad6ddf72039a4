"""A window for work during which there is no workspace to show."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from scc_admin.i18n import Translator
from scc_admin.kinds import Progress
from ui.theme import Space, Theme
from ui.widgets import ProgressBar, left_words, margins, plain


class Waiting(QWidget):
    """A title, a sentence, how far it is. It cannot be closed; `finish` ends it."""

    def __init__(self, theme: Theme, tr: Translator, title: str, text: str) -> None:
        super().__init__()
        self._tr = tr
        self._finished = False
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.px(440))
        column = QVBoxLayout(self)
        margins(column, Space.WIDE, Space.MEDIUM)
        column.addWidget(plain(title, role="section"))
        column.addWidget(plain(text))
        self.bar = ProgressBar(title)
        column.addWidget(self.bar)
        self.left = plain(role="small")
        column.addWidget(self.left)

    def show_progress(self, progress: Progress) -> None:
        self.bar.show_progress(progress)
        self.left.setText(left_words(self._tr, progress))

    def finish(self) -> None:
        self._finished = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self._finished)
