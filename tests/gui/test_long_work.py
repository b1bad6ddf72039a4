"""Real work of the long kind, while a watchdog looks at the window: it never freezes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from conftest import open_window
from PySide6.QtWidgets import QApplication, QDialog

from scc_admin.kinds import Language
from ui import exchange
from ui.tasks import Watchdog
from ui.window import Window

FREEZE = 0.1
"""Seconds during which the window answered nothing that count as a freeze."""


@pytest.fixture
def window(qtbot, theme, tasks, sample) -> Window:
    return open_window(qtbot, theme, tasks, sample, Language.FR)


@pytest.fixture
def watched(settle) -> Iterator[Callable[[], None]]:
    """Begin to watch; at the end of the test no freeze may have been seen, and it says where."""
    watchdogs: list[Watchdog] = []

    def begin() -> None:
        settle()
        watchdogs.append(Watchdog(FREEZE))
        watchdogs[-1].start()

    yield begin
    (watchdog,) = watchdogs
    watchdog.stop()
    # In its own computing time: tests share their computer with others.
    assert [f"{f.busy:.2f} s\n{f.where}" for f in watchdog.freezes if f.busy > FREEZE] == []


def test_backup_examination_and_export_of_everything(window, settle, watched, tmp_path) -> None:
    window.go("settings", "backups")
    watched()
    copies = window.current().copies
    copies.back_up()
    settle()
    window.shell.tasks.long(window, "Examination", window.shell.workspace.examine)
    settle()
    copies.export(tmp_path, "Remise à la division")
    settle()
    assert len(copies._found) == 1 and len(list(tmp_path.glob("scc-admin-*"))) == 1


def test_verification_of_the_journal(window, settle, watched) -> None:
    window.go("moderation", "journal")
    watched()
    window.shell.actions.run("verify_journal")
    settle()


def test_the_weekly_report_is_looked_at_and_exported(window, settle, watched) -> None:
    window.go("reports")
    watched()
    settle()
    window.current().primary()
    settle()
    assert list(window.shell.workspace.exports_folder.glob("*.pdf"))


def test_a_calendar_of_a_thousand_lines_is_planned_for_import(
    window, settle, watched, tmp_path
) -> None:
    file = tmp_path / "thousand.csv"
    lines = ["date;heure;titre"]
    lines += [f"2027-{n % 12 + 1:02}-{n % 28 + 1:02};10:00;Publication {n}" for n in range(1000)]
    file.write_text("\n".join(lines), "utf-8")
    window.go("calendar")
    watched()
    exchange.begin(window.current(), file)
    settle()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    dialog.reject()


def test_every_screen_opens(window, settle, watched) -> None:
    for place in window.places():
        window.go(place)  # what is imported once does not count: it is read ahead
        settle()
    watched()
    for place in window.places():
        window.go(place)
        settle()
