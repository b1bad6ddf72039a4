"""Parts of a capture made black for a packet: rectangles put over the picture, by mouse or keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Flag, auto

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import (
    QDialog,
    QGraphicsView,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.i18n import N_, Translator
from scc_admin.model import Area, Evidence
from scc_admin.pictures import masked
from ui.keyboard import ByKeyboard
from ui.messages import announce
from ui.moderation.viewer import PictureView
from ui.screen import Keys, Shell, help_by_f1
from ui.theme import Space
from ui.widgets import button, decoded, icon_button, margins, plain, rule, set_property

KEYS: Keys = (
    (("N",), N_("Add an area")),
    (("Left", "Right", "Up", "Down"), N_("Move it; with Shift size it, with Ctrl by one pixel")),
    (("Space",), N_("Take the next area")),
    (("Del",), N_("Remove it")),
    (("Ctrl+Z",), N_("Undo")),
    (("+", "-"), N_("Larger and smaller")),
    (("0",), N_("Whole picture")),
    (("Ctrl+Return", "Esc"), N_("Close; the areas are kept")),
)
_GRIP = 9
"""Pixels of the screen at an edge by which one takes hold of it."""
_STEP = 10
"""Pixels of the screen that an arrow key moves by; one pixel of the picture with Ctrl."""
_LEAST = 4
"""Pixels of the picture across; less was a slip of the hand."""


class Edge(Flag):
    """What of an area follows the mouse."""

    LEFT = auto()
    TOP = auto()
    RIGHT = auto()
    BOTTOM = auto()
    ALL = LEFT | TOP | RIGHT | BOTTOM


_CURSORS = {
    Edge.ALL: Qt.CursorShape.SizeAllCursor,
    Edge.LEFT: Qt.CursorShape.SizeHorCursor,
    Edge.RIGHT: Qt.CursorShape.SizeHorCursor,
    Edge.TOP: Qt.CursorShape.SizeVerCursor,
    Edge.BOTTOM: Qt.CursorShape.SizeVerCursor,
    Edge.LEFT | Edge.TOP: Qt.CursorShape.SizeFDiagCursor,
    Edge.RIGHT | Edge.BOTTOM: Qt.CursorShape.SizeFDiagCursor,
    Edge.RIGHT | Edge.TOP: Qt.CursorShape.SizeBDiagCursor,
    Edge.LEFT | Edge.BOTTOM: Qt.CursorShape.SizeBDiagCursor,
}
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def said(tr: Translator, area: Area) -> str:
    """Where an area is, for the list and for a screen reader."""
    return tr.tr(
        N_("{width} × {height} pixels, at {left}, {top}"),
        width=area.width,
        height=area.height,
        left=area.left,
        top=area.top,
    )


class MaskView(PictureView):
    """The picture with its areas: the one in hand shows what is below it, the others are black."""

    changed = Signal()
    """The areas, or which of them is in hand."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.areas: list[Area] = []
        self.current = -1
        self._before: list[tuple[Area, ...]] = []
        self._hold: Edge | None = None
        self._from = QPoint()
        self._began = Area(0, 0, 0, 0)
        self.setDragMode(QGraphicsView.DragMode.NoDrag)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    # -- what stands there ----------------------------------------------------------------------

    def whole(self) -> QRect:
        return self.scene().sceneRect().toRect()

    def set_areas(self, areas: Sequence[Area]) -> None:
        self.areas = list(areas)
        self.take(len(self.areas) - 1)

    def take(self, index: int) -> None:
        """Take an area in hand; -1 for none."""
        self.current = index if 0 <= index < len(self.areas) else -1
        self._tell()

    def add(self) -> None:
        """A new area in the middle of what is seen."""
        seen = self.mapToScene(self.viewport().rect()).boundingRect().toRect()
        seen = seen.intersected(self.whole())
        if seen.isEmpty():
            return
        wide, high = max(_LEAST, seen.width() // 4), max(_LEAST, seen.height() // 10)
        centre = seen.center()
        self._remember()
        self.areas.append(Area(centre.x() - wide // 2, centre.y() - high // 2, wide, high))
        self.take(len(self.areas) - 1)

    def remove(self) -> None:
        """Take the area in hand away."""
        if self.current >= 0:
            self._remember()
            del self.areas[self.current]
            self.take(min(self.current, len(self.areas) - 1))

    def undo(self) -> None:
        if self._before:
            self.areas = list(self._before.pop())
            self.take(min(max(self.current, 0), len(self.areas) - 1))

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    def _remember(self) -> None:
        self._before.append(tuple(self.areas))

    def _tell(self) -> None:
        self.viewport().update()
        self.changed.emit()

    def _put(self, area: Area) -> None:
        """The area in hand, elsewhere or larger; within the picture."""
        whole = self.whole()
        width = min(max(area.width, _LEAST), whole.width())
        height = min(max(area.height, _LEAST), whole.height())
        left = min(max(area.left, 0), whole.width() - width)
        top = min(max(area.top, 0), whole.height() - height)
        self.areas[self.current] = Area(left, top, width, height)
        self._tell()

    # -- by keys ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is not None and self.current >= 0:
            self._by_arrow(*step, event.modifiers())
        elif event.key() in (Qt.Key.Key_Insert, Qt.Key.Key_N):
            self.add()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove()
        elif event.key() == Qt.Key.Key_Space and self.areas:
            self.take((self.current + 1) % len(self.areas))
        elif (
            event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        ):
            self.undo()
        else:
            super().keyPressEvent(event)

    def _by_arrow(self, across: int, down: int, keys: Qt.KeyboardModifier) -> None:
        fine = bool(keys & Qt.KeyboardModifier.ControlModifier)
        by = 1 if fine else max(1, round(_STEP / self.transform().m11()))
        area = self.areas[self.current]
        self._remember()
        if keys & Qt.KeyboardModifier.ShiftModifier:
            room = self.whole()
            self._put(
                area._replace(
                    width=min(area.width + across * by, room.width() - area.left),
                    height=min(area.height + down * by, room.height() - area.top),
                )
            )
        else:
            self._put(area._replace(left=area.left + across * by, top=area.top + down * by))
        shown = QRectF(*self.areas[self.current])
        self.ensureVisible(shown, 20, 20)

    # -- by mouse -------------------------------------------------------------------------------

    def _at(self, point: QPointF) -> tuple[int, Edge] | None:
        """The area below a point of the viewport, the one in hand first, and what of it."""
        order = [self.current, *reversed(range(len(self.areas)))]
        for index in order:
            if index < 0:
                continue
            box = QRectF(self.mapFromScene(QRectF(*self.areas[index])).boundingRect())
            if not box.adjusted(-_GRIP, -_GRIP, _GRIP, _GRIP).contains(point):
                continue
            hold = Edge(0)
            if index == self.current:
                for edge, away in (
                    (Edge.LEFT, point.x() - box.left()),
                    (Edge.RIGHT, point.x() - box.right()),
                    (Edge.TOP, point.y() - box.top()),
                    (Edge.BOTTOM, point.y() - box.bottom()),
                ):
                    if abs(away) <= _GRIP and not (
                        hold and edge in (Edge.RIGHT, Edge.BOTTOM) and _opposite(edge) in hold
                    ):
                        hold |= edge
            if hold or box.contains(point):
                return index, hold or Edge.ALL
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.whole().isEmpty():
            super().mousePressEvent(event)
            return
        self._from = self.mapToScene(event.position().toPoint()).toPoint()
        there = self._at(event.position())
        self._remember()
        if there is None:
            self.areas.append(Area(self._from.x(), self._from.y(), 0, 0))
            self.current = len(self.areas) - 1
            self._hold = Edge.RIGHT | Edge.BOTTOM
        else:
            self.current, self._hold = there
        self._began = self.areas[self.current]
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._hold is None:
            there = self._at(event.position())
            shape = _CURSORS[there[1]] if there else Qt.CursorShape.CrossCursor
            self.viewport().setCursor(shape)
            super().mouseMoveEvent(event)
            return
        moved = self.mapToScene(event.position().toPoint()).toPoint() - self._from
        left, top, width, height = self._began
        if self._hold is Edge.ALL:
            self._put(Area(left + moved.x(), top + moved.y(), width, height))
            return
        right, bottom = left + width, top + height
        if Edge.LEFT in self._hold:
            left += moved.x()
        if Edge.RIGHT in self._hold:
            right += moved.x()
        if Edge.TOP in self._hold:
            top += moved.y()
        if Edge.BOTTOM in self._hold:
            bottom += moved.y()
        box = QRect(
            QPoint(min(left, right), min(top, bottom)),
            QPoint(max(left, right) - 1, max(top, bottom) - 1),
        )
        box = box.intersected(self.whole())
        self.areas[self.current] = Area(box.left(), box.top(), box.width(), box.height())
        self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._hold is None:
            super().mouseReleaseEvent(event)
            return
        self._hold = None
        area = self.areas[self.current]
        if area.width < _LEAST or area.height < _LEAST:
            self.undo()
        elif self._before and self._before[-1] == tuple(self.areas):
            self._before.pop()
        self._tell()

    # -- painting -------------------------------------------------------------------------------

    def drawForeground(self, painter: QPainter, _rect: QRectF | QRect) -> None:
        accent = self._shell.theme.color("accent")
        for index, area in enumerate(self.areas):
            held = index == self.current
            pen = QPen(accent, 3 if held else 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(QColor(0, 0, 0, 150) if held else QBrush(Qt.GlobalColor.black))
            box = QRectF(*area)
            painter.drawRect(box)
            if held:
                side = _GRIP / self.transform().m11()
                painter.setBrush(QBrush(accent))
                for corner in (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight()):
                    grip = QRectF(0, 0, side, side)
                    grip.moveCenter(corner)
                    painter.drawRect(grip)


def _opposite(edge: Edge) -> Edge:
    return Edge.LEFT if edge is Edge.RIGHT else Edge.TOP


class MaskEditor(ByKeyboard, QDialog):
    """A capture, the areas to be hidden in its copy, and their list. Each change counts at once."""

    def __init__(
        self,
        shell: Shell,
        piece: Evidence,
        areas: Sequence[Area],
        changed: Callable[[tuple[Area, ...]], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.shell = shell
        self._piece = piece
        self._wanted = tuple(areas)
        self._changed = changed
        tr = shell.tr.tr
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr(N_("Hide parts of {name}"), name=piece.original_name))
        self.setAccessibleName(self.windowTitle())
        window = shell.messages.window.window()
        self.resize(int(window.width() * 0.92), int(window.height() * 0.9))
        self.view = MaskView(shell)
        self.sentence = plain(tr(N_("Opening…")), role="muted")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.sentence)
        self.stack.addWidget(self.view)
        middle = QHBoxLayout()
        margins(middle, 0, 0)
        middle.addWidget(self.stack, 1)
        middle.addWidget(self._side())
        column = QVBoxLayout(self)
        margins(column, 0, 0)
        column.addLayout(middle, 1)
        column.addWidget(rule())
        column.addLayout(self._foot())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.accept)
        help_by_f1(self, shell, KEYS)
        self.view.changed.connect(self._areas_changed)
        self._allow()
        workspace = shell.workspace
        shell.tasks.read(
            self,
            # As the copy will be made: what is covered here is what is covered there.
            lambda: decoded(masked(workspace.vault.read(piece.blob_id)), "image/png"),
            self._arrived,
            self._failed,
        )
        shell.tasks.mutate(self, lambda: workspace.moderation.viewed(piece.id))

    def _side(self) -> QWidget:
        shell, tr = self.shell, self.shell.tr.tr
        side = QWidget()
        side.setFixedWidth(shell.theme.px(290))
        column = QVBoxLayout(side)
        margins(column, Space.LARGE, Space.SMALL)
        title = plain(tr(N_("Hide parts")), role="section")
        column.addWidget(title)
        column.addWidget(
            plain(
                tr(
                    N_(
                        "They are black in the copy that leaves, and it is said to be a masked"
                        " copy. The original never changes."
                    )
                ),
                role="small",
            )
        )
        self.list = QListWidget()
        self.list.setAccessibleName(tr(N_("Hidden areas")))
        self.list.currentRowChanged.connect(self._picked)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        self.add_button = button(
            tr(N_("Add")), self._add, icons=shell.icons, icon="plus", kind="small"
        )
        self.remove_button = button(
            tr(N_("Remove")), self.view.remove, icons=shell.icons, icon="trash", kind="small"
        )
        self.undo_button = icon_button(
            shell.icons, "undo", tr(N_("Undo")), self.view.undo, shortcut="Ctrl+Z"
        )
        for part in (self.add_button, self.remove_button):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.undo_button)
        column.addLayout(row)
        column.addWidget(
            plain(
                tr(
                    N_(
                        "Draw with the mouse, or with keys: N adds, arrows move, Shift and arrows"
                        " size, Ctrl makes the step a pixel, Space takes the next, Delete removes."
                    )
                ),
                role="small",
            )
        )
        return side

    def _foot(self) -> QHBoxLayout:
        shell, tr = self.shell, self.shell.tr.tr
        row = QHBoxLayout()
        margins(row, Space.MEDIUM, Space.SMALL)
        for icon, words, act in (
            ("minus", N_("Smaller (−)"), lambda: self.view.zoom(-1)),
            ("plus", N_("Larger (+)"), lambda: self.view.zoom(1)),
            ("image", N_("Whole picture (0)"), self.view.fit),
        ):
            row.addWidget(icon_button(shell.icons, icon, tr(words), act))
        self.count = plain(role="muted", wrap=False)
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(button(tr(N_("Close")), self.accept, kind="primary"))
        return row

    # -- what happens ---------------------------------------------------------------------------

    def _arrived(self, image: QImage) -> None:
        self.view.show_image(image, self._piece.original_name)
        self.view.set_areas(self._wanted)
        self.stack.setCurrentWidget(self.view)
        self.view.setFocus()
        self._allow()

    def _failed(self, error: UserError) -> None:
        self.sentence.setText(self.shell.tr.explain(error))

    def _add(self) -> None:
        self.view.add()
        self.view.setFocus()

    def _picked(self, row: int) -> None:
        if row != self.view.current:
            self.view.take(row)

    def _areas_changed(self) -> None:
        tr, areas = self.shell.tr, self.view.areas
        self.list.blockSignals(True)
        while self.list.count() > len(areas):
            self.list.takeItem(self.list.count() - 1)
        for row, area in enumerate(areas):
            if row < self.list.count():
                self.list.item(row).setText(said(tr, area))
            else:
                self.list.addItem(said(tr, area))
        self.list.setCurrentRow(self.view.current)
        self.list.blockSignals(False)
        if self.view.current >= 0 and self.view.hasFocus():
            announce(self.view, said(tr, areas[self.view.current]))
        self._allow()
        if tuple(areas) != self._wanted:
            self._wanted = tuple(areas)
            self._changed(self._wanted)

    def _allow(self) -> None:
        there = self.stack.currentWidget() is self.view
        self.add_button.setEnabled(there)
        self.remove_button.setEnabled(self.view.current >= 0)
        self.undo_button.setEnabled(self.view.can_undo)
        n = len(self.view.areas)
        self.count.setText(
            self.shell.tr.ntr("{n} area hidden", "{n} areas hidden", n) if there else ""
        )
        set_property(self.count, "role", "muted")
