"""The ladder as one sees it: five rungs, what is done, what comes next, what is locked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from scc_admin.i18n import N_
from scc_admin.model import Rung, RungView
from scc_admin.words import RUNGS
from ui.screen import Shell
from ui.theme import Type
from ui.widgets import elided, margins

_DISC = 30
_HEIGHT = 72


class Ladder(QWidget):
    """Five buttons in a row, joined by a line."""

    asked = Signal(object)
    """The `Rung` that was pressed."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.setAccessibleName(shell.tr.tr(N_("Ladder")))
        row = QHBoxLayout(self)
        margins(row, 0, 0)
        self.steps = [RungButton(shell, rung) for rung in Rung]
        for step in self.steps:
            row.addWidget(step, 1)
            step.clicked.connect(lambda _=False, rung=step.rung: self.asked.emit(rung))

    def show_rungs(self, views: Sequence[RungView]) -> None:
        for step, view in zip(self.steps, views, strict=True):
            step.show_view(view)


class RungButton(QAbstractButton):
    """One rung: its number or a tick, its name, and a lock when something stands before it."""

    def __init__(self, shell: Shell, rung: Rung) -> None:
        super().__init__()
        self._shell = shell
        self.rung = rung
        self._view = RungView(rung, done=False, proposed=False, gates=(), overridable=False)
        self.setText(shell.tr.tr(RUNGS[rung]))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_view(self, view: RungView) -> None:
        tr = self._shell.tr.tr
        self._view = view
        if view.done:
            state = tr(N_("done"))
        elif view.proposed and not view.gates:
            state = tr(N_("next step"))
        elif view.gates:
            state = tr(N_("locked"))
        else:
            state = tr(N_("open"))
        words = tr(N_("{number}. {rung}: {state}"), number=int(view.rung) + 1,
                   rung=self.text(), state=state)  # fmt: skip
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._shell.theme.px(96), self._shell.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._shell.theme.px(64), self._shell.theme.px(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, view = self._shell.theme, self._view
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(_DISC)
        middle = QPointF(self.width() / 2, theme.px(4) + side / 2)
        disc = QRectF(0, 0, side, side)
        disc.moveCenter(middle)
        self._line(painter, disc)
        locked = bool(view.gates) and not view.done
        color = "ok" if view.done else "accent" if view.proposed and not locked else "muted"
        if view.done:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("ok"))
        else:
            strong = view.proposed and not locked
            painter.setPen(QPen(theme.color(color if strong else "line"), 3 if strong else 1.5))
            painter.setBrush(theme.color("surface"))
        painter.drawEllipse(disc)
        if view.done or locked:
            inner = theme.px(16)
            place = QRectF(0, 0, inner, inner)
            place.moveCenter(middle)
            icon, ink = ("check", "surface") if view.done else ("lock", "muted")
            self._shell.icons.paint(painter, place, icon, ink)
        else:
            font = theme.font(Type.BODY, tabular=True)
            font.setWeight(font.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(theme.color("accent" if view.proposed else "text"))
            painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), str(int(view.rung) + 1))
        font = theme.font(Type.SMALL)
        if view.proposed:
            font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.color("text" if view.done or view.proposed else "muted"))
        area = QRectF(2, disc.bottom() + theme.px(4), self.width() - 4,
                      self.height() - disc.bottom() - theme.px(4))  # fmt: skip
        painter.drawText(
            area,
            int(
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            ),
            self._words(QFontMetrics(font), int(area.width())),
        )
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _words(self, metrics: QFontMetrics, width: int) -> str:
        """The name on at most two lines."""
        words = self.text().split()
        for cut in range(len(words), 0, -1):
            first, second = " ".join(words[:cut]), " ".join(words[cut:])
            if metrics.horizontalAdvance(first) <= width:
                return f"{first}\n{elided(metrics, second, width)}" if second else first
        return elided(metrics, self.text(), width)

    def _line(self, painter: QPainter, disc: QRectF) -> None:
        """The line that joins the rungs: green as far as one has come."""
        theme = self._shell.theme
        y = disc.center().y()
        gap = theme.px(6)
        painter.setPen(QPen(theme.color("ok" if self._view.done else "line"), 2))
        if self.rung is not Rung.TOLERATE:
            painter.drawLine(QPointF(0, y), QPointF(disc.left() - gap, y))
        if self.rung is not Rung.BAN:
            painter.drawLine(QPointF(disc.right() + gap, y), QPointF(self.width(), y))
