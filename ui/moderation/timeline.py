"""The timeline of a case: newest first, a small picture of the evidence at the left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPixmap,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from scc_admin.i18n import N_
from ui.moderation.words import Event
from ui.screen import Shell
from ui.tables import Index
from ui.theme import Space, Type
from ui.widgets import chip_size, elided, paint_chip

EVENT = Qt.ItemDataRole.UserRole
LINES = 4
"""Lines of a text that the list shows; the rest stands in the details."""
_TEXT_SHOWN = 1_000
_PICTURE = QSize(84, 60)


class Thumbnails(QObject):
    """Small pictures of evidence by blob id, read and decoded in a worker when first wanted."""

    arrived = Signal(int)

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._known: dict[int, QPixmap | None] = {}
        self._asked: set[int] = set()

    def get(self, blob_id: int) -> QPixmap | None:
        """The picture, or None while it is on its way, or when there is none."""
        if blob_id in self._known:
            return self._known[blob_id]
        if blob_id not in self._asked:
            self._asked.add(blob_id)
            vault = self._shell.workspace.vault

            def read() -> QImage:
                data = vault.thumbnail(blob_id)
                image = QImage()
                if data:
                    image.loadFromData(data, "PNG")
                return image

            def done(image: QImage) -> None:
                self._known[blob_id] = None if image.isNull() else QPixmap.fromImage(image)
                self.arrived.emit(blob_id)

            self._shell.tasks.read(self, read, done)
        return None


class Timeline(QListView):
    """Events of one case. Enter, or a double click, asks for the details of one."""

    opened = Signal(object)
    """The `Event` asked for."""
    picked = Signal(object)
    """The `Event` in focus, or None."""

    def __init__(self, shell: Shell, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._shell = shell
        self._model = _Events(shell, self)
        self.setModel(self._model)
        self._delegate = _EventDelegate(shell, thumbnails, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(shell.tr.tr(N_("Timeline, newest first")))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda index: self._open(index))
        self.selectionModel().currentChanged.connect(lambda *_: self.picked.emit(self.current()))
        thumbnails.arrived.connect(lambda _blob: self.viewport().update())

    def show_events(self, events: Sequence[Event]) -> None:
        """Show other events; the one in focus stays in focus when it is still there."""
        before = self.current()
        self._delegate.forget_sizes()
        self._model.set_events(events)
        if before is not None:
            self.select(before.key, before.id)

    def select(self, key: str, event_id: int) -> bool:
        for row, event in enumerate(self._model.events):
            if (event.key, event.id) == (key, event_id):
                self.setCurrentIndex(self._model.index(row))
                return True
        return False

    def current(self) -> Event | None:
        index = self.currentIndex()
        return index.data(EVENT) if index.isValid() else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(EVENT))


class _Events(QAbstractListModel):
    def __init__(self, shell: Shell, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self.events: tuple[Event, ...] = ()

    def set_events(self, events: Sequence[Event]) -> None:
        self.beginResetModel()
        self.events = tuple(events)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.events)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        event = self.events[index.row()]
        if role == EVENT:
            return event
        if role == Qt.ItemDataRole.DisplayRole:
            return event.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return event.spoken(self._shell.tr)
        return None


class _EventDelegate(QStyledItemDelegate):
    """Picture or icon, title and moment, the words, what hangs on it."""

    def __init__(self, shell: Shell, thumbnails: Thumbnails, view: Timeline) -> None:
        super().__init__(view)
        self._shell = shell
        self._thumbnails = thumbnails
        self._view = view
        self._sizes: dict[tuple[Event, int], QSize] = {}

    def forget_sizes(self) -> None:
        """Other events, or another size of text."""
        self._sizes.clear()

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        # A list asks for the size of each of its rows, again and again.
        event: Event = index.data(EVENT)
        key = (event, self._view.viewport().width())
        found = self._sizes.get(key)
        if found is None:
            found = self._sizes[key] = self._size(*key)
        return found

    def _size(self, event: Event, width: int) -> QSize:
        theme = self._shell.theme
        title = QFontMetrics(theme.font(Type.BODY)).height()
        small = QFontMetrics(theme.font(Type.SMALL)).height()
        height: float = 2 * theme.px(Space.MEDIUM) + title + small
        if event.text:
            height += theme.px(Space.HAIR) + self._layout(event, self._words_width(width))[1]
        if event.evidence:
            height = max(height, theme.px(_PICTURE.height() + 2 * Space.MEDIUM))
        return QSize(width, int(height))

    def _left(self) -> int:
        return self._shell.theme.px(Space.MEDIUM + _PICTURE.width() + Space.MEDIUM)

    def _words_width(self, width: int) -> float:
        return max(80, width - self._left() - self._shell.theme.px(Space.LARGE))

    def _layout(self, event: Event, width: float) -> tuple[QTextLayout, float]:
        """The first lines of the words, as plain text whatever stands in them; « … » where they go
        on."""
        text = event.text[:_TEXT_SHOWN].replace("\r\n", "\n").replace("\n", "\u2028")
        layout, height, end = self._laid(text, width)
        if end >= len(text) and len(event.text) <= _TEXT_SHOWN:
            return layout, height
        while True:
            text = text[:end].rstrip()
            layout, height, shown = self._laid(f"{text}…", width)
            if shown > len(text):
                return layout, height
            end = len(text) - 1

    def _laid(self, text: str, width: float) -> tuple[QTextLayout, float, int]:
        """The lines that are shown of a text, their height, and where in it they end."""
        layout = QTextLayout(text, self._shell.theme.font(Type.BODY))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setCacheEnabled(True)
        height, end = 0.0, 0
        layout.beginLayout()
        for _ in range(LINES):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, height))
            height += line.height()
            end = line.textStart() + line.textLength()
        layout.endLayout()
        return layout, height, end

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        event: Event = index.data(EVENT)
        theme = self._shell.theme
        rect = QRectF(option.rect)
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, theme.color("accent_soft"))
            painter.fillRect(
                QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("accent")
            )
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.tint("accent", 0.04))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        self._picture(painter, rect, event)
        self._words(painter, rect, event)
        painter.restore()

    def _picture(self, painter: QPainter, rect: QRectF, event: Event) -> None:
        theme = self._shell.theme
        left, top = rect.left() + theme.px(Space.MEDIUM), rect.top() + theme.px(Space.MEDIUM)
        frame = QRectF(left, top, theme.px(_PICTURE.width()), theme.px(_PICTURE.height()))
        pixmap = next(
            (p for e in event.evidence if (p := self._thumbnails.get(e.blob_id)) is not None), None
        )
        if not event.evidence:
            side = theme.px(28)
            disc = QRectF(frame.right() - side, top, side, side)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.tint(event.color, 0.14))
            painter.drawEllipse(disc)
            inner = theme.px(16)
            place = QRectF(0, 0, inner, inner)
            place.moveCenter(disc.center())
            self._shell.icons.paint(painter, place, event.icon, event.color)
            return
        path = QPainterPath()
        path.addRoundedRect(frame, 6, 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path, theme.color("sunken"))
        if pixmap is None:
            side = theme.px(24)
            place = QRectF(0, 0, side, side)
            place.moveCenter(frame.center())
            self._shell.icons.paint(painter, place, "file", "muted")
        else:
            painter.save()
            painter.setClipPath(path)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            # Captures are read from their top: a long one shows its beginning.
            scale = frame.width() / pixmap.width()
            shown = QRectF(0, 0, pixmap.width(), min(pixmap.height(), frame.height() / scale))
            painter.drawPixmap(
                QRectF(frame.left(), frame.top(), frame.width(), shown.height() * scale),
                pixmap,
                shown,
            )
            painter.restore()
        painter.setPen(theme.color("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        if len(event.evidence) > 1:
            words = str(len(event.evidence))
            size = chip_size(theme, words, "image")
            box = QRectF(frame.right() - size.width() - 2, frame.bottom() - size.height() - 2,
                         size.width(), size.height())  # fmt: skip
            painter.fillRect(box.adjusted(2, 2, -2, -2), theme.color("surface"))
            paint_chip(painter, theme, self._shell.icons, box, words, "image", "muted")

    def _words(self, painter: QPainter, rect: QRectF, event: Event) -> None:
        theme, tr = self._shell.theme, self._shell.tr
        left = rect.left() + self._left()
        width = self._words_width(int(rect.width()))
        top = rect.top() + theme.px(Space.MEDIUM)
        font = theme.font(Type.BODY)
        font.setWeight(font.Weight.DemiBold)
        font.setStrikeOut(event.retracted)
        small = theme.font(Type.SMALL, tabular=True)
        metrics, below = QFontMetrics(font), QFontMetrics(small)
        moment = tr.moment(event.at, "short")
        room = width - below.horizontalAdvance(moment) - theme.px(Space.SMALL)
        if event.retracted:
            words = tr.tr(N_("Undone"))
            size = chip_size(theme, words, "undo")
            room -= size.width() + theme.px(Space.SMALL)
            box = QRectF(left + room + theme.px(Space.HAIR), top - 2, size.width(), size.height())
            paint_chip(painter, theme, self._shell.icons, box, words, "undo", "warning")
        painter.setFont(font)
        painter.setPen(theme.color("muted" if event.retracted else "text"))
        first = QRectF(left, top, room, metrics.height())
        painter.drawText(first, int(Qt.AlignmentFlag.AlignVCenter),
                         elided(metrics, event.title, int(room)))  # fmt: skip
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(QRectF(left, top, width, metrics.height()), flags, moment)
        top += metrics.height()
        second = " · ".join(part for part in (event.who, event.note) if part)
        line = QRectF(left, top, width, below.height())
        painter.drawText(
            line, int(Qt.AlignmentFlag.AlignVCenter), elided(below, second, int(width))
        )
        top += below.height() + theme.px(Space.HAIR)
        if event.text:
            layout, _ = self._layout(event, width)
            painter.setPen(theme.color("muted" if event.retracted else "text"))
            layout.draw(painter, QPointF(left, top))
