"""The calendar: planned by keyboard alone, moved, filtered, its conflicts shown where they are."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import open_window, type_text
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDateTimeEdit, QLabel, QLineEdit, QPushButton

from scc_admin.agenda import start_of
from scc_admin.editorial import CampaignInput, DraftDetails, EntryInput, PageInput, Readiness
from scc_admin.i18n import Translator
from scc_admin.model import CampaignKind, DraftState, Language, Network, Target
from ui import exchange
from ui.calendar import AGENDA, CAMPAIGNS, WEEK, Calendar
from ui.icons import network_icon
from ui.messages import Dialog
from ui.month import Band, lanes_of, same_day, weeks_of
from ui.pdf import drawn
from ui.records import RecordForm, read_money, read_number
from ui.widgets import Picker
from ui.window import Room


@pytest.fixture
def today(workspace) -> date:
    return workspace.clock().astimezone().date()


@pytest.fixture
def page(workspace) -> int:
    return workspace.editorial.add_page(PageInput("SCC Québec", Network.FACEBOOK))


@pytest.fixture
def shown(window, settle):
    """The calendar, as it stands once everything is read."""

    def show(target: object = None) -> Calendar:
        window.go("calendar", target)
        settle()
        screen = window.current()
        assert isinstance(screen, Calendar)
        return screen

    return show


def post(workspace, day: date, title: str = "Merci", hour: int = 12, **more: object) -> int:
    at = start_of(day, None) + timedelta(hours=hour)
    return workspace.editorial.add_draft(
        DraftDetails(title, planned_at=at, **more),
        [(Target.FACEBOOK, Language.FR, f"{title}, à toutes et à tous, du fond du cœur.")],
    )


def planned(workspace, draft_id: int) -> date:
    at = workspace.editorial.sheet(draft_id).draft.planned_at
    return at.astimezone().date()


def middle(today: date) -> date:
    """A day in the middle of this month, so that a step either way stays in it."""
    return today.replace(day=15)


# --- Keyboard ------------------------------------------------------------------------------------


def test_a_post_is_begun_on_a_day_by_keys_alone(
    workspace, window, shown, settle, qtbot, today
) -> None:
    calendar = shown(middle(today))
    calendar.month.setFocus()
    qtbot.keyClick(calendar.month, Qt.Key.Key_Down)
    qtbot.keyClick(calendar.month, Qt.Key.Key_Right)
    wanted = middle(today) + timedelta(days=8)
    assert calendar.month.day() == wanted
    qtbot.keyClick(calendar.month, Qt.Key.Key_N)
    settle()
    assert type(window.current()).__name__ == "Composer"
    (row,) = workspace.editorial.drafts()
    assert row.planned_at.astimezone().date() == wanted


def test_pages_turn_and_the_key_of_today_comes_back(shown, qtbot, settle, today) -> None:
    calendar = shown(middle(today))
    calendar.month.setFocus()
    qtbot.keyClick(calendar.month, Qt.Key.Key_PageDown)
    settle()
    assert calendar.month.day() == same_day(middle(today), 1)
    for _ in range(3):
        qtbot.keyClick(calendar.month, Qt.Key.Key_Up)
        settle()
    assert calendar.month.day() == same_day(middle(today), 1) - timedelta(days=21)
    qtbot.keyClick(calendar.month, Qt.Key.Key_T)
    settle()
    assert calendar.month.day() == today


def test_alt_and_an_arrow_move_an_entry_and_do_not_go_back(
    workspace, shown, qtbot, settle, window, today
) -> None:
    draft = post(workspace, middle(today))
    calendar = shown(middle(today))
    calendar.month.setFocus()
    assert calendar.month.item() is not None
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(calendar.month, Qt.Key.Key_Left, alt)
    assert calendar.month.day() == middle(today) - timedelta(days=1)
    assert calendar.month.item().draft_id == draft  # shown before it is written
    qtbot.keyClick(calendar.month, Qt.Key.Key_Down, alt)
    settle()
    assert window.current() is calendar
    assert planned(workspace, draft) == middle(today) + timedelta(days=6)
    assert workspace.editorial.sheet(draft).draft.planned_at.astimezone().hour == 12


def test_a_move_is_undone_in_one_key_each(workspace, shown, qtbot, settle, window, today) -> None:
    draft = post(workspace, middle(today))
    calendar = shown(middle(today))
    calendar.month.setFocus()
    for _ in range(2):
        qtbot.keyClick(calendar.month, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
        settle()
    assert planned(workspace, draft) == middle(today) + timedelta(days=2)
    window.shell.actions.run("undo")
    settle()
    assert planned(workspace, draft) == middle(today) + timedelta(days=1)
    window.shell.actions.run("undo")
    settle()
    assert planned(workspace, draft) == middle(today)
    assert not calendar.can("undo")


def test_a_published_post_keeps_its_day(workspace, shown, settle, today) -> None:
    draft = post(workspace, today)
    workspace.editorial.mark_ready(draft, Readiness())
    workspace.editorial.mark_published(draft, workspace.clock(), "")
    calendar = shown(today)
    calendar.move_by(calendar.month.item(), 1)
    settle()
    sheet = workspace.editorial.sheet(draft)
    assert sheet.draft.state is DraftState.PUBLISHED and planned(workspace, draft) == today


def test_enter_opens_and_control_arrows_choose(
    workspace, window, shown, qtbot, settle, today
) -> None:
    first = post(workspace, middle(today), "Un", 9)
    second = post(workspace, middle(today), "Deux", 15)
    calendar = shown(middle(today))
    calendar.month.setFocus()
    assert calendar.month.item().draft_id == first
    qtbot.keyClick(calendar.month, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert calendar.month.item().draft_id == second
    assert calendar.panel.item().draft_id == second
    qtbot.keyClick(calendar.month, Qt.Key.Key_Return)
    settle()
    assert type(window.current()).__name__ == "Composer"


def test_entries_of_the_day_are_worked_from_the_panel_too(
    workspace, shown, qtbot, settle, today
) -> None:
    post(workspace, middle(today), "Un", 9)
    second = post(workspace, middle(today), "Deux", 15)
    calendar = shown(middle(today))
    table = calendar.panel.table
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert calendar.month.item().draft_id == second
    qtbot.keyClick(table, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    settle()
    assert planned(workspace, second) == middle(today) + timedelta(days=1)
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert calendar.month.hasFocus()


# --- Mouse ---------------------------------------------------------------------------------------


def test_an_entry_is_dragged_to_another_day(workspace, shown, settle, today) -> None:
    draft = post(workspace, middle(today))
    calendar = shown(middle(today))
    grid = calendar.month
    (rect, _), *_ = grid.places(grid.model_.index_of(middle(today))).chips
    target = grid.visualRect(grid.model_.index_of(middle(today) + timedelta(days=7))).center()
    view = grid.viewport()
    start = rect.center()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + QPoint(0, 30))
    QTest.mouseMove(view, target)
    assert grid.target == middle(today) + timedelta(days=7)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=target)
    settle()
    assert planned(workspace, draft) == middle(today) + timedelta(days=7)
    assert grid.target is None


def test_a_ready_post_moved_past_what_it_announces_is_a_draft_again(
    workspace, shown, qtbot, settle, window, today
) -> None:
    fair = Translator(Language.FR).date(middle(today) + timedelta(days=3), "long")
    draft = post(workspace, middle(today), f"Marchez avec nous le {fair} à 9 h")
    for question in workspace.proofreader.readiness(draft, language=Language.EN).questions:
        workspace.editorial.answer(draft, question.rule, "yes", "Vu")
    workspace.mark_ready(draft, language=Language.EN)
    calendar = shown(middle(today))
    calendar.month.setFocus()
    qtbot.keyClick(calendar.month, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    settle()
    assert workspace.editorial.sheet(draft).draft.state is DraftState.DRAFT
    assert any("is a draft again" in t.text() for t in window.findChildren(QLabel))
    window.shell.actions.run("undo")
    settle()
    assert planned(workspace, draft) == middle(today)
    assert workspace.editorial.sheet(draft).draft.state is DraftState.READY


def test_a_press_without_a_move_only_chooses(workspace, shown, settle, today) -> None:
    draft = post(workspace, middle(today))
    calendar = shown(middle(today))
    grid = calendar.month
    (rect, _), *_ = grid.places(grid.model_.index_of(middle(today))).chips
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    settle()
    assert planned(workspace, draft) == middle(today) and grid.item().draft_id == draft


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, wherever the focus is."""
    target = QApplication.focusWidget()
    assert target is not None, "the focus is lost"
    QTest.keyClick(target, key, modifier)


