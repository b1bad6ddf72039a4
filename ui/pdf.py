"""The pages of a PDF as they will print: drawn in a worker, shown one below the other, printed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QSizePolicy, QWidget

from scc_admin.i18n import N_
from ui.screen import Screen, Shell
from ui.theme import Space
from ui.widgets import Scroll, clear

PDFIUM = threading.Lock()
"""PDFium serves one thread at a time."""

SCREEN_DPI = 120
PRINT_DPI = 300
MOST_PAGES = 60
"""Pages drawn for a look; a longer document is read in the file itself."""


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page as drawn, and its words for those who hear it."""

    image: QImage
    words: str


def drawn(data: bytes, *, dpi: int = SCREEN_DPI, most: int = MOST_PAGES) -> list[PdfPage]:
    """The pages of a PDF. For a worker: it takes some 50 ms a page."""
    import pypdfium2

    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        try:
            return [_draw(document[n], dpi) for n in range(min(len(document), most))]
        finally:
            document.close()


def _draw(page, dpi: int) -> PdfPage:  # type: ignore[no-untyped-def]
    bitmap = page.render(scale=dpi / 72, rev_byteorder=True)
    try:
        shape = QImage.Format.Format_RGB888 if bitmap.n_channels == 3 else _RGBA
        image = QImage(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, shape).copy()
    finally:
        bitmap.close()
    text = page.get_textpage()
    try:
        words = text.get_text_range()
    finally:
        text.close()
        page.close()
    return PdfPage(image, words)


_RGBA = QImage.Format.Format_RGBX8888


class PdfView(Scroll):
    """The pages, as wide as there is room."""

    def __init__(self, shell: Shell, name: str) -> None:
        super().__init__(padding=Space.MEDIUM, spacing=Space.MEDIUM)
        self._tr = shell.tr
        self._theme = shell.theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("role", "well")

    def show_pages(self, pages: Sequence[PdfPage]) -> None:
        """Show other pages; the place one looked at stays."""
        place = self.verticalScrollBar().value()
        clear(self.body)
        for number, page in enumerate(pages, start=1):
            name = self._tr.tr(N_("Page {n} of {total}"), n=number, total=len(pages))
            self.body.addWidget(_PageView(page, name))
        self.body.addStretch(1)
        self.widget().adjustSize()
        self.verticalScrollBar().setValue(place)


class _PageView(QWidget):
    def __init__(self, page: PdfPage, name: str) -> None:
        super().__init__()
        self._page = page
        self._scaled: QPixmap | None = None
        self.setAccessibleName(name)
        self.setAccessibleDescription(page.words)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        image = self._page.image
        return round(width * image.height() / max(1, image.width()))

    def sizeHint(self) -> QSize:
        return QSize(500, self.heightForWidth(500))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scaled = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        density = self.devicePixelRatioF()
        if self._scaled is None:
            wanted = self.size() * density
            self._scaled = QPixmap.fromImage(
                self._page.image.scaled(
                    wanted,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            self._scaled.setDevicePixelRatio(density)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._scaled)
        painter.setPen(Qt.GlobalColor.lightGray)
        painter.drawRect(QRectF(self.rect()).adjusted(0, 0, -1, -1))
        painter.end()


def print_pdf(screen: Screen, data: bytes) -> None:
    """Ask for a printer and print the document."""
    shell = screen.shell
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, screen.window())

    def send(pages: list[PdfPage]) -> None:
        painter = QPainter(printer)
        for number, page in enumerate(pages):
            if number:
                printer.newPage()
            room = painter.viewport()
            size = page.image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRectF(0, 0, size.width(), size.height()), page.image)
        painter.end()

    dialog.accepted.connect(
        lambda: shell.tasks.read(
            screen,
            lambda: drawn(data, dpi=PRINT_DPI, most=500),
            send,
            shell.messages.failed,
        )
    )
    dialog.open()
