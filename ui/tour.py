"""A short visit of the real screens, for whoever opens the program for the first time.

It points at what stands there and changes nothing; Esc ends it at any moment, and going elsewhere
by a shortcut does too. Until then the keyboard is the card's: what arrives behind takes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QWidget
from shiboken6 import isValid

from scc_admin.i18n import N_
from ui.messages import announce
from ui.screen import Screen, Shell
from ui.theme import Space
from ui.widgets import Card, button, margins, plain

SHADE = 150
"""Opacity of what is not pointed at, of 255."""
CARD_WIDTH = 380


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of the visit. `shows` names the part of the window that is pointed at."""

    place: str
    shows: str
    title: str
    text: str


STOPS: tuple[Stop, ...] = (
    Stop(
        "today",
        "screen",
        N_("Each day begins here"),
        N_(
            "What is due, what waits for somebody, what is late. Writing a post, recording a"
            " comment and making the week’s report each have their button."
        ),
    ),
    Stop(
        "drafts",
        "screen",
        N_("Write, even offline"),
        N_(
            "One text for each network. While you write, what deserves a second look is underlined"
            " and explained. {new} begins a draft from anywhere."
        ),
    ),
    Stop(
        "calendar",
        "screen",
        N_("The month at a glance"),
        N_("Posts of every page, campaigns and their three steps; what clashes is marked there."),
    ),
    Stop(
        "moderation",
        "screen",
        N_("Record what was seen, and answer step by step"),
        N_(
            "{log} records a comment with its evidence, from anywhere. The case says which step"
            " comes next, and what it still needs."
        ),
    ),
    Stop(
        "reports",
        "screen",
        N_("What leaves here, you send yourself"),
        N_(
            "The week’s report and, under Escalations, the packet for Public Affairs become files"
            " on this computer. The program sends nothing by itself."
        ),
    ),
    Stop(
        "today",
        "search",
        N_("Find anything"),
        N_("{find} finds drafts, persons, pages, the guide and everything that can be done."),
    ),
    Stop(
        "today",
        "status",
        N_("Nothing is lost"),
        N_(
            "All that you type is saved within a second; this line says so, and whether the journal"
            " is verified. You find this visit again under Help."
        ),
    ),
)


