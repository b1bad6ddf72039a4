"""Getting about by the keyboard alone: Tab in reading order, Enter on a button, one Tab a field.

Qt goes through a window in the order in which its widgets were made, presses a button with the
space bar only, and stops at each part of a date. Whoever has no mouse loses their place.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDateEdit,
    QDateTimeEdit,
    QDialog,
    QFormLayout,
    QGridLayout,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QSplitter,
    QStackedWidget,
    QTextEdit,
    QToolButton,
    QWidget,
)

_OWN_LETTER = re.compile(r"&(&?)")
_LETTERS = string.digits + string.ascii_lowercase
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ROLES = (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)


# --- Menus ---------------------------------------------------------------------------------------


def with_letters(texts: Sequence[str]) -> list[str]:
    """These texts of one menu, each with « & » before a letter that no other of them has.

    The first letter of a word where it is free, of the first words above all; letters without
    accent only, since not every keyboard has the others. One all of whose letters are taken has
    another one behind it: « Clore (Z) ». A letter that a text brings along is not heeded, nor is
    what follows a tabulator: the keys that it names.
    """
    names = [_OWN_LETTER.sub(r"\1\1", text).partition("\t") for text in texts]
    places = [_letter_places(name) for name, _, _ in names]
    owner: dict[str, int] = {}

    def place(number: int, seen: set[str]) -> bool:
        """Find a letter for a text: a free one, or one whose owner can do with another."""
        asked = [letter for letter in places[number] if letter not in seen]
        seen.update(asked)
        # The first entries are the ones that hands remember: the last ones give way.
        for letter in sorted(asked, key=lambda one: (one in owner, -owner.get(one, 0))):
            if letter not in owner or place(owner[letter], seen):
                owner[letter] = number
                return True
        return False

    for number, letters in enumerate(places):
        free = next((letter for letter in list(letters)[:1] if letter not in owner), None)
        if free is not None:
            owner[free] = number
    for number in range(len(texts)):
        if number not in owner.values():
            place(number, set())
    chosen = {number: letter for letter, number in owner.items()}
    left = (letter for letter in reversed(_LETTERS) if letter not in owner)
    found = []
    for number, (name, *keys) in enumerate(names):
        if number in chosen:
            at = places[number][chosen[number]]
            lettered = f"{name[:at]}&{name[at:]}"
        else:
            letter = next(left, "")
            lettered = f"{name} (&{letter.upper()})" if letter else name
        found.append("".join((lettered, *keys)))
    return found


def _letter_places(text: str) -> dict[str, int]:
    """Where each letter that may lead to a text stands in it, the likeliest first."""
    able = [at for at, c in enumerate(text) if c.isascii() and c.isalnum()]
    able.sort(key=lambda at: (at > 0 and text[at - 1].isalnum(), at))
    found: dict[str, int] = {}
    for at in able:
        found.setdefault(text[at].lower(), at)
    return found


def lettered(menu: QMenu) -> QMenu:
    """Give each entry of a menu a letter of its own while it is open; the same menu.

    Closed, its actions say what they are called: Ctrl+K and the sheet of keys read them, too.
    """
    plain: dict[QAction, tuple[str, str]] = {}

    def show() -> None:
        hide()
        actions = [action for action in menu.actions() if action.text()]
        for action, text in zip(actions, with_letters([a.text() for a in actions]), strict=True):
            plain[action] = action.text(), text
            action.setText(text)

    def hide() -> None:
        for action, (text, shown) in plain.items():
            # What was renamed meanwhile keeps its new name; what is gone has none.
            if shiboken6.isValid(action) and action.text() == shown:
                action.setText(text)
        plain.clear()

    menu.aboutToShow.connect(show)
    menu.aboutToHide.connect(hide)
    return menu


class Menu(QMenu):
    """The one kind of menu there is: each of its entries has a letter of its own."""

    def __init__(
        self, parent: QWidget | None, title: str = "", *, fill: Callable[[], object] | None = None
    ) -> None:
        """`fill` is called each time before it opens: what it holds is of that moment."""
        super().__init__(title, parent)
        if fill is not None:
            self.aboutToShow.connect(fill)  # before its entries are given their letters
        lettered(self)

    def offer(self, text: str, act: Callable[[], object], icon: QIcon | None = None) -> QAction:
        """One more entry. `text` is shown as it stands, whatever signs it holds."""
        made = QAction(icon or QIcon(), text.replace("&", "&&"), self)
        made.triggered.connect(lambda _=False: act())
        self.addAction(made)
        return made

    def under(self, title: str) -> Menu:
        """An entry that opens a menu of its own."""
        made = Menu(self, title)
        self.addMenu(made)
        return made

    def pop_up(self, at: QPoint) -> None:
        """Open at a place of the screen, once: what it leaves behind is nothing."""
        self.aboutToHide.connect(self.deleteLater)
        self.popup(at)


# --- Tab -----------------------------------------------------------------------------------------


def reading(root: QWidget) -> Iterator[QWidget]:
    """Every widget on screen within `root`, in the order in which one reads them."""
    for child in _parts(root):
        if child.isVisible() and not child.isWindow():
            yield child
            yield from reading(child)


def stops(root: QWidget) -> list[QWidget]:
    """Where Tab stops within `root`, in reading order."""
    return [widget for widget in reading(root) if _stops_at(widget)]


def _stops_at(widget: QWidget) -> bool:
    if (
        not widget.isEnabled()
        or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        or widget.focusProxy() is not None
        or isinstance(widget.parent(), QAbstractSpinBox | QComboBox)
    ):
        return False
    if isinstance(widget, QRadioButton) and (group := widget.group()) is not None:
        return group.checkedButton() in (None, widget)  # the arrows go on from there
    return True


def _there(*widgets: QWidget | None) -> list[QWidget]:
    return [widget for widget in widgets if widget is not None]


def _parts(widget: QWidget) -> list[QWidget]:
    """The widgets directly within another, in reading order; of a stack, the one in front."""
    found: list[QWidget] = []
    match widget:
        case QStackedWidget():
            return _there(widget.currentWidget())
        case QSplitter():
            return _there(*(widget.widget(place) for place in range(widget.count())))
        case QScrollArea():
            return _there(widget.widget())
        case QMainWindow():
            found = _there(widget.centralWidget())
        case _:
            if (layout := widget.layout()) is not None:
                found = list(_laid(layout))
    loose = [
        child
        for child in widget.children()
        if isinstance(child, QWidget) and child.isVisible() and child not in found
    ]
    return found + sorted(loose, key=lambda child: (child.y(), child.x()))


def _laid(layout: QLayout) -> Iterator[QWidget]:
    for item in _items(layout):
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _laid(inner)


def _items(layout: QLayout) -> list[QLayoutItem]:
    if isinstance(layout, QFormLayout):
        cells = (layout.itemAt(row, role) for row in range(layout.rowCount()) for role in _ROLES)
        return [item for item in cells if item is not None]
    places = range(layout.count())
    if isinstance(layout, QGridLayout):
        cell: Any = layout.getItemPosition  # (row, column, rows, columns)
        places = sorted(places, key=lambda place: tuple(cell(place))[:2])  # type: ignore[assignment]
    return [item for place in places if (item := layout.itemAt(place)) is not None]


def after(root: QWidget, focused: QWidget | None, *, forward: bool) -> QWidget | None:
    """Where Tab goes from `focused`, round and round."""
    order = list(reading(root))
    wanted = [place for place, widget in enumerate(order) if _stops_at(widget)]
    if not wanted:
        return None
    here = -1
    if focused is not None and focused in order:
        here = order.index(focused)
    if forward:
        return order[next((place for place in wanted if place > here), wanted[0])]
    before = [place for place in wanted if place < here]
    return order[before[-1] if before else wanted[-1]]


def show_focused(widget: QWidget) -> None:
    """Scroll a widget into sight, wherever it stands."""
    parent = widget.parentWidget()
    while parent is not None and not widget.isWindow():
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, 8, 24)
        parent = parent.parentWidget()


# --- Enter ---------------------------------------------------------------------------------------


def is_enter(event: QKeyEvent) -> bool:
    """Whether this is Enter, of the letters or of the figures, and nothing with it."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return event.key() in _ENTER and held == Qt.KeyboardModifier.NoModifier


