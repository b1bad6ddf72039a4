"""The first screen: its columns, its three keys, the daily look in two clicks a page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton

from scc_admin.editorial import CampaignInput, DraftDetails, PageInput, Readiness
from scc_admin.model import (
    CampaignKind,
    DraftState,
    Language,
    Network,
    PostKind,
    Rung,
    Situation,
    Target,
)
from scc_admin.moderation import CaseInput, IncidentInput
from scc_admin.today import Lane
from ui.day import WatchLine
from ui.messages import Dialog
from ui.moderation.incident import open_incident
from ui.moderation.steps import StepDialog
from ui.today import TodayScreen


@pytest.fixture
def page(workspace) -> int:
    return workspace.editorial.add_page(
        PageInput("SCC Québec", Network.FACEBOOK, url="https://exemple.org/scc")
    )


@pytest.fixture
def today(window, settle) -> TodayScreen:
    window.go("today")
    settle()
    screen = window.current()
    assert isinstance(screen, TodayScreen)
    return screen


def ready(workspace, page: int, title: str = "Merci!", text: str = "Merci à tous.") -> int:
    made = workspace.editorial.add_draft(
        DraftDetails(title, page_id=page, planned_at=workspace.clock() - timedelta(minutes=1)),
        [(Target.FACEBOOK, Language.FR, text)],
    )
    workspace.editorial.mark_ready(made, Readiness())
    return made


def dialog() -> Dialog:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, Dialog) and w.isVisible()]
    return found[-1]


def titles(today: TodayScreen, lane: Lane) -> list[str]:
    model = today.day.lists[lane].model
    return [model.cell(row, 0).text for row in range(model.rowCount())]


def test_an_empty_workspace_is_helped_to_begin(today) -> None:
    assert today._welcome.isVisible() and not today.day.watch.isVisible()
    assert all(not made.isVisible() for made in today.day.lists.values())


def test_the_three_beginnings_stand_before_the_day_is_known(window, settle, qtbot) -> None:
    window.go("today")
    today = window.current()
    assert today.day is None
    QApplication.processEvents()
    places = [made.geometry() for made in today.starts]
    assert all(made.isVisible() for made in today.starts) and today.starts[0].hasFocus()
    settle()
    assert today.day is not None and today.title() != "Today"
    assert [made.geometry().top() for made in today.starts] == [place.top() for place in places]


def test_what_is_due_stands_in_its_column_and_enter_does_it(
    workspace, page, window, settle, qtbot
) -> None:
    made = ready(workspace, page)
    window.go("today")
    settle()
    today = window.current()
    shown = {lane for lane in Lane if "Merci!" in titles(today, lane)}
    assert shown <= {Lane.DO, Lane.LATE} and shown
    table = today.day.lists[shown.pop()].table
    assert table.hasFocus()
    qtbot.keyClick(table, Qt.Key.Key_Return)
    settle()
    helper = dialog()
    copy = next(b for b in helper.findChildren(QPushButton) if "Facebook" in b.text())
    copy.click()
    assert QApplication.clipboard().text() == "Merci à tous."
    link = next(f for f in helper.findChildren(QLineEdit) if f.placeholderText() == "https://")
    link.setText("https://facebook.com/scc/posts/1")
    helper.button("yes").click()
    settle()
    sheet = workspace.editorial.sheet(made)
    assert (sheet.draft.state, sheet.placements[0].permalink) == (
        DraftState.PUBLISHED, "https://facebook.com/scc/posts/1",
    )  # fmt: skip
    assert all("Merci!" not in titles(today, lane) for lane in Lane)


def test_a_link_that_is_none_comes_back_with_what_was_typed(
    workspace, page, window, settle, qtbot
) -> None:
    ready(workspace, page)
    window.go("today")
    settle()
    today = window.current()
    lane = next(lane for lane in Lane if titles(today, lane))
    qtbot.keyClick(today.day.lists[lane].table, Qt.Key.Key_Return)
    settle()
    link = next(f for f in dialog().findChildren(QLineEdit) if f.placeholderText() == "https://")
    link.setText("exemple.org")
    dialog().button("yes").click()
    settle()
    open_ones = [
        w for w in QApplication.topLevelWidgets() if isinstance(w, Dialog) and w.isVisible()
    ]
    typed = [f.text() for w in open_ones for f in w.findChildren(QLineEdit)]
    assert "exemple.org" in typed
    for w in open_ones:
        w.reject()


def test_left_and_right_go_between_the_columns(workspace, page, window, settle, qtbot) -> None:
    ready(workspace, page)
    waiting = workspace.editorial.add_draft(DraftDetails("Attend", page_id=page))
    workspace.editorial.submit(waiting, ["Lise Dubé"])
    window.go("today")
    settle()
    today = window.current()
    first = next(lane for lane in (Lane.DO, Lane.LATE) if titles(today, lane))
    today.day.lists[first].table.setFocus()
    key = Qt.Key.Key_Right if first is Lane.DO else Qt.Key.Key_Left
    qtbot.keyClick(today.day.lists[first].table, key)
    assert today.day.lists[Lane.WAIT].table.hasFocus()
    cell = today.day.lists[Lane.WAIT].model.cell(0, 0)
    assert "Lise Dubé" in cell.detail


def test_one_key_begins_a_draft(today, window, settle, qtbot) -> None:
    assert [b.key for b in today.starts] == ["W", "L", "E"]
    qtbot.keyClick(today.starts[0], Qt.Key.Key_W)
    settle()
    assert type(window.current()).__name__ == "Composer"


# --- The daily look ------------------------------------------------------------------------------


def lines(today: TodayScreen) -> list[WatchLine]:
    return [line for line in today.day.watch.findChildren(WatchLine) if not line.isHidden()]


def test_nothing_to_report_is_one_click_and_leads_to_the_next(
    workspace, page, window, settle, qtbot
) -> None:
    workspace.settings.set("monitoring.searches", ["#relaispourlavie"])
    window.go("today")
    settle()
    today = window.current()
    first = lines(today)[0]
    first.quiet.setFocus()
    first.quiet.click()
    settle()
    assert [line.quiet is None for line in lines(today)] == [True, False]
    qtbot.waitUntil(lambda: lines(today)[1].quiet.hasFocus())
    (look,) = workspace.registers.looks(*[workspace.today(zone=None).day] * 2)
    assert (look.page_id, look.values["note"]) == (page, "")


def test_a_note_is_two_clicks_and_its_words(workspace, page, window, settle) -> None:
    window.go("today")
    settle()
    today = window.current()
    note = list(lines(today)[0].findChildren(QPushButton))[-1]
    note.click()
    asked = dialog()
    assert not asked.button("yes").isEnabled()
    asked.findChild(QPlainTextEdit).setPlainText("Deux <b>questions</b>")
    asked.button("yes").click()
    settle()
    (watch,) = workspace.today(zone=None).watch
    assert watch.note == "Deux <b>questions</b>" and watch.looked_at is not None


def test_words_begun_are_there_again_until_they_are_noted(workspace, page, window, settle) -> None:
    window.go("today")
    settle()
    today = window.current()
    (watch,) = workspace.today(zone=None).watch
    today.day.note_look(watch)
    dialog().findChild(QPlainTextEdit).setPlainText("À finir")
    dialog().reject()
    settle()
    today.day.note_look(watch)
    assert dialog().findChild(QPlainTextEdit).toPlainText() == "À finir"
    dialog().button("yes").click()
    settle()
    today.day.note_look(watch)
    assert dialog().findChild(QPlainTextEdit).toPlainText() == ""
    dialog().reject()


@pytest.fixture
def search(workspace) -> str:
    workspace.settings.set("monitoring.searches", ["#relais"])
    return "#relais"


def seen(window, settle, words: str, then: str) -> None:
    """What was seen is noted, and one button says what follows."""
    window.go("today")
    settle()
    list(lines(window.current())[-1].findChildren(QPushButton))[-1].click()
    dialog().findChild(QPlainTextEdit).setPlainText(words)
    dialog().button(then).click()
    settle()


def test_a_saved_search_leads_to_a_reply_in_one_act(workspace, search, window, settle) -> None:
    seen(window, settle, "On demande l'heure\nde la marche", "reply")
    (look,) = workspace.registers.looks(*[workspace.today(zone=None).day] * 2)
    assert (look.values["search"], look.values["follow_up"]) == (search, "reply")
    (row,) = workspace.editorial.drafts()
    assert (row.title, workspace.editorial.sheet(row.id).draft.kind) == (
        "On demande l'heure de la marche",
        PostKind.REPLY,
    )
    assert type(window.current()).__name__ == "Composer"


def test_a_look_leads_to_an_incident_in_one_act(workspace, page, window, settle, qtbot) -> None:
    from ui.moderation.incident import IncidentForm

    seen(window, settle, "Une insulte", "case")
    (look,) = workspace.registers.looks(*[workspace.today(zone=None).day] * 2)
    assert (look.page_id, look.values["follow_up"]) == (page, "case")
    form = next(
        w for w in QApplication.topLevelWidgets() if isinstance(w, IncidentForm) and w.isVisible()
    )
    qtbot.waitUntil(lambda: form.page.currentData() == page)
    form.reject()
    settle()


def test_without_a_name_the_words_come_back(workspace, page, window, settle) -> None:
    workspace.settings.set("me.name", "")
    window.go("today")
    settle()
    today = window.current()
    today.day.note_look(workspace.today(zone=None).watch[0])
    dialog().findChild(QPlainTextEdit).setPlainText("À ne pas perdre")
    dialog().button("yes").click()
    settle()
    open_ones = [
        w for w in QApplication.topLevelWidgets() if isinstance(w, Dialog) and w.isVisible()
    ]
    texts = [f.toPlainText() for w in open_ones for f in w.findChildren(QPlainTextEdit)]
    assert "À ne pas perdre" in texts
    for w in open_ones:
        w.reject()


# --- The band, and what a user wrote -------------------------------------------------------------


def test_the_band_names_the_campaigns_in_course(workspace, window, settle) -> None:
    here = workspace.today(zone=None).day
    workspace.editorial.add_campaign(
        CampaignInput("Jonquille", here, here + timedelta(days=3), CampaignKind.CAMPAIGN)
    )
    workspace.editorial.add_campaign(
        CampaignInput("Finie", here - timedelta(days=9), here - timedelta(days=3))
    )
    window.go("today")
    settle()
    words = [b.text() for b in window.current().day.band.findChildren(QPushButton)]
    assert len(words) == 1 and words[0].startswith("Jonquille")


def test_the_clipboard_holds_plain_text_only(workspace, page, window, settle, qtbot) -> None:
    ready(workspace, page, text="<b>gras</b>")
    window.go("today")
    settle()
    today = window.current()
    lane = next(lane for lane in Lane if titles(today, lane))
    qtbot.keyClick(today.day.lists[lane].table, Qt.Key.Key_Return)
    settle()
    copy = next(b for b in dialog().findChildren(QPushButton) if "Facebook" in b.text())
    copy.click()
    held: QMimeData = QApplication.clipboard().mimeData()
    assert held.text() == "<b>gras</b>" and not held.hasHtml()
    dialog().reject()


# --- Cases and forms ------------------------------------------------------------------------------


@pytest.fixture
def case(workspace) -> int:
    moderation = workspace.moderation
    made = moderation.open_case(CaseInput("Bronzage", Situation.TONE))
    moderation.log_incident(made, IncidentInput("Vous mentez aux gens"))
    return made


def test_a_case_that_waits_for_our_answer_is_no_empty_day(
    workspace, case, today, window, settle, qtbot
) -> None:
    assert titles(today, Lane.DO) == ["Answer in public"]
    table = today.day.lists[Lane.DO].table
    tip = table.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "Answer in public" in tip and "Bronzage" in tip  # whole, where the column cuts it
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Return)
    settle()
    view = window.current().view
    assert view.case_id == case
    assert view.next_button.hasFocus()


def test_a_form_begun_about_a_case_comes_back_from_the_first_screen_and_the_case(
    workspace, case, today, window, settle, qtbot
) -> None:
    form = StepDialog(window.shell, workspace.moderation.sheet(case), Rung.BAN)
    form.open()
    settle()
    form.widget("reason").setPlainText("Insultes")
    form.reject()
    settle()
    assert titles(today, Lane.DO) == ["Ban begun"]
    table = today.day.lists[Lane.DO].table
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Return)
    settle()
    form = dialog()
    assert isinstance(form, StepDialog) and form.widget("reason").toPlainText() == "Insultes"
    form.reject()
    settle()
    view = window.current().view
    assert view.begun.isVisible()
    view.begun.first_button().click()
    settle()
    assert isinstance(dialog(), StepDialog)
    dialog().begin_anew()
    dialog().reject()
    settle()
    assert view.begun.isHidden()


def test_an_incident_begun_in_an_empty_workspace_stands_beside_the_welcome(
    workspace, today, settle, window
) -> None:
    form = open_incident(window.shell)
    settle()
    form.handle.setText("Le Vrai Soleil")
    form.reject()
    settle()
    assert today._welcome.isVisible()
    assert titles(today, Lane.DO) == ["Incident begun"]
    assert "Le Vrai Soleil" in today.day.lists[Lane.DO].model.cell(0, 0).detail
    assert today.day.lists[Lane.DO].isVisible()
