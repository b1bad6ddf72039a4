"""The pages of a PDF as they will print: each drawn in a worker when it is seen, and printed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QKeySequence,
    QPageLayout,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QDialog,
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.model import Changes, Progress
from ui.keyboard import ByKeyboard
from ui.screen import Keys, Shell, help_by_f1
from ui.theme import Space
from ui.widgets import button, icon_button, margins, plain, rule

PDFIUM = threading.Lock()
"""PDFium serves one thread at a time."""

PRINT_DPI = 300
_READ_DPI = 120
_KEPT = 6
"""Pages that stay drawn."""
_SHARPEST = 2_200
"""Pixels across that a page is drawn with at most."""
_WIDEST = 900
"""Pixels across, on the screen, beyond which lines are too long to be read."""
_GAP = 14


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page as drawn, and its words for those who hear it."""

    image: QImage
    words: str


def drawn(data: bytes, *, dpi: int = _READ_DPI, most: int = 500) -> list[PdfPage]:
    """The pages of a PDF. For a worker: it takes some 50 ms a page."""
    import pypdfium2

    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        try:
            return [_drawn(document[n], dpi / 72) for n in range(min(len(document), most))]
        finally:
            document.close()


def _page(data: bytes, number: int, width: int) -> PdfPage:
    """One page, `width` pixels across. For a worker."""
    import pypdfium2

    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        try:
            page = document[number]
            return _drawn(page, width / page.get_width())
        finally:
            document.close()


def _shapes(data: bytes) -> list[float]:
    """Height over width of each page. For a worker."""
    import pypdfium2

    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        try:
            sizes = [document.get_page_size(number) for number in range(len(document))]
        finally:
            document.close()
    return [height / max(1.0, width) for width, height in sizes]


def _drawn(page, scale: float) -> PdfPage:  # type: ignore[no-untyped-def]
    bitmap = page.render(scale=scale, rev_byteorder=True)
    try:
        shape = _RGB if bitmap.n_channels == 3 else _RGBX
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


_RGB, _RGBX = QImage.Format.Format_RGB888, QImage.Format.Format_RGBX8888


class PdfView(QWidget):
    """The pages one below the other, as wide as there is room, and on which of them one is."""

    turned = Signal(int)

    def __init__(self, shell: Shell, name: str) -> None:
        super().__init__()
        self._shell = shell
        tr = shell.tr.tr
        self.sheets = _Sheets(shell, name)
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
        margins(column, 0, Space.HAIR)
        column.addWidget(self.sheets, 1)
        column.addLayout(row)
        self.setFocusProxy(self.sheets)
        self.sheets.moved.connect(self._moved)
        self._say()

    @property
    def pages(self) -> int:
        """How many there are; 0 until they are known."""
        return len(self.sheets.shapes)

    @property
    def page(self) -> int:
        """The one in front, from 0."""
        return self.sheets.page

    def show_pdf(self, data: bytes) -> None:
        """Show another document; the place one looked at stays."""
        self._shell.tasks.read(
            self, lambda: _shapes(data), lambda found: self.sheets.show_pdf(data, found), key="pdf"
        )

    def clear(self) -> None:
        self.sheets.show_pdf(b"", ())

    def turn(self, by: int) -> None:
        self.sheets.turn(by)

    def _moved(self) -> None:
        self._say()
        self.turned.emit(self.page)

    def _say(self) -> None:
        tr = self._shell.tr
        here, pages = tr.number(self.page + 1), tr.number(self.pages)
        words = tr.tr(N_("Page {n} of {all}"), n=here, all=pages) if self.pages else ""
        self.count.setText(words)
        self.previous.setEnabled(self.page > 0)
        self.next.setEnabled(self.page + 1 < self.pages)


