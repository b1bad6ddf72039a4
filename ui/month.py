"""The grid of a month or a week: days by keyboard, chips one can drag, bands above them.

It draws what it is given and asks for what it wants; it never reads or changes anything itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from scc_admin.agenda import Conflict, Item, Recurring
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.model import Campaign, CampaignKind
from scc_admin.words import STATES, partly_words
from ui.icons import Icons, network_icon
from ui.tables import Index
from ui.theme import Theme, Type
from ui.widgets import DRAFT_STATE_LOOK, elided, plain

_LEAST_ROW = 66
"""Pixels of a week at 100 %."""
SHORT_DATES = 7
"""Recurring dates that last longer than this many days stand above the month, not in a day."""


_FEW_WORDS = 48
"""Pixels at 100 % that the words of a chip want before anything else stands beside them."""


@dataclass(frozen=True, slots=True)
class Band:
    """Something that lasts: a campaign, or a line of several days."""

    key: str
    name: str
    first: date
    last: date
    warm: bool
    """A campaign, in daffodil."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a band in one week: columns `begin` to `end`, both included."""

    band: Band
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What the grid shows. Items are those that the filters let through."""

    first: date
    weeks: int
    month: date | None
    """Days outside this month are dimmed; None in a week."""
    today: date
    now: datetime
    by_day: Mapping[date, Sequence[Item]] = field(default_factory=dict)
    bands: Sequence[Band] = ()
    dates: Sequence[Recurring] = ()
    conflicts: Mapping[str, Sequence[Conflict]] = field(default_factory=dict)

    def day(self, place: int) -> date:
        return self.first + timedelta(days=place)

    @property
    def last(self) -> date:
        return self.day(self.weeks * 7 - 1)


def plan_of(
    first: date,
    weeks: int,
    items: Sequence[Item],
    campaigns: Sequence[Campaign],
    dates: Sequence[Recurring],
    conflicts: Mapping[str, Sequence[Conflict]],
    *,
    month: date | None,
    today: date,
    now: datetime,
    tr: Translator,
) -> Plan:
    """Put items on their days, and what lasts into bands.

    Fields of action last all year: they stand beside the calendar, not across it.
    """
    by_day: dict[date, list[Item]] = {}
    bands = [
        Band(f"c{c.id}", c.name(tr.language), c.starts_on, c.ends_on, warm=True)
        for c in campaigns
        if c.kind is not CampaignKind.FIELD
    ]
    for item in items:
        if item.last_day > item.day:
            bands.append(Band(item.key, item.title, item.day, item.last_day, warm=False))
        else:
            by_day.setdefault(item.day, []).append(item)
    for some in by_day.values():
        some.sort(key=_in_order)
    bands.sort(key=lambda b: (b.first, -b.last.toordinal(), b.name))
    return Plan(first, weeks, month, today, now, by_day, bands, dates, conflicts)


def _in_order(item: Item) -> tuple[bool, datetime, str]:
    return (not item.all_day, item.at, item.key)


def moved_in(plan: Plan, before: Item, after: Item) -> Plan | None:
    """The plan with one entry on another day; None when more than its two days would change."""
    if before.last_day > before.day or after.last_day > after.day:
        return None
    by_day = dict(plan.by_day)
    by_day[before.day] = [i for i in by_day.get(before.day, ()) if i.key != before.key]
    by_day[after.day] = sorted((*by_day.get(after.day, ()), after), key=_in_order)
    return replace(plan, by_day=by_day)


def lanes_of(bands: Sequence[Band], monday: date, most: int) -> list[list[Piece]]:
    """The bands of one week, each in the first lane that is free."""
    lanes: list[list[Piece]] = []
    for band in bands:
        begin, end = (band.first - monday).days, (band.last - monday).days
        if end < 0 or begin > 6:
            continue
        piece = Piece(band, max(0, begin), min(6, end))
        lane = next((lane for lane in lanes if lane[-1].end < piece.begin), None)
        if lane is None and len(lanes) < most:
            lane = []
            lanes.append(lane)
        if lane is not None:
            lane.append(piece)
    return lanes


class MonthModel(QAbstractTableModel):
    """Days as cells, a week a row."""

    def __init__(self, tr: Translator) -> None:
        super().__init__()
        self._tr = tr
        self.plan: Plan | None = None

    def show_plan(self, plan: Plan) -> None:
        before, self.plan = self.plan, plan
        if before is None or (before.first, before.weeks) != (plan.first, plan.weeks):
            self.beginResetModel()
            self.endResetModel()
        elif (before.bands, before.dates, before.month, before.today, before.conflicts) == (
            plan.bands, plan.dates, plan.month, plan.today, plan.conflicts,
        ):  # fmt: skip
            for place in range(plan.weeks * 7):
                day = plan.day(place)
                if before.by_day.get(day) != plan.by_day.get(day):
                    index = self.index(*divmod(place, 7))
                    self.dataChanged.emit(index, index)
        else:
            self.dataChanged.emit(self.index(0, 0), self.index(plan.weeks - 1, 6))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self.plan is None else self.plan.weeks

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 7

    def day_at(self, index: Index) -> date | None:
        if self.plan is None or not index.isValid():
            return None
        return self.plan.day(index.row() * 7 + index.column())

    def index_of(self, day: date) -> QModelIndex:
        if self.plan is None or not self.plan.first <= day <= self.plan.last:
            return QModelIndex()
        row, column = divmod((day - self.plan.first).days, 7)
        return self.index(row, column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            day = self.day_at(index)
            return "" if day is None else self.spoken(day)
        return None

    def spoken(self, day: date) -> str:
        """A day in words, for a screen reader."""
        assert self.plan is not None
        tr, plan = self._tr, self.plan
        items = plan.by_day.get(day, ())
        parts = [tr.date(day, "full")]
        if day == plan.today:
            parts.append(tr.tr(N_("today")))
        parts += [d.name.to(tr.language) for d in plan.dates if d.first <= day <= d.last]
        parts += [band.name for band in plan.bands if band.first <= day <= band.last]
        parts.append(
            tr.ntr(*NN_("{n} entry", "{n} entries"), len(items))
            if items
            else tr.tr(N_("nothing planned"))
        )
        parts += [item_words(tr, item, plan) for item in items[:12]]
        return ", ".join(parts)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and self.plan is not None:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._tr.weekday(self.plan.day(section), wide=True).capitalize()
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def item_words(tr: Translator, item: Item, plan: Plan) -> str:
    """An item in one line, for ears and tooltips."""
    parts = [] if item.all_day else [tr.time(item.at)]
    parts.append(item.title or tr.tr(N_("Untitled draft")))
    if item.page:
        parts.append(item.page)
    if item.state is not None:
        parts.append(partly_words(tr, item.placements) or tr.tr(STATES[item.state]))
    if item.late(plan.now):
        parts.append(tr.tr(N_("late")))
    if item.key in plan.conflicts:
        parts.append(tr.tr(N_("conflict")))
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where things stand in a cell: chips by item, and where it says how many more."""

    chips: tuple[tuple[QRect, Item], ...]
    lanes: tuple[tuple[QRect, Piece], ...]
    more: QRect | None
    hidden: int


