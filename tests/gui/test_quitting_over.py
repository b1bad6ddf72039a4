"""Ctrl+Q from within a form: what was typed is kept, and it is said."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from scc_admin.model import Situation
from scc_admin.moderation import CaseInput, IncidentInput
from ui.messages import Dialog
from ui.moderation.incident import NAME, open_incident

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def press(qtbot, settle):
    def key(dialog: Dialog) -> None:
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        qtbot.keyClick(dialog, Qt.Key.Key_Q, CTRL)
        settle()

    return key


def front() -> Dialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, Dialog)
    return found


def test_a_form_that_was_filled_is_kept_and_quitting_says_so(
    window, workspace, settle, qtbot, press
):
    form = open_incident(window.shell)
    settle()
    form.handle.setText("@compte_inventé")
    press(form)
    asked = front()
    assert asked is not form and "is kept" in asked.accessibleDescription()
    with qtbot.waitSignal(window.closed):
        asked.button("quit").click()
    assert workspace.moderation.unfinished.get(NAME).data["handle"] == "@compte_inventé"
    (task,) = [task for task in workspace.today(zone=window.shell.tr.zone).tasks if task.form]
    assert task.form == NAME and "@compte_inventé" in task.title


def test_one_goes_back_to_the_form(window, settle, press):
    form = open_incident(window.shell)
    settle()
    form.words.setPlainText("Tout est faux")
    press(form)
    front().button("stay").click()
    settle()
    assert front() is form and window.isVisible()
    form.reject()


def test_an_empty_form_asks_nothing(window, settle, qtbot, press):
    form = open_incident(window.shell)
    settle()
    with qtbot.waitSignal(window.closed):
        press(form)


def test_what_would_be_gone_is_said_to_be(window, settle, press):
    window.shell.messages.ask_text("Titre", "", "Mots", "Garder", lambda _words: None)
    settle()
    asked = front()
    field = QApplication.focusWidget()
    field.insert("un mot")
    press(asked)
    assert "would be gone" in front().accessibleDescription()
    front().button("stay").click()
    settle()
    asked.reject()


def test_captures_are_named_to_whoever_cannot_see_them(window, workspace, settle):
    files = (workspace.vault.add(b"un", "un.txt"), workspace.vault.add(b"deux", "deux.txt"))
    case_id = workspace.moderation.report(
        CaseInput("Sujet", Situation.TONE), IncidentInput("Faux", files=files)
    ).case_id
    window.go("moderation", case_id)
    settle()
    timeline = window.current().view.timeline
    model = timeline.model()
    spoken = [
        model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        for row in range(model.rowCount())
    ]
    assert any("un.txt" in words and "deux.txt" in words for words in spoken)
