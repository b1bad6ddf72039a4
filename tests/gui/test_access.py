"""By keyboard and by ear: controls have names, nothing is cut off, the window never freezes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import pytest
from conftest import type_text
from pseudo import invented
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLineEdit,
    QWidget,
)

from scc_admin import i18n
from scc_admin.editorial import DraftDetails
from scc_admin.model import Language, Severity, Target
from ui.editor import Mark
from ui.tasks import Watchdog
from ui.widgets import Elided
from ui.window import Window

STATES = ("drafts", "draft", "preview", "history", "shortcuts", "version", "palette")


@pytest.fixture
def show(window: Window, workspace, settle) -> Callable[[str], QWidget]:
    """Bring the window into a state that is worth looking at; what then is in front."""
    number = workspace.editorial.add_draft(
        DraftDetails(title="Relais pour la vie"),
        [
            (Target.X, Language.FR, "Les fumeurs ont 25 fois plus de risque de cancer. 🎗️ #JArrete"),
            (Target.FACEBOOK, Language.FR, "Venez marcher avec nous samedi!"),
        ],
    )

    def bring(state: str) -> QWidget:
        window.go("drafts" if state == "drafts" else "draft", None if state == "drafts" else number)
        settle()
        screen = window.current()
        match state:
            case "preview":
                screen.show_preview()
            case "history":
                screen.show_history()
            case "shortcuts":
                window.show_shortcuts()
            case "version":
                screen.add_version()
            case "palette":
                window.open_palette()
        settle()
        return QApplication.activeModalWidget() or window

    return bring


@pytest.fixture(autouse=True)
def _leave() -> Iterator[None]:
    yield
    while (found := QApplication.activeModalWidget()) is not None:
        found.close()


def focusable(root: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.focusProxy() or widget.objectName().startswith("qt_"))
    ]


@pytest.mark.parametrize("state", STATES)
def test_every_control_that_takes_the_focus_has_a_name(show, state: str) -> None:
    unnamed = []
    for widget in focusable(show(state)):
        seen: QAccessibleInterface | None = QAccessible.queryAccessibleInterface(widget)
        assert seen is not None
        if not seen.text(QAccessible.Text.Name).strip():
            unnamed.append(f"{type(widget).__name__} {widget.objectName()}")
    assert unnamed == []


@pytest.mark.parametrize("state", STATES)
def test_no_picture_stands_for_a_word_alone(show, state: str) -> None:
    """A button without text says what it does in its tooltip as well."""
    for button in show(state).findChildren(QAbstractButton):
        inside_field = isinstance(button.parentWidget(), QLineEdit)
        if button.isVisible() and not button.text() and not inside_field:
            assert button.toolTip() or button.accessibleName(), type(button).__name__


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
@pytest.mark.parametrize("state", [s for s in STATES if s != "palette"])
def test_nothing_is_cut_off_when_words_are_a_third_longer(
    monkeypatch, window, show, settle, state: str, size
) -> None:
    monkeypatch.setattr(i18n, "_load", invented)
    window.speak("fr")
    window.resize(*size)
    settle()
    assert cut_off(show(state)) == []


@pytest.mark.parametrize("state", ["drafts", "draft"])
def test_at_twice_the_size_everything_can_be_reached(window, show, settle, theme, state) -> None:
    window.resize(1280, 800)
    theme.choose(zoom=2.0)
    settle()
    root = show(state)
    lost = [type(widget).__name__ for widget in focusable(root) if not _reachable(widget)]
    theme.choose(zoom=1.0)
    assert lost == []


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


def test_the_window_never_freezes_while_one_writes(qtbot, window, show, workspace, settle) -> None:
    show("draft")
    screen = window.current()
    editor = screen._current().editor
    settle()
    watchdog = Watchdog(0.1)
    watchdog.start()
    for letter in "Un don de 20 $ aide 73 % des familles, dit-on. " * 2:
        type_text(editor, letter)
        qtbot.wait(2)
    qtbot.waitUntil(lambda: not screen.unsaved() and screen.shell.tasks.idle, timeout=5_000)
    screen.show_preview()
    settle()
    window.go("drafts")
    settle()
    watchdog.stop()
    # In its own computing time: tests share their computer with others.
    assert [f for f in watchdog.freezes if f.busy > 0.1] == []


@pytest.mark.slow
@pytest.mark.parametrize(("length", "limit"), [(280, 8), (5_000, 8), (63_206, 20)])
def test_a_key_is_shown_at_once(window, show, settle, length: int, limit: int) -> None:
    """Milliseconds of the GUI thread's own time for one key, with underlines on."""
    show("draft")
    editor = window.current()._current().editor
    words = "Ce samedi à Rimouski, le Relais 🎗️ pour la vie réunit #famille et amis. "
    editor.load((words * (length // len(words) + 1))[:length])
    marks = [
        Mark(i * length // 40, i * length // 40 + 8, list(Severity)[i % 4], i) for i in range(40)
    ]
    editor.show_marks(marks)
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    QApplication.processEvents()
    spent = []
    for _ in range(40):
        begun = time.thread_time()
        type_text(editor, "a")
        QApplication.processEvents()
        spent.append((time.thread_time() - begun) * 1000)
    assert statistics.median(spent) <= limit