class _Look:
    """Fonts and colours of the theme in force, made once for thousands of chips."""

    def __init__(self, theme: Theme) -> None:
        self.small = theme.font(Type.SMALL)
        self.digits = theme.font(Type.SMALL, tabular=True)
        self.strong = theme.font(Type.SMALL, tabular=True)
        self.strong.setWeight(self.strong.Weight.DemiBold)
        self.metrics = QFontMetrics(self.small)
        self._theme = theme
        self._colors: dict[tuple[str, float], QColor] = {}
        self._fitted: dict[tuple[str, int], str] = {}

    def color(self, name: str, strength: float = 1.0) -> QColor:
        """A token, or thinly laid over the surface."""
        key = (name, strength)
        found = self._colors.get(key)
        if found is None:
            theme = self._theme
            found = theme.color(name) if strength == 1.0 else theme.tint(name, strength)
            self._colors[key] = found
        return found

    def fit(self, text: str, width: float) -> str:
        """The text, shortened to a width in small print."""
        key = (text, int(width))
        found = self._fitted.get(key)
        if found is None:
            if len(self._fitted) > 4096:
                self._fitted.clear()
            found = self._fitted[key] = elided(self.metrics, text, int(width))
        return found


class MonthGrid(QTableView):
    """The grid. Arrows go from day to day, Alt+arrows move the entry in focus, Enter opens it."""

    day_focused = Signal(object)
    """`date`."""
    item_focused = Signal(object)
    """`Item`, or None."""
    opened = Signal(object)
    """`Item` that Enter or a double click asked for."""
    moved = Signal(object, int)
    """`Item` and by how many days."""
    band_opened = Signal(str)
    wanted = Signal(object)
    """A `date` beyond what is shown."""
    new_asked = Signal(object)
    """`date` on which something new is to be written."""

    def __init__(self, theme: Theme, icons: Icons, tr: Translator, *, tall: bool = False) -> None:
        super().__init__()
        self._theme, self._icons, self._tr = theme, icons, tr
        self._tall = tall
        self._quiet = False
        self._look: _Look | None = None
        self._lane_rows: dict[int, list[list[Piece]]] = {}
        self._item: str = ""
        self._pressed: tuple[QPoint, Item] | None = None
        self._ghost: QLabel | None = None
        self._target: date | None = None
        self.model_ = MonthModel(tr)
        self.setModel(self.model_)
        self.setItemDelegate(_DayDelegate(self))
        self.setAccessibleName(tr.tr(N_("Calendar")))
        self.setProperty("role", "grid")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(20)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setHighlightSections(False)
        head.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head.setMinimumSectionSize(20)
        self.selectionModel().currentChanged.connect(self._current_changed)
        theme.changed.connect(self._forget_look)

    def look(self) -> _Look:
        if self._look is None:
            self._look = _Look(self._theme)
        return self._look

    def _forget_look(self) -> None:
        self._look = None

    # -- what it shows ----------------------------------------------------------------------------

    @property
    def plan(self) -> Plan | None:
        return self.model_.plan

    def show_plan(self, plan: Plan, day: date, item: str = "") -> None:
        """Show other days, or other things on the same days, with a day and an entry in focus.

        Says nothing of it: whoever shows a plan knows.
        """
        self._quiet = True
        try:
            self._lane_rows.clear()
            self.model_.show_plan(plan)
            self._share()
            self.focus_day(day)
        finally:
            self._quiet = False
        keys = [i.key for i in self.items()]
        for wanted in (item, self._item, keys[0] if keys else ""):
            if wanted in keys:
                break
        else:
            wanted = ""
        if wanted != self._item:
            self._item = wanted
            self.update(self.currentIndex())

    def day(self) -> date | None:
        """The day in focus."""
        return self.model_.day_at(self.currentIndex())

    def focus_day(self, day: date) -> None:
        index = self.model_.index_of(day)
        if index.isValid():
            self.setCurrentIndex(index)
            self.show_day()

    def show_day(self) -> None:
        """Scroll what the grid stands in, where that is too low for all of it."""
        rect = self.visualRect(self.currentIndex())
        parent: QWidget | None = self.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea) and (page := parent.widget()) is not None:
                corner = self.viewport().mapTo(page, rect.center())
                parent.ensureVisible(corner.x(), corner.y(), 0, rect.height() // 2 + 8)
            parent = parent.parentWidget()

    def items(self) -> Sequence[Item]:
        """What stands on the day in focus."""
        day = self.day()
        return () if day is None or self.plan is None else self.plan.by_day.get(day, ())

    def item(self) -> Item | None:
        """The entry in focus."""
        return next((i for i in self.items() if i.key == self._item), None)

    def focus_item(self, item: Item | None) -> None:
        """Put the focus on an entry of the day in focus."""
        key = item.key if item else ""
        if key != self._item:
            self._item = key
            self.update(self.currentIndex())

    def _choose(self, item: Item | None) -> None:
        self.focus_item(item)
        self.item_focused.emit(item)

    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        day = self.model_.day_at(current)
        if day is None:
            return
        if self._quiet:
            return
        items = self.items()
        self._item = items[0].key if items else ""
        self.day_focused.emit(day)

    # -- size -------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()
        QTimer.singleShot(0, self, self.show_day)  # once what it stands in knows how long it is

    def _share(self) -> None:
        rows = self.model_.rowCount()
        if not rows:
            return
        self._lane_rows.clear()
        # A day says its number, a campaign and a post: lower, the screen scrolls.
        least = 0 if self._tall else rows * self._theme.px(_LEAST_ROW)
        self.setMinimumHeight(self.horizontalHeader().height() + least)
        size = self.viewport().size()
        for column in range(7):
            left = size.width() * column // 7
            self.setColumnWidth(column, size.width() * (column + 1) // 7 - left)
        for row in range(rows):
            top = size.height() * row // rows
            self.setRowHeight(row, size.height() * (row + 1) // rows - top)

    def sizeHint(self) -> QSize:
        return QSize(560, 420)

    # -- where things stand -----------------------------------------------------------------------

    def places(self, index: Index) -> _Places:
        """Where the chips and bands of a day are drawn, and can be pressed."""
        plan, px = self.plan, self._theme.px
        day = self.model_.day_at(index)
        if plan is None or day is None:
            return _Places((), (), None, 0)
        cell = self.visualRect(index)
        left, right = cell.left() + px(4), cell.right() - px(3)
        top = cell.top() + px(24)
        lane_height = px(17)
        lanes = self._lanes(index.row())
        pieces = []
        for number, lane in enumerate(lanes):
            for piece in lane:
                if piece.begin <= index.column() <= piece.end:
                    y = top + number * lane_height
                    pieces.append((QRect(cell.left(), y, cell.width(), lane_height - 2), piece))
        top += len(lanes) * lane_height
        chip = px(44 if self._tall else 20)
        step = chip + px(2)
        items = plan.by_day.get(day, ())
        fits = max(0, (cell.bottom() - px(1) - top) // step)
        shown = list(items[:fits])
        if len(items) > fits and shown:
            # The entry in focus is always among those shown.
            chosen = next((i for i in items if i.key == self._item), None)
            if chosen is not None and day == self.day() and chosen not in shown:
                shown[-1] = chosen
        hidden = len(items) - len(shown)
        chips, more = [], None
        for number, item in enumerate(shown):
            rect = QRect(left, top + number * step, right - left, chip)
            if hidden and number == len(shown) - 1:
                # The last chip leaves room for how many more there are.
                more = QRect(rect.right() - px(22), rect.top(), px(22), chip)
                rect.setRight(more.left() - px(2))
            chips.append((rect, item))
        if hidden and not shown:
            more = QRect(left, top, right - left, max(px(12), cell.bottom() - top))
        return _Places(tuple(chips), tuple(pieces), more, hidden)

    def _lanes(self, row: int) -> list[list[Piece]]:
        """The bands of a week that there is room for."""
        found = self._lane_rows.get(row)
        if found is not None:
            return found
        assert self.plan is not None
        px = self._theme.px
        room = self.rowHeight(row) - px(24)
        most = 6 if self._tall else max(1, min(4, int(room * 0.5) // px(17)))
        found = self._lane_rows[row] = lanes_of(self.plan.bands, self.plan.day(row * 7), most)
        return found

    def bands_hidden(self, row: int) -> int:
        """How many bands of a week there is no room for."""
        assert self.plan is not None
        monday = self.plan.day(row * 7)
        touching = sum(
            b.last >= monday and b.first <= monday + timedelta(days=6) for b in self.plan.bands
        )
        return touching - sum(len(lane) for lane in self._lanes(row))

    def _item_at(self, point: QPoint) -> Item | None:
        for rect, item in self.places(self.indexAt(point)).chips:
            if rect.contains(point):
                return item
        return None

    def _piece_at(self, point: QPoint) -> Piece | None:
        for rect, piece in self.places(self.indexAt(point)).lanes:
            if rect.contains(point):
                return piece
        return None

    # -- keyboard ---------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # Alt+Left and Alt+Right go back and forward elsewhere; here they move the entry in focus.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and alt_arrow(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        day = self.day()
        if day is None or self.plan is None:
            super().keyPressEvent(event)
            return
        by = alt_arrow(event)
        if by is not None:
            item = self.item()
            if item is not None:
                self.moved.emit(item, by)
            return
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if control and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.step_item(-1 if key == Qt.Key.Key_Up else 1)
            return
        if modifiers & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        column = (day - self.plan.first).days % 7
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -7,
            Qt.Key.Key_Down: 7,
            Qt.Key.Key_Home: -column,
            Qt.Key.Key_End: 6 - column,
        }
        if key in steps:
            self.go_to(day + timedelta(days=steps[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.go_to(self._page(day, -1 if key == Qt.Key.Key_PageUp else 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.item()
            if item is not None:
                self.opened.emit(item)
            else:
                self.new_asked.emit(day)
        else:
            super().keyPressEvent(event)

    def go_to(self, day: date) -> None:
        """Put a day in focus; one that is not shown is asked for."""
        if self.plan is None:
            return
        inside = self.plan.first <= day <= self.plan.last
        if inside:
            self.focus_day(day)
        else:
            self.wanted.emit(day)

    def step_item(self, by: int) -> None:
        """The entry before or after, on the same day."""
        items = list(self.items())
        if items:
            here = next((n for n, i in enumerate(items) if i.key == self._item), -by)
            self._choose(items[(here + by) % len(items)])

    def _page(self, day: date, by: int) -> date:
        if self.plan is None or self.plan.month is None:
            return day + timedelta(days=7 * by)
        return same_day(day, by)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are the screen's own."""

    # -- mouse ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        super().mousePressEvent(event)
        item = self._item_at(point)
        if item is not None:
            self._choose(item)
            if event.button() is Qt.MouseButton.LeftButton:
                self._pressed = (point, item)
            return
        piece = self._piece_at(point)
        if piece is not None and event.button() is Qt.MouseButton.LeftButton:
            self.band_opened.emit(piece.band.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._pressed is None:
            over = self._item_at(point) is not None or self._piece_at(point) is not None
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
            )
            return
        start, item = self._pressed
        far = (point - start).manhattanLength() >= QApplication.startDragDistance()
        if self._ghost is None and far and item.movable:
            self._lift(item)
        if self._ghost is not None:
            self._ghost.move(point + QPoint(8, 4))
            self._target = self.model_.day_at(self.indexAt(point))
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        target, lifted = self._target, self._ghost is not None
        self._drop()
        if pressed is None or not lifted:
            super().mouseReleaseEvent(event)
            return
        item = pressed[1]
        if target is not None and (by := (target - item.day).days):
            self.moved.emit(item, by)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        item = self._item_at(point)
        day = self.model_.day_at(self.indexAt(point))
        self._pressed = None
        if item is not None:
            self.opened.emit(item)
        elif day is not None and self._piece_at(point) is None:
            self.new_asked.emit(day)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item, piece = self._item_at(event.pos()), self._piece_at(event.pos())
            if item is not None and self.plan is not None:
                words = item_words(self._tr, item, self.plan)
                QToolTip.showText(event.globalPos(), _escaped(words), self)
            elif piece is not None:
                QToolTip.showText(event.globalPos(), _escaped(piece.band.name), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _lift(self, item: Item) -> None:
        ghost = plain(item.title or self._tr.tr(N_("Untitled draft")), wrap=False)
        ghost.setParent(self.viewport())
        ghost.setProperty("role", "ghost")
        ghost.setMaximumWidth(self._theme.px(220))
        ghost.adjustSize()
        ghost.show()
        self._ghost = ghost
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def _drop(self) -> None:
        if self._ghost is not None:
            self._ghost.hide()
            self._ghost.deleteLater()
            self._ghost = None
        self._target = None
        self.viewport().unsetCursor()
        self.viewport().update()

    @property
    def target(self) -> date | None:
        """Where what is dragged would land."""
        return self._target

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(self._theme.color("accent"), 2))
            rect = self.visualRect(self.currentIndex())
            painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1))
            painter.end()


def _escaped(text: str) -> str:
    """For a tooltip: letter for letter, whatever it holds."""
    from html import escape

    return f"<qt>{escape(text)}</qt>"


def alt_arrow(event: QKeyEvent) -> int | None:
    """By how many days Alt and an arrow move."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers != Qt.KeyboardModifier.AltModifier:
        return None
    return {
        Qt.Key.Key_Left: -1,
        Qt.Key.Key_Right: 1,
        Qt.Key.Key_Up: -7,
        Qt.Key.Key_Down: 7,
    }.get(Qt.Key(event.key()))


def same_day(day: date, months: int) -> date:
    """The same day some months later, or the last one of that month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)


class _DayDelegate(QStyledItemDelegate):
    """Draws one day: its number and dates, its stretch of the bands, its chips."""

    def __init__(self, grid: MonthGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        grid = self._grid
        plan, look = grid.plan, grid.look()
        day = grid.model_.day_at(index)
        if plan is None or day is None:
            return
        painter.save()
        painter.setClipRect(option.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = QRectF(option.rect)
        inside = plan.month is None or day.month == plan.month.month
        if grid.target == day:
            painter.fillRect(cell, look.color("accent", 0.14))
        elif not inside:
            painter.fillRect(cell, look.color("window"))
        elif day.weekday() >= 5:
            painter.fillRect(cell, look.color("muted", 0.05))
        painter.setPen(look.color("line"))
        painter.drawLine(cell.topLeft(), cell.topRight())
        if index.column():
            painter.drawLine(cell.topLeft(), cell.bottomLeft())
        self._number(painter, cell, day, plan, inside)
        if index.column() == 0 and (hidden := grid.bands_hidden(index.row())):
            self._hidden_bands(painter, cell, hidden)
        places = grid.places(index)
        for rect, piece in places.lanes:
            self._piece(painter, QRectF(rect), piece, index, plan)
        for rect, item in places.chips:
            chosen = item.key == grid._item and day == grid.day()
            self._chip(painter, QRectF(rect), item, plan, chosen, inside)
        if places.more is not None:
            painter.setFont(look.small)
            painter.setPen(look.color("muted"))
            right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
            painter.drawText(QRectF(places.more), right, f"+{places.hidden}")
        painter.restore()

    def _number(self, painter: QPainter, cell: QRectF, day: date, plan: Plan, inside: bool) -> None:
        grid = self._grid
        look, px = grid.look(), grid._theme.px
        spot = QRectF(cell.left() + px(3), cell.top() + px(2), px(22), px(20))
        ink = "text" if inside else "muted"
        if day == plan.today:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("daffodil"))
            painter.drawRoundedRect(spot, px(10), px(10))
            # On daffodil only the dark ink is legible, in both looks.
            ink = "window" if grid._theme.dark else "text"
        painter.setFont(look.strong if day == plan.today else look.digits)
        painter.setPen(look.color(ink))
        painter.drawText(spot, int(Qt.AlignmentFlag.AlignCenter), str(day.day))
        dates = [
            d.name.to(grid._tr.language)
            for d in plan.dates
            if d.first == day and (d.last - d.first).days < SHORT_DATES
        ]
        if dates:
            painter.setFont(look.small)
            painter.setPen(look.color("muted"))
            area = QRectF(
                spot.right() + px(2), spot.top(), cell.right() - spot.right() - px(4), spot.height()
            )
            painter.drawText(
                area,
                int(Qt.AlignmentFlag.AlignVCenter),
                look.fit(" · ".join(dates), area.width()),
            )

    def _hidden_bands(self, painter: QPainter, cell: QRectF, hidden: int) -> None:
        """That more campaigns touch this week than there is room for."""
        grid = self._grid
        look, px = grid.look(), grid._theme.px
        painter.setFont(look.small)
        painter.setPen(look.color("muted"))
        area = QRectF(cell.right() - px(48), cell.top() + px(2), px(44), px(20))
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        words = f"+{hidden}"
        painter.drawText(area, right, words)
        side = px(13)
        left = area.right() - look.metrics.horizontalAdvance(words) - side - px(3)
        spot = QRectF(left, area.center().y() - side / 2, side, side)
        grid._icons.paint(painter, spot, "flower", "daffodil")

    def _piece(
        self, painter: QPainter, rect: QRectF, piece: Piece, index: Index, plan: Plan
    ) -> None:
        """This day's stretch of a band; its words run on over the days beside it."""
        grid = self._grid
        look, px = grid.look(), grid._theme.px
        color = "daffodil" if piece.band.warm else "accent"
        day = plan.day(index.row() * 7 + index.column())
        begins, ends = piece.band.first == day, piece.band.last == day
        area = rect.adjusted(px(4) if begins else 0, 0, -px(4) if ends else 0, 0)
        painter.fillRect(area, look.color(color, 0.38 if piece.band.warm else 0.16))
        if begins:
            painter.fillRect(QRectF(area.left(), area.top(), 3, area.height()), look.color(color))
        left = grid.columnViewportPosition(piece.begin)
        right = grid.columnViewportPosition(piece.end) + grid.columnWidth(piece.end)
        whole = QRectF(left + px(10), rect.top(), right - left - px(16), rect.height())
        painter.setFont(look.small)
        painter.setPen(look.color("text"))
        painter.drawText(
            whole,
            int(Qt.AlignmentFlag.AlignVCenter),
            look.fit(piece.band.name, whole.width()),
        )

    def _chip(
        self,
        painter: QPainter,
        rect: QRectF,
        item: Item,
        plan: Plan,
        chosen: bool,
        inside: bool,
    ) -> None:
        grid = self._grid
        look, px, icons, tr = grid.look(), grid._theme.px, grid._icons, grid._tr
        icon, color = ("pin", "accent")
        if item.state is not None:
            icon, color = DRAFT_STATE_LOOK[item.state]
        late = item.late(plan.now)
        if late:
            icon, color = "clock", "error"
        painter.setPen(
            QPen(look.color("accent"), 2) if chosen else QPen(look.color(color, 0.30), 1)
        )
        painter.setBrush(look.color(color, 0.10 if inside else 0.05))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        side = px(13)
        line = min(rect.height(), px(20))
        middle = rect.top() + line / 2
        left, right = rect.left() + px(4), rect.right() - px(4)
        marks = [(icon, color)] if item.state is not None else []
        if item.key in plan.conflicts:
            marks.insert(0, ("warning", "warning"))
        first = (
            network_icon(item.goes_to) if item.goes_to else icon,
            "text" if inside else "muted",
        )
        if marks and right - left - (len(marks) + 1) * (side + px(3)) < px(_FEW_WORDS):
            first = marks.pop()  # how it stands says more than where it goes
        icons.paint(painter, QRectF(left, middle - side / 2, side, side), *first)
        left += side + px(3)
        for name, ink in reversed(marks):
            right -= side
            icons.paint(painter, QRectF(right, middle - side / 2, side, side), name, ink)
            right -= px(2)
        painter.setFont(look.digits)
        time = "" if item.all_day else tr.time(item.at).replace(":00", "")
        width = look.metrics.horizontalAdvance(time) + px(4)
        if time and (right - left - width > px(_FEW_WORDS) or self._grid._tall):
            painter.setPen(look.color("muted"))
            painter.drawText(
                QRectF(left, middle - line / 2, width, line),
                int(Qt.AlignmentFlag.AlignVCenter),
                time,
            )
            left += width
        painter.setPen(look.color("text" if inside else "muted"))
        title = item.title or tr.tr(N_("Untitled draft"))
        vertical = int(Qt.AlignmentFlag.AlignVCenter)
        if self._grid._tall:
            # In a week there is room for a second line: the title goes there, alone.
            lower = QRectF(
                rect.left() + px(4), rect.top() + line, rect.width() - px(8), rect.height() - line
            )
            painter.drawText(lower, vertical, look.fit(title, lower.width()))
            painter.setPen(look.color("muted"))
            page = QRectF(left, middle - line / 2, max(0.0, right - left), line)
            painter.drawText(page, vertical, look.fit(item.page, page.width()))
            return
        area = QRectF(left, middle - line / 2, max(0.0, right - left), line)
        painter.drawText(area, vertical, look.fit(title, area.width()))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(40, 40)


def weeks_of(month: date, *, sunday: bool) -> tuple[date, int]:
    """The first day shown for a month, and how many weeks hold it."""
    first = month.replace(day=1)
    start = first - timedelta(days=(first.weekday() + (1 if sunday else 0)) % 7)
    after = same_day(first, 1)
    return start, -(-(after - start).days // 7)


def week_of(day: date, *, sunday: bool) -> date:
    """The first day of the week that holds a day."""
    return day - timedelta(days=(day.weekday() + (1 if sunday else 0)) % 7)
