"""The clock of an escalation: seen, escalated, answered, closed, and how long between."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from scc_admin.i18n import N_, Translator
from scc_admin.model import Escalation, took
from ui.moderation.words import span
from ui.screen import Shell
from ui.theme import Type
from ui.widgets import elided

_HEIGHT = 84


def moments(escalation: Escalation) -> tuple[tuple[str, dt.datetime | None], ...]:
    """The four moments, by msgid."""
    return (
        (N_("Seen"), escalation.seen_at),
        (N_("Escalated"), escalation.escalated_at),
        (N_("Answered"), escalation.answered_at),
        (N_("Closed"), escalation.closed_at),
    )


def clock_words(tr: Translator, escalation: Escalation, now: dt.datetime) -> str:
    """The clock in a sentence, for a screen reader."""
    parts = []
    before: dt.datetime | None = None
    for words, at in moments(escalation):
        if at is None:
            if before is not None:
                waited = span(tr, now - before)
                parts.append(tr.tr(N_("{step}: waited for {time}"), step=tr.tr(words), time=waited))
            break
        since = took(before, at)
        after = "" if since is None else f" (+{span(tr, since)})"
        parts.append(f"{tr.tr(words)} {tr.moment(at, 'short')}{after}")
        before = at
    return ", ".join(parts)


class Clock(QWidget):
    """Four marks on a line; below each its moment, between two of them the time it took."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._escalation: Escalation | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_escalation(self, escalation: Escalation) -> None:
        self._escalation = escalation
        words = clock_words(self._shell.tr, escalation, self._shell.clock())
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._shell.theme.px(420), self._shell.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._shell.theme.px(320), self._shell.theme.px(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        escalation = self._escalation
        if escalation is None:
            return
        shell, theme, tr = self._shell, self._shell.theme, self._shell.tr
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        steps = moments(escalation)
        part = self.width() / len(steps)
        y = theme.px(30)
        small = theme.font(Type.SMALL, tabular=True)
        metrics = QFontMetrics(small)
        strong = theme.font(Type.BODY)
        strong.setWeight(strong.Weight.DemiBold)
        waiting = next((n for n, (_, at) in enumerate(steps) if at is None), None)
        for number, (words, at) in enumerate(steps):
            x = part * (number + 0.5)
            if number:
                before = steps[number - 1][1]
                done = at is not None and before is not None
                late = number == waiting and before is not None
                color = "ok" if done else "warning" if late else "line"
                pen = QPen(theme.color(color), 2)
                if late:
                    pen.setStyle(Qt.PenStyle.DashLine)
                painter.setPen(pen)
                gap = theme.px(14)
                painter.drawLine(QPointF(x - part + gap, y), QPointF(x - gap, y))
                since = took(before, at or shell.clock())
                if since is not None and (done or late):
                    painter.setFont(small)
                    painter.setPen(theme.color("warning" if late else "muted"))
                    box = QRectF(x - part, y - theme.px(24), part, theme.px(20))
                    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), span(tr, since))
            side = theme.px(18)
            disc = QRectF(0, 0, side, side)
            disc.moveCenter(QPointF(x, y))
            if at is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("ok"))
                painter.drawEllipse(disc)
                shell.icons.paint(painter, disc.adjusted(3, 3, -3, -3), "check", "surface")
            else:
                painter.setPen(QPen(theme.color("warning" if number == waiting else "line"), 2))
                painter.setBrush(theme.color("surface"))
                painter.drawEllipse(disc)
            centre = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            painter.setFont(strong)
            painter.setPen(theme.color("text" if at is not None else "muted"))
            top = y + side / 2 + theme.px(4)
            name = elided(QFontMetrics(strong), tr.tr(words), int(part))
            painter.drawText(QRectF(x - part / 2, top, part, theme.px(20)), centre, name)
            painter.setFont(small)
            painter.setPen(theme.color("muted"))
            moment = tr.moment(at, "short") if at is not None else "—"
            below = QRectF(x - part / 2, top + theme.px(18), part, theme.px(18))
            painter.drawText(below, centre, elided(metrics, moment, int(part)))
        painter.end()
