"""Tables: over millions of rows by their ids, or over a short list; calm, and by keyboard.

A large table is an array of ids in order (computed in a worker, sorted and filtered in SQL) and a
cache of pages fetched by id in a worker. A row not yet there is drawn as an ellipsis.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ui.icons import Icons
from ui.tasks import Tasks
from ui.theme import ROW_HEIGHT, Space, Theme, Type
from ui.widgets import chip_size, elided, paint_chip, plain_tip

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex

PAGE = 64
PAGES_KEPT = 128

CELL = Qt.ItemDataRole.UserRole
"""Role of a cell's `Cell`."""
ROW_ID = Qt.ItemDataRole.UserRole + 1
"""Role of a row's id."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A chip in a cell: an icon, a word, a token's name."""

    text: str
    icon: str = ""
    color: str = "muted"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: a line, perhaps a second one below, perhaps chips at the right."""

    text: str = ""
    detail: str = ""
    tags: tuple[Tag, ...] = ()
    icon: str = ""
    color: str = "text"
    strong: bool = False

    @property
    def spoken(self) -> str:
        """All of it in words, for a screen reader."""
        return ", ".join(
            part for part in (self.text, self.detail, *(t.text for t in self.tags)) if part
        )


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A column: its title, how a row fills it, and its share of the width.

    `width` in pixels is fixed; 0 takes a part of what is left, by `stretch`. Where chips stand
    `above`, beside the first line alone, the second one has the whole width.
    """

    title: str
    cell: Callable[[R], Cell | str]
    width: int = 0
    stretch: int = 1
    right: bool = False
    above: bool = False


class _Model(QAbstractTableModel, Generic[R]):
    """What both models share: columns, and one way of answering roles."""

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)

    def row_at(self, row: int) -> R | None:
        raise NotImplementedError

    def id_at(self, row: int) -> int:
        raise NotImplementedError

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell, or None while its row is on its way."""
        value = self.row_at(row)
        if value is None:
            return None
        made = self.columns[column].cell(value)
        return made if isinstance(made, Cell) else Cell(made)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Views ask for a dozen roles per cell: the unused ones must cost nothing.
        if role == CELL:
            return self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            cell = self.cell(index.row(), index.column())
            return "…" if cell is None else cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            cell = self.cell(index.row(), index.column())
            return "…" if cell is None else cell.spoken
        if role == Qt.ItemDataRole.ToolTipRole:  # a narrow column cuts either line
            cell = self.cell(index.row(), index.column())
            return (
                None
                if cell is None or not cell.detail
                else plain_tip(f"{cell.text}\n{cell.detail}")
            )
        if role == ROW_ID:
            return self.id_at(index.row())
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[index.column()].right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight
                if self.columns[section].right
                else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class RowsModel(_Model[R]):
    """A short list, held whole."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        row_id: Callable[[R], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, parent)
        self._rows: tuple[R, ...] = ()
        self._row_id = row_id

    def set_rows(self, rows: Iterable[R]) -> None:
        """Show other rows. When only their contents differ, selection and scrolling stay."""
        new = tuple(rows)
        if [self._row_id(r) for r in new] == [self._row_id(r) for r in self._rows]:
            self._rows = new
            if new:
                self.dataChanged.emit(
                    self.index(0, 0), self.index(len(new) - 1, len(self.columns) - 1)
                )
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def row_at(self, row: int) -> R | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def id_at(self, row: int) -> int:
        return self._row_id(self._rows[row])

    def position(self, row_id: int) -> int:
        """The row of an id; -1 when it is not shown."""
        return next((i for i, r in enumerate(self._rows) if self._row_id(r) == row_id), -1)


