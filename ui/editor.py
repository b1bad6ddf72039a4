"""The text one writes: plain, quick on long lines, underlined where something was found.

Rules speak of code points, Qt of UTF-16 units; `Offsets` is the only place where one becomes the
other. Underlines are painted over the visible lines and never laid out, so that a verdict costs
no more on 60,000 characters than on 60; they move with the text until the next verdict.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QFont,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextLine,
)
from PySide6.QtWidgets import (
    QApplication,
    QPlainTextDocumentLayout,
    QPlainTextEdit,
    QToolTip,
    QWidget,
)

from scc_admin.model import Severity
from ui.keyboard import Menu, lettered
from ui.theme import Space, Theme, Type

LONGEST_TEXT = 100_000
"""Characters. The most generous network takes 63,206."""
LONGEST_LINE = 65_000
"""Characters in one line: one of a million holds the window for more than a minute."""
LONG_LINE = 8_000
"""Characters: in longer lines links and hashtags stay uncoloured, and letters stand one beside the
other without kerning, which would both cost milliseconds a key."""

LONG_MARK = 160
"""UTF-16 units: what is longer gets a bar beside it instead of a line below."""

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_TOKENS = re.compile(r"https?://\S+|www\.\S+|(?<![\w/&])[#@＃]\w[\w.]*\w|(?<![\w/&])[#＃]\w")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufdd0\ufdd1]")
# Accents apart from their letter, flags, skin tones, families: drawn right only if shaped.
_JOINING = re.compile(
    "[\u0300-\u036f\u200d\u20d0-\u20ff\ufe00-\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff"
    "\U000e0020-\U000e007f]"
)


_UNSHAPED = QFont.StyleStrategy.PreferNoShaping


class Offsets:
    """Places in one text, as code points (Python, the rules) and as UTF-16 units (Qt)."""

    __slots__ = ("_astral",)

    def __init__(self, text: str) -> None:
        self._astral = [match.start() for match in _ASTRAL.finditer(text)]

    def units(self, point: int) -> int:
        """UTF-16 units before this code point."""
        return point + bisect_left(self._astral, point)

    def points(self, unit: int) -> int:
        """Code points before this unit; one inside a pair counts as before it."""
        low, high = 0, len(self._astral)
        while low < high:
            middle = (low + high) // 2
            if self._astral[middle] + middle + 2 <= unit:
                low = middle + 1
            else:
                high = middle
        before = unit - low
        if low < len(self._astral) and self._astral[low] + low < unit:
            before -= 1
        return before


def clean(text: str) -> str:
    """Text as the editor takes it: one kind of line end, no control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n"))


def too_long(text: str) -> bool:
    """Whether Qt would choke on it."""
    if len(text) > LONGEST_TEXT:
        return True
    return any(len(line) > LONGEST_LINE for line in text.split("\n"))


@dataclass(slots=True)
class Mark:
    """An underline, in UTF-16 units of the text as it now stands."""

    start: int
    end: int
    severity: Severity
    finding: int
    """Its place in the verdict's findings."""
    born: int = -1
    """Where it began when the verdict was given."""
    damaged: bool = False
    """The text under it was edited since."""

    def __post_init__(self) -> None:
        if self.born < 0:
            self.born = self.start


def shift(marks: list[Mark], at: int, removed: int, added: int) -> list[Mark]:
    """Marks after an edit: those behind it move, those it touched are damaged or gone."""
    kept = []
    delta = added - removed
    for mark in marks:
        if mark.end <= at:
            kept.append(mark)
        elif mark.start >= at + removed:
            mark.start += delta
            mark.end += delta
            kept.append(mark)
        elif mark.start <= at and mark.end >= at + removed:
            mark.end += delta
            mark.damaged = True
            if mark.end > mark.start:
                kept.append(mark)
    return kept


