"""By keyboard and by ear: controls have names, nothing is cut off, the window never freezes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from conftest import open_window, type_text
from crawl import crawl
from pseudo import invented
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QWidget,
)

from scc_admin import i18n
from scc_admin.editorial import DraftDetails
from scc_admin.kinds import Language, Target
from ui.composer import Composer
from ui.tasks import Watchdog
from ui.widgets import Elided
from ui.window import Window

pytestmark = pytest.mark.slow

LEAST_SEEN = 80
"""Screens, parts and dialogs that a walk through the sample meets; fewer means that it is lost."""


@pytest.fixture
def window(qtbot, theme, tasks, sample) -> Window:
    """A window on the sample, in French, where there is something to see everywhere."""
    made = open_window(qtbot, theme, tasks, sample, Language.FR)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def walked(qtbot, window, settle) -> Callable[[Callable[[QWidget], list[str]]], dict[str, str]]:
    """Walk everything with an inspection; what it found, and where first.

    A screen may take a moment to lay itself out: what is found is looked at once more.
    """

    def walk(inspect: Callable[[QWidget], list[str]]) -> dict[str, str]:
        found: dict[str, str] = {}
        seen = 0
        for state in crawl(window, settle):
            seen += 1
            with contextlib.suppress(qtbot.TimeoutError):
                qtbot.waitUntil(lambda root=state.root: not inspect(root), timeout=10_000)
            for problem in inspect(state.root):
                found.setdefault(problem, state.name)
        assert seen >= LEAST_SEEN
        return found

    return walk


def focusable(root: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.focusProxy() or widget.objectName().startswith("qt_"))
    ]


def unnamed(root: QWidget) -> list[str]:
    """What takes the focus and says nothing to a screen reader."""
    found = []
    for widget in focusable(root):
        seen: QAccessibleInterface | None = QAccessible.queryAccessibleInterface(widget)
        assert seen is not None
        if not seen.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def wordless(root: QWidget) -> list[str]:
    """Buttons without text that do not say what they do in a tooltip either."""
    return [
        type(button).__name__
        for button in root.findChildren(QAbstractButton)
        if button.isVisible()
        and not button.text()
        and not isinstance(button.parentWidget(), QLineEdit)
        and not (button.toolTip() or button.accessibleName())
    ]


def test_every_control_that_takes_the_focus_has_a_name(walked) -> None:
    assert walked(lambda root: unnamed(root) + wordless(root)) == {}


def test_a_control_that_loses_its_name_is_found(window, settle) -> None:
    window.go("drafts")
    settle()
    window.header.search.setAccessibleName("")
    window.header.search.setText("")
    assert unnamed(window) == ["QPushButton "]


# --- A third longer, and twice the size ----------------------------------------------------------


def cut_off(root: QWidget) -> list[str]:
    """Texts that do not fit where they stand, and are not meant to be shortened."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, Elided):
            continue
        if (
            isinstance(widget, QLabel)
            and widget.text()
            and widget.textFormat() != Qt.TextFormat.RichText
        ):
            metrics = QFontMetrics(widget.font())
            if widget.wordWrap():
                need = widget.heightForWidth(widget.width())
                if need > widget.height() + 2:
                    found.append(f"{widget.text()!r}: {need} px high in {widget.height()}")
            elif metrics.horizontalAdvance(widget.text()) > widget.width() + 2:
                found.append(f"{widget.text()!r} in {widget.width()} px")
        elif (
            isinstance(widget, QAbstractButton)
            and widget.text()
            and type(widget).__name__
            in (
                "QPushButton",
                "QRadioButton",
                "QCheckBox",
            )
        ):
            need = widget.fontMetrics().horizontalAdvance(widget.text().replace("&", ""))
            if need > widget.width():
                found.append(f"button {widget.text()!r}: {need} in {widget.width()}")
    return found


@pytest.mark.parametrize("size", [(1280, 800), (1024, 640)])
def test_nothing_is_cut_off_when_words_are_a_third_longer(
    monkeypatch, window, settle, walked, size
) -> None:
    monkeypatch.setattr(i18n, "_load", invented)
    window.speak("en")
    window.resize(*size)
    settle()
    assert walked(lambda root: cut_off(root) + too_large(root, window)) == {}


@pytest.mark.parametrize("zoom", [1.5, 2.0])
def test_at_a_larger_size_everything_can_be_reached(theme, window, settle, walked, zoom) -> None:
    theme.choose(zoom=zoom)
    window.resize(1280, 800)
    settle()
    assert walked(lambda root: lost(root) + too_large(root, window)) == {}


def lost(root: QWidget) -> list[str]:
    """Controls to which no scrolling leads."""
    return [
        f"{type(widget).__name__} {widget.accessibleName()}"
        for widget in focusable(root)
        if not _reachable(widget)
    ]


def too_large(root: QWidget, window: Window) -> list[str]:
    """A dialog wider than its window, or higher than the screen."""
    size = root.size()
    room = QSize(window.width(), max(window.height(), root.screen().size().height()))
    fits = size.width() <= room.width() and size.height() <= room.height()
    return [] if fits else [f"{root.windowTitle()}: {size.toTuple()} in {room.toTuple()}"]


def _reachable(widget: QWidget) -> bool:
    """In the window, or inside something that scrolls."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    corner = widget.mapTo(widget.window(), widget.rect().center())
    return widget.window().rect().contains(corner)


# --- Quick ---------------------------------------------------------------------------------------


@pytest.fixture
def draft(window, sample, settle) -> Composer:
    """A draft of two versions, open."""
    number = sample.editorial.add_draft(
        DraftDetails(title="Relais pour la vie"),
        [
            (Target.X, Language.FR, "Les fumeurs ont 25 fois plus de risque de cancer. 🎗️ #JArrete"),
            (Target.FACEBOOK, Language.FR, "Venez marcher avec nous samedi!"),
        ],
    )
    window.go("draft", number)
    settle()
    return window.current()


def test_the_window_never_freezes_while_one_writes(qtbot, window, draft, settle) -> None:
    screen, editor = draft, draft._current().editor
    settle()
    watchdog = Watchdog(0.1)
    watchdog.start()
    for letter in "Un don de 20 $ aide 73 % des familles, dit-on. " * 2:
        type_text(editor, letter)
        qtbot.wait(2)
    qtbot.waitUntil(lambda: not screen.unsaved() and screen.shell.tasks.idle)
    screen.show_preview()
    settle()
    window.go("drafts")
    settle()
    watchdog.stop()
    # In its own computing time: tests share their computer with others.
    assert [f for f in watchdog.freezes if f.busy > 0.1] == []
