"""Whatever the screens call things, Ctrl+K finds them, from anywhere."""

from __future__ import annotations

import pytest
from conftest import open_window
from PySide6.QtWidgets import QApplication

from scc_admin.kinds import Language
from ui.calendar import Calendar
from ui.escalation.screen import REGISTER, Escalations
from ui.pages import NETWORK, PagesScreen
from ui.palette import Palette
from ui.reports import Reports
from ui.settings import SettingsScreen
from ui.today import TodayScreen
from ui.widgets import SearchField
from ui.window import PLACES, Window

pytestmark = pytest.mark.slow


def ask(window: Window) -> Palette:
    window.open_palette()
    return window.findChildren(Palette)[-1]


def spoken_words(window: Window, settle) -> set[str]:
    """Titles of the screens and of their parts, and what their buttons are for."""
    words = set()
    for name in window.places():
        window.go(name)
        settle()
        screen = window.current()
        assert screen is not None
        words |= {screen.title(), screen.primary_text()}
        match screen:
            case TodayScreen():
                words |= {start.accessibleName() for start in screen.starts}
                words.remove(screen.title())  # it bears the date
            case SettingsScreen():
                words |= {screen.list.item(row).text() for row in range(screen.list.count())}
            case Escalations():
                screen.bar.setCurrentIndex(REGISTER)
                words.add(screen.primary_text())
            case Calendar():
                words.remove(screen.primary_text())  # it bears the date
                words |= {
                    window.shell.tr.tr(text).rstrip("…") for _, text, _, _ in screen._exchanges()
                }
                screen.show_view("campaigns")
                words.add(screen.primary_text())
            case PagesScreen():
                screen.show_view(NETWORK)
                words.add(screen.primary_text())
    return words - {""}


@pytest.mark.parametrize("language", Language)
def test_every_title_and_verb_of_the_screens_is_found(
    qtbot, theme, tasks, sample, settle, language
) -> None:
    window = open_window(qtbot, theme, tasks, sample, language)
    words = spoken_words(window, settle)
    assert len(words) > 20
    window.go("guide")
    settle()
    palette = ask(window)
    lost = set()
    for word in words:
        palette.field.setText(word.casefold())
        settle()
        if not palette._model.hits:
            lost.add(word)
    palette.reject()
    assert not lost


def test_an_act_of_a_screen_takes_one_there_once(window, settle) -> None:
    window.go("settings")
    settle()
    palette = ask(window)
    palette.field.setText("add a line")
    settle()
    palette._run()
    settle()
    screen = window.current()
    assert isinstance(screen, Escalations)
    assert screen.bar.currentIndex() == REGISTER
    palette = ask(window)
    palette.field.setText("export the week")
    settle()
    palette._run()
    settle()
    assert isinstance(window.current(), Reports)
    window.go_back()
    assert window.current() is screen


def test_nothing_found_is_said_right_below_the_field(window, settle) -> None:
    palette = ask(window)
    palette.field.setText("zqxzqx")
    settle()
    assert palette._none.isVisible()
    assert palette._none.geometry().top() - palette.field.geometry().bottom() < 16
    palette.reject()


def test_every_way_leads_to_a_screen_of_the_rail() -> None:
    from ui.palette import WAYS

    assert {way.place for way in WAYS} <= {place.name for place in PLACES if place.in_rail}


@pytest.mark.parametrize("name", ["drafts", "moderation", "pages", "guide"])
def test_ctrl_f_leads_to_the_search_of_the_screen(window, settle, name) -> None:
    window.go(name)
    settle()
    window.actions_["find"].trigger()
    assert isinstance(QApplication.focusWidget(), SearchField)
