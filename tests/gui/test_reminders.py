"""Reminders: at the hour, once, for those who asked; with a tray that only listens."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from scc_admin.editorial import DraftDetails, Readiness
from scc_admin.kinds import Language, Target
from ui.messages import Toast
from ui.reminders import OPTION, Reminders, Tray

NOON = dt.datetime(2026, 11, 24, 17, 0, tzinfo=dt.UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


class FakeTray:
    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.there = True

    def tell(self, title: str, text: str) -> None:
        self.said.append((title, text))

    def close(self) -> None:
        self.there = False


@pytest.fixture
def clock(window) -> Clock:
    made = Clock()
    window.shell.clock = made
    return made


@pytest.fixture
def tray() -> FakeTray:
    return FakeTray()


@pytest.fixture
def reminders(window, workspace, clock, tray, settle):
    workspace.settings.set(OPTION, True)
    made = Reminders(window, lambda _: tray)
    settle()
    return made


def planned(workspace, title: str, at: dt.datetime, *, ready: bool = True) -> int:
    number = workspace.editorial.add_draft(
        DraftDetails(title, planned_at=at), [(Target.FACEBOOK, Language.FR, "Un texte.")]
    )
    if ready:
        workspace.editorial.mark_ready(number, Readiness())
    return number


def passes(reminders: Reminders, clock: Clock, settle, **time: float) -> None:
    clock.now += dt.timedelta(**time)
    reminders.look()
    settle()


def test_nobody_is_reminded_who_did_not_ask(window, workspace, clock, tray, settle) -> None:
    planned(workspace, "Relais", NOON)
    made = Reminders(window, lambda _: tray)
    settle()
    assert not made.wanted
    assert tray.said == []


def test_a_post_is_told_of_at_its_hour_and_only_once(
    reminders, workspace, clock, tray, settle
) -> None:
    planned(workspace, "Relais", NOON + dt.timedelta(minutes=10))
    planned(workspace, "Pas prêt", NOON + dt.timedelta(minutes=10), ready=False)
    passes(reminders, clock, settle, minutes=9)
    assert tray.said == []
    passes(reminders, clock, settle, minutes=2)
    assert len(tray.said) == 1
    assert "Relais" in tray.said[0][1]
    assert "Pas prêt" not in tray.said[0][1]
    for _ in range(40):
        passes(reminders, clock, settle, minutes=1)
    assert len(tray.said) == 1


def test_a_sleep_of_the_computer_hides_no_post_and_a_clock_set_back_repeats_none(
    reminders, workspace, clock, tray, settle
) -> None:
    planned(workspace, "Relais", NOON + dt.timedelta(minutes=10))
    passes(reminders, clock, settle, hours=5)
    assert len(tray.said) == 1
    passes(reminders, clock, settle, hours=-5)
    passes(reminders, clock, settle, hours=5)
    assert len(tray.said) == 1


def test_a_post_moved_to_another_hour_is_told_of_again(
    reminders, workspace, clock, tray, settle
) -> None:
    number = planned(workspace, "Relais", NOON + dt.timedelta(minutes=1))
    passes(reminders, clock, settle, minutes=2)
    workspace.editorial.plan(number, NOON + dt.timedelta(hours=1))
    passes(reminders, clock, settle, hours=1)
    assert len(tray.said) == 2


def test_what_is_published_or_long_past_is_not_told_of(
    window, workspace, clock, tray, settle
) -> None:
    planned(workspace, "D'hier", NOON - dt.timedelta(days=1))
    done = planned(workspace, "Déjà paru", NOON)
    workspace.editorial.mark_published(done, NOON - dt.timedelta(days=30), "")
    workspace.settings.set(OPTION, True)
    Reminders(window, lambda _: tray)
    settle()
    assert tray.said == []


def test_a_press_opens_the_publication(reminders, window, workspace, clock, tray, settle) -> None:
    planned(workspace, "Relais", NOON + dt.timedelta(minutes=1))
    passes(reminders, clock, settle, minutes=2)
    reminders.answer()
    settle()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None and "Relais" in dialog.windowTitle()
    dialog.close()
    reminders.answer()  # a second press has nothing more to open
    settle()
    assert QApplication.activeModalWidget() is None


def test_several_at_once_are_one_reminder_that_opens_the_day(
    reminders, window, workspace, clock, tray, settle
) -> None:
    for title in ("Un", "Deux", "Trois"):
        planned(workspace, title, NOON + dt.timedelta(minutes=1))
    passes(reminders, clock, settle, minutes=2)
    assert len(tray.said) == 1
    window.go("drafts")
    reminders.answer()
    settle()
    assert window.current() is window.screen_named("today")
    assert QApplication.activeModalWidget() is None


def test_switched_off_it_leaves_the_tray(reminders, tray, settle) -> None:
    reminders.stop()
    settle()
    assert not tray.there
    assert not reminders.wanted


def test_without_a_tray_the_window_says_it(window, workspace, clock, settle) -> None:
    workspace.settings.set(OPTION, True)
    planned(workspace, "Relais", NOON)
    Reminders(window, lambda _: None)
    settle()
    toast = window.findChild(Toast)
    assert toast is not None and "Relais" in toast.accessibleName()
    toast.findChild(QPushButton).click()
    settle()
    assert "Relais" in QApplication.activeModalWidget().windowTitle()
    QApplication.activeModalWidget().close()


def test_the_icon_in_the_tray_brings_the_window_back_and_lets_one_stop(window) -> None:
    stopped, pressed = [], []
    tray = Tray(window, lambda: stopped.append(True))
    tray.pressed.connect(lambda: pressed.append(True))
    show, stop = tray._menu.actions()
    show.trigger()
    stop.trigger()
    tray.tell("C’est l’heure de publier", "Relais")
    tray.close()
    assert pressed and stopped