def press_until(reached, key: Qt.Key = Qt.Key.Key_Tab, most: int = 40) -> None:
    """A key again and again until the focus is where it should be."""
    for _ in range(most):
        if reached(QApplication.focusWidget()):
            return
        press(key)
        QApplication.processEvents()
    raise AssertionError("the keyboard does not lead there")


def test_a_month_is_planned_by_the_keyboard_alone(
    workspace, page, window, settle, qtbot, today
) -> None:
    control, shift, alt = (
        Qt.KeyboardModifier.ControlModifier,
        Qt.KeyboardModifier.ShiftModifier,
        Qt.KeyboardModifier.AltModifier,
    )

    def back() -> None:
        """What a window manager does once a dialog is closed."""
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)

    month = same_day(today.replace(day=1), 1)
    for title, hour in (("Invitation", 9), ("Photos", 14), ("Merci", 16)):
        post(workspace, month + timedelta(days=2), title, hour, page_id=page)
    window.go("today")
    settle()

    press(Qt.Key.Key_3, control)
    settle()
    calendar = window.current()
    assert isinstance(calendar, Calendar)
    assert QApplication.focusWidget() is calendar.month
    press(Qt.Key.Key_PageDown)
    settle()
    assert calendar.month.day() == same_day(today, 1)
    while calendar.month.day() != month + timedelta(days=2):
        press(Qt.Key.Key_Left)
        settle()

    # Three posts of one day: the second goes a week later, the third two weeks and a day.
    press(Qt.Key.Key_Down, control)
    assert calendar.month.item().title == "Photos"
    press(Qt.Key.Key_Down, alt)
    settle()
    assert calendar.month.day() == month + timedelta(days=9)
    press(Qt.Key.Key_Up)
    settle()
    press(Qt.Key.Key_Down, control)
    assert calendar.month.item().title == "Merci"
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        press(key, alt)
        settle()

    # Another hour for the last, from the panel beside the month.
    press(Qt.Key.Key_F6)
    assert QApplication.focusWidget() is calendar.panel.table
    press_until(lambda at: isinstance(at, QPushButton) and at.text().startswith("Move"))
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QDateTimeEdit))
    when = QApplication.focusWidget()
    assert isinstance(when, QDateTimeEdit)
    hour = QDateTimeEdit.Section.HourSection
    press_until(lambda _at: when.currentSection() is hour, Qt.Key.Key_Right)
    press(Qt.Key.Key_Up)
    press_until(lambda at: isinstance(at, QPushButton) and at.text() == "Move it")
    press(Qt.Key.Key_Space)
    settle()

    # A line that is no post, and a post that is begun; both on the day in focus.
    back()
    press_until(lambda at: at is calendar.month, Qt.Key.Key_F6)
    press(Qt.Key.Key_Right)
    settle()
    wanted = calendar.month.day()
    press(Qt.Key.Key_N, shift)
    settle()
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    type_text(QApplication.focusWidget(), "Congé férié")
    press(Qt.Key.Key_Return, control)
    settle()
    back()
    assert QApplication.focusWidget() is calendar.month
    qtbot.waitUntil(lambda: [i.title for i in calendar.month.items()] == ["Congé férié"])
    press(Qt.Key.Key_N)
    settle()
    assert type(window.current()).__name__ == "Composer"

    rows = {row.title: row for row in workspace.editorial.drafts()}
    days = {title: row.planned_at.astimezone().date() for title, row in rows.items()}
    assert days == {
        "Invitation": month + timedelta(days=2),
        "Photos": month + timedelta(days=9),
        "Merci": month + timedelta(days=17),
        "": wanted,
    }
    assert rows["Merci"].planned_at.astimezone().hour == 17


