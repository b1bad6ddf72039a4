"""The weekly report: looked at before it is exported, its comment never lost, what changed said."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from scc_admin.editorial import DraftDetails, PageInput, Readiness
from scc_admin.model import Language, Network, Target
from scc_admin.reports import Week
from ui.messages import Dialog
from ui.pdf import drawn
from ui.reports import Reports
from ui.widgets import path_elided


@pytest.fixture(autouse=True)
def documents(monkeypatch, tmp_path) -> Path:
    """Nobody's own: here a report may be exported without anybody saying where."""
    made = tmp_path / "Documents"
    made.mkdir()
    monkeypatch.setattr("ui.files._place", lambda _place: made if made.is_dir() else None)
    return made


@pytest.fixture
def last_week(workspace) -> Week:
    return Week.of(workspace.clock().astimezone().date()).shifted(-1)


@pytest.fixture
def published(workspace, last_week) -> int:
    page = workspace.editorial.add_page(PageInput("SCC Québec", Network.FACEBOOK))
    at = last_week.bounds(workspace.zone)[0] + timedelta(days=2)
    draft = workspace.editorial.add_draft(
        DraftDetails("Merci", page_id=page, planned_at=at),
        [(Target.FACEBOOK, Language.FR, "Merci à tous.")],
    )
    workspace.editorial.mark_ready(draft, Readiness())
    workspace.editorial.mark_published(draft, at, "")
    return draft


@pytest.fixture
def shown(window, settle):
    def show(target: object = None) -> Reports:
        window.go("reports", target)
        settle()
        screen = window.current()
        assert isinstance(screen, Reports)
        return screen

    return show


def drawn_words(reports: Reports) -> str:
    return " ".join(page.words for page in drawn(reports._pdf))


def test_the_week_that_is_over_is_drawn_as_it_will_print(
    workspace, published, shown, qtbot, last_week
) -> None:
    reports = shown()
    assert reports.week == last_week
    qtbot.waitUntil(lambda: bool(reports._pdf))
    assert reports._stack.currentIndex() == 0
    assert str(last_week.number) in reports.name.text()
    assert str(last_week.number) in drawn_words(reports)
    qtbot.waitUntil(lambda: reports.view.pages > 0)
    heard = []
    for number in range(reports.view.pages):
        reports.view.turn(number - reports.view.page)
        reports.view.grab()
        qtbot.waitUntil(lambda: bool(reports.view.sheets.accessibleDescription()))
        heard.append(reports.view.sheets.accessibleDescription())
    assert any("SCC Québec" in words for words in heard) and len(set(heard)) == len(heard)


def test_its_language_is_chosen_apart_from_the_window_s(shown, qtbot) -> None:
    reports = shown()
    qtbot.waitUntil(lambda: bool(reports._pdf))
    assert "Weekly report" in drawn_words(reports)
    before = reports._pdf
    reports._radios[Language.FR].setChecked(True)
    qtbot.waitUntil(lambda: reports._pdf != before)
    assert "Rapport hebdomadaire" in drawn_words(reports)


def test_the_files_are_exported_with_the_comment(
    published, shown, settle, qtbot, tmp_path, last_week, workspace
) -> None:
    reports = shown()
    reports.export_into(tmp_path / "out")
    reports.formats["json"].setChecked(True)
    reports.comment.setPlainText("Une bonne semaine.")
    reports.primary()
    settle()
    assert {p.suffix for p in (tmp_path / "out").iterdir()} == {".pdf", ".xlsx", ".json"}
    data = json.loads(next((tmp_path / "out").glob("*.json")).read_text("utf-8"))
    assert (data["week"], data["comment"]) == (str(last_week), "Une bonne semaine.")
    assert reports.model.rowCount() == 1
    assert workspace.moderation.unfinished.names() == []


