"""The visit of the screens, by keyboard."""

from __future__ import annotations

import pytest
from conftest import flush_deleted
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from ui.messages import Dialog
from ui.tour import STOPS, Tour


@pytest.fixture
def tour(window, settle) -> Tour:
    window.go_home()
    settle()
    window.shell.actions.run("take_tour")
    settle()
    (made,) = window.findChildren(Tour)
    return made


def focused() -> object:
    return QApplication.focusWidget()


def test_enter_goes_through_every_stop_and_ends_in_the_screen(qtbot, window, tour, settle) -> None:
    seen = []
    for _ in STOPS:
        seen.append((tour.title.text(), tour.stop.place))
        assert focused() is tour.next
        assert tour.rect().contains(tour.card.geometry())
        qtbot.keyClick(focused(), Qt.Key.Key_Return)
        settle()
    flush_deleted()
    assert [place for _, place in seen] == [stop.place for stop in STOPS]
    assert len({title for title, _ in seen}) == len(STOPS)
    assert window.findChildren(Tour) == []
    assert window.current().isAncestorOf(focused())


def test_tab_stays_in_the_card_and_escape_ends_it(qtbot, window, tour, settle) -> None:
    seen = []
    for _ in range(4):
        qtbot.keyClick(focused(), Qt.Key.Key_Tab)
        seen.append(focused())
    assert {tour.next, tour.skip} == set(seen), "the way back is closed at the first stop"
    qtbot.keyClick(focused(), Qt.Key.Key_Escape)
    flush_deleted()
    assert window.findChildren(Tour) == []


@pytest.mark.parametrize("way", ["shortcut", "language"])
def test_going_elsewhere_ends_it(window, tour, settle, way) -> None:
    if way == "shortcut":
        window.go("guide")
    else:
        window.speak("fr")
    settle()
    flush_deleted()
    assert window.findChildren(Tour) == []


def test_its_card_stays_inside_a_small_window(qtbot, window, tour, settle) -> None:
    window.resize(1024, 640)
    settle()
    for _ in STOPS[1:]:
        qtbot.keyClick(focused(), Qt.Key.Key_Right)
        settle()
        assert tour.rect().contains(tour.card.geometry())
        assert tour.rect() == window.rect()


def test_what_arrives_late_leaves_the_keyboard_to_the_card(qtbot, window, settle) -> None:
    window.go_home()
    window.take_tour()
    (tour,) = window.findChildren(Tour)
    today = window.current()
    assert today.day is None, "the day's data are still on their way"
    settle()
    assert today.day is not None and focused() is tour.next
    today.focus_first()
    assert focused() is tour.next
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    settle()
    assert tour.stop is STOPS[1] and focused() is tour.next
    qtbot.keyClick(focused(), Qt.Key.Key_Escape)
    flush_deleted()
    assert window.findChildren(Tour) == []


def test_the_card_has_the_keyboard_once_its_window_is_in_front(qtbot, window, settle) -> None:
    window.go_home()
    settle()
    other = QDialog(window)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    window.take_tour()
    (tour,) = window.findChildren(Tour)
    window.current().focus_first()
    other.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert focused() is tour.next


def test_a_dialog_over_the_visit_keeps_the_keyboard(qtbot, window, tour, settle) -> None:
    window.shell.messages.say("Title", "Words")
    (said,) = (made for made in window.findChildren(Dialog) if made.isVisible())
    qtbot.waitUntil(said.isActiveWindow)
    assert focused() is said.button("close")
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert focused() is tour.next and tour.stop is STOPS[0]
