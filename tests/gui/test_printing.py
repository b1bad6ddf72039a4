"""What is printed is the document, page for page, upright, and only the pages asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from conftest import NOON, open_window, type_text
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPageLayout
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QDialog

from scc_admin.editorial import DraftDetails, PageInput
from scc_admin.errors import Cancelled, UserError
from scc_admin.model import (
    Changes,
    EntryKind,
    Language,
    Network,
    Progress,
    Situation,
    Target,
)
from scc_admin.moderation import CaseInput, IncidentInput
from ui.escalation.packet import PacketBuilder
from ui.pdf import Preview, drawn, send


def to_file(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def ink(image: QImage) -> float:
    """The share of a page that is not white, at a thumbnail's size."""
    small = image.convertToFormat(QImage.Format.Format_Grayscale8).scaled(60, 80)
    dark = sum(
        small.pixelColor(x, y).lightness() < 250
        for x in range(small.width())
        for y in range(small.height())
    )
    return dark / (small.width() * small.height())


@pytest.fixture
def report(window, settle, qtbot, workspace) -> bytes:
    workspace.editorial.add_page(PageInput("SCC Québec", Network.FACEBOOK))
    window.go("reports")
    settle()
    screen = window.current()
    qtbot.waitUntil(lambda: bool(screen._pdf))
    return screen._pdf


def test_every_page_is_printed_as_it_is(report, tmp_path) -> None:
    seen: list[Progress] = []
    send(report, to_file(tmp_path / "out.pdf"), seen.append)
    before, after = drawn(report, dpi=60), drawn((tmp_path / "out.pdf").read_bytes(), dpi=60)
    assert len(after) == len(before) > 1
    assert [p.done for p in seen] == list(range(len(before)))
    for one, other in zip(before, after, strict=True):
        assert (one.image.height() > one.image.width()) == (
            other.image.height() > other.image.width()
        )
        assert ink(other.image) == pytest.approx(ink(one.image), abs=0.08)
        assert ink(other.image) > 0.01


def test_only_the_pages_asked_for_are_printed(report, tmp_path) -> None:
    printer = to_file(tmp_path / "out.pdf")
    printer.setFromTo(2, 2)
    send(report, printer, lambda _: None)
    (page,) = drawn((tmp_path / "out.pdf").read_bytes(), dpi=60)
    second = drawn(report, dpi=60)[1]
    assert ink(page.image) == pytest.approx(ink(second.image), abs=0.08)


def test_printing_can_be_stopped(report, tmp_path) -> None:
    def stop(progress: Progress) -> None:
        if progress.done:
            raise Cancelled

    with pytest.raises(Cancelled):
        send(report, to_file(tmp_path / "out.pdf"), stop)


def test_a_printer_that_does_not_answer_is_said(report, tmp_path) -> None:
    noted = []
    with pytest.raises(UserError) as failure:
        send(
            report,
            to_file(tmp_path / "no" / "such" / "folder.pdf"),
            lambda _: None,
            lambda: noted.append(1) or Changes(frozenset()),
        )
    assert failure.value.code == "printer" and not noted


def printed(settle, qtbot, path: Path) -> QPageLayout.Orientation:
    """Print to a file what the print dialog was opened for; the orientation that was proposed."""
    settle()
    dialogs = [
        w for w in QApplication.topLevelWidgets() if isinstance(w, QPrintDialog) and w.isVisible()
    ]
    (dialog,) = dialogs
    printer = dialog.printer()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    orientation = printer.pageLayout().orientation()
    # What `accept` does but for choosing among the printers of this machine.
    dialog.accepted.emit(printer)
    dialog.reject()
    qtbot.waitUntil(path.exists)
    settle()
    return orientation


def front(kind: type[QDialog]) -> QDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    return found