class PagedModel(_Model[R]):
    """Rows by id, fetched as they come into view.

    `fetch` is called in a worker with the ids of a page and returns their rows in that order.
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        tasks: Tasks,
        fetch: Callable[[Sequence[int]], Sequence[R]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, parent)
        self._tasks = tasks
        self._fetch = fetch
        self._ids: Sequence[int] = ()
        self._pages: OrderedDict[int, Sequence[R]] = OrderedDict()
        self._wanted: set[int] = set()
        self._generation = 0

    def set_ids(self, ids: Sequence[int]) -> None:
        """Show these rows, in this order. An unchanged order keeps selection and scrolling."""
        self._generation += 1
        self._wanted.clear()
        if ids == self._ids:
            self._pages.clear()
            if ids:
                self.dataChanged.emit(
                    self.index(0, 0), self.index(len(ids) - 1, len(self.columns) - 1)
                )
            return
        self.beginResetModel()
        self._ids = ids
        self._pages.clear()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def id_at(self, row: int) -> int:
        return self._ids[row]

    def position(self, row_id: int) -> int:
        """The row of an id; -1 when it is not shown."""
        try:
            return self._ids.index(row_id)
        except ValueError:
            return -1

    def row_at(self, row: int) -> R | None:
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None:
            self._want(number)
            return None
        self._pages.move_to_end(number)
        return page[place] if place < len(page) else None

    def _want(self, number: int) -> None:
        if number in self._wanted:
            return
        self._wanted.add(number)
        ids = self._ids[number * PAGE : (number + 1) * PAGE]
        generation = self._generation

        def arrived(rows: Sequence[R]) -> None:
            if generation != self._generation:
                return
            self._wanted.discard(number)
            self._pages[number] = rows
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
            last = min((number + 1) * PAGE, len(self._ids)) - 1
            self.dataChanged.emit(
                self.index(number * PAGE, 0), self.index(last, len(self.columns) - 1)
            )

        self._tasks.read(self, lambda: self._fetch(ids), arrived)


class CellDelegate(QStyledItemDelegate):
    """Draws a `Cell`: icon, one or two lines, chips at the right end."""

    def __init__(self, theme: Theme, icons: Icons, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self._theme
        cell: Cell | None = index.data(CELL)
        painter.save()
        rect = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, theme.color("accent_soft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.tint("accent", 0.04))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if selected and index.column() == 0:
            painter.fillRect(
                QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("accent")
            )
        inner = rect.adjusted(theme.px(Space.SMALL) + 2, 0, -theme.px(Space.SMALL), 0)
        if cell is None:
            painter.setPen(theme.color("muted"))
            painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter), "…")
        else:
            self._cell(painter, inner, cell, index)
        painter.restore()

    def _cell(self, painter: QPainter, rect: QRectF, cell: Cell, index: Index) -> None:
        theme = self._theme
        column: Column[Any] = index.model().columns[index.column()]  # type: ignore[attr-defined]
        font, small = (theme.font(size, tabular=True) for size in (Type.BODY, Type.SMALL))
        if cell.strong:
            font.setWeight(font.Weight.DemiBold)
        metrics, below = QFontMetrics(font), QFontMetrics(small)
        high = metrics.height() + (below.height() if cell.detail else 0)
        top = rect.center().y() - high / 2
        above = column.above and cell.detail
        right = rect.right()
        for tag in reversed(cell.tags):
            size = chip_size(theme, tag.text, tag.icon)
            if right - size.width() < rect.left() + rect.width() * 0.25 and cell.text:
                break
            # With nothing else in the cell, chips stand at its left.
            x = right - size.width() if cell.text else rect.left()
            middle = rect.center().y() - size.height() / 2
            y = top + metrics.height() - size.height() if above else middle
            box = QRectF(x, y, size.width(), size.height())
            paint_chip(painter, theme, self._icons, box, tag.text, tag.icon, tag.color)
            right = x - theme.px(Space.HAIR)
        left = rect.left()
        if cell.icon:
            side = theme.px(18)
            self._icons.paint(
                painter,
                QRectF(left, rect.center().y() - side / 2, side, side),
                cell.icon,
                cell.color,
            )
            left += side + theme.px(Space.SMALL)
        area = QRectF(left, rect.top(), max(0.0, right - left), rect.height())
        side_flag = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(theme.color(cell.color))
        width = int(area.width())
        if not cell.detail:
            flags = int(Qt.AlignmentFlag.AlignVCenter | side_flag)
            painter.drawText(area, flags, elided(metrics, cell.text, width))
            return
        first = QRectF(area.left(), top, area.width(), metrics.height())
        painter.drawText(first, int(side_flag), elided(metrics, cell.text, width))
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        across = rect.right() - left if above else area.width()
        second = QRectF(area.left(), top + metrics.height(), across, below.height())
        painter.drawText(second, int(side_flag), elided(below, cell.detail, int(across)))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(80, self._theme.px(ROW_HEIGHT))


class Table(QTableView):
    """A table of ours: rows 36 px high (52 with two lines), whole rows selected, Enter opens."""

    opened = Signal(int)
    """Id of the row that Enter or a double click asked for."""
    picked = Signal(int)
    """Id of the current row, each time it changes; -1 for none."""

    def __init__(self, theme: Theme, icons: Icons, name: str, *, two_lines: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(theme, icons, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.px(52 if two_lines else ROW_HEIGHT))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.doubleClicked.connect(self._open)

    def use(self, model: RowsModel[Any] | PagedModel[Any]) -> None:
        """Show a model, which the table then owns."""
        model.setParent(self)
        self.setModel(model)
        self.selectionModel().currentRowChanged.connect(self._picked)
        self._share_width()

    def current_id(self) -> int:
        """Id of the row in focus; -1 for none."""
        index = self.currentIndex()
        return int(index.data(ROW_ID)) if index.isValid() else -1

    def select_id(self, row_id: int) -> bool:
        """Put the focus row on an id, in view; False when it is not there."""
        model = self.model()
        row = model.position(row_id) if isinstance(model, RowsModel | PagedModel) else -1
        if row < 0:
            return False
        self.selectRow(row)
        self.scrollTo(model.index(row, 0))
        return True

    def select_first(self) -> None:
        model: QAbstractItemModel | None = self.model()
        if model is not None and model.rowCount() and not self.currentIndex().isValid():
            self.selectRow(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.model().rowCount():
            last = self.model().rowCount() - 1
            self.selectRow(0 if event.key() == Qt.Key.Key_Home else last)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            QTimer.singleShot(0, self, self._share_width)

    def _share_width(self) -> None:
        model = self.model()
        if not isinstance(model, RowsModel | PagedModel):
            return
        columns = model.columns
        left = self.viewport().width() - sum(self._theme.px(c.width) for c in columns)
        parts = sum(c.stretch for c in columns if not c.width) or 1
        for number, column in enumerate(columns):
            width = self._theme.px(column.width) if column.width else left * column.stretch // parts
            self.setColumnWidth(number, max(40, width))

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(int(index.data(ROW_ID)))

    def _picked(self, current: QModelIndex) -> None:
        self.picked.emit(int(current.data(ROW_ID)) if current.isValid() else -1)
