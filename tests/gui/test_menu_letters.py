"""Each entry of a menu has a letter, and no other entry of that menu has the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import NOON, open_window
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from scc_admin.kinds import Language
from ui.actions import SECTIONS
from ui.keyboard import Menu, lettered, with_letters

_LETTER = re.compile(r"(?<!&)&([A-Za-z0-9])")


def letters(texts: list[str]) -> list[str]:
    """The letter of each text; an empty one where there is none."""
    return [((met := _LETTER.search(text)) and met[1].lower()) or "" for text in texts]


def wrong(texts: list[str]) -> list[str]:
    """Texts without a letter, or with one that another has."""
    found = letters(texts)
    return [
        t for t, letter in zip(texts, found, strict=True) if found.count(letter) > 1 or not letter
    ]


def shown(menu: QMenu) -> list[str]:
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    menu.aboutToHide.emit()
    return texts


@pytest.mark.parametrize("language", Language)
def test_every_entry_of_every_menu_has_a_letter_of_its_own(
    qtbot, theme, tasks, sample, settle, language
) -> None:
    window = open_window(qtbot, theme, tasks, sample, language, lambda: NOON)
    window.go("moderation", 2)
    settle()
    bar = window.menuBar()
    assert not wrong([action.text() for action in bar.actions()])
    menus = [action.menu() for action in bar.actions()]
    assert len(menus) == len(SECTIONS)
    for menu in menus:
        before = [action.text() for action in menu.actions()]
        assert not wrong(shown(menu)), menu.title()
        assert [action.text() for action in menu.actions()] == before
    for row in sample.moderation.cases():
        window.go("moderation", row.id)
        settle()
        assert not wrong(shown(window.current().view.more.menu())), row.state


@pytest.mark.slow
@pytest.mark.parametrize("language", Language)
def test_so_has_every_entry_of_a_menu_that_a_screen_opens(
    qtbot, theme, tasks, sample, settle, language
) -> None:
    window = open_window(qtbot, theme, tasks, sample, language, lambda: NOON)
    seen: list[list[str]] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        for part in (menu, *menu.findChildren(Menu)):
            entries = [a.text() for a in part.actions() if a.text()]
            seen.append(entries if part is menu else shown(part))
        menu.close()
        settle()

    window.go("drafts")
    settle()
    drafts = window.current()
    drafts._menu(drafts.table.rect().center())
    look()
    drafts._open_row(drafts.table.current_id())
    settle()
    composer = window.current()
    editor = composer._current().editor
    composer.offer_help()
    settle()
    look()
    composer.state_button.menu().popup(editor.mapToGlobal(editor.rect().center()))
    look()
    place = editor.cursorRect().center()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, editor.mapToGlobal(place))
    editor.contextMenuEvent(asked)
    look()
    window.go("calendar")
    settle()
    window.current()._show_menu()
    look()
    window.go("moderation", 2)
    settle()
    view = window.current().view
    view.timeline.setCurrentIndex(view.timeline.model().index(0, 0))
    view._event_menu(view.timeline.rect().center())
    look()
    assert len(list(filter(None, seen))) == 8
    assert [texts for texts in seen if wrong(texts)] == []


def test_there_is_no_other_kind_of_menu() -> None:
    """The tray's is the system's: it has its own ways with letters."""
    ui = Path(__file__).parents[2] / "ui"
    made = {str(p.relative_to(ui)) for p in ui.rglob("*.py") if "QMenu(" in p.read_text("utf-8")}
    assert made == {"reminders.py"}
    unlettered = re.compile(r"\.(addMenu|createStandardContextMenu)\(")
    for path in ui.rglob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            if unlettered.search(line):
                assert "bar.addMenu(menu)" in line or "lettered(" in line or "addMenu(made)" in line


def test_the_keys_that_an_entry_names_are_left_alone() -> None:
    assert with_letters(["&Undo\tCtrl+Z", "R && D", "Cu&t"]) == ["&Undo\tCtrl+Z", "&R && D", "&Cut"]
    assert with_letters(["A", "A\tCtrl+A"]) == ["&A", "A (&Z)\tCtrl+A"]


def test_an_entry_is_shown_as_it_stands_and_a_menu_is_filled_before_its_letters(qapp) -> None:
    done: list[str] = []

    def fill() -> None:
        menu.clear()
        menu.offer("R & D", lambda: done.append("R & D"))
        menu.under("Rester").offer("Ici", lambda: None)

    menu = Menu(None, fill=fill)
    assert [t.replace("&&", "+") for t in shown(menu)] == ["&R + D", "R&ester"]
    menu.actions()[0].trigger()
    assert done == ["R & D"]


def test_first_letters_come_first_and_give_way_where_another_has_no_other() -> None:
    assert with_letters(["Ouvrir", "Fermer"]) == ["&Ouvrir", "&Fermer"]
    assert letters(with_letters(["Ab", "A"])) == ["b", "a"]
    assert letters(with_letters(["Noter", "Noter plus tard"])) == ["n", "p"]
    assert with_letters(["Écrire"]) == ["É&crire"]
    assert with_letters(["A", "A"]) == ["&A", "A (&Z)"]


def test_an_entry_renamed_while_its_menu_is_open_keeps_its_new_name(qapp) -> None:
    menu = lettered(QMenu())
    action = menu.addAction("Ouvrir")
    menu.aboutToShow.emit()
    assert action.text() == "&Ouvrir"
    action.setText("Fermer")
    menu.aboutToHide.emit()
    assert action.text() == "Fermer"


def test_a_menu_made_anew_while_it_is_open_gets_its_letters(qapp) -> None:
    menu = lettered(QMenu())
    for words in ("Ouvrir", "Fermer"):
        menu.clear()
        menu.addAction(words)
        menu.aboutToShow.emit()
        assert [action.text() for action in menu.actions()] == [f"&{words}"]
