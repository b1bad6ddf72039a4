"""The form of a rung: when it was done, which steps are missing, the blanks of a template."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from scc_admin.model import Language, Network, Rung, Situation
from scc_admin.moderation import AccountInput, CaseInput, IncidentInput, StepInput
from ui.messages import Toast
from ui.moderation.incident import IncidentForm
from ui.moderation.steps import StepDialog


@pytest.fixture
def case_id(workspace) -> int:
    account = AccountInput(Network.FACEBOOK, "Compte inventé")
    return workspace.moderation.report(
        CaseInput("Sujet", Situation.TONE, account=account),
        IncidentInput(
            text="Tout est faux",
            account=account,
            captured_at=workspace.clock() - dt.timedelta(days=3),
        ),
    ).case_id


@pytest.fixture
def view(window, settle, case_id):
    window.go("moderation", case_id)
    settle()
    return window.current().view


@pytest.fixture
def climb(view, settle):
    def opened(rung: Rung) -> StepDialog:
        dialog = view.climb(rung)
        settle()
        return dialog

    return opened


def show(dialog: StepDialog, at: dt.datetime) -> None:
    """Choose a moment by hand."""
    dialog.when.setDateTime(
        QDateTime.fromSecsSinceEpoch(int(at.timestamp()), dialog.when.timeZone())
    )


def buttons(dialog: StepDialog) -> list[QPushButton]:
    return dialog.band.findChildren(QPushButton)


# --- When it was done ----------------------------------------------------------------------------


def test_what_was_done_yesterday_is_recorded_so(workspace, climb, case_id, settle):
    dialog = climb(Rung.ANSWER)
    dialog.words.setPlainText("Voici : https://cancer.ca")
    yesterday = (workspace.clock() - dt.timedelta(days=1)).replace(second=0, microsecond=0)
    show(dialog, yesterday)
    assert dialog.shell.tr.moment(yesterday) in dialog._recorded.text()
    dialog.submit()
    settle()
    (step,) = workspace.moderation.sheet(case_id).steps
    assert step.at == yesterday and step.recorded_at is not None


def test_an_answer_without_a_source_is_pointed_out_once(workspace, climb, case_id, settle):
    dialog = climb(Rung.ANSWER)
    dialog.words.setPlainText("ok")
    dialog.submit()
    settle()
    assert dialog.isVisible() and dialog.form.has_problem(dialog.words)
    dialog.words.setPlainText("ok.")  # another text is looked at anew
    dialog.submit()
    settle()
    assert dialog.isVisible()
    dialog.submit()
    settle()
    (step,) = workspace.moderation.sheet(case_id).steps
    assert step.text == "ok."


def test_a_moment_left_alone_is_now_even_in_a_form_kept_for_later(
    workspace, climb, case_id, settle
):
    dialog = climb(Rung.ANSWER)
    dialog.words.setPlainText("Voici : https://cancer.ca")
    dialog.reject()
    settle()
    assert "done_at" not in workspace.moderation.unfinished.get(f"answer:{case_id}").data
    before = workspace.clock()
    dialog = climb(Rung.ANSWER)
    dialog.submit()
    settle()
    (step,) = workspace.moderation.sheet(case_id).steps
    assert step.at >= before and step.recorded_at is None


def test_a_moment_chosen_is_kept_with_the_form(workspace, climb, settle):
    dialog = climb(Rung.ANSWER)
    dialog.words.setPlainText("Voici : https://cancer.ca")
    yesterday = (workspace.clock() - dt.timedelta(days=1)).replace(second=0, microsecond=0)
    show(dialog, yesterday)
    dialog.reject()
    settle()
    dialog = climb(Rung.ANSWER)
    assert dialog._done_at() == yesterday
    dialog.begin_anew()
    settle()
    assert dialog._done_at() is None
    dialog.reject()


def test_tomorrow_is_refused_and_before_the_first_comment_is_said_once(
    workspace, climb, case_id, settle
):
    dialog = climb(Rung.ANSWER)
    dialog.words.setPlainText("Voici : https://cancer.ca")
    show(dialog, workspace.clock() + dt.timedelta(days=1))
    for _ in range(2):
        dialog.submit()
        settle()
        assert dialog.isVisible()
    show(dialog, workspace.clock() - dt.timedelta(days=9))
    dialog.submit()
    settle()
    assert dialog.isVisible() and not workspace.moderation.sheet(case_id).steps
    dialog.submit()
    settle()
    assert len(workspace.moderation.sheet(case_id).steps) == 1


# --- Which steps are missing ---------------------------------------------------------------------


def test_a_ban_too_early_names_what_is_missing_and_leads_there(workspace, climb, settle):
    dialog = climb(Rung.BAN)
    said = dialog.band.accessibleName()
    assert "Answer in public" in said and "Repetition noted" in said
    (back,) = buttons(dialog)
    dialog.widget("reason").setPlainText("Il insulte tout le monde")
    back.click()
    settle()
    front = QApplication.activeModalWidget()
    assert isinstance(front, StepDialog) and front._rung is Rung.ANSWER
    front.reject()
    settle()
    dialog = climb(Rung.BAN)
    assert dialog.widget("reason").toPlainText() == "Il insulte tout le monde"
    dialog.reject()


def test_a_repetition_without_a_comment_leads_to_the_comment(
    workspace, view, climb, case_id, settle
):
    workspace.moderation.climb(case_id, StepInput(Rung.PRIVATE_MESSAGE, "Bonjour"))
    view.read()
    settle()
    dialog = climb(Rung.REPETITION)
    (back,) = buttons(dialog)
    back.click()
    settle()
    front = QApplication.activeModalWidget()
    assert isinstance(front, IncidentForm) and front._case_id == case_id
    front.reject()


# --- Blanks --------------------------------------------------------------------------------------


def test_f8_goes_from_blank_to_blank_and_round(qtbot, workspace, climb, settle):
    dialog = climb(Rung.ANSWER)
    dialog.words.setPlainText("😀 [sujet] puis [lien], et [sujet]")
    cursor = dialog.words.textCursor()
    cursor.setPosition(0)
    dialog.words.setTextCursor(cursor)
    chosen = []
    for key in (Qt.KeyboardModifier.NoModifier,) * 4 + (Qt.KeyboardModifier.ShiftModifier,):
        qtbot.keyClick(dialog.words, Qt.Key.Key_F8, key)
        cursor = dialog.words.textCursor()
        chosen.append((cursor.selectionStart(), cursor.selectedText()))
    assert [words for _, words in chosen[:4]] == ["[sujet]", "[lien]", "[sujet]", "[sujet]"]
    assert chosen[0] == chosen[3] and chosen[4] == chosen[2]
    assert not dialog.left.isHidden() and "F8" in dialog.left.text()
    dialog.words.setPlainText("Bonjour")
    assert dialog.left.isHidden() and not dialog.next_blank()
    dialog.reject()


def test_a_template_put_in_stands_at_its_first_blank_and_says_so_when_copied(
    workspace, climb, settle
):
    dialog = climb(Rung.ANSWER)
    known = workspace.library.templates("public_answer")
    template = next(t for t in known if set(t.fields) - {"name", "signature"})
    dialog.words.setPlainText("[sujet] ")
    cursor = dialog.words.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    dialog.words.setTextCursor(cursor)
    dialog.insert_template(template, Language.FR)
    cursor = dialog.words.textCursor()
    assert cursor.selectionStart() > 7 and cursor.selectedText() in dialog.blanks()
    dialog.copy()
    assert QGuiApplication.clipboard().text() == dialog.words.toPlainText()
    (toast,) = dialog.findChildren(Toast)
    assert any("[sujet]" in label.text() for label in toast.findChildren(QLabel))
    dialog.reject()