def test_the_day_is_shown_beside_a_narrow_month_when_asked_for(
    workspace, page, window, shown, settle, qtbot, today
) -> None:
    for title in ("Un", "Deux"):
        post(workspace, middle(today), title, 9, page_id=page)
    window.resize(1024, 640)
    calendar = shown(middle(today))
    assert not calendar.panel.isVisible() and not calendar.beside.isChecked()
    calendar.month.setFocus()
    press(Qt.Key.Key_D)
    assert calendar.panel.isVisible() and calendar.beside.isChecked()
    assert calendar.panel.clashes.isVisible()
    assert calendar.month.columnWidth(3) >= 80
    press(Qt.Key.Key_F6)
    assert calendar.panel.isAncestorOf(QApplication.focusWidget())
    press(Qt.Key.Key_D)
    assert not calendar.panel.isVisible()
    assert QApplication.focusWidget() is calendar.month
    calendar.beside.click()
    window.resize(1280, 800)
    calendar.beside.click()
    assert not calendar.panel.isVisible()


# --- What is shown -------------------------------------------------------------------------------


def test_filters_let_through_what_they_say(workspace, page, shown, today) -> None:
    other = workspace.editorial.add_page(PageInput("SCC sur X", Network.X))
    post(workspace, middle(today), "Facebook", 9, page_id=page)
    ready = post(workspace, middle(today), "Sur X", 11, page_id=other)
    workspace.editorial.mark_ready(ready, Readiness())
    calendar = shown(middle(today))

    def titles() -> list[str]:
        return [item.title for item in calendar.month.items()]

    assert titles() == ["Facebook", "Sur X"]
    calendar.networks.setCurrentIndex(calendar.networks.findData(Network.X))
    assert titles() == ["Sur X"]
    calendar.networks.setCurrentIndex(0)
    calendar.pages.setCurrentIndex(calendar.pages.findData(page))
    assert titles() == ["Facebook"]
    calendar.pages.setCurrentIndex(0)
    calendar.states.setCurrentIndex(calendar.states.findData("ready"))
    assert titles() == ["Sur X"]


