"""The pictures that go with a draft, each with the words that stand for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from scc_admin.editorial import picture_of
from scc_admin.i18n import N_
from scc_admin.model import Changes, Consent, Finding, Media
from ui.files import Purpose, open_files
from ui.findings import OF_PICTURES
from ui.people import PeopleDialog, consent_words, people_look
from ui.screen import Shell
from ui.theme import Space
from ui.widgets import Elided, Scroll, button, elided, fitted, icon_button, margins, plain_tip

if TYPE_CHECKING:
    from scc_admin.registers import Line
    from scc_admin.workspace import Workspace

SHOWN = 2
"""Rows before the list scrolls: the text needs the room."""
ROW = 66
"""Pixels of one row at 100 %."""
PEOPLE = 170
"""Pixels of the words for who is on a picture, at 100 %."""


class Thumbnail(QWidget):
    """A small picture, cropped to a square."""

    def __init__(self, shell: Shell, side: int = 48) -> None:
        super().__init__()
        self._shell = shell
        self._pixmap = QPixmap()
        self.setFixedSize(shell.theme.px(side), shell.theme.px(side))

    def show_png(self, data: bytes | None) -> None:
        self._pixmap = QPixmap()
        if data:
            self._pixmap.loadFromData(data, "PNG")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), 6, 6)
        painter.fillPath(path, self._shell.theme.color("sunken"))
        if self._pixmap.isNull():
            side = self.width() * 0.45
            place = (self.width() - side) / 2
            self._shell.icons.paint(painter, QRectF(place, place, side, side), "image", "muted")
        else:
            painter.setClipPath(path)
            scaled = fitted(self._pixmap, self.size(), self.devicePixelRatioF(), cover=True)
            box = QRectF(QPointF(0, 0), scaled.deviceIndependentSize())
            box.moveCenter(QRectF(self.rect()).center())
            painter.drawPixmap(box.topLeft(), scaled)
        painter.end()


class _Row(QFrame):
    def __init__(self, panel: MediaPanel, item: Media) -> None:
        super().__init__()
        self.item = item
        shell, tr = panel.shell, panel.shell.tr
        row = QHBoxLayout(self)
        margins(row, 0, Space.SMALL)
        self.picture = Thumbnail(shell)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        facts = [item.name]
        if item.width:
            facts.append(f"{item.width} × {item.height}")
        facts.append(tr.size(item.size))
        if item.has_position:
            facts.append(tr.tr(N_("still says where it was taken")))
        self.about = Elided(" · ".join(facts), role="small")
        self.people = button("", lambda: panel.ask_people(self.item), kind="small")
        self.alt = QLineEdit(item.alt)
        self.alt.setPlaceholderText(tr.tr(N_("Describe the picture for those who do not see it")))
        self.alt.setAccessibleName(tr.tr(N_("Text in place of {name}"), name=item.name))
        self.alt.editingFinished.connect(lambda: panel.keep_alt(self))
        self.alt.textEdited.connect(lambda _text: panel.typed.emit())
        words.addWidget(self.alt)
        below = QHBoxLayout()
        margins(below, 0, Space.SMALL)
        below.addWidget(self.about, 1)
        below.addWidget(self.people)
        words.addLayout(below)
        row.addLayout(words, 1)
        self._panel = panel
        self.remove = icon_button(
            shell.icons,
            "trash",
            tr.tr(N_("Remove {name}"), name=item.name),
            lambda: panel.remove(self.item),
        )
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)

    def tell(self, item: Media, *, locked: bool) -> None:
        self.alt.setReadOnly(locked)
        self.remove.setEnabled(not locked)
        self.people.setEnabled(not locked)
        self._show_people(item)
        if self.alt.hasFocus() and self.alt.text() != self.item.alt:
            self.item = replace(item, alt=self.item.alt)
            return
        self.item = item
        if self.alt.text() != item.alt:
            self.alt.setText(item.alt)

    def _show_people(self, item: Media) -> None:
        tr = self._panel.shell.tr
        icon, color, words = people_look(tr, item, self._panel.day())
        self._panel.shell.icons.dress(self.people, icon, color)
        room = self._panel.shell.theme.px(PEOPLE)
        self.people.setText(elided(self.people.fontMetrics(), words, room))
        said = "\n".join(consent_words(tr, consent) for consent in item.consents)
        self.people.setToolTip(plain_tip(said or tr.tr(N_("Who is on this picture?"))))
        self.people.setAccessibleName(
            tr.tr(N_("People on {name}: {people}"), name=item.name, people=said or words)
        )


class MediaPanel(QWidget):
    """A row for each picture, and the button that adds one. Keeps what is done here by itself."""

    typed = Signal()
    """An alternative text is being typed, or the pictures are others: the rules may see it."""

    arrived = Signal()
    """The small pictures are read."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        tr = shell.tr.tr
        self._draft_id = -1
        self._locked = True
        self._planned: dt.datetime | None = None
        self._rows: dict[int, _Row] = {}
        self._thumbnails: dict[int, bytes | None] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.SMALL, Space.HAIR, Space.SMALL, Space.HAIR)
        column.setSpacing(Space.SMALL)
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.SMALL)
        self._area = Scroll(padding=0, spacing=Space.SMALL)
        self._area.body.addLayout(self._list)
        self._area.hide()
        column.addWidget(self._area)
        foot = self.foot = QHBoxLayout()
        margins(foot, 0, Space.SMALL)
        self.add = button(
            tr(N_("Add pictures…")), self.choose, icons=shell.icons, icon="image", kind="quiet"
        )
        foot.addWidget(self.add)
        self._hint = Elided(tr(N_("or paste them, or drop them here")), role="small")
        foot.addWidget(self._hint, 1)
        foot.addStretch(0)
        column.addLayout(foot)

    # -- showing ----------------------------------------------------------------------------------

    def show_media(
        self,
        draft_id: int,
        items: Sequence[Media],
        *,
        locked: bool,
        planned: dt.datetime | None = None,
    ) -> None:
        """Show a draft's pictures; `planned` is when it appears."""
        self._draft_id, self._locked, self._planned = draft_id, locked, planned
        for gone in self._rows.keys() - {item.id for item in items}:
            old = self._rows.pop(gone)
            old.hide()
            old.deleteLater()
        for place, item in enumerate(items):
            row = self._rows.get(item.id)
            if row is None:
                row = self._rows[item.id] = _Row(self, item)
                row.picture.show_png(self._thumbnails.get(item.id))
                self._list.insertWidget(place, row)
            row.tell(item, locked=locked)
        self.add.setEnabled(not locked)
        self._hint.setVisible(not items and not locked)
        self._area.setVisible(bool(items))
        height = self.shell.theme.px(ROW) + Space.SMALL
        self._area.setFixedHeight(height * min(len(items), SHOWN))
        self._read_thumbnails(items)

    def _read_thumbnails(self, items: Sequence[Media]) -> None:
        wanted = [item for item in items if item.id not in self._thumbnails]
        if not wanted:
            return
        vault = self.shell.workspace.vault

        def arrived(found: dict[int, bytes | None]) -> None:
            self._thumbnails.update(found)
            for number, data in found.items():
                if number in self._rows:
                    self._rows[number].picture.show_png(data)
            self.arrived.emit()

        self.shell.tasks.read(
            self, lambda: {item.id: vault.thumbnail(item.blob_id) for item in wanted}, arrived
        )

    def day(self) -> dt.date:
        """The day on which the pictures appear; today when none is planned."""
        return self.shell.tr.local(self._planned or self.shell.clock()).date()

    def alts(self) -> dict[int, str]:
        """Alternative texts as they are being typed, by media id."""
        return {number: row.alt.text() for number, row in self._rows.items()}

    def pictures(self) -> list[tuple[str, bytes | None]]:
        """What a preview shows: the words for each picture, and a small PNG of it if there is one.

        They are in the order of the draft.
        """
        return [
            (row.alt.text() or row.item.name, self._thumbnails.get(number))
            for number, row in self._rows.items()
        ]

    def show_finding(self, finding: Finding) -> bool:
        """Go to the field of the picture that a finding is about; False if it is about none."""
        if not finding.rule.startswith(OF_PICTURES) or finding.end > finding.start:
            return False
        for row in self._rows.values():
            if f"file={row.item.name}" in finding.subject:
                field = row.alt if finding.rule.startswith(OF_PICTURES[0]) else row.people
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                self._area.ensureWidgetVisible(row)
                return True
        return False

    # -- adding and removing --------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for picture files."""
        tr = self.shell.tr.tr
        kinds = "*.png *.jpg *.jpeg *.gif *.webp *.mp4 *.mov *.webm"
        open_files(
            self,
            tr(N_("Add pictures")),
            lambda paths: self.attach([str(path) for path in paths]),
            kinds=f"{tr(N_('Pictures and films'))} ({kinds});;{tr(N_('All files'))} (*)",
            purpose=Purpose.PICTURE,
        )

    def attach(self, sources: Sequence[str | QImage]) -> None:
        """Take files (paths), or pictures of the clipboard, into the draft."""
        if self._locked:
            return
        tr, workspace, draft_id = self.shell.tr, self.shell.workspace, self._draft_id
        for source in sources:
            if isinstance(source, QImage):
                name = f"{tr.tr(N_('Pasted picture'))}.png"
                op = partial(_attach_image, workspace, draft_id, source, name)
            else:
                path = Path(source)
                op = partial(workspace.add_picture, draft_id, path, path.name)
            self.shell.tasks.mutate(self, op, self._attached)

    def _attached(self, made: tuple[int, bool, Changes]) -> None:
        if made[1]:
            self.shell.messages.toast(
                self.shell.tr.tr(
                    N_("The picture said where it was taken; the copy kept here no longer does.")
                )
            )

    def remove(self, item: Media) -> None:
        tr, tasks, editorial = self.shell.tr.tr, self.shell.tasks, self.shell.workspace.editorial
        draft_id = self._draft_id

        def undo() -> None:
            tasks.mutate(self, lambda: editorial.attach(draft_id, item.blob_id, picture_of(item)))

        tasks.mutate(
            self,
            lambda: editorial.detach(item.id),
            lambda _: self.shell.messages.toast(
                tr(N_("{name} is no longer in the draft."), name=item.name), tr(N_("Undo")), undo
            ),
        )

    def keep_alt(self, row: _Row) -> None:
        if row.alt.text() == row.item.alt:
            return
        editorial, item, words = self.shell.workspace.editorial, row.item, row.alt.text()
        row.item = replace(item, alt=words)
        self.shell.tasks.mutate(self, lambda: editorial.describe_media(item.id, words))

    # -- the people on a picture ------------------------------------------------------------------

    def ask_people(self, item: Media) -> None:
        """Ask who is on a picture, and whether they agreed."""
        workspace, tasks = self.shell.workspace, self.shell.tasks

        def ask(lines: list[Line]) -> None:
            dialog = PeopleDialog(
                self.shell,
                item,
                lines,
                lambda nobody, consents: self._keep_people(item, nobody, consents, dialog.minors()),
            )
            dialog.open()

        tasks.read(self, lambda: workspace.registers.lines("consents"), ask)

    def _keep_people(
        self, item: Media, nobody: bool, consents: Sequence[Consent], minors: frozenset[str]
    ) -> None:
        workspace, tasks, messages = self.shell.workspace, self.shell.tasks, self.shell.messages
        tr, film = self.shell.tr.tr, item.media_type.startswith("video/")

        def undo() -> None:
            before = partial(
                workspace.editorial.say_people, item.id, nobody=item.nobody, consents=item.consents
            )
            tasks.mutate(self, before)

        tasks.mutate(
            self,
            partial(workspace.say_people, item.id, nobody, consents, minors=minors, film=film),
            lambda _: messages.toast(tr(N_("Noted with the picture.")), tr(N_("Undo")), undo),
            messages.failed,
        )

    def flush(self) -> None:
        """Keep alternative texts still being typed."""
        for row in self._rows.values():
            self.keep_alt(row)


def _attach_image(
    workspace: Workspace, draft_id: int, image: QImage, name: str
) -> tuple[int, bool, Changes]:
    """A picture of the clipboard, written as PNG. Runs in a worker: a QImage is a value."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return workspace.add_picture(draft_id, bytes(data.data()), name)