def press_focused(event: QKeyEvent) -> bool:
    """Press the button that has the focus, if this is Enter; whether there was one.

    A key held down presses once: its repeats would answer the question that the first one raised.
    """
    focused = QApplication.focusWidget()
    if not is_enter(event) or not isinstance(focused, QPushButton | QToolButton):
        return False
    if not event.isAutoRepeat():
        focused.click()
    return True


if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


class ByKeyboard(_Base):
    """For a window of its own: Tab goes through it as one reads, Enter presses what has the focus.

    To be named before the Qt class.
    """

    def focusNextPrevChild(self, forward: bool) -> bool:
        target = after(self, QApplication.focusWidget(), forward=forward)
        if target is None:
            return False
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        target.setFocus(reason)
        show_focused(target)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if press_focused(event):
            event.accept()
        else:
            super().keyPressEvent(event)


class Leaflet(ByKeyboard, QDialog):
    """Several things in one place, one at a time; PageDown and PageUp go round through them.

    From whatever has the focus: a picture or a text would take these keys to scroll. Where there is
    one thing only, they do.
    """

    _at = 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._turns = [QShortcut(QKeySequence(key), self) for key in ("PgDown", "PgUp")]
        for turn, by in zip(self._turns, (+1, -1), strict=True):
            turn.activated.connect(partial(self.step, by))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for turn in self._turns:
            turn.setEnabled(self.leaves() > 1)

    def leaves(self) -> int:
        """How many there are."""
        raise NotImplementedError

    def show_leaf(self) -> None:
        """Show the one at `_at`."""
        raise NotImplementedError

    def step(self, by: int) -> None:
        self._at = (self._at + by) % self.leaves()
        self.show_leaf()