def test_a_post_without_a_page_is_of_the_network_it_is_written_for(
    workspace, page, shown, today
) -> None:
    post(workspace, middle(today), "Sans page", 9)
    calendar = shown(middle(today))
    (item,) = calendar.month.items()
    assert item.network is None and item.goes_to is Network.FACEBOOK
    calendar.networks.setCurrentIndex(calendar.networks.findData(Network.X))
    assert not calendar.month.items()
    calendar.networks.setCurrentIndex(calendar.networks.findData(Network.FACEBOOK))
    assert calendar.month.items()
    assert calendar.panel.model.cell(0, 0).icon == network_icon(Network.FACEBOOK)


def test_a_conflict_is_said_where_it_is(workspace, page, shown, today) -> None:
    post(workspace, middle(today), "Un", 9, page_id=page)
    post(workspace, middle(today), "Deux", 9, page_id=page)
    calendar = shown(middle(today))
    assert calendar.panel.clashes.isVisible()
    assert "Deux" in calendar.panel.clashes.accessibleName()
    words = calendar.month.model_.spoken(middle(today))
    assert "conflict" in words and "Un" in words
    calendar.states.setCurrentIndex(calendar.states.findData("clash"))
    assert len(calendar.month.items()) == 2


def test_a_text_close_to_a_known_one_is_mentioned(workspace, page, shown, qtbot, today) -> None:
    text = (
        "Merci aux soixante équipes qui ont marché toute la nuit au parc pour la vie et l'espoir."
    )
    at = start_of(middle(today), None)
    for number, words in enumerate((text, text.replace("toute la nuit", "une bonne nuit"))):
        workspace.editorial.add_draft(
            DraftDetails(f"Texte {number}", page_id=page, planned_at=at + timedelta(days=number)),
            [(Target.FACEBOOK, Language.FR, words)],
        )
    calendar = shown(middle(today))
    qtbot.waitUntil(lambda: "Texte 1" in calendar.panel.clashes.accessibleName())