class Tour(QWidget):
    """The visit, laid over the window of `stack` until it ends.

    `parts` are what its stops point at: the search field and the status line, besides the screen.
    """

    def __init__(self, shell: Shell, stack: QStackedWidget, parts: Mapping[str, QWidget]) -> None:
        window = stack.window()
        super().__init__(window)
        self._shell = shell
        self._window = window
        self._stack = stack
        self._parts = {"screen": stack, **parts}
        self._at = -1
        self._going = False
        self._over = False
        tr = shell.tr.tr
        self.setAccessibleName(tr(N_("Visit")))
        self.card = Card(padding=Space.LARGE)
        self.card.setParent(self)
        self.card.setFixedWidth(shell.theme.px(CARD_WIDTH))
        self.title = plain(role="section")
        self.text = plain()
        self.count = plain(role="small", wrap=False)
        self.skip = button(tr(N_("Leave the visit")), self.end, kind="quiet")
        self.back = button(tr(N_("Back")), lambda: self._step(-1))
        self.next = button("", lambda: self._step(+1), kind="primary")
        row = QHBoxLayout()
        margins(row)
        row.addWidget(self.count)
        row.addStretch(1)
        for part in (self.skip, self.back, self.next):
            row.addWidget(part)
        self.card.body.addWidget(self.title)
        self.card.body.addWidget(self.text)
        self.card.body.addSpacing(Space.SMALL)
        self.card.body.addLayout(row)
        window.installEventFilter(self)
        stack.currentChanged.connect(self._elsewhere)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._led)
        # Another language makes all anew; the window's own end takes the visit with it.
        stack.destroyed.connect(lambda: self.end() if isValid(window) else None)
        self.setGeometry(window.rect())
        self._step(+1)
        self.show()
        self.raise_()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- going through ----------------------------------------------------------------------------

    @property
    def stop(self) -> Stop:
        return STOPS[self._at]

    def _step(self, by: int) -> None:
        if not 0 <= self._at + by < len(STOPS):
            self.end()
            return
        self._at += by
        actions, tr = self._shell.actions, self._shell.tr.tr
        self._going = True
        try:
            self._shell.window.go(self.stop.place)
        finally:
            self._going = False
        self.title.setText(tr(self.stop.title))
        self.text.setText(
            tr(
                self.stop.text,
                new=actions.shortcut("new-draft"),
                log=actions.shortcut("log-incident"),
                find=actions.shortcut("palette"),
            )
        )
        self.count.setText(f"{self._at + 1} / {len(STOPS)}")
        last = self._at == len(STOPS) - 1
        self.next.setText(tr(N_("Begin")) if last else tr(N_("Continue")))
        self.back.setEnabled(self._at > 0)
        self.skip.setVisible(not last)
        self._lay()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, f"{self.title.text()}. {self.text.text()}")

    def _led(self, _before: QWidget | None, focused: QWidget | None) -> None:
        """Take the focus back from what lies behind; dialogs and menus are windows of their own."""
        if self._over or self._going or focused is None or not isValid(self._window):
            return
        if focused.window() is self._window and not self.card.isAncestorOf(focused):
            self._take_focus()

    def _take_focus(self) -> None:
        focused: QWidget | None = self._window.focusWidget()
        if not self._over and (focused is None or not self.card.isAncestorOf(focused)):
            self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def _elsewhere(self, _index: int) -> None:
        if not self._going and not self._over:
            self.end()

    def end(self) -> None:
        """Leave the screens as they are, with the focus in the one in front."""
        if self._over:
            return
        self._over = True
        self._window.removeEventFilter(self)
        self.hide()
        self.deleteLater()
        screen = self._stack.currentWidget() if isValid(self._stack) else None
        if isinstance(screen, Screen):
            screen.focus_first()

    # -- where it stands --------------------------------------------------------------------------

    def _shown(self) -> QRect:
        widget = self._parts[self.stop.shows]
        corner = widget.mapTo(self._window, QPoint(0, 0))
        return QRect(corner, widget.size()).intersected(self.rect())

    def _lay(self) -> None:
        """Beside what is pointed at, or in its lower corner where it fills the window."""
        shown, card = self._shown(), self.card
        card.setFixedHeight(card.body.totalHeightForWidth(card.width()))
        gap = Space.LARGE
        if shown.height() + card.height() + 2 * gap > self.height():
            corner = QPoint(
                shown.right() - card.width() - gap, shown.bottom() - card.height() - gap
            )
        elif shown.bottom() + gap + card.height() < self.height():
            corner = QPoint(shown.right() - card.width(), shown.bottom() + gap)
        else:
            corner = QPoint(shown.left() + gap, shown.top() - card.height() - gap)
        corner.setX(max(gap, min(corner.x(), self.width() - card.width() - gap)))
        card.move(corner)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._shell.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hole = QRectF(self._shown()).adjusted(3, 3, -3, -3)
        shade = QPainterPath()
        shade.addRect(QRectF(self.rect()))
        shade.addRoundedRect(hole, 8, 8)
        veil = QColor(theme.color("sunken"))
        veil.setAlpha(SHADE)
        painter.fillPath(shade, veil)
        painter.setPen(QPen(theme.color("daffodil"), 3))
        painter.drawRoundedRect(hole, 8, 8)
        painter.end()

    # -- keys -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.end()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                focused = self.focusWidget()
                (focused if focused in (self.skip, self.back) else self.next).click()
            case Qt.Key.Key_Right | Qt.Key.Key_PageDown:
                self._step(+1)
            case Qt.Key.Key_Left | Qt.Key.Key_PageUp if self._at > 0:
                self._step(-1)
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round within the card."""
        if self._over:  # hiding asks for it too
            return super().focusNextPrevChild(forward)
        stops = [b for b in (self.next, self.skip, self.back) if b.isEnabled() and b.isVisible()]
        here = next((i for i, b in enumerate(stops) if b.hasFocus()), 0)
        stops[(here + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            match event.type():
                case QEvent.Type.Resize:
                    self.setGeometry(self._window.rect())
                    self._lay()
                case QEvent.Type.WindowActivate:  # what the window last had in focus gets it next
                    self._take_focus()
        return super().eventFilter(watched, event)
