"""Public Affairs first, on screen: which case locks which, and what lowering one asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from scc_admin.model import Rung, Situation
from scc_admin.moderation import CaseInput, EscalationInput, IncidentInput
from ui.forms import FormDialog, moment_of, show_moment
from ui.moderation.incident import open_incident
from ui.moderation.screen import Moderation


@pytest.fixture
def screen(window, workspace, settle, tasks) -> Iterator[Moderation]:
    workspace.settings.set("verdict.meaning", False)
    crashed: list[BaseException] = []
    tasks.crashed.connect(crashed.append)
    window.go("moderation")
    settle()
    yield window.current()
    assert not crashed, crashed


@pytest.fixture
def slander(workspace) -> int:
    new = CaseInput("Calomnie", Situation.SLANDER_EMPLOYEE)
    return workspace.moderation.report(new, IncidentInput(text="Une voleuse")).case_id


def show(screen, settle, case_id):
    screen.cases.open_case(case_id)
    settle()
    assert screen.view.sheet.case.id == case_id
    return screen.view


def form() -> FormDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, FormDialog)
    return found


def test_a_locked_case_says_which_one_locks_it_and_leads_there(screen, workspace, slander, settle):
    moderation = workspace.moderation
    person = moderation.sheet(slander).person.id
    other = moderation.report(
        CaseInput("Autre", Situation.TONE, person_id=person), IncidentInput(text="Bof")
    ).case_id
    view = show(screen, settle, other)
    number = moderation.sheet(slander).case.number
    assert view.band.isVisible() and number in view.band.accessibleName() + " ".join(
        b.text() for b in view.band.findChildren(QPushButton)
    )
    assert not view.next_button.isVisible()
    assert view.climb(Rung.ANSWER) is None
    settle()
    (asked,) = (b for b in QApplication.activeModalWidget().findChildren(QPushButton)
                if number in b.text())  # fmt: skip
    asked.click()
    settle()
    assert screen.view.sheet.case.id == slander


def test_what_lowering_asks_for_shows_only_where_it_is_asked(screen, workspace, slander, settle):
    view = show(screen, settle, slander)
    view.acts.reclassify()
    asked = form()
    reason, second = asked.widget("reason"), asked.widget("approver")
    assert not reason.isVisible() and not second.isVisible()
    situation = asked.widget("situation")
    situation.setCurrentIndex(situation.findData(Situation.TONE.value))
    assert not reason.isVisible()  # still ticked
    asked.widget("critical").setChecked(False)
    assert reason.isVisible() and second.isVisible()
    asked.submit()
    assert workspace.moderation.sheet(slander).case.critical
    reason.setPlainText("Une plainte, pas une calomnie")
    second.setText(workspace.who().upper())
    asked.submit()
    settle()
    assert asked.isVisible() and asked.banner.isVisible()  # the same person
    second.setText("Nadia Cyr")
    asked.submit()
    settle()
    assert not workspace.moderation.sheet(slander).case.critical
    assert not view.band.isVisible()


def test_a_new_comment_after_the_answer_asks_again(screen, workspace, slander, settle):
    moderation = workspace.moderation
    escalation = moderation.escalate(slander, EscalationInput("Que faire?"))
    moderation.record_contact(escalation, "Par téléphone", workspace.clock())
    view = show(screen, settle, slander)
    view.affairs_next()
    answer = form()
    settle()
    answer.widget("answer").setPlainText("Ne répondez pas.")
    answer.submit()
    settle()
    assert not any("escalade" in b.text() for b in view.band.findChildren(QPushButton))
    moderation.log_incident(slander, IncidentInput(text="Et le directeur vole aussi"))
    view.read()
    settle()
    (again,) = (b for b in view.band.findChildren(QPushButton) if b.isVisible())
    again.click()
    assert form().windowTitle() == view.shell.tr.tr("Ask Public Affairs")
    form().reject()
    settle()


def test_an_incident_says_when_it_was_seen(screen, workspace, slander, settle):
    case = open_incident(screen.shell, slander)
    settle()
    case.words.setPlainText("Vu hier soir")
    clock = workspace.clock
    show_moment(case.seen, clock() + timedelta(days=1))
    case.submit()
    settle()
    assert case.isVisible() and case.banner.isVisible()
    yesterday = (clock() - timedelta(days=1)).replace(second=0, microsecond=0)
    show_moment(case.seen, yesterday)
    assert not case.banner.isVisible()
    case.reject()
    settle()
    case = open_incident(screen.shell, slander)  # kept as it was left
    settle()
    assert moment_of(screen.shell, case.seen) == yesterday
    case.submit()
    settle()
    assert workspace.moderation.sheet(slander).incidents[0].captured_at == yesterday


def test_closing_what_waits_asks_for_a_second_person(screen, workspace, slander, settle):
    view = show(screen, settle, slander)
    view.acts.close()
    asked = form()
    settle()
    asked.widget("reason").setPlainText("Une erreur de notre part")
    asked.submit()
    assert asked.isVisible()
    asked.widget("approver").setText("Nadia Cyr")
    asked.submit()
    settle()
    sheet = workspace.moderation.sheet(slander)
    assert sheet.case.closed_at is not None and sheet.steps[-1].approver == "Nadia Cyr"
