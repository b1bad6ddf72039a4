"""The journal and retention tabs: what is found, what is proven, what is gone for good."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import NOON, flush_deleted
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from scc_admin.i18n import Translator
from scc_admin.model import (
    EntryKind,
    ErasedField,
    Ground,
    JournalProblem,
    JournalReport,
    Language,
)
from ui.messages import Dialog
from ui.moderation.erasing import save_certificate, save_certificate_again
from ui.moderation.journal import EraseDialog, Wrapped, report_words
from ui.moderation.retention import AccessDialog
from ui.moderation.screen import Moderation


@pytest.fixture
def screen(full, settle) -> Moderation:
    full.go("moderation", "journal")
    settle()
    return full.current()


def dialog() -> Dialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, Dialog)
    return found


def said(widget) -> str:
    words = [label.text() for label in widget.findChildren(QLabel)]
    return "\n".join(words + [part.toPlainText() for part in widget.findChildren(Wrapped)])


def test_the_table_holds_the_whole_journal_and_narrows_as_one_types(screen, sample, settle):
    pane = screen.journal
    assert pane.model.rowCount() == sample.journal.size()
    pane.search.setText("bronz vitam")
    pane.read()
    settle()
    found = [pane.model.id_at(row) for row in range(pane.model.rowCount())]
    assert found and all("vitamine" in str(dict(sample.journal.entry(s).values)) for s in found)
    pane.show_all()
    pane.kinds.setCurrentIndex(pane.kinds.findData(EntryKind.BAN.value))
    settle()
    assert pane.model.rowCount() == 1
    pane.show_all()
    pane.case.setText("cas-2026-001")
    pane.read()
    settle()
    assert {
        sample.journal.entry(pane.model.id_at(r)).case for r in range(pane.model.rowCount())
    } == {"CAS-2026-001"}
    pane.period.setCurrentIndex(pane.period.findData("7"))
    settle()
    assert pane.stack.currentWidget() is pane.nothing
    pane.nothing.button.click()
    settle()
    assert pane.model.rowCount() == sample.journal.size()


@pytest.mark.parametrize("text", ['" OR 1=1', "a* NEAR b", "-", "(", "é'%_", "\x00", "𝒷𝓇"])
def test_the_search_box_takes_anything(screen, settle, text):
    screen.journal.search.setText(text)
    screen.journal.read()
    settle()


def test_an_entry_opens_from_elsewhere_and_leads_to_its_case(full, screen, sample, settle):
    entry = next(e for e in sample.journal.entries() if e.kind is EntryKind.BAN)
    full.go("moderation", ("journal", entry.seq))
    settle()
    pane = screen.journal
    assert pane.table.current_id() == entry.seq
    assert entry.values["reason"] in said(pane.detail)
    pane.case_asked.emit(entry.case)
    settle()
    assert screen.view.sheet.case.number == entry.case


def test_verifying_says_what_was_established_and_no_more(full, screen, settle):
    screen.verify_journal()
    settle()
    shown = dialog()
    assert "83" in shown.windowTitle()
    shown.reject()
    assert "83" in full.status.journal.text()


def test_a_verification_can_be_stopped(screen, tasks, settle):
    pane = screen.journal
    pane.verify()
    pane.verify()
    settle()
    assert pane._job is None and pane.bar.isHidden()
    flush_deleted()
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, Dialog):
            widget.reject()


@pytest.mark.parametrize("language", list(Language))
def test_the_words_of_a_report_promise_nothing_it_does_not_prove(language):
    tr = Translator(language)
    good = JournalReport(
        90, b"", 1, (), 0, (ErasedField(3, "text", 80), ErasedField(4, "url", 80)), 2, 60
    )
    title, text = report_words(tr, good)
    for number in ("90",):
        assert number in title
    for number in ("60", "30", "80"):
        assert number in text
    first, second, *_ = report_words(tr, replace(good, held=50))[1].split("\n\n")
    assert "50" in first and "60" not in first and "60" in second
    problem = JournalProblem("hash", 5, "Entry {seq} is not what it was.", {"seq": 5})
    bad = JournalReport(90, b"", 1, (problem,), 1, (), 0, 0)
    assert report_words(tr, bad)[0] != title


def test_a_checkpoint_is_signed_and_saved(screen, sample, settle, tmp_path):
    before = len(sample.journal.checkpoints())
    screen.make_checkpoint()
    settle()
    shown = dialog()
    shown.reject()
    points = sample.journal.checkpoints()
    assert len(points) == before + 1
    screen.journal.save_point(points[0], tmp_path / "point.txt")
    settle()
    assert (tmp_path / "point.txt").read_text("utf-8") == points[0].note
    assert sample.journal.verify(held=[points[0].note]).ok


def test_values_are_erased_on_a_ground_by_somebody_and_the_journal_verifies(
    screen, sample, settle, tmp_path
):
    entry = next(e for e in sample.journal.entries() if e.kind is EntryKind.INCIDENT)
    pane = screen.journal
    pane.table.select_id(entry.seq)
    settle()
    pane.ask_erase()
    settle()
    form = dialog()
    assert isinstance(form, EraseDialog)
    offered = form.widget("ground")
    assert offered.findData(Ground.RETENTION.value) == -1, "its time is not over"
    captured = form._boxes["captured"].text()
    assert entry.values["captured"] not in captured and "13\xa0h\xa040 (18:40:00 UTC)" in captured
    form.submit()
    assert form.isVisible(), "nobody approved"
    for name, box in form._boxes.items():
        box.setChecked(name == "text")
    form.widget("approver").setText("Luc Gagné")
    form.submit()
    settle()
    now = sample.journal.entry(entry.seq)
    assert now.values["text"] is None and now.values["captured"] is not None
    assert sample.journal.verify().ok
    offer = dialog()
    offer.reject()
    pane.table.select_id(entry.seq - 1)
    pane.table.select_id(entry.seq)
    settle()
    assert "84" in said(pane.detail)
    gone = sample.moderation.retention.erase_entry(entry.seq, ground=Ground.REQUEST, approver="Luc")
    save_certificate(screen.shell, gone, tmp_path / "c.pdf", "erasure")
    settle()
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")
    assert sample.journal.checkpoints()[0].size == sample.journal.size() >= gone.entry


def test_a_certificate_can_be_made_again_from_the_entry_that_destroyed(
    screen, sample, settle, tmp_path
):
    entry = next(e for e in sample.journal.entries() if e.kind is EntryKind.INCIDENT)
    pane = screen.journal
    again = screen.shell.tr.tr("Save the certificate…")

    def offered(seq: int) -> bool:
        pane.read()
        settle()
        pane.table.select_id(seq)
        settle()
        flush_deleted()
        return again in [b.text() for b in pane.detail.findChildren(QPushButton)]

    gone = sample.moderation.retention.erase_entry(entry.seq, ground=Ground.REQUEST, approver="Luc")
    assert not offered(entry.seq) and offered(gone.entry)
    destroyed = sample.journal.entry(gone.entry)
    save_certificate_again(screen.shell, destroyed, tmp_path / "c.pdf")
    settle()
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")


# --- Retention -----------------------------------------------------------------------------------


def test_nothing_is_due_at_first_and_the_next_ones_can_be_seen(full, settle):
    full.go("moderation", "retention")
    settle()
    pane = full.current().retention
    assert pane.stack.currentWidget() is pane.none
    pane.none.button.click()
    settle()
    assert pane.model.rowCount() == 3
    assert pane.table.current_id() == 1


def test_a_hold_keeps_a_case_and_without_it_the_case_can_go(full, sample, settle, tmp_path):
    sample.moderation.set_hold(1, "Mise en demeure")
    full.go("moderation", "retention")
    settle()
    pane = full.current().retention
    pane.ahead.setCurrentIndex(3)
    settle()
    pane.table.select_id(1)
    assert not pane.destroy_button.isEnabled()
    sample.moderation.set_hold(1, "")
    pane.read()
    settle()
    pane.table.select_id(1)
    assert pane.destroy_button.isEnabled()
    sample.moderation.unfinished.keep("note:1", {"text": "À suivre"})
    pane.ask_destroy()
    settle()
    form = dialog()
    assert form.widget("ground").findData(Ground.RETENTION.value) == -1, "its time is not over"
    form.submit()
    assert form.isVisible()
    form.widget("approver").setText(sample.who().upper())
    form.submit()
    settle()
    assert form.isVisible() and form.banner.isVisible(), "nobody approves their own act"
    assert sample.moderation.sheet(1).case.destroyed_at is None
    form.widget("approver").setText("Luc Gagné")
    form.submit()
    settle()
    assert form.isVisible(), "something stands open"
    assert sample.moderation.sheet(1).case.destroyed_at is None
    form.widget("though_open").setChecked(True)
    form.submit()
    settle()
    assert sample.moderation.sheet(1).case.destroyed_at == NOON
    assert sample.journal.verify().ok
    dialog().reject()
    settle()
    assert pane.model.rowCount() == 2


def test_a_person_is_given_a_folder(full, sample, settle, tmp_path):
    full.go("moderation", "retention")
    settle()
    pane = full.current().retention
    person = next(p for p in sample.moderation.persons() if p.label == "Usager 042")
    pane.give_access(person)
    settle()
    form = dialog()
    assert isinstance(form, AccessDialog) and len(form._boxes) == 9
    next(iter(form._boxes.values())).setChecked(True)
    form.hide_words.setPlainText("Thomas\n")
    form.export(tmp_path)
    settle()
    (folder,) = [path for path in tmp_path.iterdir() if path.name.startswith("acces-")]
    assert len(list((folder / "preuves").iterdir())) == 1
    assert "Thomas" not in (folder / "dossier.txt").read_text("utf-8")


def test_the_entry_of_a_report_is_read_whole_in_a_narrow_pane(
    screen, full, sample, settle, tmp_path
):
    sample.export_weekly("2026-W47", tmp_path, Translator(Language.EN), formats=["pdf"])
    pane = screen.journal
    pane.kinds.setCurrentIndex(pane.kinds.findData(EntryKind.REPORT.value))
    settle()
    pane.table.select_id(pane.model.id_at(0))
    full.resize(1024, 640)
    settle()
    words = said(pane.detail)
    entry = sample.journal.entry(pane.model.id_at(0))
    assert "Rapport hebdomadaire – semaine 47 de 2026" in words
    assert "English" in words and entry.values["pdf"] in words
    parts = pane.detail.findChildren(Wrapped)
    assert pane.detail.widget().width() <= pane.detail.viewport().width()
    assert parts and all(p.document().size().width() <= p.viewport().width() for p in parts)
    hashed = next(p for p in parts if p.toPlainText() == entry.values["pdf"])
    lines = hashed.document().size().height() / hashed.fontMetrics().lineSpacing()
    assert lines >= 2 and hashed.height() >= hashed.document().size().height()
