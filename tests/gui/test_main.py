"""From start to end: opening, welcoming, refusing, crashing, closing."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import type_text
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QPushButton

from scc_admin import keys
from scc_admin.editorial import DraftDetails
from scc_admin.errors import UserError
from scc_admin.house import HouseRules, to_file
from scc_admin.keys import Kind
from scc_admin.model import Language, Situation, Target
from scc_admin.moderation import CaseInput, IncidentInput
from scc_admin.settings import last_workspace, machine_file
from scc_admin.workspace import Workspace
from ui import crashes
from ui.forms import FormDialog
from ui.main import Program
from ui.messages import Toast
from ui.protection import CodeDialog, ProtectionPart

SECRET = "une phrase assez longue"


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    monkeypatch.setenv("SCC_ADMIN_LOGS", str(tmp_path / "logs"))
    monkeypatch.delenv("SCC_ADMIN_PASSPHRASE", raising=False)


@pytest.fixture
def quits(qapp, monkeypatch) -> list[bool]:
    seen: list[bool] = []
    monkeypatch.setattr(qapp, "quit", lambda: seen.append(True))
    return seen


@pytest.fixture
def program(qapp, quits) -> Iterator[Program]:
    made = Program(qapp, Language.EN)
    yield made
    for window in (made.window, made.welcome):
        if window is not None:
            window._closing = True
            window.hide()
            window.deleteLater()
    made.end()
    made.theme.deleteLater()
    made.deleteLater()
    qapp.processEvents()


@pytest.fixture
def wait(qtbot, program):
    def settle(until=None) -> None:
        qtbot.waitUntil(lambda: program.tasks.idle and (until is None or bool(until())))
        QApplication.processEvents()

    return settle


def make(folder: Path, kind: Kind = Kind.NONE, **options) -> str | None:
    made = Workspace.create(folder, protection=kind, name="Marie", **options)
    made.workspace.close()
    return made.recovery_code


def press(parent, words: str) -> None:
    next(b for b in parent.findChildren(QPushButton) if b.text() == words).click()


def dialog() -> QDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


# --- Opening -------------------------------------------------------------------------------------


def test_the_last_workspace_opens_by_itself(program, wait, tmp_path) -> None:
    make(tmp_path / "w")
    program.open(tmp_path / "w")
    wait(lambda: program.window)
    assert json.loads(machine_file().read_text("utf-8"))["recent"] == [str(tmp_path / "w")]
    program.window.close()
    wait(lambda: program.window is None)
    program.start(last_workspace())
    wait(lambda: program.window)
    assert program.window.isVisible()


def test_closing_the_window_ends_the_program_with_everything_saved(
    program, wait, quits, tmp_path
) -> None:
    make(tmp_path / "w")
    program.open(tmp_path / "w")
    wait(lambda: program.window)
    editorial = program._workspace.editorial
    number = editorial.add_draft(DraftDetails(), [(Target.X, Language.FR, "")])
    program.window.go("draft", number)
    wait()
    type_text(program.window.current()._current().editor, "Dernier mot")
    program.window.close()
    wait(lambda: program.window is None)
    assert quits == [True]
    with Workspace.open(tmp_path / "w") as again:
        assert again.editorial.sheet(number).variants[0].text == "Dernier mot"


def test_a_workspace_in_clear_is_encrypted_from_its_settings(program, wait, tmp_path) -> None:
    make(tmp_path / "w")
    program.open(tmp_path / "w")
    wait(lambda: program.window)
    program._workspace.back_up()
    number = program._workspace.editorial.add_draft(DraftDetails("Relais"), [])
    program.window.go("settings", "protection")
    wait()
    part = program.window.findChild(ProtectionPart)

    def choose() -> CodeDialog:
        part._open_change(keyring=False)
        form = dialog()
        for field in (form.first, form.second):
            type_text(field, SECRET)
        form.button("yes").click()
        wait(lambda: isinstance(QApplication.activeModalWidget(), CodeDialog))
        return dialog()

    code = choose()
    code.reject()  # nothing is decided before the code is on paper
    wait()
    assert program._workspace.encrypted is False
    assert keys.read(tmp_path / "w").kind is Kind.NONE
    code = choose()
    assert not code.button("yes").isEnabled()
    type_text(code.typed, code.code.text())
    code.button("yes").click()
    wait(lambda: program.window and program.window.shell.workspace.encrypted)
    assert program._workspace.editorial.drafts()[0].id == number
    program.window.close()
    wait(lambda: program.window is None)
    for database in (tmp_path / "w").rglob("workspace.db"):
        assert not database.read_bytes().startswith(b"SQLite")
    with Workspace.open(tmp_path / "w", passphrase=SECRET) as again:
        assert again.journal.verify().ok


def test_after_a_crash_it_says_that_the_text_was_kept(program, wait, tmp_path) -> None:
    make(tmp_path / "w")
    with Workspace.open(tmp_path / "w") as before:
        before.begin_session()  # and never ended
        number = before.editorial.add_draft(
            DraftDetails("Relais"), [(Target.X, Language.FR, "Mots à garder")]
        )
    program.open(tmp_path / "w")
    wait(lambda: program.window and QApplication.activeModalWidget())
    assert "Relais" in dialog().accessibleDescription()
    dialog().button("yes").click()
    wait()
    assert program.window.current()._current().editor.toPlainText() == "Mots à garder"
    program.window.close()
    wait(lambda: program.window is None)
    program.open(tmp_path / "w")
    wait(lambda: program.window)
    assert QApplication.activeModalWidget() is None
    assert program._workspace.editorial.sheet(number)


def test_after_a_crash_it_names_what_was_written_last_a_form_too(program, wait, tmp_path) -> None:
    make(tmp_path / "w")
    with Workspace.open(tmp_path / "w") as before:
        before.begin_session()  # and never ended
        before.editorial.add_draft(DraftDetails("Relais"), [(Target.X, Language.FR, "Mots")])
        case = before.moderation.open_case(CaseInput("Bronzage", Situation.TONE))
        before.moderation.unfinished.keep(f"note:{case}", {"text": "Il insiste"})
        before.editorial.add_draft(DraftDetails())  # by a stray key: it holds nothing
    program.open(tmp_path / "w")
    wait(lambda: program.window and QApplication.activeModalWidget())
    assert "Note begun – CAS-" in dialog().accessibleDescription()
    dialog().button("yes").click()
    wait(lambda: isinstance(QApplication.activeModalWidget(), FormDialog))
    assert QApplication.activeModalWidget().widget("text").toPlainText() == "Il insiste"
    QApplication.activeModalWidget().reject()
    program.window.close()
    wait(lambda: program.window is None)


def test_another_workspace_opens_in_place_of_this_one(program, wait, quits, tmp_path) -> None:
    make(tmp_path / "one")
    make(tmp_path / "two")
    program.open(tmp_path / "one")
    wait(lambda: program.window)
    program._leave_for(str(tmp_path / "two"))
    wait(lambda: program.window and program._workspace.folder == tmp_path / "two")
    assert quits == []


def test_a_workspace_is_closed_once_nobody_reads_it_any_more(
    program, wait, qtbot, tmp_path
) -> None:
    make(tmp_path / "one")
    make(tmp_path / "two")
    program.open(tmp_path / "one")
    wait(lambda: program.window)
    workspace, begun, gate = program._workspace, threading.Event(), threading.Event()
    read: list[object] = []

    def slowly() -> None:  # as a backup does
        begun.set()
        gate.wait(60)
        read.append(workspace.editorial.drafts())

    program.tasks.read(program.window, slowly)
    assert begun.wait(60)
    program._leave_for(str(tmp_path / "two"))
    qtbot.waitUntil(lambda: program.window is None)
    assert program._workspace is workspace
    gate.set()
    wait(lambda: program.window and program._workspace.folder == tmp_path / "two")
    assert read == [[]]
    assert program.window.findChildren(Toast) == []


def test_who_stays_to_save_something_is_not_led_away_later(
    program, wait, quits, tmp_path, monkeypatch
) -> None:
    make(tmp_path / "one")
    make(tmp_path / "two")
    program.open(tmp_path / "one")
    wait(lambda: program.window)
    editorial = program._workspace.editorial
    number = editorial.add_draft(DraftDetails(), [(Target.X, Language.FR, "")])
    program.window.go("draft", number)
    wait()

    def full(*_: object) -> None:
        raise UserError("disk_full", "The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(editorial, "save_text", full)
        type_text(program.window.current()._current().editor, "Dernier mot")
        program._leave_for(str(tmp_path / "two"))
        wait(QApplication.activeModalWidget)
        press(dialog(), "Go back to it")
    program.window.close()
    wait(lambda: program.window is None)
    assert quits == [True] and program._workspace is None
    with Workspace.open(tmp_path / "one") as again:
        assert again.editorial.sheet(number).variants[0].text == "Dernier mot"


def test_who_makes_no_other_workspace_comes_back_to_this_one(
    program, wait, quits, qtbot, tmp_path
) -> None:
    make(tmp_path / "one")
    program.open(tmp_path / "one")
    wait(lambda: program.window)
    program._another("new")
    wait(lambda: program.welcome)
    assert program.welcome.back.isVisible() and program.welcome.back.text() == "Cancel"
    qtbot.waitExposed(program.welcome)
    program.welcome.activateWindow()
    qtbot.keyClick(program.welcome, Qt.Key.Key_Escape)
    wait(lambda: program.window and program._workspace.folder == tmp_path / "one")
    assert quits == [] and program.welcome is None


def test_a_passphrase_is_asked_for_and_a_wrong_one_said(program, wait, tmp_path) -> None:
    make(tmp_path / "w", Kind.PASSPHRASE, passphrase=SECRET)
    program.open(tmp_path / "w")
    wait(lambda: program.welcome)
    welcome = program.welcome
    assert welcome.pages.currentIndex() == 3
    welcome.key.setText("une autre phrase")
    welcome.next.click()
    wait(lambda: welcome.next.isEnabled())
    assert program.window is None and welcome._unlock_form.has_problem(welcome.key)
    welcome.key.setText(SECRET)
    welcome.next.click()
    wait(lambda: program.window)
    assert program.welcome is None


def test_the_recovery_code_opens_it_too(program, wait, tmp_path) -> None:
    code = make(tmp_path / "w", Kind.PASSPHRASE, passphrase=SECRET)
    program.open(tmp_path / "w")
    wait(lambda: program.welcome)
    program.welcome.recovery.setText(code.lower())
    program.welcome.next.click()
    wait(lambda: program.window)


def test_what_cannot_be_opened_is_said_in_a_sentence(program, wait, tmp_path) -> None:
    program.open(tmp_path / "nothing")
    wait(lambda: program.welcome)
    assert str(tmp_path / "nothing") in program.welcome.banner.accessibleName()
    assert program.welcome.pages.currentIndex() == 0


def test_the_status_bar_counts_what_was_added_to_the_journal(
    program, wait, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("ui.main.UPKEEP_AFTER", 0)
    monkeypatch.setattr("ui.main.JOURNAL_PAUSE", 0)
    make(tmp_path / "w")
    program.open(tmp_path / "w")
    wait(lambda: program.window and program.window.status.journal.text())
    before = program.window.status.journal.text()
    incident = CaseInput("Propos", Situation.SLANDER_OUTSIDER), IncidentInput(text="Ils volent")
    program.tasks.mutate(
        program.window, lambda: program._workspace.moderation.report(*incident).changes
    )
    wait(lambda: program.window.status.journal.text() != before)
    assert "verified" in program.window.status.journal.text()


def test_the_rail_says_what_waits_where_nobody_has_been(
    program, wait, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("ui.main.UPKEEP_AFTER", 0)
    monkeypatch.setattr("ui.main.JOURNAL_PAUSE", 0)
    make(tmp_path / "w")
    incident = CaseInput("Propos", Situation.SLANDER_OUTSIDER), IncidentInput(text="Ils volent")
    with Workspace.open(tmp_path / "w") as workspace:
        workspace.moderation.report(*incident)
    program.open(tmp_path / "w")

    def waiting() -> int:
        return program.window.rail._buttons["moderation"].waiting if program.window else 0

    wait(waiting)
    before = waiting()
    assert "moderation" not in program.window._screens
    program.tasks.mutate(
        program.window, lambda: program._workspace.moderation.report(*incident).changes
    )
    wait(lambda: waiting() == before + 1)


# --- First run -----------------------------------------------------------------------------------


@pytest.fixture
def welcome(program, wait, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.welcome.default_folder", lambda: tmp_path / "SCC")
    program.start(None)
    assert program.welcome is not None
    return program.welcome


def test_a_name_is_asked_for_then_an_empty_workspace_is_made(
    program, welcome, wait, tmp_path
) -> None:
    welcome.next.click()
    assert welcome.pages.currentIndex() == 0 and "name" in welcome.name.accessibleDescription()
    welcome.name.setText("Marie Gagnon")
    welcome.role.setText("Bénévole")
    welcome.next.click()
    welcome.kinds["none"].click()
    welcome.next.click()
    wait(lambda: program.window)
    settings = program._workspace.settings
    assert (settings.get("me.name"), settings.get("me.role")) == ("Marie Gagnon", "Bénévole")
    assert program._workspace.folder == tmp_path / "SCC"


def test_a_region_begins_with_the_file_of_the_division(program, welcome, wait, tmp_path) -> None:
    file = tmp_path / "division.json"
    rules = HouseRules(lists={"hashtags": ("#DonsDeLaDivision",)}, on={"DYN-04": False})
    file.write_bytes(to_file(rules, at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC), who="Division"))
    welcome.name.setText("Marie")
    welcome.next.click()
    assert not welcome.file.isVisible()
    welcome.handed.click()
    welcome.kinds["none"].click()
    welcome.next.click()
    assert "division sent" in welcome.file.accessibleDescription() or welcome.file.hasFocus()
    broken = tmp_path / "cassé.json"
    broken.write_text("{", "utf-8")
    welcome.file.setText(str(broken))
    welcome.next.click()
    wait(lambda: welcome._handed_form.has_problem(welcome._file_line))
    assert not (tmp_path / "SCC").exists(), "nothing is made of a file that cannot be read"
    welcome.file.setText(str(file))
    welcome.next.click()
    wait(lambda: program.window)
    taken = program._workspace.house.read()
    assert "#DonsDeLaDivision" in taken.lists["hashtags"] and taken.on == {"DYN-04": False}


def test_the_recovery_code_must_be_typed_from_paper(program, welcome, wait) -> None:
    welcome.name.setText("Marie")
    welcome.next.click()
    welcome.kinds["passphrase"].click()
    welcome.secret.setText(SECRET)
    welcome.secret_again.setText("autre chose")
    welcome.next.click()
    assert welcome._secret_form.has_problem(welcome.secret_again)
    assert welcome.pages.currentIndex() == 1
    welcome.secret_again.setText(SECRET)
    welcome.next.click()
    wait(lambda: welcome.pages.currentIndex() == 2)
    code = welcome.code.text()
    welcome.typed.setText("ABCD")
    welcome.next.click()
    assert program.window is None and welcome._code_form._problems[welcome.typed].text()
    welcome.close()
    press(dialog(), "Go back to the code")
    assert welcome.isVisible()
    welcome.typed.setText(code.lower().replace("-", " "))
    welcome.next.click()
    wait(lambda: program.window)


def test_too_short_a_passphrase_is_refused_before_anything_is_made(
    program, welcome, wait, tmp_path
) -> None:
    welcome.name.setText("Marie")
    welcome.next.click()
    welcome.kinds["passphrase"].click()
    welcome.secret.setText("court")
    welcome.secret_again.setText("court")
    welcome.next.click()
    wait(lambda: welcome.next.isEnabled())
    assert welcome._secret_form.has_problem(welcome.secret)
    assert not (tmp_path / "SCC").exists()


def test_the_language_changes_what_is_on_screen_and_keeps_what_was_typed(welcome) -> None:
    welcome.name.setText("Zoé")
    heading = welcome.heading
    welcome._speak(Language.FR)
    assert welcome.heading is not heading and welcome.name.text() == "Zoé"
    assert json.loads(machine_file().read_text("utf-8"))["look.language"] == "fr"


def test_leaving_with_nothing_opened_ends_the_program(welcome, quits) -> None:
    welcome.close()
    assert quits == [True]


# --- Crashes -------------------------------------------------------------------------------------


def secret_bug() -> None:
    raise ValueError("NAS 046 454 286 de Jean Tremblay")


def caught() -> BaseException:
    try:
        try:
            secret_bug()
        except ValueError as inner:
            raise KeyError("Jean Tremblay") from inner
    except KeyError as error:
        return error


def test_a_report_says_where_and_nothing_that_was_typed() -> None:
    text = crashes.report(caught(), dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    assert "builtins.KeyError" in text and "builtins.ValueError" in text
    assert "secret_bug" in text
    assert "Tremblay" not in text and "046" not in text and str(Path.home()) not in text


def test_reports_do_not_pile_up(tmp_path) -> None:
    start = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    for number in range(crashes.KEPT + 5):
        crashes.write(caught(), start + dt.timedelta(seconds=number), tmp_path)
    assert len(list(tmp_path.glob("crash-*.txt"))) == crashes.KEPT


def test_a_bug_keeps_the_text_and_says_so_once(program, wait, tmp_path, capsys) -> None:
    make(tmp_path / "w")
    program.open(tmp_path / "w")
    wait(lambda: program.window)
    number = program._workspace.editorial.add_draft(DraftDetails(), [(Target.X, Language.FR, "")])
    program.window.go("draft", number)
    wait()
    type_text(program.window.current()._current().editor, "Précieux")

    def bug() -> None:
        raise ZeroDivisionError("Précieux")

    program.tasks.read(program.window, bug)
    program.tasks.read(program.window, bug)
    wait()
    shown = dialog().findChild(QPlainTextEdit).toPlainText()
    assert "ZeroDivisionError" in shown and "Précieux" not in shown
    press(dialog(), "Close")
    assert QApplication.activeModalWidget() is None
    assert program._workspace.editorial.sheet(number).variants[0].text == "Précieux"
    assert len(list((tmp_path / "logs").iterdir())) == 2
    assert "Précieux" not in capsys.readouterr().err


# --- The self-test -------------------------------------------------------------------------------


def test_once_shows_every_screen_and_quits(qapp, qtbot, quits) -> None:
    program = Program(qapp, Language.FR, once=True)
    program.start(None)
    qtbot.waitUntil(lambda: quits == [True])
    assert program.code == 0
    program.end()
    program.theme.deleteLater()
    program.deleteLater()


def test_once_fails_on_what_cannot_be_opened(qapp, qtbot, quits, tmp_path, capsys) -> None:
    program = Program(qapp, Language.FR, once=True)
    program.start(tmp_path / "nothing")
    qtbot.waitUntil(lambda: quits == [True])
    assert program.code == 1 and str(tmp_path / "nothing") in capsys.readouterr().err
    program.end()
    program.theme.deleteLater()
    program.deleteLater()


def test_a_disk_that_refuses_the_settings_stops_nobody(
    program, wait, tmp_path, monkeypatch
) -> None:
    make(tmp_path / "w")
    program.open(tmp_path / "w")
    wait(lambda: program.window)

    def refuse(key, value):
        raise UserError("read_only", "It cannot be written.")

    monkeypatch.setattr(program._workspace.settings, "set", refuse)
    program.window.look("dark")
    assert program.theme.dark
    program.window.look("light")


def test_a_new_workspace_is_offered_after_this_one_is_saved(program, wait, quits, tmp_path) -> None:
    make(tmp_path / "w")
    program.open(tmp_path / "w")
    wait(lambda: program.window)
    program.window.new_workspace()
    wait(lambda: program.welcome)
    assert program.window is None and quits == []