class _Sheets(QAbstractScrollArea):
    """Draws what is seen. Page Down and Page Up go by pages, arrows by lines."""

    moved = Signal()

    def __init__(self, shell: Shell, name: str) -> None:
        super().__init__()
        self._shell = shell
        self._name = name
        self._data = b""
        self._round = 0
        self._drawn: OrderedDict[tuple[int, int], PdfPage] = OrderedDict()
        self._asked: set[tuple[int, int]] = set()
        self.shapes: Sequence[float] = ()
        self.page = 0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(200, 160)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(lambda _at: self._scrolled())

    def show_pdf(self, data: bytes, shapes: Sequence[float]) -> None:
        place = self.verticalScrollBar().value()
        self._data, self.shapes = data, shapes
        self._round += 1
        self._drawn.clear()
        self._asked.clear()
        self.page = min(self.page, max(0, len(shapes) - 1))
        self._lay_out()
        self.verticalScrollBar().setValue(place)
        self._scrolled()

    def turn(self, by: int) -> None:
        """To the top of another page."""
        page = min(max(self.page + by, 0), max(0, len(self.shapes) - 1))
        self.verticalScrollBar().setValue(round(self._tops()[page]) if self.shapes else 0)
        # At the end two pages may be whole in view; it is the one asked for all the same.
        self.page = page
        self._tell()

    # -- where pages are --------------------------------------------------------------------------

    def _across(self) -> int:
        widest = self._shell.theme.px(_WIDEST)
        return max(100, min(widest, self.viewport().width() - 2 * _GAP))

    def _tops(self) -> list[float]:
        """Where each page begins, and where the last one ends; in the whole length."""
        width, tops = self._across(), [0.0]
        for shape in self.shapes:
            tops.append(tops[-1] + width * shape + _GAP)
        return tops

    def _lay_out(self) -> None:
        bar, seen = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(seen)
        bar.setSingleStep(40)
        bar.setRange(0, max(0, round(self._tops()[-1]) + _GAP - seen))

    def _scrolled(self) -> None:
        middle = self.verticalScrollBar().value() + self.viewport().height() / 3
        before = [n for n, top in enumerate(self._tops()[:-1]) if top <= middle]
        self.page = max(before, default=0)
        self._tell()

    def _tell(self) -> None:
        held = [page for (number, _), page in self._drawn.items() if number == self.page]
        self.setAccessibleDescription(held[-1].words if held else "")
        self.viewport().update()
        self.moved.emit()

    # -- drawing ----------------------------------------------------------------------------------

    def _pixels(self) -> int:
        """Across a page; in steps, so that a resize does not draw at every pixel."""
        wanted = int(self._across() * self.devicePixelRatioF())
        return min(_SHARPEST, max(400, -(-wanted // 200) * 200))

    def _image(self, number: int) -> QImage | None:
        """The page as drawn; asked for when it is not yet, and one of another size meanwhile."""
        key = (number, self._pixels())
        if key in self._drawn:
            self._drawn.move_to_end(key)
            return self._drawn[key].image
        if key not in self._asked:
            self._asked.add(key)
            data, began = self._data, self._round

            def arrived(page: PdfPage) -> None:
                if began != self._round:
                    return
                self._asked.discard(key)
                self._drawn[key] = page
                while len(self._drawn) > _KEPT:
                    self._drawn.popitem(last=False)
                self._tell()

            self._shell.tasks.read(self, lambda: _page(data, *key), arrived)
        others = [page.image for (n, _), page in self._drawn.items() if n == number]
        return others[-1] if others else None

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._shell.theme
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), theme.color("sunken"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        width, tops = self._across(), self._tops()
        left = (self.viewport().width() - width) / 2
        from_, to = self.verticalScrollBar().value(), self.viewport().height()
        for number, shape in enumerate(self.shapes):
            box = QRectF(left, tops[number] + _GAP - from_, width, width * shape)
            if box.bottom() < 0 or box.top() > to:
                continue
            image = self._image(number)
            painter.fillRect(box, Qt.GlobalColor.white)
            if image is not None:
                painter.drawImage(box, image)
            painter.setPen(theme.color("line"))
            painter.drawRect(box)
        if self.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        page = self.page
        self._lay_out()
        if page:
            self.turn(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_PageDown | Qt.Key.Key_Right:
                self.turn(+1)
            case Qt.Key.Key_PageUp | Qt.Key.Key_Left:
                self.turn(-1)
            case Qt.Key.Key_Home:
                bar.setValue(0)
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case Qt.Key.Key_Space:
                bar.setValue(bar.value() + bar.pageStep() * 9 // 10)
            case _:
                super().keyPressEvent(event)


KEYS: Keys = (
    (("Ctrl+P", "Ctrl+Return"), N_("Print…")),
    (("PgDown", "PgUp"), N_("Turn the pages")),
    (("Esc",), N_("Close")),
)


class Preview(ByKeyboard, QDialog):
    """The pages of a document that no screen shows, before they are printed."""

    def __init__(self, shell: Shell, title: str, data: bytes) -> None:
        super().__init__(shell.messages.window)
        self._shell, self._data = shell, data
        tr = shell.tr.tr
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        parent = shell.messages.window.window()
        self.resize(int(parent.width() * 0.94), int(parent.height() * 0.93))
        self.pages = PdfView(shell, title)
        self.print_button = button(tr(N_("Print…")), self.print, kind="primary")
        foot = QHBoxLayout()
        margins(foot, Space.MEDIUM, Space.SMALL)
        foot.addStretch(1)
        foot.addWidget(button(tr(N_("Close")), self.close))
        foot.addWidget(self.print_button)
        column = QVBoxLayout(self)
        margins(column, 0, 0)
        middle = QHBoxLayout()
        margins(middle, Space.LARGE)
        middle.addWidget(self.pages)
        column.addLayout(middle, 1)
        column.addWidget(rule())
        column.addLayout(foot)
        for keys in ("Ctrl+P", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.print)
        for key, by in (("PgDown", +1), ("PgUp", -1)):
            QShortcut(QKeySequence(key), self).activated.connect(partial(self.pages.turn, by))
        help_by_f1(self, shell, KEYS)
        self.pages.show_pdf(data)
        self.print_button.setFocus()

    def print(self) -> None:
        print_pdf(self._shell, self, self._data)


def look(shell: Shell, owner: QWidget, title: str, make: Callable[[], bytes]) -> None:
    """Show over the window what `make`, in a worker, typesets: it is printed from there."""
    shell.tasks.read(
        owner,
        make,
        lambda data: Preview(shell, title, data).open(),
        shell.messages.failed,
        key="print",
    )


def print_pdf(
    shell: Shell, parent: QWidget, data: bytes, note: Callable[[], Changes] | None = None
) -> None:
    """Ask over `parent` for a printer, and print the document; `note` writes down that it leaves.

    `note` is called by a worker once the printer answers, before the first page.
    """
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if next(iter(_shapes(data)), 1.0) < 1:
        printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    dialog = QPrintDialog(printer, parent.window())
    dialog.setWindowTitle(shell.tr.tr(N_("Print")))
    dialog.accepted.connect(
        lambda: shell.tasks.long(
            shell.messages.window,
            shell.tr.tr(N_("Printing…")),
            lambda report: send(data, printer, report, note),
            failed=shell.messages.failed,
            mutation=note is not None,
        )
    )
    dialog.finished.connect(dialog.deleteLater)
    QDialog.open(dialog)  # its own `open` wants a slot by name


def send(
    data: bytes,
    printer: QPrinter,
    report: Callable[[Progress], object],
    note: Callable[[], Changes] | None = None,
) -> Changes | None:
    """Print a PDF, page by page: one alone takes thirty megabytes. For a worker.

    The pages that the dialog left out are not printed. Raises UserError when the printer refuses.
    """
    shapes = _shapes(data)
    first, last = printer.fromPage() or 1, printer.toPage() or len(shapes)
    wanted = range(first - 1, min(last, len(shapes)))
    painter = QPainter()
    if not painter.begin(printer):
        raise UserError("printer", N_("The printer does not answer. Choose another, or a PDF."))
    try:
        noted = None if note is None else note()
        for done, number in enumerate(wanted):
            report(Progress(done, len(wanted)))
            if done:
                printer.newPage()
            room = painter.viewport()
            scale = min(1.0, PRINT_DPI / printer.resolution())
            image = _page(data, number, max(1, round(room.width() * scale))).image
            size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRectF(0, 0, size.width(), size.height()), image)
    finally:
        painter.end()
    return noted
