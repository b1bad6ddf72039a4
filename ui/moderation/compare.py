"""Two comments side by side, with what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from scc_admin.i18n import N_
from scc_admin.model import Alike, Incident
from scc_admin.moderation import Part, differences
from ui.keyboard import Leaflet
from ui.screen import Keys, Shell, help_by_f1
from ui.theme import Space
from ui.widgets import button, icon_button, margins, plain

KEYS: Keys = (
    (("PgDown", "PgUp"), N_("Next and previous pair")),
    (("Tab",), N_("From one comment to the other")),
    (("Esc",), N_("Close")),
)


class Comparison(Leaflet):
    """The pairs of a case, one at a time. Page Down and Page Up go through them."""

    def __init__(
        self,
        shell: Shell,
        pairs: Sequence[Alike],
        incidents: Mapping[int, Incident],
        first: int = 0,
    ) -> None:
        super().__init__(shell.messages.window)
        self.shell = shell
        self._pairs = list(pairs)
        self._incidents = incidents
        self._at = first
        tr = shell.tr.tr
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr(N_("Two comments side by side")))
        parent = shell.messages.window.window()
        self.resize(int(parent.width() * 0.85), int(parent.height() * 0.7))
        column = QVBoxLayout(self)
        margins(column, Space.LARGE, Space.MEDIUM)
        head = QHBoxLayout()
        self.previous = icon_button(
            shell.icons, "chevron-left", tr(N_("Previous pair")), lambda: self.step(-1)
        )
        self.next = icon_button(
            shell.icons, "chevron-right", tr(N_("Next pair")), lambda: self.step(1)
        )
        self.count = plain(role="muted", wrap=False)
        self.score = plain(role="section", wrap=False)
        for widget in (self.previous, self.next, self.count):
            head.addWidget(widget)
        head.addSpacing(Space.MEDIUM)
        head.addWidget(self.score, 1)
        head.addWidget(button(tr(N_("Close")), self.close))
        column.addLayout(head)
        sides = QHBoxLayout()
        margins(sides, 0, Space.LARGE)
        self.left = _Side(shell, tr(N_("Earlier comment")))
        self.right = _Side(shell, tr(N_("Later comment")))
        sides.addWidget(self.left, 1)
        sides.addWidget(self.right, 1)
        column.addLayout(sides, 1)
        column.addWidget(
            plain(
                tr(N_("What differs is underlined and tinted; all else is the same.")), role="small"
            )
        )
        help_by_f1(self, shell, KEYS)
        self.show_leaf()

    def leaves(self) -> int:
        return len(self._pairs)

    def show_leaf(self) -> None:
        tr = self.shell.tr
        pair = self._pairs[self._at]
        one, other = self._incidents[pair.first], self._incidents[pair.second]
        self.count.setText(
            tr.tr(N_("{n} of {all}"), n=tr.number(self._at + 1), all=tr.number(len(self._pairs)))
        )
        percent = tr.percent(pair.score / 100)
        if pair.by_meaning:
            self.score.setText(tr.tr(N_("Close in meaning: {percent}"), percent=percent))
        elif pair.score == 100:
            self.score.setText(tr.tr(N_("The same words")))
        else:
            self.score.setText(tr.tr(N_("Alike: {percent}"), percent=percent))
        for widget in (self.previous, self.next):
            widget.setEnabled(len(self._pairs) > 1)
        left, right = differences(_tidy(one.text), _tidy(other.text))
        # Of two texts in other words everything differs: marking all of it says nothing.
        self.left.show_parts(one, left, mark=not pair.by_meaning)
        self.right.show_parts(other, right, mark=not pair.by_meaning)


def _tidy(text: str) -> str:
    """Line ends as Qt keeps them, so that positions agree."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Side(QWidget):
    def __init__(self, shell: Shell, name: str) -> None:
        super().__init__()
        self._shell = shell
        column = QVBoxLayout(self)
        margins(column, 0, Space.HAIR)
        column.addWidget(plain(name, role="strong"))
        self.when = plain(role="small")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(name)
        column.addWidget(self.when)
        column.addWidget(self.text, 1)

    def show_parts(self, incident: Incident, parts: Sequence[Part], *, mark: bool) -> None:
        tr, theme = self._shell.tr, self._shell.theme
        said = [tr.moment(incident.captured_at)]
        if incident.displayed_at:
            said.append(tr.tr(N_("shown as “{date}”"), date=incident.displayed_at))
        self.when.setText(" · ".join(said))
        self.text.setPlainText("".join(part.text for part in parts))
        look = QTextCharFormat()
        look.setBackground(theme.tint("warning", 0.22))
        look.setFontUnderline(True)
        at = 0
        found = []
        for part in parts:
            # Qt counts in UTF-16.
            size = len(part.text.encode("utf-16-le", "surrogatepass")) // 2
            if part.changed and mark:
                selection = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.text.document())
                cursor.setPosition(at)
                cursor.setPosition(at + size, QTextCursor.MoveMode.KeepAnchor)
                selection.cursor = cursor
                selection.format = look
                found.append(selection)
            at += size
        self.text.setExtraSelections(found)