def test_markup_in_a_title_is_shown_letter_for_letter(workspace, shown, today) -> None:
    evil = "<img src=x> <b>gras</b>"
    post(workspace, middle(today), evil)
    calendar = shown(middle(today))
    assert calendar.panel.model.cell(0, 0).text == evil
    calendar.grab()


@pytest.mark.parametrize("view", [WEEK, AGENDA])
def test_the_other_views_hold_the_same_entries(workspace, shown, settle, today, view) -> None:
    draft = post(workspace, middle(today))
    calendar = shown(middle(today))
    calendar.show_view(view)
    settle()
    if view == WEEK:
        assert [i.draft_id for i in calendar.week.items()] == [draft]
    else:
        assert calendar.agenda_model.row_at(0).draft_id == draft
    assert calendar.panel.item().draft_id == draft
    calendar.grab()


def test_the_place_is_kept_when_the_language_changes(window, shown, settle, today) -> None:
    calendar = shown(middle(today))
    calendar.go_to(middle(today) + timedelta(days=3))
    calendar.show_view(WEEK)
    settle()
    window.speak("fr")
    settle()
    other = window.current()
    assert other is not calendar
    assert (other._view, other._day) == (WEEK, middle(today) + timedelta(days=3))
    window.speak("en")
    settle()


# --- Lines ---------------------------------------------------------------------------------------


def form(kind: type = RecordForm) -> RecordForm:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()][-1]


def test_a_line_of_all_day_is_written_at_its_own_days(
    workspace, shown, settle, qtbot, today
) -> None:
    calendar = shown(middle(today))
    calendar.add_line()
    settle()
    asked = form()
    asked.widget("title").setText("Foire de la santé")
    asked.widget("all_day").setChecked(True)
    asked.submit()
    settle()
    qtbot.waitUntil(lambda: len(calendar.month.items()) == 1)
    (item,) = calendar.month.items()
    assert item.all_day and item.day == item.last_day == middle(today)
    entry = workspace.editorial.entry(item.entry_id)
    assert entry.starts_at == datetime.combine(middle(today), datetime.min.time(), UTC)
    calendar.open_item(item)
    settle()
    again = form()
    assert again.widget("title").text() == "Foire de la santé"
    again.submit()
    settle()
    unchanged = workspace.editorial.entry(item.entry_id)
    assert (unchanged.starts_at, unchanged.ends_at) == (entry.starts_at, entry.ends_at)


def test_a_line_that_ends_before_it_begins_is_not_written(workspace, shown, settle, today) -> None:
    calendar = shown(middle(today))
    calendar.add_line()
    settle()
    asked = form()
    asked.widget("title").setText("Rencontre")
    ends = asked.widget("ends_at")
    ends.setDateTime(ends.dateTime().addDays(-2))
    asked.submit()
    settle()
    assert asked.isVisible() and not calendar.month.items()
    asked.begin_anew()
    asked.reject()
    settle()


