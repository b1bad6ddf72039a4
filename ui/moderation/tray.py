"""The tray of a form: pictures and files pasted, dropped or chosen, encrypted at once.

A file goes into the vault the moment it arrives, so that nothing is lost if the form is left. Its
bytes are recognised by their hash: twice in one tray is refused, known in another case is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QImageWriter,
    QPixmap,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.model import Progress
from scc_admin.moderation import KeptFile, taken_at
from ui.files import Purpose, open_files
from ui.forms import holds_files, in_clipboard
from ui.messages import Banner
from ui.screen import Shell
from ui.tasks import Reporter
from ui.theme import Space
from ui.widgets import Elided, FlowLayout, Tone, button, fitted, icon_button, margins, plain

SIDE = 96


@dataclass(frozen=True, slots=True)
class Item:
    """A file in the tray. `known` names the cases that hold the same bytes already."""

    file: KeptFile
    thumbnail: bytes | None
    known: tuple[str, ...] = ()


class Tray(QFrame):
    """Files for what is being written down."""

    changed = Signal()

    def __init__(self, shell: Shell, *, hint: str = "") -> None:
        super().__init__()
        self.shell = shell
        tr = shell.tr.tr
        self.items: list[Item] = []
        self._waiting = 0
        self.setProperty("role", "well")
        self.setAcceptDrops(True)
        self.setAccessibleName(tr(N_("Pictures and files")))
        column = QVBoxLayout(self)
        margins(column, Space.SMALL, Space.SMALL)
        self._flow_box = QWidget()
        self._flow = FlowLayout(Space.SMALL)
        self._flow_box.setLayout(self._flow)
        self._flow_box.hide()
        column.addWidget(self._flow_box)
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        self.choose = button(
            tr(N_("Add files…")), self.ask_files, icons=shell.icons, icon="image", kind="small"
        )
        self.paste = button(
            tr(N_("Paste a picture")), self.paste_now, icons=shell.icons, icon="paste", kind="small"
        )
        row.addWidget(self.choose)
        row.addWidget(self.paste)
        self._usual = hint or tr(N_("or drop them here"))
        self._hint = plain(self._usual, role="small")
        row.addWidget(self._hint, 1)
        column.addLayout(row)
        self._said = plain(role="small")
        self._said.hide()
        column.addWidget(self._said)

    # -- what comes in --------------------------------------------------------------------------

    def ask_files(self) -> None:
        """Choose files, as many as one likes."""
        tr = self.shell.tr.tr
        title = tr(N_("Add files as evidence"))
        open_files(self, title, partial(self.add_paths, method="file"), purpose=Purpose.EVIDENCE)

    def paste_now(self) -> None:
        """Take the picture, or the files, of the clipboard."""
        mime = in_clipboard()
        if not (mime.hasImage() or holds_files(mime)):
            self.say(self.shell.tr.tr(N_("There is no picture in the clipboard.")))
            return
        self.take(mime, "clipboard")

    def take(self, mime: QMimeData, method: str) -> None:
        """Take what was pasted or dropped."""
        paths = [Path(u.toLocalFile()) for u in mime.urls() if u.isLocalFile()]
        if paths:
            self.add_paths(paths, method)
            return
        raw = bytes(mime.data("image/png").data())
        image = mime.imageData()
        if not raw and isinstance(image, QPixmap):
            image = image.toImage()
        name = f"capture-{self.shell.tr.local(self.shell.clock()):%Y%m%d-%H%M%S}.png"
        if raw:
            self.add(lambda _report: raw, name, method)
        elif isinstance(image, QImage) and not image.isNull():
            copy = image.copy()
            self.add(lambda _report: _png(copy), name, method)

    def add_paths(self, paths: Sequence[Path], method: str) -> None:
        for path in paths:
            self.add(partial(_as_is, path), path.name, method)

    def add_text(self, text: str, name: str) -> None:
        """Keep a text that is too long for a field as a file."""
        self.add(lambda _report: text.encode("utf-8", "replace"), name, "clipboard")

    def keep_whole(self, text: str, banner: Banner) -> None:
        """Keep a pasted text of which a field took the beginning only, and say so."""
        self.add_text(text, "texte.txt")
        words = N_("The text is very long: its beginning stands here, the whole in a file below.")
        banner.show_message(Tone.INFO, self.shell.tr.tr(words))

    def add(self, read: Callable[[Reporter], Path | bytes], name: str, method: str) -> None:
        """Bring one file into the vault, in a worker."""
        workspace, captured = self.shell.workspace, self.shell.clock()
        moderation, vault = workspace.moderation, workspace.vault

        def bring(report: Reporter) -> Item:
            staged = vault.add(
                read(report), name, progress=lambda done, total: report(Progress(done, total))
            )
            known = sorted({number for number, _ in moderation.evidence_like(staged.sha256)})
            blob_id = moderation.unfinished.keep_file(staged)
            at = taken_at(staged, captured)
            file = KeptFile(blob_id, name, staged.sha256, staged.size, at, method)
            return Item(file, staged.thumbnail, tuple(known))

        self._waiting += 1
        self.shell.tasks.long(
            self,
            self.shell.tr.tr(N_("Encrypting {name}"), name=name),
            bring,
            self._arrived,
            self._refused,
            self._cancelled,
        )

    def _arrived(self, item: Item) -> None:
        self._waiting -= 1
        tr = self.shell.tr
        if any(item.file.sha256 == other.file.sha256 for other in self.items):
            self._forget(item)
            self.say(tr.tr(N_("{name} is here already: the same bytes."), name=item.file.name))
            return
        self._show(item)
        if item.known:
            self.say(
                tr.tr(
                    N_("{name} is evidence already in {cases}."),
                    name=item.file.name,
                    cases=tr.join(item.known),
                )
            )
        self.changed.emit()

    def _refused(self, error: UserError) -> None:
        self._waiting -= 1
        self.say(self.shell.tr.explain(error))

    def _cancelled(self) -> None:
        self._waiting -= 1

    @property
    def waiting(self) -> bool:
        """Whether a file is still on its way."""
        return self._waiting > 0

    def say(self, text: str) -> None:
        self._said.setText(text)
        self._said.setVisible(bool(text))

    # -- what stands in it ------------------------------------------------------------------------

    def _show(self, item: Item) -> None:
        self.items.append(item)
        self._flow.addWidget(_Card(self, item))
        self._said_changed()

    def remove(self, item: Item) -> None:
        """Take a file out again."""
        if item not in self.items:
            return
        self.items.remove(item)
        self._forget(item)
        self._clear_card(item)
        self.changed.emit()

    def _clear_card(self, item: Item) -> None:
        for index in range(self._flow.count()):
            slot = self._flow.itemAt(index)
            card = slot.widget() if slot is not None else None
            if isinstance(card, _Card) and card.item is item:
                self._flow.takeAt(index)
                card.hide()
                card.deleteLater()
                break
        self._said_changed()

    def _said_changed(self) -> None:
        n = len(self.items)
        self._flow_box.setVisible(n > 0)
        held = self.shell.tr.ntr("{n} file, encrypted", "{n} files, encrypted", n)
        self._hint.setText(held if n else self._usual)
        self.updateGeometry()

    def _forget(self, item: Item) -> None:
        unfinished = self.shell.workspace.moderation.unfinished
        self.shell.tasks.mutate(self, lambda: unfinished.drop_file(item.file.blob_id))

    def empty(self, *, forget: bool = False) -> None:
        """Take everything out; with `forget`, out of the vault, too."""
        for item in list(self.items):
            self.items.remove(item)
            if forget:
                self._forget(item)
            self._clear_card(item)
        self.say("")

    def files(self) -> tuple[KeptFile, ...]:
        return tuple(item.file for item in self.items)

    # -- keeping ----------------------------------------------------------------------------------

    def kept(self) -> list[dict[str, Any]]:
        """What an unfinished form keeps of it."""
        return [
            {
                "blob": item.file.blob_id,
                "name": item.file.name,
                "sha256": item.file.sha256,
                "size": item.file.size,
                "at": item.file.captured_at.isoformat(),
                "method": item.file.method,
            }
            for item in self.items
        ]

    def restore(self, data: Sequence[Mapping[str, Any]]) -> None:
        """Show the files of an unfinished form again."""
        workspace = self.shell.workspace
        held = [
            KeptFile(
                record["blob"],
                record["name"],
                record["sha256"],
                record["size"],
                dt.datetime.fromisoformat(record["at"]),
                record["method"],
            )
            for record in data
        ]

        def read() -> list[Item]:
            standing = workspace.moderation.unfinished.standing([f.blob_id for f in held])
            return [
                Item(file, workspace.vault.thumbnail(file.blob_id))
                for file in held
                if file.blob_id in standing
            ]

        def arrived(items: list[Item]) -> None:
            for item in items:
                if not any(item.file.blob_id == other.file.blob_id for other in self.items):
                    self._show(item)
            self.changed.emit()

        if held:
            self.shell.tasks.read(self, read, arrived)

    # -- dropping -------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or holds_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.take(event.mimeData(), "dropped")
        event.acceptProposedAction()


class _Card(QFrame):
    """One file of the tray: a small picture, its name, a button that takes it out."""

    def __init__(self, tray: Tray, item: Item) -> None:
        super().__init__()
        self.item = item
        shell = tray.shell
        tr = shell.tr
        self.setProperty("role", "card")
        self.setFixedWidth(shell.theme.px(SIDE + 2 * Space.SMALL))
        column = QVBoxLayout(self)
        margins(column, Space.HAIR, 2)
        picture = QLabel()
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setFixedHeight(shell.theme.px(64))
        density = shell.messages.window.devicePixelRatioF()
        pixmap = QPixmap()
        if item.thumbnail and pixmap.loadFromData(item.thumbnail, "PNG"):
            size = QSize(shell.theme.px(SIDE), shell.theme.px(64))
            picture.setPixmap(fitted(pixmap, size, density))
        else:
            picture.setPixmap(shell.icons.pixmap("file", "muted", 32, density))
        said = tr.tr(
            N_("{name}, {size}, captured {at}"),
            name=item.file.name,
            size=tr.size(item.file.size),
            at=tr.moment(item.file.captured_at),
        )
        picture.setAccessibleName(said)
        column.addWidget(picture)
        foot = QHBoxLayout()
        margins(foot, 0, 0)
        foot.addWidget(Elided(item.file.name, role="small"), 1)
        foot.addWidget(
            icon_button(
                shell.icons,
                "close",
                tr.tr(N_("Take out {name}"), name=item.file.name),
                lambda: tray.remove(item),
            )
        )
        column.addLayout(foot)
        self.setAccessibleName(said)


def _as_is(path: Path, _report: Reporter) -> Path:
    return path


def _png(image: QImage) -> bytes:
    """In a worker: a large capture takes a while."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
