"""Templates and sources in the settings: changed, added, taken out, and back again."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from scc_admin.library import Standing
from scc_admin.model import Language, Rung, Situation
from scc_admin.moderation import CaseInput, IncidentInput
from ui.day import task_words
from ui.library import LibraryPart
from ui.moderation.steps import StepDialog
from ui.records import RecordForm


@pytest.fixture
def part(window, workspace, settle):
    workspace.settings.set("verdict.meaning", False)

    def shown(name: str) -> LibraryPart:
        window.go("settings", name)
        settle()
        return window.current().findChildren(LibraryPart)[-1]

    return shown


def form() -> RecordForm:
    found = QApplication.activeModalWidget()
    assert isinstance(found, RecordForm)
    return found


def choose(part: LibraryPart, standing: Standing = Standing.SHIPPED, use: str = "") -> None:
    row = next(
        number
        for number, piece in enumerate(part._pieces)
        if piece.standing is standing and (not use or piece.use == use)
    )
    part.table.select_id(row)


def offered(window, workspace) -> list[str]:
    """What the dialog of a public answer offers to begin with."""
    case_id = workspace.moderation.report(
        CaseInput("Bronzage", Situation.TONE), IncidentInput("Tout est faux")
    ).case_id
    dialog = StepDialog(window.shell, workspace.moderation.sheet(case_id), Rung.ANSWER)
    menu = dialog._template_menu()
    english = menu.actions()[0].menu()
    titles = [action.text() for action in english.actions()]
    dialog.reject()
    return titles


def test_words_are_changed_offered_and_put_back(window, workspace, part, settle):
    templates = part("templates")
    choose(templates, use="public_answer")
    before = templates.current()
    assert not templates.back_button.isEnabled()
    templates.change()
    asked = form()
    asked.widget("title_en").setText("Ours <b>first</b>")
    asked.widget("text_en").setPlainText("Hello {name} {")
    asked.submit()
    settle()
    after = templates.current()
    assert after.key == before.key and after.standing is Standing.CHANGED
    assert after.text.to(Language.EN) == "Hello {name} {" and after.text.fr == before.text.fr
    assert "Ours <b>first</b>" in offered(window, workspace)
    templates.back_button.click()
    settle()
    assert templates.current() == before
    assert "Ours <b>first</b>" not in offered(window, workspace)


def test_one_is_taken_out_and_brought_back_by_undoing(window, workspace, part, settle):
    templates = part("templates")
    choose(templates, use="public_answer")
    title = templates.current().title.to(Language.EN)
    templates.out_button.click()
    settle()
    assert title not in offered(window, workspace)
    assert templates.current().standing is Standing.OUT
    assert not templates.change_button.isEnabled() and templates.change() is None
    (undo,) = [b for b in window.findChildren(QPushButton) if b.text() == "Undo" and b.isVisible()]
    undo.click()
    settle()
    assert title in offered(window, workspace)


def test_a_source_of_one_s_own_is_asked_whole_and_found(window, workspace, part, settle):
    sources = part("sources")
    sources.add()
    asked = form()
    asked.widget("title_en").setText("Kombucha, a review")
    asked.widget("url_en").setText("nowhere")
    asked.submit()
    settle()
    assert asked.isVisible(), "a link that is none is said, and nothing is lost"
    assert asked.widget("title_en").text() == "Kombucha, a review"
    asked.widget("url_en").setText("https://example.org/k")
    asked.widget("topics").setPlainText("kombucha\n")
    asked.submit()
    settle()
    assert sources.current().standing is Standing.OWN
    assert workspace.library.sources_for("Le kombucha soigne")[0].key == sources.current().key
    sources.search.setText('kombucha* OR "')
    sources._fill()
    assert sources.model.rowCount() <= 1
    sources.search.setText("KOMBUCHA")
    sources._fill()
    assert sources.model.rowCount() == 1
    sources.out_button.click()
    settle()
    assert workspace.library.sources("kombucha") == []


def test_the_dialog_of_a_rung_leads_to_its_templates_and_keeps_what_was_typed(
    window, workspace, settle
):
    workspace.settings.set("verdict.meaning", False)
    case_id = workspace.moderation.report(
        CaseInput("Bronzage", Situation.TONE), IncidentInput("Tout est faux")
    ).case_id
    dialog = StepDialog(window.shell, workspace.moderation.sheet(case_id), Rung.ANSWER)
    dialog.open()
    dialog.words.setPlainText("Je commence à répondre")
    dialog._template_menu().actions()[-1].trigger()
    settle()
    assert QApplication.activeModalWidget() is None
    assert window.current().findChildren(LibraryPart)
    kept = workspace.moderation.unfinished.get(f"answer:{case_id}")
    assert kept is not None and "Je commence" in str(kept.data)


# --- Links to be checked again -------------------------------------------------------------------


def test_a_reminder_set_in_the_form_comes_up_in_today_and_leads_back(
    window, workspace, part, settle, qtbot
):
    sources = part("sources")
    choose(sources)
    source = sources.current()
    today = window.shell.tr.local(window.shell.clock()).date()
    sources.change()
    asked = form()
    reminder = asked.widget("check_on")
    assert reminder.day() is None
    reminder.box.setChecked(True)
    assert reminder.day() > today, "the day that is offered is to come"
    reminder.set_day(today)
    asked.submit()
    settle()
    kept = sources.current()
    assert (kept.key, kept.check_on, kept.standing) == (source.key, today, Standing.SHIPPED)
    (row,) = (n for n in range(sources.model.rowCount()) if sources.model.row_at(n)[1] == kept)
    assert [tag.icon for tag in sources.model.cell(row, 0).tags] == ["bell"]

    (task,) = (t for t in workspace.today(zone=None).tasks if t.key == source.key)
    words = task_words(window.shell.tr, task, today)
    assert source.title.to(Language.EN) == words[0] and "check the link" in words[1]
    window.go("pages", ("register", task.ref, task.key))
    settle()
    pane = window.current().registers
    shown = pane._libraries["sources"]
    assert pane._side.currentWidget() is shown
    qtbot.waitUntil(lambda: shown.current() is not None and shown.current().key == source.key)
    assert pane._due == {"sources": 1}

    checked = shown.check()
    assert checked.widget("check_on").day() > today
    assert any("Open the link" in b.text() for b in checked.findChildren(QPushButton))
    checked.submit()
    settle()
    assert [t for t in workspace.today(zone=None).tasks if t.key] == []
    assert shown.current().check_on > today


def test_sources_leave_as_a_file_and_what_it_would_change_is_shown_first(
    window, workspace, part, settle, tmp_path
):
    sources = part("sources")
    sources.export_to(tmp_path / "sources.csv")
    settle()
    text = (tmp_path / "sources.csv").read_text("utf-8-sig")
    first = sources.current()
    (tmp_path / "b.csv").write_text(
        text.replace(first.title.en, "Better title") + ",,,Neuve,,https://exemple.org/n\r\n",
        "utf-8",
    )
    sources.export_to(tmp_path / "sources.xlsx")
    sources.import_from(tmp_path / "b.csv")
    settle()
    asked = QApplication.activeModalWidget()
    assert "To add: 1. To change: 1." in asked.accessibleDescription()
    asked.button("yes").click()
    settle()
    titles = {piece.title.en for piece in workspace.library.sources()}
    assert {"Better title"} <= titles and first.title.en not in titles
    assert (tmp_path / "sources.xlsx").read_bytes().startswith(b"PK")