def test_what_differs_from_an_earlier_export_is_said(
    workspace, published, shown, settle, qtbot, tmp_path
) -> None:
    reports = shown()
    reports.export_into(tmp_path)
    reports.primary()
    settle()
    first = {path.name: path.read_bytes() for path in tmp_path.glob("r*-W*")}
    workspace.editorial.trash(published)
    reports.turn(0)
    qtbot.waitUntil(lambda: reports.banner.isVisible())
    assert "Posts published 1 → 0" in reports.banner.accessibleName()
    reports._radios[Language.FR].setChecked(True)
    settle()
    qtbot.waitUntil(lambda: "Semaine" in drawn_words(reports))
    assert "Posts published 1 → 0" in reports.banner.accessibleName(), "in the window's words"
    reports._radios[Language.EN].setChecked(True)
    settle()
    qtbot.waitUntil(lambda: "Semaine" not in drawn_words(reports))
    qtbot.waitUntil(lambda: not reports._rest.isActive())
    reports.primary()
    settle()
    assert {name: (tmp_path / name).read_bytes() for name in first} == first, (
        "the earlier one stays"
    )
    again = {f"{Path(name).stem}-2{Path(name).suffix}" for name in first}
    assert {path.name for path in tmp_path.glob("r*-W*")} == {*first, *again}
    cell = reports.model.cell(0, 0)
    assert cell.tags and reports.model.rowCount() == 2
    reports._open_earlier(reports.model.row_at(0).id)
    settle()
    told = [w for w in QApplication.topLevelWidgets() if isinstance(w, Dialog) and w.isVisible()]
    assert "1 → 0" in told[-1].accessibleDescription()
    told[-1].reject()


def test_a_comment_begun_is_there_when_one_comes_back(
    shown, settle, window, qtbot, workspace
) -> None:
    reports = shown()
    reports.comment.setPlainText("À finir")
    reports.turn(-1)
    settle()
    assert reports.comment.toPlainText() == ""
    reports.turn(1)
    settle()
    assert reports.comment.toPlainText() == "À finir"
    reports.comment.setPlainText("À finir demain")
    window.go("drafts")
    settle()
    window.go("reports")
    settle()
    assert reports.comment.toPlainText() == "À finir demain"
    assert workspace.today(zone=None).tasks == ()  # it is no form of moderation


def test_nothing_is_exported_without_a_format_or_a_name(workspace, shown, settle, tmp_path) -> None:
    reports = shown()
    reports.export_into(tmp_path / "out")
    for box in reports.formats.values():
        box.setChecked(False)
    assert not reports.can("primary")
    reports.primary()
    reports.formats["pdf"].setChecked(True)
    workspace.settings.set("me.name", "")
    reports.primary()
    settle()
    told = [w for w in QApplication.topLevelWidgets() if isinstance(w, Dialog) and w.isVisible()]
    assert told and not (tmp_path / "out").exists()
    for one in told:
        one.reject()


def test_a_week_is_opened_from_elsewhere(shown, last_week) -> None:
    wanted = last_week.shifted(-3)
    reports = shown(str(wanted))
    assert reports.week == wanted and reports.after.isEnabled()


def test_the_folder_one_chose_is_kept_across_languages_and_days(
    window, published, shown, settle, tmp_path, documents
) -> None:
    reports = shown()
    assert reports._out == documents, "proposed as long as nobody chose another"
    (tmp_path / "out").mkdir()
    reports.export_into(tmp_path / "out")
    window.speak("fr")
    settle()
    again = window.screen_named("reports")
    assert again is not reports and again._out == tmp_path / "out"
    (tmp_path / "out").rmdir()
    window.speak("en")
    settle()
    assert window.screen_named("reports")._out == documents
    documents.rmdir()
    window.speak("fr")
    settle()
    assert window.screen_named("reports")._out == window.shell.workspace.exports_folder


def test_language_and_formats_outlive_text_size_language_and_restart(
    window, shown, settle, theme, workspace, published
) -> None:
    reports = shown()
    reports._radios[Language.FR].setChecked(True)
    reports.formats["json"].setChecked(True)
    reports.formats["xlsx"].setChecked(False)
    reports.turn(-1)
    week = reports.week
    settle()
    for change in (lambda: theme.choose(zoom=1.25), lambda: window.speak("fr")):
        change()
        settle()
        again = window.screen_named("reports")
        assert again is not reports and again.week == week
        assert again.language is Language.FR and again.chosen_formats() == ("pdf", "json")
        reports = again
    reports._radios[Language.EN].setChecked(True)
    settle()
    reports = Reports(window.shell)  # as after a restart: nothing but the workspace remembers
    assert reports.language is Language.EN and reports.chosen_formats() == ("pdf", "json")
    reports.deleteLater()
    theme.choose(zoom=1.0)
    settle()