def test_the_report_and_the_month_are_printed_from_their_screens(
    report, workspace, window, settle, qtbot, tmp_path
) -> None:
    first = tmp_path / "report.pdf"
    window.shell.actions.run("print_screen")
    assert printed(settle, qtbot, first) is QPageLayout.Orientation.Portrait
    assert len(drawn(first.read_bytes(), dpi=40)) == len(drawn(report, dpi=40))

    workspace.editorial.add_draft(DraftDetails("Merci", planned_at=workspace.clock()))
    window.go("calendar")
    settle()
    month = tmp_path / "month.pdf"
    window.shell.actions.run("print_screen")
    settle()
    look = front(Preview)
    qtbot.waitUntil(lambda: look.pages.pages == 1)
    assert look.windowTitle() == window.current().period.whole()
    qtbot.waitUntil(look.print_button.hasFocus)
    qtbot.keyClick(look, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert printed(settle, qtbot, month) is QPageLayout.Orientation.Landscape
    (page,) = drawn(month.read_bytes(), dpi=60)
    assert page.image.width() > page.image.height() and ink(page.image) > 0.02
    assert look.isVisible(), "one may print another copy"
    qtbot.keyClick(look, Qt.Key.Key_Escape)
    settle()


def test_a_packet_is_printed_as_it_will_be_exported(
    qtbot, theme, tasks, sample, settle, tmp_path
) -> None:
    window = open_window(qtbot, theme, tasks, sample, Language.EN, lambda: NOON)
    window.go("escalations")
    settle()
    window.shell.actions.run("print_screen")
    settle()
    builder = front(PacketBuilder)
    qtbot.waitUntil(builder.print_button.isEnabled)
    size, chosen = sample.journal.size(), builder.chosen()
    builder.print_button.click()
    path = tmp_path / "packet.pdf"
    assert printed(settle, qtbot, path) is QPageLayout.Orientation.Portrait
    assert len(drawn(path.read_bytes(), dpi=40)) == builder.pages.pages > 1
    qtbot.waitUntil(lambda: tasks.idle)
    number = builder.escalation.number
    *pieces, packet = sample.journal.entries()[: sample.journal.size() - size]
    assert (packet.kind, packet.step) == (EntryKind.PACKET, f"{number}/printed")
    assert packet.values["pdf"] == hashlib.sha256(builder._pdf).hexdigest()
    assert len(pieces) == len(chosen) > 0
    for piece in chosen:
        last = sample.vault.custody(piece)[-1]
        assert (last.act, last.to_whom) == ("exported", f"printed, {number}")
    builder.close()


def looked_at(window, settle, qtbot) -> str:
    """What Ctrl+P shows, in the words of its pages; the look is closed again."""
    window.shell.actions["print"].trigger()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), Preview))
    look = front(Preview)
    said = " ".join(page.words for page in drawn(look._data, dpi=40))
    look.close()
    settle()
    return " ".join(said.split())


@pytest.mark.slow
def test_a_draft_is_printed_as_it_is_being_typed(workspace, window, settle, qtbot) -> None:
    page = workspace.editorial.add_page(PageInput("SCC Québec", Network.FACEBOOK))
    draft = workspace.editorial.add_draft(
        DraftDetails("Merci", page_id=page), [(Target.FACEBOOK, Language.FR, "Merci à tous")]
    )
    window.go("draft", draft)
    settle()
    type_text(window.current()._current().editor, ", et à demain")
    said = looked_at(window, settle, qtbot)
    assert "Merci à tous, et à demain" in said
    assert "SCC Québec" in said and "Facebook · Français" in said and "Draft" in said


@pytest.mark.slow
def test_a_section_of_the_guide_and_a_register_are_printed(
    workspace, window, settle, qtbot
) -> None:
    window.go("guide", ("slide", 35))
    settle()
    section = window.current()._guide.of_slide(35)
    said = looked_at(window, settle, qtbot)
    assert section.title in said and section.body.split("\n\n")[0][:60] in said

    workspace.registers.add("influencers", {"name": "Une boulangère de Matane"})
    window.go("pages", ("register", "influencers", None))
    settle()
    said = looked_at(window, settle, qtbot)
    assert "Une boulangère de Matane" in said and "Domain" not in said, "nothing stands in it"
    window.current().show_register("replies")
    settle()
    assert not window.shell.actions.runs("print_screen")


def test_a_case_is_printed_as_its_packet_and_where_nothing_can_be_it_is_said(
    workspace, window, settle
) -> None:
    made = workspace.moderation.report(
        CaseInput("Propos", Situation.TONE), IncidentInput(text="Assez")
    )
    window.go("moderation", made.case_id)
    settle()
    window.shell.actions["print"].trigger()
    assert "packet" in window.shell.messages._toast.accessibleName()
    assert window.shell.messages.has_offer()
    window.go("today")
    settle()
    window.shell.actions["print"].trigger()
    assert "nothing to print" in window.shell.messages._toast.accessibleName()


def test_pages_are_turned_before_a_document_is_printed(report, window, settle, qtbot) -> None:
    look = Preview(window.shell, "Rapport", report)
    look.open()
    qtbot.waitUntil(lambda: look.pages.pages > 1)
    qtbot.waitUntil(look.print_button.hasFocus)
    qtbot.keyClick(look, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: look.pages.page == 1)
    qtbot.keyClick(look, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: look.pages.page == 0)
    look.close()
    settle()