def test_lines_of_several_days_are_bands(workspace, shown, today) -> None:
    first = datetime.combine(middle(today), datetime.min.time(), UTC)
    workspace.editorial.add_entry(
        EntryInput("Congrès", first, first + timedelta(days=3), all_day=True)
    )
    calendar = shown(middle(today))
    assert [band.name for band in calendar.month.plan.bands] == ["Congrès"]
    assert not calendar.month.items()


# --- Campaigns -----------------------------------------------------------------------------------


@pytest.fixture
def campaign(workspace, today) -> int:
    return workspace.editorial.add_campaign(
        CampaignInput("Relais", middle(today), middle(today) + timedelta(days=4),
                      CampaignKind.EVENT, objective_cents=100_00, raised_cents=50_00)
    )  # fmt: skip


def test_a_band_opens_its_campaign(campaign, shown, settle, today) -> None:
    calendar = shown(middle(today))
    grid = calendar.month
    (rect, piece), *_ = grid.places(grid.model_.index_of(middle(today))).lanes
    assert piece.band.name == "Relais"
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    settle()
    assert calendar._view == CAMPAIGNS and calendar.campaigns.table.current_id() == campaign


def test_a_month_that_arrives_late_says_nothing_over_the_campaigns(campaign, shown, settle) -> None:
    calendar = shown()
    calendar._load()
    calendar.show_view(CAMPAIGNS)
    settle()
    assert calendar.period.whole() == "" and not calendar._also.isVisible()
    assert calendar.campaigns.table.current_id() == campaign


def test_what_a_step_owes_is_begun_from_it(workspace, campaign, window, shown, settle) -> None:
    calendar = shown(("campaign", campaign))
    settle()
    write = next(
        b for b in calendar.campaigns.sheet.findChildren(QPushButton)
        if "invitation" in b.accessibleName().lower()
    )  # fmt: skip
    write.click()
    settle()
    (row,) = workspace.editorial.drafts()
    draft = workspace.editorial.sheet(row.id).draft
    assert (draft.campaign_id, draft.step.value, draft.kind.value) == (campaign, "before", "event")
    assert type(window.current()).__name__ == "Composer"


def test_an_invitation_says_what_it_lacks(workspace, campaign, shown, settle, page) -> None:
    from scc_admin.model import PostKind, Step

    workspace.editorial.add_draft(
        DraftDetails("Venez", PostKind.EVENT, page, campaign, Step.BEFORE),
        [(Target.FACEBOOK, Language.FR, "Joignez-vous à nous vendredi pour la marche!")],
    )
    calendar = shown(("campaign", campaign))
    settle()
    assert calendar.campaigns.sheet.gaps.isVisible()


def test_a_campaign_is_described_and_changed(workspace, shown, settle, qtbot, today) -> None:
    calendar = shown()
    calendar.show_view(CAMPAIGNS)
    settle()
    calendar.primary()
    settle()
    asked = form()
    asked.submit()
    assert asked.isVisible()  # it has no name yet
    asked.widget("name_fr").setText("Jonquille")
    asked.widget("hashtags").setPlainText("#MoisJonquille\n\n #DaffodilMonth ")
    asked.widget("objective_cents").setText("2 400 000,50 $")
    asked.submit()
    settle()
    (made,) = workspace.editorial.campaigns()
    assert made.hashtags == ("#MoisJonquille", "#DaffodilMonth")
    assert made.objective_cents == 240_000_050
    qtbot.waitUntil(lambda: calendar.campaigns.table.current_id() == made.id)
    calendar.campaigns.change(made.id)
    again = form()
    again.widget("name_en").setText("Daffodil Month")
    again.submit()
    settle()
    (changed,) = workspace.editorial.campaigns()
    assert (changed.key, changed.name_en) == (made.key, "Daffodil Month")
    assert changed.objective_cents == made.objective_cents


# --- Files ---------------------------------------------------------------------------------------


