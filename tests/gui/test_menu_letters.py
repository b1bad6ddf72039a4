"""Each entry of a menu has a letter, and no other entry of that menu has the same."""

from __future__ import annotations

import re

import pytest
from conftest import NOON, open_window
from PySide6.QtWidgets import QMenu

from scc_admin.kinds import Language
from ui.actions import SECTIONS
from ui.keyboard import lettered, with_letters

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
    tasks.close()


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
