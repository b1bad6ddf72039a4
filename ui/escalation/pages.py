"""A PDF looked at page by page, each drawn in a worker."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from scc_admin.i18n import N_
from ui.pdf import PDFIUM
from ui.screen import Shell
from ui.theme import Space
from ui.widgets import icon_button, margins, plain

_KEPT = 6
"""Pages that stay drawn."""
_SHARPEST = 2_200
"""Pixels across that a page is drawn with at most."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    pages: int
    number: int
    image: QImage


class PdfPages(QWidget):
    """One page of a PDF at a time. Page Down and Page Up go through them."""

    turned = Signal(int)

    def __init__(self, shell: Shell, name: str) -> None:
        super().__init__()
        self.shell = shell
        tr = shell.tr.tr
        self._data = b""
        self._round = 0
        self.pages = 0
        self.page = 0
        self._drawn: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self.sheet = _Sheet(self, name)
        self.previous = icon_button(
            shell.icons, "chevron-left", tr(N_("Previous page")), lambda: self.turn(-1)
        )
        self.next = icon_button(
            shell.icons, "chevron-right", tr(N_("Next page")), lambda: self.turn(+1)
        )
        self.count = plain(role="muted", wrap=False)
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        row.addStretch(1)
        for widget in (self.previous, self.count, self.next):
            row.addWidget(widget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        margins(column, 0, Space.SMALL)
        column.addWidget(self.sheet, 1)
        column.addLayout(row)
        self._say()

    def show_pdf(self, data: bytes) -> None:
        """Show another document; on the same page when it has one of that number."""
        self._data = data
        self._round += 1
        self._drawn.clear()
        self._draw()

    def clear(self) -> None:
        self._data = b""
        self._round += 1
        self.pages = self.page = 0
        self._drawn.clear()
        self.sheet.show_image(None)
        self._say()

    def turn(self, by: int) -> None:
        page = min(max(self.page + by, 0), max(0, self.pages - 1))
        if page != self.page:
            self.page = page
            self._draw()
            self.turned.emit(page)

    def _width(self) -> int:
        """In steps, so that a resize does not draw at every pixel."""
        ratio = self.devicePixelRatioF()
        return min(_SHARPEST, max(400, -(-int(self.sheet.width() * ratio) // 200) * 200))

    def _draw(self) -> None:
        self._say()
        if not self._data:
            return
        data, number, width, began = self._data, self.page, self._width(), self._round
        held = self._drawn.get((number, width))
        if held is not None:
            self._drawn.move_to_end((number, width))
            self.sheet.show_image(held)
            return

        def arrived(drawn: _Drawn) -> None:
            if began != self._round:
                return
            self.pages = drawn.pages
            self._drawn[drawn.number, width] = drawn.image
            while len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
            self.page = drawn.number
            self.sheet.show_image(drawn.image)
            self._say()

        self.shell.tasks.read(self, lambda: _draw(data, number, width), arrived, key="page")

    def _say(self) -> None:
        tr = self.shell.tr
        if self.pages:
            words = tr.tr(
                N_("Page {n} of {all}"), n=tr.number(self.page + 1), all=tr.number(self.pages)
            )
        else:
            words = ""
        self.count.setText(words)
        self.sheet.setAccessibleDescription(words)
        self.previous.setEnabled(self.page > 0)
        self.next.setEnabled(self.page + 1 < self.pages)


class _Sheet(QWidget):
    """The page itself, as large as there is room."""

    def __init__(self, pages: PdfPages, name: str) -> None:
        super().__init__()
        self._pages = pages
        self._image: QImage | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 200)

    def show_image(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_PageDown | Qt.Key.Key_Right:
                self._pages.turn(+1)
            case Qt.Key.Key_PageUp | Qt.Key.Key_Left:
                self._pages.turn(-1)
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._pages._draw()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._pages.shell.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("sunken"))
        if self._image is not None and not self._image.isNull():
            room = QRectF(self.rect()).adjusted(8, 8, -8, -8)
            size = self._image.size().scaled(
                room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio
            )
            box = QRectF(0, 0, size.width(), size.height())
            box.moveCenter(room.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self._image)
            painter.setPen(theme.color("line"))
            painter.drawRect(box)
        if self.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


def _draw(data: bytes, number: int, width: int) -> _Drawn:
    """In a worker."""
    import pypdfium2

    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        try:
            count = len(document)
            number = min(number, count - 1)
            page = document[number]
            bitmap = page.render(scale=width / page.get_width(), rev_byteorder=True)
            picture = QImage(
                bytes(bitmap.buffer),
                bitmap.width,
                bitmap.height,
                bitmap.stride,
                QImage.Format.Format_RGBA8888
                if bitmap.n_channels == 4
                else QImage.Format.Format_RGB888,
            ).copy()
            bitmap.close()
            page.close()
        finally:
            document.close()
    return _Drawn(count, number, picture)