def test_the_month_is_exported(workspace, page, campaign, shown, settle, today, tmp_path) -> None:
    post(workspace, middle(today), "=SOMME(A1)", 9, page_id=page)
    calendar = shown(middle(today))
    path = tmp_path / "mois.pdf"
    calendar.export_to(path)
    settle()
    words = " ".join(page.words for page in drawn(path.read_bytes()))
    assert "SOMME(A1)" in words and "Relais" in words


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//FR
BEGIN:VEVENT
UID:un@exemple.org
DTSTART;VALUE=DATE:{day:%Y%m%d}
SUMMARY:Congé <b>férié</b>
END:VEVENT
BEGIN:VEVENT
UID:deux@exemple.org
DTSTART:{day:%Y%m%d}T150000Z
DTEND:{day:%Y%m%d}T160000Z
SUMMARY:Rencontre
END:VEVENT
END:VCALENDAR
"""


def test_an_import_is_shown_before_it_is_written_and_undone(
    workspace, shown, settle, qtbot, today, tmp_path
) -> None:
    file = tmp_path / "autre.ics"
    file.write_text(ICS.format(day=middle(today)), "utf-8", newline="\r\n")
    calendar = shown(middle(today))
    exchange.begin(calendar, file)
    settle()
    asked = form(exchange.ImportDialog)
    assert asked.model.rowCount() == 2 and not calendar.month.items()
    titles = [asked.model.cell(row, 0).text for row in range(2)]
    assert "Congé <b>férié</b>" in titles
    asked.table.selectRow(titles.index("Rencontre"))
    qtbot.keyClick(asked.table, Qt.Key.Key_Space)
    asked.button("yes").click()
    settle()
    qtbot.waitUntil(lambda: len(calendar.month.items()) == 1)
    assert calendar.month.items()[0].title == "Congé <b>férié</b>"
    exchange.begin(calendar, file)
    settle()
    again = form(exchange.ImportDialog)
    assert again.model.rowCount() == 1  # only what was left out is still to be added
    again.reject()
    (batch,) = workspace.exchange.batches()
    exchange.undo(calendar, batch.id)
    settle()
    qtbot.waitUntil(lambda: not calendar.month.items())


def test_a_table_whose_columns_are_not_known_asks_for_them(
    workspace, shown, settle, qtbot, today, tmp_path
) -> None:
    file = tmp_path / "plan.csv"
    file.write_text(f"Quand?,Truc\n{middle(today)},Marche du printemps\n", "utf-8")
    calendar = shown(middle(today))
    exchange.begin(calendar, file)
    settle()
    asked = form(Dialog)
    pickers = {p.accessibleName().rstrip(" *"): p for p in asked.findChildren(Picker)}
    pickers["Date"].setCurrentIndex(1)
    pickers["Title"].setCurrentIndex(2)
    asked.button("yes").click()
    settle()
    preview = form(exchange.ImportDialog)
    assert preview.model.cell(0, 0).text == "Marche du printemps"
    preview.button("yes").click()
    settle()
    qtbot.waitUntil(lambda: len(calendar.month.items()) == 1)


def test_a_broken_file_is_a_sentence(shown, settle, tmp_path) -> None:
    file = tmp_path / "rien.ics"
    file.write_bytes(b"\x00\xff\xfe rien")
    calendar = shown()
    exchange.begin(calendar, file)
    settle()
    told = form(Dialog)
    assert told.accessibleDescription() and not isinstance(told, exchange.ImportDialog)
    told.reject()


def test_the_calendar_and_a_signed_plan_are_written(
    workspace, page, shown, settle, today, tmp_path
) -> None:
    post(workspace, today + timedelta(days=2), "Bientôt", page_id=page)
    calendar = shown(today)
    exchange.export_to(calendar, tmp_path / "tout.ics")
    exchange.plan_to(calendar, page, tmp_path / "plan.ics")
    settle()
    assert "Bientôt" in (tmp_path / "tout.ics").read_text("utf-8")
    assert workspace.exchange.plan(tmp_path / "plan.ics").sender.own


# --- Small pieces --------------------------------------------------------------------------------


@given(st.dates(date(2000, 1, 31), date(2080, 12, 31)), st.integers(-30, 30))
def test_the_same_day_of_another_month_is_in_it(day: date, months: int) -> None:
    other = same_day(day, months)
    assert (other.year * 12 + other.month) - (day.year * 12 + day.month) == months
    assert other.day <= day.day


@given(st.dates(date(2000, 1, 1), date(2080, 12, 31)), st.booleans())
def test_a_month_is_held_by_whole_weeks(day: date, sunday: bool) -> None:
    first, weeks = weeks_of(day, sunday=sunday)
    last = first + timedelta(days=7 * weeks - 1)
    assert first.weekday() == (6 if sunday else 0)
    assert first <= day.replace(day=1) and last >= same_day(day.replace(day=1), 1) - timedelta(1)
    assert 4 <= weeks <= 6


@given(
    st.lists(
        st.tuples(st.integers(-20, 20), st.integers(0, 30)).map(
            lambda t: Band(
                f"c{t}",
                "x",
                date(2026, 11, 2) + timedelta(t[0]),
                date(2026, 11, 2) + timedelta(t[0] + t[1]),
                warm=True,
            )
        ),
        max_size=12,
    )
)
def test_bands_never_cover_each_other(bands: list[Band]) -> None:
    for lane in lanes_of(bands, date(2026, 11, 2), 4):
        for one, other in itertools.pairwise(lane):
            assert one.end < other.begin


@pytest.mark.parametrize(
    ("words", "cents"),
    [
        ("1500", 150_000), ("1 500,50 $", 150_050), ("$1,500.50", 150_050), ("1,500", 150_000),
        ("0", 0), ("12,5", 1_250), ("", None), ("beaucoup", None), ("1.234", None), ("-5", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_written_here(words: str, cents: int | None) -> None:
    assert read_money(words) == cents


@pytest.mark.slow
@pytest.mark.parametrize("language", Language)
def test_at_twice_the_size_the_calendar_scrolls_downwards_only(
    qtbot, theme, tasks, sample, settle, language
) -> None:
    theme.choose(zoom=2.0)
    window = open_window(qtbot, theme, tasks, sample, language)
    window.resize(1024, 640)
    window.go("calendar")
    settle()
    screen = window.current()
    room = window.findChild(Room)
    qtbot.waitUntil(lambda: room.verticalScrollBar().maximum() > 0)
    assert room.horizontalScrollBar().maximum() == 0
    assert screen.more.mapTo(screen, screen.more.rect().bottomRight()).x() <= screen.width()
    assert screen.pages.mapTo(screen, QPoint()).y() > screen.before.mapTo(screen, QPoint()).y()
    grid = screen.month
    for week in range(grid.model_.rowCount()):
        assert grid.rowHeight(week) >= theme.px(60)

    def whole(day: date) -> bool:
        row = grid.visualRect(grid.model_.index_of(day))
        seen = QRect(grid.viewport().mapTo(room.widget(), row.topLeft()), row.size())
        view = QRect(QPoint(0, room.verticalScrollBar().value()), room.viewport().size())
        return seen.top() >= view.top() and seen.bottom() <= view.bottom()

    day = grid.day()
    assert day is not None
    qtbot.waitUntil(lambda: whole(day))
    for place in (grid.plan.first, grid.plan.last):
        grid.go_to(place)
        assert whole(place)
    theme.choose(zoom=1.0)
    qtbot.waitUntil(lambda: window.current() is not screen)
    settle()
    screen = window.current()
    assert screen.pages.mapTo(screen, QPoint()).y() < screen.before.height()


@given(st.text(max_size=30))
def test_no_words_make_an_amount_fail(words: str) -> None:
    assert read_money(words) is None or read_money(words) >= 0
    assert read_number(words) is None or read_number(words) >= 0
