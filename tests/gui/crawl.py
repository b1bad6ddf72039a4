"""Every screen, every part of it, every dialog: a walk that knows none of them by name.

A part is what a tab, a switch of views or a row of the settings shows. A dialog is what a button,
a menu or an action whose words end in « … » opens. Who adds a screen or a dialog need not come
here: whatever can be reached is walked.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QListWidget,
    QPushButton,
    QTabBar,
    QToolButton,
    QWidget,
)

from scc_admin.editorial import DraftQuery
from scc_admin.kinds import DraftState
from ui.palette import Palette
from ui.widgets import Views
from ui.window import PLACES, Window

SHOWN_BY_ACTIONS = ("show_shortcuts", "about", "show_evidence", "compare_comments")
"""Handlers that open something without an ellipsis in their words."""


@dataclass(frozen=True)
class Seen:
    """What is in front: its name for a message, and its root widget."""

    name: str
    root: QWidget


def crawl(window: Window, settle: Callable[[], None]) -> Iterator[Seen]:
    """Bring each screen, part and dialog to the front, one after another."""
    opened: set[str] = set()
    for place, target in _places(window):
        window.go(place, target)
        settle()
        name = place if target is None else f"{place} {target}"
        for part in _parts(window, settle, name):
            yield Seen(part, window)
            yield from _dialogs(window, settle, part, opened)


def _places(window: Window) -> Iterator[tuple[str, object]]:
    workspace = window.shell.workspace
    for place in PLACES:
        match place.name:
            case "draft":
                for state in (DraftState.DRAFT, DraftState.READY, DraftState.PUBLISHED):
                    rows = workspace.editorial.drafts(DraftQuery(states=(state,)))
                    if rows:
                        yield place.name, rows[0].id
            case "moderation":
                for case in workspace.moderation.cases():
                    yield place.name, case.id
            case _:
                yield place.name, None


def _parts(window: Window, settle: Callable[[], None], name: str) -> Iterator[str]:
    """The screen as it stands, then each of its tabs, views and rows."""
    screen = window.current()
    assert screen is not None
    yield name
    for bar in screen.findChildren(QTabBar):
        if bar.isVisible() and bar.count() > 1:
            first = bar.currentIndex()
            for index in range(bar.count()):
                if index != first and bar.isTabEnabled(index):
                    bar.setCurrentIndex(index)
                    settle()
                    yield f"{name} › {bar.tabText(index)}"
            bar.setCurrentIndex(first)
            settle()
    for views in screen.findChildren(Views):
        buttons = [b for b in views.findChildren(QPushButton) if b.isVisible()]
        for button in buttons[1:] + buttons[:1]:
            button.click()
            settle()
            if button is not buttons[0]:
                yield f"{name} › {button.text()}"
    for rows in screen.findChildren(QListWidget):
        if rows.isVisible() and window.shell.tr.tr("Parts of the settings") == (
            rows.accessibleName()
        ):
            for row in range(1, rows.count()):
                rows.setCurrentRow(row)
                settle()
                yield f"{name} › {rows.item(row).text()}"


def _dialogs(
    window: Window, settle: Callable[[], None], part: str, opened: set[str]
) -> Iterator[Seen]:
    for words, open_it in [*_by_buttons(window, opened), *_by_actions(window, opened)]:
        if words in opened:
            continue
        opened.add(words)
        with contextlib.suppress(RuntimeError):  # a button that an earlier answer took away
            open_it()
        settle()
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            continue
        if not isinstance(dialog, QFileDialog):  # those are Qt's own
            yield Seen(f"{part} › {words}", dialog)
        _leave(settle)


def _by_buttons(window: Window, opened: set[str]) -> list[tuple[str, Callable[[], object]]]:
    found: list[tuple[str, Callable[[], object]]] = []
    screen = window.current()
    for button in (*screen.findChildren(QAbstractButton), *window.header.findChildren(QPushButton)):
        if not (button.isVisible() and button.isEnabled()):
            continue
        menu = button.menu() if isinstance(button, QPushButton | QToolButton) else None
        if menu is not None:
            menu.aboutToShow.emit()
            found += [(a.text(), a.trigger) for a in menu.actions() if _asks(a.text(), opened, a)]
        elif _asks(button.text(), opened):
            found.append((button.text(), button.click))
    return found


def _by_actions(window: Window, opened: set[str]) -> list[tuple[str, Callable[[], object]]]:
    return [
        (made.text(), made.trigger)
        for action, made in window.shell.actions
        if window.shell.actions.possible(action)
        and action.section not in ("file", "go")
        and (
            _asks(made.text(), opened)
            or (action.handler in SHOWN_BY_ACTIONS and made.text() not in opened)
        )
    ]


def _asks(words: str, opened: set[str], action: QAction | None = None) -> bool:
    if action is not None and not action.isEnabled():
        return False
    return "…" in words and words not in opened


def _leave(settle: Callable[[], None]) -> None:
    """Turn away from whatever stands in front."""
    for _ in range(5):
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            return
        dialog.done(0) if isinstance(dialog, Palette | QFileDialog) else dialog.reject()
        settle()