def test_a_comment_belongs_to_a_week_and_a_language(shown, settle, workspace, tmp_path) -> None:
    workspace.moderation.unfinished.keep(  # of a version that knew one comment only
        f"report-{Week.of(workspace.clock().astimezone().date()).shifted(-1)}",
        {"comment": "Ancien"},
    )
    reports = shown()
    assert reports.language is Language.EN and reports.comment.toPlainText() == ""
    reports.comment.setPlainText("A good week.")
    reports._radios[Language.FR].setChecked(True)
    settle()
    assert reports.comment.toPlainText() == "Ancien"
    reports.export_into(tmp_path)
    reports.primary()
    settle()
    reports._radios[Language.EN].setChecked(True)
    settle()
    assert reports.comment.toPlainText() == "A good week.", "the other was exported, not this one"


def test_keys_pressed_twice_make_one_export(published, shown, settle, qtbot, tmp_path) -> None:
    reports = shown()
    reports.export_into(tmp_path)
    reports.primary()
    reports.primary()
    settle()
    reports._rest.start()  # the moment after, however slow this computer is
    reports.primary()
    settle()
    assert reports.model.rowCount() == 1
    assert "stays" not in reports.shell.messages._toast.accessibleName()
    assert reports.model.cell(0, 0).text.startswith("report-2026-W47")
    reports._rest.stop()
    reports.primary()
    settle()
    names = {reports.model.cell(row, 0).text for row in range(2)}
    assert names == {"report-2026-W47", "report-2026-W47-2"}
    said = reports.shell.messages._toast.accessibleName()
    assert "report-2026-W47-2.pdf" in said and said.endswith("stays as it was: report-2026-W47.")


def test_an_earlier_export_says_in_which_folder_it_is(published, shown, settle, tmp_path) -> None:
    reports = shown()
    reports.export_into(tmp_path)
    reports.primary()
    settle()
    reports.turn(-1)
    reports.table.opened.emit(reports.model.id_at(0))
    settle()
    assert str(reports.week) == "2026-W47"

    def said() -> str:
        return reports.shell.messages._toast.accessibleName()

    assert said() == f"report-2026-W47 is in {tmp_path}." and reports.shell.messages.has_offer()
    for file in tmp_path.glob("report-*"):
        file.unlink()
    reports.table.opened.emit(reports.model.id_at(0))
    settle()
    assert said().startswith(f"report-2026-W47 is not in {tmp_path}")


def test_a_week_under_way_is_said_to_be(published, shown, qtbot, settle) -> None:
    reports = shown()
    qtbot.waitUntil(lambda: bool(reports._pdf))
    assert not reports.banner.isVisible()
    reports.turn(1)
    qtbot.waitUntil(lambda: reports.banner.isVisible())
    assert "Week under way: figures up to Nov" in reports.banner.accessibleName()
    assert "Week under way" in drawn_words(reports)


def test_a_folder_s_path_loses_its_middle(shown, tmp_path, qtbot) -> None:
    reports = shown()
    folder = tmp_path / ("one-folder-after-another-" * 3) / "home" / "Documents"
    reports.export_into(folder)
    assert reports.folder.text() == f"/{tmp_path.parts[1]}/…/home/Documents"
    assert reports.folder.toolTip() == reports.folder.accessibleName() == str(folder)
    metrics = reports.folder.fontMetrics()

    def in_room_of(words: str, path: str) -> str:
        return path_elided(metrics, path, metrics.horizontalAdvance(words))

    windows = r"C:\Users\Marie Gagnon\Documents\SCC\exports"
    assert in_room_of(r"C:\…\SCC\exports", windows) == r"C:\…\SCC\exports"
    assert in_room_of(r"…\SCC\exports", windows) == r"…\SCC\exports"
    assert in_room_of(r"…\exports", windows) == r"…\exports"
    assert in_room_of("…expo", windows).count("…") == 1


def test_nothing_says_that_an_e_mail_leaves(shown) -> None:
    assert shown().formats["eml"].text() == "Draft of an e-mail"


def test_f6_leads_from_the_header_into_the_screen_and_shift_f6_to_the_rail(window, shown) -> None:
    window.activateWindow()
    reports = shown()
    for step, there in ((window.next_pane, reports.before), (window.previous_pane, window.rail)):
        window.header.search.setFocus()
        step()
        focused = QApplication.focusWidget()
        assert there is focused or there.isAncestorOf(focused)
