"""The kept versions of a text: what changed since, and how to have one back."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from scc_admin.i18n import N_
from scc_admin.model import Revision
from ui.screen import Shell
from ui.theme import Space
from ui.widgets import Scroll, button, margins, plain, splitter

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 12_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a comparison: `same`, `gone` (in the older text only) or `new`."""

    kind: str
    text: str


def differences(older: str, newer: str) -> list[Piece]:
    """What was taken out and put in, word by word. Pure; made in a worker."""
    from rapidfuzz.distance import Indel

    before, after = _WORDS.findall(older), _WORDS.findall(newer)
    if len(before) + len(after) > MOST_WORDS:
        before, after = older.splitlines(keepends=True), newer.splitlines(keepends=True)
    pieces: list[Piece] = []
    for step in Indel.opcodes(before, after):
        gone = "".join(before[step.src_start : step.src_end])
        new = "".join(after[step.dest_start : step.dest_end])
        if step.tag == "equal":
            pieces.append(Piece("same", gone))
            continue
        if gone:
            pieces.append(Piece("gone", gone))
        if new:
            pieces.append(Piece("new", new))
    return pieces


class History(QWidget):
    """Versions at the top, what changed since the chosen one below."""

    restored = Signal(object)
    """The `Revision` to put back."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        tr = shell.tr.tr
        self._revisions: tuple[Revision, ...] = ()
        self._variant_id = -1
        self._text = ""
        outer = QVBoxLayout(self)
        margins(outer, Space.SMALL, Space.SMALL)
        self.list = QListWidget()
        self.list.setAccessibleName(tr(N_("Kept versions")))
        self.list.currentRowChanged.connect(self._choose)
        self._empty = plain(
            tr(N_("No earlier version yet. One is kept each minute while you write.")),
            role="muted",
        )
        self._empty.setContentsMargins(Space.SMALL, Space.SMALL, Space.SMALL, Space.SMALL)
        below = QWidget()
        column = QVBoxLayout(below)
        margins(column, 0, Space.SMALL)
        self._legend = plain(
            tr(N_("Struck through: what the text has lost since. Underlined: what it has gained.")),
            role="small",
        )
        column.addWidget(self._legend)
        area = Scroll(padding=Space.SMALL, spacing=0)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setAccessibleName(tr(N_("Differences")))
        area.body.addWidget(self.text)
        area.body.addStretch(1)
        column.addWidget(area, 1)
        self.restore_button = button(
            tr(N_("Restore this version")), self._restore, icons=shell.icons, icon="history"
        )
        column.addWidget(self.restore_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._split = splitter(self.list, below, (2, 3), upright=True)
        outer.addWidget(self._empty, 0, Qt.AlignmentFlag.AlignTop)
        outer.addWidget(self._split, 1)

    def show_variant(self, variant_id: int, text: str) -> None:
        """Show the kept versions of a text; `text` is what stands in the editor."""
        if variant_id != self._variant_id:
            self._revisions = ()
            self.list.clear()
            self.text.clear()
        self._variant_id, self._text = variant_id, text
        editorial = self._shell.workspace.editorial
        self._shell.tasks.read(
            self, lambda: editorial.revisions(variant_id), self._show_revisions, key="revisions"
        )

    def _show_revisions(self, revisions: Sequence[Revision]) -> None:
        tr = self._shell.tr
        new = tuple(revisions)
        self._empty.setVisible(not new)
        self._split.setVisible(bool(new))
        if new == self._revisions and self.list.count():
            self._choose(self.list.currentRow())
            return
        number = (
            self._revisions[self.list.currentRow()].number if self.list.currentRow() >= 0 else 0
        )
        self._revisions = new
        self.list.blockSignals(True)
        self.list.clear()
        for revision in new:
            words = tr.tr(N_("{when}, {who}"), when=tr.moment(revision.at), who=revision.who or "—")
            self.list.addItem(QListWidgetItem(words))
        self.list.blockSignals(False)
        row = next((i for i, r in enumerate(new) if r.number == number), 0)
        if new:
            self.list.setCurrentRow(row)

    def _choose(self, row: int) -> None:
        if not 0 <= row < len(self._revisions):
            return
        older, newer = self._revisions[row].text, self._text
        self._shell.tasks.read(
            self, lambda: differences(older, newer), self._show_differences, key="compare"
        )

    def _restore(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._revisions):
            self.restored.emit(self._revisions[row])

    def _show_differences(self, pieces: Sequence[Piece]) -> None:
        theme = self._shell.theme
        gone, new = theme.tokens.error, theme.tokens.ok
        styles = {
            "same": "",
            "gone": f"color:{gone}; text-decoration:line-through;",
            "new": f"color:{new}; text-decoration:underline;",
        }
        body = "".join(
            f'<span style="{styles[p.kind]}">{html.escape(p.text)}</span>' for p in pieces
        ).replace("\n", "<br>")
        self.text.setText(f'<div style="white-space:pre-wrap">{body}</div>')
        self.restore_button.setEnabled(any(piece.kind != "same" for piece in pieces))