def narrow(old: bytes, new: bytes, at: int, removed: int, added: int) -> tuple[int, int, int]:
    """What really changed between two texts (UTF-16-LE), given where Qt says that it did.

    An input method's commit, which is how accents arrive, reports its whole paragraph as replaced.
    """
    before = old[2 * at : 2 * (at + removed)]
    after = new[2 * at : 2 * (at + added)]
    head = _alike(before, after)
    tail = _alike(before[2 * head :][::-1], after[2 * head :][::-1])
    return at + head, removed - head - tail, added - head - tail


def _alike(one: bytes, other: bytes) -> int:
    """Units that two texts have in common at their beginning, found by halving."""
    low, high = 0, min(len(one), len(other)) // 2
    while low < high:
        middle = (low + high + 1) // 2
        if one[2 * low : 2 * middle] == other[2 * low : 2 * middle]:
            low = middle
        else:
            high = middle - 1
    return low


class _Tokens(QSyntaxHighlighter):
    """Links, mentions and hashtags in the accent colour, as networks show them."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._format = QTextCharFormat()
        self.use(theme)

    def use(self, theme: Theme) -> None:
        self._format.setForeground(theme.color("accent"))

    def highlightBlock(self, text: str) -> None:
        # Else Qt shapes a line anew each time that it is drawn or asked where a letter stands.
        self.currentBlock().layout().setCacheEnabled(True)
        if len(text) > LONG_LINE:
            return
        offsets = None if text.isascii() else Offsets(text)
        for match in _TOKENS.finditer(text):
            start, end = match.span()
            if offsets is not None:
                start, end = offsets.units(start), offsets.units(end)
            self.setFormat(start, end - start, self._format)


class TextEditor(QPlainTextEdit):
    """An editor for one version of a draft."""

    edited = Signal()
    """The user, or a correction, changed the text."""
    refused = Signal(int)
    """A text of so many characters was too long to be pasted."""
    pictures = Signal(list)
    """Picture files (`Path` as str) or a `QImage` were pasted or dropped here."""
    left = Signal()
    """The focus went elsewhere."""
    locked_key = Signal()
    """A key that would have written something, in a text that is locked."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._marks: list[Mark] = []
        self._current = -1
        self._units = b""
        """The text as it was before the next edit."""
        self._joining = False
        """Something in the text is drawn right only if it is shaped."""
        self._tiles: dict[tuple[Severity, str, float], QPixmap] = {}
        self._loading = False
        self.revision = 0
        self.whole = True
        """False when the text was too long to be shown whole; it cannot be edited then."""
        self.describe: Callable[[int], str] = lambda _finding: ""
        """The sentence about a finding, for the tooltip."""
        self.more_menu: Callable[[Menu, list[int]], object] = lambda _menu, _findings: None
        """Adds to the context menu what can be done about the findings under the pointer."""
        self.setAccessibleName(name)
        self.setProperty("role", "bare")
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setFont(theme.font(Type.EDITOR))
        self.setMinimumHeight(theme.px(96))
        self.setCursorWidth(2)
        self.setAcceptDrops(True)
        self._tokens: _Tokens | None = None
        self._adopt(self.document())
        theme.changed.connect(self._recolour)

    # -- text -----------------------------------------------------------------------------------

    def text(self) -> str:
        """The text, letter for letter: `toPlainText` would turn no-break spaces into spaces."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def load(self, text: str) -> None:
        """Show a text from the store, with no history of its own."""
        text = clean(text)
        self.whole = not too_long(text)
        if not self.whole:
            text = "\n".join(line[:2_000] for line in text[:20_000].split("\n"))
        self._loading = True
        try:
            self._marks = []
            self._joining = False
            self.setPlainText(text)
        finally:
            self._loading = False
        self.setReadOnly(not self.whole)
        self.revision += 1

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace UTF-16 units as one step of undo, and leave the cursor behind the new text."""
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        self.setTextCursor(cursor)

    def replace_all(self, text: str) -> None:
        """Put another text in place of this one; Undo brings this one back."""
        self.replace(0, max(0, self.document().characterCount() - 1), clean(text))

    def select(self, start: int, end: int) -> None:
        """Select UTF-16 units, in view."""
        last = max(0, self.document().characterCount() - 1)
        cursor = self.textCursor()
        cursor.setPosition(min(start, last))
        cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def hand_over(self) -> QTextDocument:
        """Give the document, with its history of undo, to another editor."""
        document = self.document()
        if self._tokens is not None:
            self._tokens.setDocument(None)
            self._tokens = None
        document.contentsChange.disconnect(self._shift)
        fresh = QTextDocument(self)
        fresh.setDocumentLayout(QPlainTextDocumentLayout(fresh))
        document.setParent(None)
        self.setDocument(fresh)
        return document

    def take_over(self, document: QTextDocument) -> None:
        """Go on with a document that another editor handed over."""
        document.setParent(self)
        self._loading = True
        try:
            self.setDocument(document)
            self._adopt(document)
        finally:
            self._loading = False
        self.revision += 1

    def _read_units(self) -> bytes:
        return self.document().toRawText().encode("utf-16-le", "surrogatepass")

    def _adopt(self, document: QTextDocument) -> None:
        self._units = self._read_units()
        self._joining = False
        document.setDefaultFont(self._theme.font(Type.EDITOR))
        self._suit_font(0, len(self._units) // 2)
        document.setDocumentMargin(Space.SMALL)  # room for the bars of long findings
        # Before the highlighter, so that marks have moved when anything is painted.
        document.contentsChange.connect(self._shift)
        self._tokens = _Tokens(document, self._theme)

    def _shift(self, at: int, removed: int, added: int) -> None:
        before, self._units = self._units, self._read_units()
        at, removed, added = narrow(before, self._units, at, removed, added)
        if removed == added == 0:
            return
        self._marks = shift(self._marks, at, removed, added)
        self._suit_font(at, added)
        if not self._loading:
            self.revision += 1
            self.edited.emit()

    def _suit_font(self, at: int, added: int) -> None:
        """Spare a very long line the shaping of its letters, which takes half the time of a key."""
        new = self._units[max(0, 2 * at - 2) : 2 * (at + added) + 2]
        text = new.decode("utf-16-le", "surrogatepass")
        self._joining = self._joining or _JOINING.search(text) is not None
        font = self.document().defaultFont()
        strategy = font.styleStrategy()
        plain = not self._joining and self._longest_line() > LONG_LINE
        wanted = strategy | _UNSHAPED if plain else strategy & ~_UNSHAPED
        if wanted != strategy:
            font.setStyleStrategy(wanted)
            self.document().setDefaultFont(font)

    def _longest_line(self) -> int:
        """In characters; in units where no line can be long."""
        if len(self._units) <= 2 * LONG_LINE:
            return len(self._units) // 2
        return max(map(len, self._units.decode("utf-16-le", "replace").split("\u2029")))

    # -- what was found ---------------------------------------------------------------------------

    @property
    def marks(self) -> Sequence[Mark]:
        return self._marks

    def show_marks(self, marks: list[Mark]) -> None:
        """Underline these places; none of the earlier ones stays."""
        self._marks = marks
        self.viewport().update()

    def show_current(self, finding: int) -> None:
        """Lay a tint under one finding; -1 for none."""
        if finding != self._current:
            self._current = finding
            self.viewport().update()

    def mark_of(self, finding: int) -> Mark | None:
        return next((mark for mark in self._marks if mark.finding == finding), None)

    def findings_at(self, unit: int) -> list[int]:
        """Findings under a place, the gravest first."""
        here = [mark for mark in self._marks if mark.start <= unit <= mark.end]
        here.sort(key=lambda mark: (-mark.severity.rank, mark.end - mark.start))
        return [mark.finding for mark in here]

    # -- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        seen = self._seen(event.rect()) if self._marks else []
        under = [m for m in seen if m.severity is Severity.BLOCK or m.finding == self._current]
        if under:
            painter = QPainter(self.viewport())
            for mark in under:
                strength = 0.22 if mark.finding == self._current else 0.1
                if mark.end - mark.start > LONG_MARK:
                    strength *= 0.4
                color = self._theme.tint(mark.severity.value, strength)
                for box, _ in self._boxes(mark):
                    painter.fillRect(box, color)
            painter.end()
        super().paintEvent(event)
        if seen:
            painter = QPainter(self.viewport())
            for mark in seen:
                if mark.end - mark.start > LONG_MARK:
                    color = self._theme.severity(mark.severity)
                    for box, _ in self._boxes(mark):
                        painter.fillRect(QRectF(0, box.top(), 3, box.height()), color)
                    continue
                tile = self._tile(mark.severity)
                height = tile.height() / tile.devicePixelRatio()
                for box, base in self._boxes(mark):
                    area = QRectF(box.left(), base, box.width(), height)
                    painter.drawTiledPixmap(area, tile, QPointF(box.left(), 0))
            painter.end()

    def _seen(self, rect: QRect) -> list[Mark]:
        """Marks in view. Asking Qt for the geometry of the others would cost more than drawing."""
        first = self.cursorForPosition(rect.topLeft()).position()
        last = self.cursorForPosition(rect.bottomRight()).position()
        return [mark for mark in self._marks if mark.end >= first and mark.start <= last]

    def _boxes(self, mark: Mark) -> Iterator[tuple[QRectF, float]]:
        """Where a mark stands, line by line, and how far down its underline goes."""
        offset = self.contentOffset()
        block = self.document().findBlock(mark.start)
        bottom = self.viewport().height()
        while block.isValid() and block.position() < max(mark.end, mark.start + 1):
            corner = self.blockBoundingGeometry(block).translated(offset).topLeft()
            layout = block.layout()
            start = max(0, mark.start - block.position())
            end = min(block.length() - 1, mark.end - block.position())
            line = layout.lineForTextPosition(start)
            while line.isValid():
                rect = line.rect().translated(corner)
                if rect.top() > bottom:
                    return
                begin = max(start, line.textStart())
                stop = min(end, line.textStart() + line.textLength())
                if rect.bottom() >= 0 and begin < stop:
                    left, right = sorted((_x(line, begin), _x(line, stop)))
                    box = QRectF(left + corner.x(), rect.top(), right - left, rect.height())
                    yield box, rect.top() + line.ascent() + 1.5
                if stop >= end or line.lineNumber() + 1 >= layout.lineCount():
                    break
                line = layout.lineAt(line.lineNumber() + 1)
            block = block.next()

    def _tile(self, severity: Severity) -> QPixmap:
        density = self.devicePixelRatioF()
        color = self._theme.severity(severity)
        key = (severity, color.name(), density)
        found = self._tiles.get(key)
        if found is None:
            found = self._tiles[key] = _draw_tile(severity, color, density)
        return found

    def _recolour(self) -> None:
        if self._tokens is not None:
            self._tokens.use(self._theme)
            self._tokens.rehighlight()
        self.viewport().update()

    # -- pasting, dropping, pointing -----------------------------------------------------------

    def _selected(self) -> str:
        return self.textCursor().selectedText().replace("\u2029", "\n").replace("\u2028", "\n")

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(self._selected())
        return data

    # Qt's own would put the above on the clipboard, where it must not outlive Python.
    def copy(self) -> None:
        if self.textCursor().hasSelection():
            QApplication.clipboard().setText(self._selected())

    def cut(self) -> None:
        self.copy()
        if not self.isReadOnly():
            self.textCursor().removeSelectedText()

    def setReadOnly(self, locked: bool) -> None:
        super().setReadOnly(locked)
        if locked:  # still read by the keyboard: with a cursor that shows where one is
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.isReadOnly() and _writes(event):
            self.locked_key.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.cut()
        else:
            if event.text().isspace():
                # Qt joins each letter to the last one's step of undo, up to the whole text; it
                # begins a new step in a document that counts as unmodified.
                self.document().setModified(False)
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasImage() or bool(_local_files(source))

    def insertFromMimeData(self, source: QMimeData) -> None:
        files = _local_files(source)
        if files:
            self.pictures.emit(files)
            return
        if source.hasImage() and not source.hasText():
            image = source.imageData()
            if isinstance(image, QImage) and not image.isNull():
                self.pictures.emit([image])
            return
        text = clean(source.text())
        if not text or self.isReadOnly():
            return
        if self._would_be_too_long(text):
            self.refused.emit(len(text))
            return
        self.textCursor().insertText(text)
        self.ensureCursorVisible()

    def _would_be_too_long(self, text: str) -> bool:
        cursor = self.textCursor()
        kept = self.document().characterCount() - (cursor.selectionEnd() - cursor.selectionStart())
        if kept + len(text) > LONGEST_TEXT:
            return True
        lines = text.split("\n")
        here = cursor.block().length()
        lengths = [len(line) for line in lines]
        lengths[0] += here
        lengths[-1] += here
        return max(lengths) > LONGEST_LINE

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.canInsertFromMimeData(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = _local_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.pictures.emit(files)
            return
        super().dropEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            spot = self.viewport().mapFromGlobal(event.globalPos())
            findings = self.findings_at(self.cursorForPosition(spot).position())
            text = "\n".join(filter(None, (self.describe(finding) for finding in findings[:3])))
            if text:
                # Escaped: it quotes what was typed, and tooltips render markup.
                body = html.escape(text).replace("\n", "<br>")
                QToolTip.showText(event.globalPos(), f"<p>{body}</p>", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            place = self.cursorForPosition(event.pos()).position()
        else:
            place = self.textCursor().position()
        menu = lettered(self.createStandardContextMenu())
        for action in menu.actions():
            own = {"edit-copy": self.copy, "edit-cut": self.cut}.get(action.objectName())
            if own is not None:
                action.triggered.disconnect()
                action.triggered.connect(own)
        first = menu.actions()[0] if menu.actions() else None
        extra = Menu(menu)
        self.more_menu(extra, self.findings_at(place))
        for action in extra.actions():
            action.setParent(menu)
            menu.insertAction(first, action) if first else menu.addAction(action)
        if extra.actions() and first:
            menu.insertSeparator(first)
        # No loop of its own: what happens meanwhile may take the editor away.
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


def _writes(event: QKeyEvent) -> bool:
    """Whether a key changes a text that is open."""
    if event.matches(QKeySequence.StandardKey.Paste) or event.matches(QKeySequence.StandardKey.Cut):
        return True
    held = event.modifiers() & ~(
        Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    )
    if held:
        return False
    erases = event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Return)
    return erases or (event.text().isprintable() and bool(event.text()))


def _local_files(source: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in source.urls() if QUrl(url).isLocalFile()]


def _x(line: QTextLine, position: int) -> float:
    found: object = line.cursorToX(position)
    # PySide returns the place it settled on as well.
    return float(found[0]) if isinstance(found, tuple) else float(found)  # type: ignore[arg-type]


def _draw_tile(severity: Severity, color: QColor, density: float) -> QPixmap:
    """Dots, dashes, a wave, a double wave: severities differ in shape as well as in colour."""
    width, height = 8, 6
    tile = QPixmap(round(width * density), round(height * density))
    tile.setDevicePixelRatio(density)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(color, 1.4)
    painter.setPen(pen)
    if severity is Severity.INFO:
        for x in (1.0, 5.0):
            painter.drawLine(QPointF(x, 2), QPointF(x + 1, 2))
    elif severity is Severity.WARNING:
        painter.drawLine(QPointF(0.5, 2), QPointF(5.0, 2))
    else:
        for down in (0.0, 2.6) if severity is Severity.BLOCK else (0.0,):
            wave = [QPointF(x, 1.0 + down + (1.6 if x % 4 else 0.0)) for x in range(0, 9, 2)]
            painter.drawPolyline(wave)
    painter.end()
    return tile