def cursor_to_end(widget: QWidget | None) -> None:
    """Have what was typed before go on where it ends, with nothing selected."""
    if isinstance(widget, QLineEdit):
        widget.end(False)
    elif isinstance(widget, QPlainTextEdit | QTextEdit):
        cursor = widget.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        widget.setTextCursor(cursor)


# --- Days and hours ------------------------------------------------------------------------------


class _Still(_Base):
    """A field whose value only a key or a click changes: the wheel scrolls what it stands in."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class NumberField(_Still, QSpinBox):
    """A number."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class _OneStop(_Still):
    """A field for a day or an hour: one Tab in, one out; Left and Right move within it."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        return QWidget.focusNextPrevChild(self, forward)  # Qt's own would stop at each part

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if isinstance(self, QDateTimeEdit) and event.reason() != Qt.FocusReason.MouseFocusReason:
            self.setSelectedSection(self.sectionAt(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step and not event.modifiers() and isinstance(self, QDateTimeEdit):
            place = self.currentSectionIndex() + step
            if 0 <= place < self.sectionCount():
                self.setSelectedSection(self.sectionAt(place))
            return
        typed = event.text()
        if typed.isprintable() and not typed.isalnum() and typed:  # what stands between two parts
            self._part_done()
            return
        super().keyPressEvent(event)

    def _part_done(self) -> None:
        """On to the next part, unless Qt went there by itself when the one before was full."""
        assert isinstance(self, QDateTimeEdit)
        place = self.currentSectionIndex()
        if not self.lineEdit().selectedText() and place + 1 < self.sectionCount():
            self.setSelectedSection(self.sectionAt(place + 1))


class DayField(_OneStop, QDateEdit):
    """A day."""

    def __init__(self, day: dt.date | None = None) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCalendarPopup(True)
        if day is not None:
            self.setDate(QDate(day.year, day.month, day.day))


class MomentField(_OneStop, QDateTimeEdit):
    """A day and an hour."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCalendarPopup(True)
