"""The window: going places, refreshing what is in front, closing, speaking another language."""

from __future__ import annotations

import datetime as dt

import pytest
from conftest import NOON
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QVBoxLayout

from scc_admin.errors import UserError
from scc_admin.model import Changes, Language
from scc_admin.settings import Settings
from ui.screen import Screen
from ui.window import Place, Window


class Notes(Screen):
    """A screen with a field that saves itself, for these tests."""

    interests = frozenset({"drafts"})

    def __init__(self, shell) -> None:
        super().__init__(shell)
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        self.opened: list[object] = []
        self.refreshed: list[Changes] = []
        self.saved = ""
        self.pressed = 0
        self.refuse = False

    def title(self) -> str:
        return "Notes"

    def primary_text(self) -> str:
        return "Consigner"

    def primary(self) -> None:
        self.pressed += 1

    def open(self, target) -> None:
        self.opened.append(target)

    def refresh(self, changes) -> None:
        self.refreshed.append(changes)

    def focus_first(self) -> None:
        self.field.setFocus()

    def flush(self) -> None:
        text = self.field.text()
        if text != self.saved:
            self.shell.tasks.mutate(self, lambda: self._save(text), self._saved, lambda _: None)

    def _save(self, text: str) -> str:
        if self.refuse:
            raise UserError("disk_full", "The disk is full.")
        return text

    def _saved(self, text: str) -> None:
        self.saved = text

    def unsaved(self) -> str:
        return "" if self.saved == self.field.text() else "Une note n’est pas enregistrée."

    def state(self) -> object:
        return self.field.text()

    def restore(self, state) -> None:
        self.field.setText(str(state))


class Other(Notes):
    def title(self) -> str:
        return "Autre"


PLACES = (
    Place("today", "Today", "today", __name__, "Notes"),
    Place("cases", "Cases", "moderation", __name__, "Other"),
    Place("case", "Case", "moderation", __name__, "Other", under="cases"),
)


class Bench:
    """Stands for a workspace, as far as the window itself looks at it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.encrypted = True
        self.zone = self.chosen_zone = dt.UTC


@pytest.fixture
def window(qtbot, theme, tasks, tmp_path) -> Window:
    settings = Settings(tmp_path / "settings.json")
    made = Window(Bench(settings), theme, tasks, lambda: NOON, places=PLACES)
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_closing", True))
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_screens_are_made_when_first_needed(window) -> None:
    window.go("today")
    assert list(window._screens) == ["today"]
    window.go("case", 7)
    assert window.current().opened == [7]
    assert window.rail._buttons["cases"].isChecked()
    assert window.windowTitle().startswith("Autre")


def test_back_and_forward(window) -> None:
    for name, target in (("today", None), ("cases", None), ("case", 7), ("case", 8)):
        window.go(name, target)
    window.go_back()
    assert window.current().opened[-1] == 7
    window.go_back()
    window.go_back()
    assert window.current() is window.screen_named("today")
    assert not window.can("go_back")
    window.go_forward()
    assert window.current() is window.screen_named("cases")


def test_only_the_screen_in_front_refreshes_the_others_when_they_come(
    window, tasks, settle
) -> None:
    window.go("cases")
    window.go("today")
    behind, front = window.screen_named("cases"), window.screen_named("today")
    for what in ("drafts", "cases", "drafts"):
        tasks.mutate(window, lambda w=what: Changes(frozenset({w, "pages"})))
    settle()
    assert len(front.refreshed) == 2 and behind.refreshed == []
    window.go("cases")
    assert [c.what for c in behind.refreshed] == [frozenset({"drafts", "pages"})]


def test_the_primary_button_and_its_key(qtbot, window) -> None:
    window.go("today")
    assert window.header.primary.text() == "Consigner"
    window.header.primary.click()
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.current().pressed == 2


def test_the_rail_folds_in_a_narrow_window(qapp, window) -> None:
    window.go("today")
    wide = window.rail.width()
    window.resize(1024, 640)
    qapp.processEvents()
    assert window.rail.width() < wide / 2
    assert window.rail._buttons["today"].toolTip() == window.shell.tr.tr("Today")


def test_closing_saves_first(window, tasks, settle) -> None:
    window.go("today")
    screen = window.current()
    screen.field.setText("une idée")
    window.close()
    settle()
    assert screen.saved == "une idée" and not window.isVisible()


def test_closing_with_something_unsaved_asks(window, settle) -> None:
    window.go("today")
    screen = window.current()
    screen.refuse = True
    screen.field.setText("une idée")
    window.close()
    settle()
    assert window.isVisible()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    stay = next(b for b in dialog.findChildren(QPushButton) if b.property("kind") == "primary")
    stay.click()
    assert window.isVisible() and screen.field.text() == "une idée"
    screen.refuse = False
    window.close()
    settle()
    assert not window.isVisible()


def test_another_language_keeps_ones_place_and_text(window, settle) -> None:
    window.go("today")
    window.go("case", 7)
    window.current().field.setText("à moitié écr")
    window.speak("en")
    settle()
    assert window.shell.tr.language is Language.EN
    assert window.current().opened == [7]
    assert window.current().field.text() == "à moitié écr"
    window.go_back()
    assert window.current() is window.screen_named("today")


def test_the_palette_runs_what_it_finds(qtbot, window, settle) -> None:
    window.go("today")
    window.open_palette()
    palette = QApplication.activeModalWidget()
    palette.field.setText("case")
    settle()
    assert palette.current().title == window.shell.tr.tr("Cases")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.current() is window.screen_named("cases")


def test_saved_time_protection_and_badges_are_said(window) -> None:
    window.show_saved(dt.datetime(2026, 11, 23, 17, 2, 11, tzinfo=dt.UTC))
    assert "02\xa0min\xa011\xa0s" in window.status.saved.text()
    window.show_badge("cases", 2)
    assert "2" in window.rail._buttons["cases"].accessibleName()


def test_the_sheet_of_shortcuts_opens_and_closes(window) -> None:
    window.show_shortcuts()
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    sheet.reject()


def test_pressing_f6_goes_round_the_panes(qtbot, window) -> None:
    window.go("today")
    window.next_pane()
    assert window.rail.isAncestorOf(QApplication.focusWidget())
