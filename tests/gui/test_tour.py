"""The visit of the screens, by keyboard."""

from __future__ import annotations

import pytest
from conftest import flush_deleted
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

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
