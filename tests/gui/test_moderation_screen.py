"""Moderation as one does it: by keyboard, with real evidence, and nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator

import pytest
from conftest import NOON, flush_deleted, type_text
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QLineEdit, QWidget

from scc_admin import packets
from scc_admin.drawing import capture
from scc_admin.i18n import Translator
from scc_admin.model import (
    CaseState,
    Changes,
    EntryKind,
    Ground,
    Language,
    Network,
    Rung,
    Situation,
)
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    PersonInput,
    StepInput,
)
from tests import outsiders
from ui.escalation.mask import MaskEditor
from ui.escalation.packet import PacketBuilder
from ui.forms import Field, FormDialog, moment_field, moment_of, whole_moment
from ui.messages import Dialog
from ui.moderation.asking import AskingForm
from ui.moderation.compare import Comparison
from ui.moderation.finding import find_cases
from ui.moderation.incident import IncidentForm, open_incident
from ui.moderation.screen import JOURNAL, Moderation
from ui.moderation.steps import StepDialog
from ui.moderation.viewer import Viewer
from ui.moderation.words import signals, timeline
from ui.tasks import Watchdog

EVIL = "<b>gras</b><img src='file:///etc/passwd'> & \"x\""
COMMENT = "Vos chiffres sur le bronzage sont faux, une étude le prouve : https://exemple.org/etude"
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def screen(window, workspace, settle) -> Moderation:
    workspace.settings.set("verdict.meaning", False)
    window.go("moderation")
    settle()
    return window.current()


@pytest.fixture(autouse=True)
def no_crash(tasks) -> Iterator[None]:
    """A worker that fails in a way nobody foresaw fails the test."""
    crashed: list[BaseException] = []
    tasks.crashed.connect(crashed.append)
    yield
    assert not crashed, crashed


@pytest.fixture
def press(qtbot, window) -> Callable[..., None]:
    """Press a key wherever the focus is."""

    def key(code: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        if QApplication.activeWindow() is None:
            # With no window manager nobody gives the focus back when a dialog closes.
            front = QApplication.activeModalWidget() or window
            front.activateWindow()
            qtbot.waitUntil(front.isActiveWindow)
        there = QApplication.focusWidget()
        assert there is not None
        assert there.isVisible()
        qtbot.keyClick(there, code, modifiers)

    return key


@pytest.fixture
def tab_to(press) -> Callable[..., None]:
    """Go on with the tabulator until the focus is there; nothing is out of its reach."""

    def go(there: Callable[[QWidget], bool]) -> None:
        for _ in range(60):
            if there(QApplication.focusWidget()):
                return
            press(Qt.Key.Key_Tab)
        raise AssertionError("the tabulator does not lead there")

    return go


@pytest.fixture
def top(qtbot) -> Callable[[type], QDialog]:
    """The dialog in front, once it is there."""

    def find(kind: type = QDialog) -> QDialog:
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
        found = QApplication.activeModalWidget()
        # With no window manager nobody brings the newest one to the front.
        found.activateWindow()
        qtbot.waitUntil(found.isActiveWindow)
        return found

    return find


def write(text: str) -> None:
    type_text(QApplication.focusWidget(), text)


def png(text: str = "capture") -> bytes:
    return capture(author="A B", when="2 h", text=text, page="P")


def new_case(workspace, situation=Situation.DUPLICATES, *, text=COMMENT, person=None):
    account = AccountInput(Network.FACEBOOK, "Teint Soleil")
    return workspace.moderation.report(
        CaseInput("Bronzage", situation, account=account, new_person=person or PersonInput()),
        IncidentInput(text=text, account=account),
    ).case_id


# --- The case of slides 41 and 42 ----------------------------------------------------------------


@pytest.mark.slow
def test_from_the_first_comment_to_the_ban_and_its_packet_by_keyboard_alone(
    qtbot, window, workspace, screen, press, tab_to, top, settle, tmp_path
):
    def log(text: str, *, first: bool) -> None:
        press(Qt.Key.Key_I, CTRL)
        form = top(IncidentForm)
        settle()
        if first:
            write("Teint Soleil")
            settle()
            tab_to(lambda widget: widget is form.words)
            mime = QMimeData()
            mime.setData("image/png", png(text))
            mime.setImageData(QImage.fromData(png(text), "PNG"))
            QGuiApplication.clipboard().setMimeData(mime)
            press(Qt.Key.Key_V, CTRL)
            settle()
        write(text)
        press(Qt.Key.Key_Return, CTRL)
        settle()

    def climb(text: str) -> None:
        press(Qt.Key.Key_E, CTRL)
        dialog = top(StepDialog)
        settle()
        if text:
            assert QApplication.focusWidget() is dialog.words
            write(text)
        press(Qt.Key.Key_Return, CTRL)
        settle()

    log(COMMENT, first=True)
    view = screen.view
    assert view.sheet is not None and view.sheet.person.label == "Usager 001"
    log(COMMENT + " !", first=False)
    climb("Selon Santé Canada, … https://canada.ca")
    climb("Merci de ne plus répéter, de garder le ton, de dire qui vous êtes.")
    assert not view.next_button.isVisible()
    log(COMMENT + "!!", first=False)
    climb("")
    assert view.sheet.ladder[Rung.REPETITION].done
    press(Qt.Key.Key_E, CTRL)
    top(StepDialog)
    settle()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return, CTRL)
    settle()
    assert view.sheet.case.state is CaseState.BANNED
    assert view.sheet.steps[-1].reason.startswith("Repetition in spite")
    assert view.sheet.case.review_on is not None
    assert [rung.done for rung in view.sheet.ladder] == [False, True, True, True, True]
    kinds = [entry.kind for entry in workspace.journal.entries()]
    assert kinds[0] is EntryKind.BAN and kinds.count(EntryKind.INCIDENT) == 3
    assert workspace.journal.verify().ok

    # Then its packet: the question, the pages, a part of a capture hidden, the folder.
    press(Qt.Key.Key_A, CTRL | SHIFT)
    form = top(FormDialog)
    settle()
    assert "banned" not in form.widget("not_done").toPlainText()
    write("La personne conteste : que répondre?")
    press(Qt.Key.Key_Return, CTRL)
    settle()
    press(Qt.Key.Key_5, CTRL)
    settle()
    press(Qt.Key.Key_Return, CTRL)
    builder = top(PacketBuilder)
    settle()
    qtbot.waitUntil(lambda: builder.pages.pages > 3)
    tab_to(lambda widget: widget.accessibleName().startswith("Hide parts"))
    press(Qt.Key.Key_Space)
    editor = top(MaskEditor)
    settle()
    press(Qt.Key.Key_N)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Right, SHIFT)
    press(Qt.Key.Key_Escape)
    assert len(editor.view.areas) == 1
    settle()
    tab_to(lambda widget: widget is builder.hide_names)
    write("Teint Soleil")
    tab_to(lambda widget: widget is builder.pages.sheets)
    press(Qt.Key.Key_PageDown)
    assert builder.pages.page == 1
    tab_to(lambda widget: widget is builder.export_button)
    press(Qt.Key.Key_Space)
    dialog = top(QFileDialog)
    out = tmp_path / "sorti"
    out.mkdir()
    tab_to(lambda widget: isinstance(widget, QLineEdit))
    QApplication.focusWidget().selectAll()
    write(str(out))
    press(Qt.Key.Key_Return)
    assert not dialog.isVisible()
    settle()
    assert "verified" in top(Dialog).findChildren(QLabel)[1].text()
    press(Qt.Key.Key_Escape)
    settle()
    (archive,), (document,) = out.glob("ESC-*.zip"), out.glob("ESC-*.pdf")
    assert packets.verify(archive).ok
    bag = outsiders.all_of_them(
        archive, document, workspace.signer.openssh_public_line(), tmp_path / "reçu"
    )
    told = (bag / "data/case.json").read_text()
    (shown,) = json.loads(told)["captures"]
    assert shown["masked"] == 1 and "Teint Soleil" not in told
    assert workspace.journal.verify().ok


# --- Logging an incident -------------------------------------------------------------------------


def test_a_known_account_brings_its_case(qtbot, window, workspace, screen, settle):
    case_id = new_case(workspace)
    form = open_incident(window.shell)
    settle()
    form.handle.setText("teint SOLEIL")
    qtbot.waitUntil(lambda: "User 001 (Teint Soleil)" in form.recognised.text())
    assert form.case.currentData() == case_id and not form.title.isVisible()
    form.handle.setText("quelqu'un d'autre")
    qtbot.waitUntil(lambda: "Not known" in form.recognised.text())
    assert form.is_new() and form.title.isVisible()
    form.reject()
    settle()


def test_escape_loses_nothing_and_the_form_comes_back_as_it_was(
    window, workspace, screen, press, top, settle
):
    press(Qt.Key.Key_I, CTRL)
    form = top(IncidentForm)
    settle()
    form.handle.setText("Nouveau")
    form.words.setPlainText("à moitié écrit")
    form.url.setText("https://exemple.org")
    form.situation.setCurrentIndex(form.situation.findData(Situation.TONE.value))
    form.tray.add(lambda _report: png(), "capture.png", "clipboard")
    settle()
    press(Qt.Key.Key_Escape)
    settle()
    flush_deleted()
    assert not screen.cases.resume.isHidden()
    workspace.vault.sweep()
    again = open_incident(window.shell)
    settle()
    assert again.words.toPlainText() == "à moitié écrit"
    assert (again.handle.text(), again.url.text()) == ("Nouveau", "https://exemple.org")
    assert again.situation.currentData() == Situation.TONE.value
    assert [item.file.name for item in again.tray.items] == ["capture.png"]
    again.submit()
    settle()
    (row,) = workspace.moderation.cases()
    sheet = workspace.moderation.sheet(row.id)
    assert (row.situation, sheet.incidents[0].text) == (Situation.TONE, "à moitié écrit")
    assert sheet.evidence[0].method == "clipboard"
    settle()
    assert screen.cases.resume.isHidden() and workspace.moderation.unfinished.names() == []


def test_what_is_typed_before_the_form_has_its_lists_is_kept_without_another_key(
    qtbot, window, workspace, screen, settle
):
    form = open_incident(window.shell)
    type_text(form.words, "tapé aussitôt")
    settle()
    qtbot.waitUntil(lambda: workspace.moderation.unfinished.get("incident") is not None)
    assert workspace.moderation.unfinished.get("incident").data["words"] == "tapé aussitôt"
    form.reject()
    settle()


def test_beginning_anew_forgets_what_was_kept(window, workspace, screen, settle):
    form = open_incident(window.shell)
    settle()
    form.words.setPlainText("à oublier")
    form.tray.add(lambda _report: png(), "capture.png", "file")
    settle()
    form.reject()
    settle()
    again = open_incident(window.shell)
    settle()
    again.begin_anew()
    settle()
    assert again.words.toPlainText() == "" and again.tray.items == []
    assert not again.worth_keeping()
    again.reject()
    settle()
    assert workspace.moderation.unfinished.names() == []
    assert not list((workspace.folder / "evidence").rglob("*.age"))


def test_the_same_bytes_are_recognised(window, workspace, screen, settle):
    case_id = new_case(workspace)
    staged = workspace.vault.add(png(), "a.png", "image/png")
    workspace.moderation.add_evidence(case_id, staged)
    form = open_incident(window.shell)
    settle()
    for name in ("b.png", "c.png"):
        form.tray.add(lambda _report: png(), name, "file")
        settle()
    assert [item.known for item in form.tray.items] == [("CAS-2026-001",)]
    assert "c.png" in form.tray._said.text()
    form.begin_anew()
    form.reject()
    settle()


def test_pictures_come_by_clipboard_by_files_and_by_dropping(
    window, workspace, screen, settle, tmp_path
):
    form = open_incident(window.shell)
    settle()
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    QGuiApplication.clipboard().setImage(image)
    form.words.setFocus()
    form.words.paste()
    (tmp_path / "x.png").write_bytes(png("x"))
    (tmp_path / "y.txt").write_text("y")
    form.tray.add_paths([tmp_path / "x.png", tmp_path / "y.txt"], "file")
    mime = QMimeData()
    image.fill(QColor("olive"))
    mime.setImageData(image)
    form.take_dropped(mime)
    settle()
    methods = sorted(file.method for file in form.tray.files())
    assert methods == ["clipboard", "dropped", "file", "file"]
    QGuiApplication.clipboard().clear()
    form.tray.paste_now()
    assert "no picture" in form.tray._said.text()
    form.unknown.setChecked(True)
    form.submit()
    settle()
    (row,) = workspace.moderation.cases()
    assert len(workspace.moderation.sheet(row.id).evidence) == 4


def test_a_very_long_text_is_kept_whole_in_a_file(window, workspace, screen, settle):
    form = open_incident(window.shell)
    settle()
    mime = QMimeData()
    mime.setText("x" * 1_000_000)
    form.words.insertFromMimeData(mime)
    settle()
    assert len(form.words.toPlainText()) == 20_000
    (item,) = form.tray.items
    assert item.file.size == 1_000_000
    form.submit()
    settle()


def test_an_empty_incident_is_refused_in_the_form(window, workspace, screen, settle):
    form = open_incident(window.shell)
    settle()
    form.submit()
    settle()
    assert form.isVisible() and not form.banner.isHidden()
    assert workspace.moderation.cases() == [] and workspace.moderation.persons() == []
    form.reject()


def test_a_critical_situation_warns_before_anything_is_written(window, workspace, screen, settle):
    form = open_incident(window.shell)
    settle()
    form.situation.setCurrentIndex(form.situation.findData(Situation.SLANDER_EMPLOYEE.value))
    assert form.critical.isChecked() and not form.critical.isEnabled()
    assert not form.warning.isHidden()
    form.reject()


# --- The ladder, Public Affairs ------------------------------------------------------------------


def test_a_critical_case_is_locked_until_public_affairs_have_answered(
    window, workspace, screen, settle, top
):
    case_id = new_case(workspace, Situation.SLANDER_OUTSIDER)
    screen.open(case_id)
    settle()
    view = screen.view

    def helping() -> str:
        return view.band._buttons[0].text()

    assert not view.next_button.isVisible()
    assert view.climb(Rung.BAN) is None
    locked = top(Dialog)
    assert "locked" in locked.windowTitle()
    locked.reject()
    flush_deleted()

    assert helping().startswith("Prepare")
    view.band._buttons[0].click()
    form = top(FormDialog)
    form.widget("question").setPlainText("Que répondre?")
    form.submit()
    settle()
    assert helping().startswith("Record the contact")
    view.band._buttons[0].click()
    form = top(FormDialog)
    settle()
    form.widget("contact").setPlainText("Nadia, par téléphone")
    form.submit()
    settle()
    assert helping().startswith("Record their answer")
    view.band._buttons[0].click()
    form = top(FormDialog)
    settle()
    form.widget("answer").setPlainText("Répondez ceci")
    form.submit()
    settle()
    assert view.next_button.isVisible() and view.sheet.case.state is CaseState.OPEN


def test_a_ban_before_its_steps_asks_for_a_second_person(window, workspace, screen, settle):
    case_id = new_case(workspace)
    screen.open(case_id)
    settle()
    dialog = screen.view.climb(Rung.BAN)
    settle()
    dialog._reasons[0].setChecked(True)
    dialog.submit()
    assert dialog.isVisible()
    dialog.widget("approver").setText("Marie Gagnon")
    dialog.widget("override").setPlainText("Urgence manifeste")
    dialog.submit()
    settle()
    assert dialog.isVisible() and "another person" in dialog.banner._text.text()
    dialog.widget("approver").setText("Luc Gagné")
    dialog.submit()
    settle()
    assert workspace.moderation.sheet(case_id).case.state is CaseState.BANNED


def test_a_ban_without_a_reason_is_not_written(window, workspace, screen, settle):
    case_id = new_case(workspace, Situation.THREAT_OR_HATE)
    screen.open(case_id)
    settle()
    dialog = screen.view.climb_next()
    settle()
    dialog.submit()
    assert dialog.isVisible() and not dialog.form._problems[dialog.widget("reason")].isHidden()
    dialog.widget("reason").setPlainText("Menace de mort")
    dialog.submit()
    settle()
    assert workspace.moderation.sheet(case_id).steps[-1].reason == "Menace de mort"


def test_templates_and_sources_go_into_the_answer(window, workspace, screen, settle):
    case_id = new_case(workspace)
    screen.open(case_id)
    settle()
    dialog = screen.view.climb(Rung.ANSWER)
    settle()
    _english, french, *_ = dialog.templates.menu().actions()
    french.menu().actions()[0].trigger()
    text = dialog.words.toPlainText()
    assert "Teint Soleil" in text and "{" not in text and "[" in text
    dialog.words.clear()
    dialog.sources.menu().actions()[0].trigger()
    assert "https://" in dialog.words.toPlainText()
    dialog.copy()
    assert QGuiApplication.clipboard().text() == dialog.words.toPlainText()
    dialog.submit()
    settle()
    assert "https://" in workspace.moderation.sheet(case_id).steps[-1].text
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize(
    ("act", "fill", "then"),
    [
        ("note", {"text": "Vu deux fois"}, lambda s: s.steps[-1].text == "Vu deux fois"),
        ("close", {"reason": "Réglé à l'amiable"}, lambda s: s.case.state is CaseState.CLOSED),
        ("hold", {"reason": "Mise en demeure"}, lambda s: s.case.hold == "Mise en demeure"),
        ("review", {"text": "Toujours juste"}, lambda s: s.case.review_on is not None),
    ],
)
def test_each_act_is_a_form_that_says_what_is_missing(
    window, workspace, screen, settle, act, fill, then
):
    case_id = new_case(workspace)
    screen.open(case_id)
    settle()
    form = getattr(screen.view.acts, act)()
    settle()
    form.submit()
    assert form.isVisible(), "a required field was empty"
    for key, value in fill.items():
        form.widget(key).setPlainText(value)
    form.submit()
    settle()
    assert then(workspace.moderation.sheet(case_id))


def test_a_refused_appeal_stays_in_its_form_with_the_reason(window, workspace, screen, settle):
    case_id = new_case(workspace, Situation.THREAT_OR_HATE)
    workspace.moderation.climb(case_id, StepInput(Rung.BAN, reason="Menace de mort"))
    screen.open(case_id)
    settle()
    form = screen.view.acts.appeal()
    settle()
    form.widget("who").setText("Marie Gagnon")
    form.widget("reason").setPlainText("Excuses reçues")
    form.submit()
    settle()
    assert form.isVisible() and "another person" in form.banner._text.text()
    form.widget("who").setText("Luc Gagné")
    form.submit()
    settle()
    assert workspace.moderation.sheet(case_id).case.state is CaseState.OPEN


def test_undoing_keeps_both_readable(window, workspace, screen, settle, top):
    case_id = new_case(workspace)
    workspace.moderation.climb(case_id, StepInput(Rung.ANSWER, "Réponse"))
    screen.open(case_id)
    settle()
    screen.undo_step()
    form = top(FormDialog)
    settle()
    form.widget("reason").setPlainText("Mauvais dossier")
    form.submit()
    settle()
    view = screen.view
    assert view.sheet.steps[0].retracted and not view.sheet.ladder[Rung.ANSWER].done
    event = next(e for e in view.timeline._model.events if e.key == "step")
    assert event.retracted and "undone" in event.spoken(window.shell.tr)


# --- Looking -------------------------------------------------------------------------------------


def test_the_list_filters_and_searches(full, settle):
    full.go("moderation")
    settle()
    pane = full.current().cases
    assert pane.model.rowCount() == 3
    pane.search.setText("bronzage vitamine")
    pane.read()
    settle()
    assert pane.model.rowCount() == 1
    pane.search.setText("zzz")
    pane.read()
    settle()
    assert pane.stack.currentWidget() is pane.nothing
    pane.nothing.button.click()
    settle()
    pane.situations.setCurrentIndex(1)
    settle()
    assert pane.model.rowCount() == 1
    pane.show_all()
    settle()
    assert pane.model.rowCount() == 3


def test_two_comments_stand_side_by_side_with_their_differences(full, settle, top):
    full.go("moderation", 2)
    settle()
    view = full.current().view
    found = {signal.key for signal in signals(full.shell.tr, view.sheet)}
    assert {"duplicates", "source", "daily", "interest"} <= found
    view.compare_comments()
    shown = top(Comparison)
    pairs = len(shown._pairs)
    assert pairs == view.sheet.flags.duplicates
    marked = 0
    for _ in range(pairs):
        marked += len(shown.right.text.extraSelections())
        shown.step(+1)
    assert marked
    shown.close()


def test_looking_at_evidence_is_logged_and_a_copy_is_for_somebody(
    full, sample, settle, top, tmp_path
):
    full.go("moderation", 2)
    settle()
    full.current().show_evidence()
    viewer = top(Viewer)
    settle()
    piece = viewer.piece()
    assert viewer.stack.currentWidget() is viewer.picture
    before = viewer.picture.transform().m11()
    viewer.picture.zoom(+1)
    assert viewer.picture.transform().m11() > before
    viewer.save_copy(tmp_path / "copie.png", "Me Tremblay")
    settle()
    assert (tmp_path / "copie.png").read_bytes() == sample.vault.read(piece.blob_id)
    acts = [(c.act, c.to_whom) for c in sample.vault.custody(piece.id)]
    assert acts == [("captured", ""), ("viewed", ""), ("exported", "Me Tremblay")]
    first = viewer.name.whole()
    viewer.step(+1)
    settle()
    assert viewer.name.whole() != first
    viewer.close()


def test_a_capture_taken_by_mistake_is_destroyed_from_the_viewer_and_by_its_action(
    window, workspace, screen, settle, top, qtbot
):
    case_id = new_case(workspace)
    for data, name in ((b"un", "un.txt"), (b"deux", "deux.txt")):
        workspace.moderation.add_evidence(case_id, workspace.vault.add(data, name))
    screen.open(case_id)
    settle()
    screen.show_evidence()
    viewer = top(Viewer)
    settle()
    first = viewer.piece()
    qtbot.keyClick(viewer, Qt.Key.Key_Delete)
    form = top(FormDialog)
    assert first.original_name in form.accessibleDescription()
    assert form.widget("ground").currentData() == Ground.MISTAKE.value
    form.widget("approver").setText("Luc Gagné")
    form.submit()
    settle()
    top().reject()
    settle()
    assert viewer.piece().erased and not viewer.destroy_button.isEnabled()
    assert not viewer.export.isEnabled()
    viewer.close()
    assert workspace.vault.blob(first.blob_id).destroyed
    assert screen.can("destroy_evidence")
    screen.destroy_evidence()
    form = top(FormDialog)
    form.widget("approver").setText("Luc Gagné")
    form.submit()
    settle()
    top().reject()
    settle()
    assert all(piece.erased for piece in workspace.moderation.sheet(case_id).evidence)
    assert not screen.can("destroy_evidence")
    assert workspace.journal.verify().ok


def test_a_file_that_is_no_picture_says_so_and_fetches_nothing(
    window, workspace, screen, settle, top
):
    case_id = new_case(workspace)
    for data, name in (
        (b"\x89PNG\r\n\x1a\nbroken", "a.png"),
        (b"\0" * 64, "b.bin"),
        (b"mots", "c.txt"),
    ):
        workspace.moderation.add_evidence(case_id, workspace.vault.add(data, name))
    screen.open(case_id)
    settle()
    screen.show_evidence()
    viewer = top(Viewer)
    shown = {}
    for _ in range(3):
        settle()
        shown[viewer.piece().original_name] = viewer.stack.currentWidget()
        viewer.step(+1)
    settle()
    assert shown == {"a.png": viewer.sentence, "b.bin": viewer.sentence, "c.txt": viewer.text}
    viewer.close()


def test_markup_in_every_field_is_shown_as_text(window, workspace, screen, settle, top):
    moderation = workspace.moderation
    account = AccountInput(Network.FACEBOOK, EVIL, EVIL, EVIL)
    case_id = moderation.report(
        CaseInput(EVIL, Situation.SLANDER_OUTSIDER, account=account,
                  new_person=PersonInput(EVIL, EVIL, EVIL, False, EVIL, EVIL)),
        IncidentInput(text=EVIL, url="https://x.example/<b>", displayed_at=EVIL, account=account,
                      files=(workspace.vault.add(b"x", EVIL),)),
    ).case_id  # fmt: skip
    escalation = moderation.escalate(case_id, EscalationInput(EVIL, EVIL, EVIL))
    moderation.record_contact(escalation, EVIL, workspace.clock())
    moderation.note(case_id, EVIL)
    screen.open(case_id)
    settle()
    view = screen.view
    view.tabs.setCurrentIndex(2)

    def check(root: QWidget) -> int:
        labels = [label for label in root.findChildren(QLabel) if "<b>" in label.text()]
        assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
        assert not any("<b>" in widget.toolTip() for widget in root.findChildren(QWidget))
        return len(labels)

    assert check(window) >= 8
    for opener in (
        lambda: view.acts.note(),
        lambda: open_incident(window.shell, case_id),
        lambda: view.open_event(
            next(e for e in view.timeline._model.events if e.key == "incident")
        ),
        lambda: view.show_evidence(),
        lambda: view.person.edit(),
    ):
        opener()
        dialog = top(QDialog)
        settle()
        check(dialog)
        dialog.reject()
        settle()
        flush_deleted()
    window.go("escalations", escalation)
    settle()
    assert check(window) >= 4
    window.go("moderation", "journal")
    settle()
    assert window.screen_named("moderation").bar.currentIndex() == JOURNAL
    check(window)


def named(widget: QWidget) -> str:
    """What a screen reader would call it."""
    text = widget.accessibleName()
    if not text and hasattr(widget, "text") and not isinstance(widget, QLineEdit):
        text = widget.text()
    return text


def test_everything_that_takes_the_focus_has_a_name(full, settle, top):
    def check(root: QWidget) -> None:
        for widget in root.findChildren(QWidget):
            inner = widget.parent()
            if not (widget.focusPolicy() & Qt.FocusPolicy.TabFocus) or not widget.isVisible():
                continue
            if isinstance(inner, QWidget) and inner.focusProxy() is widget:
                continue
            own = type(widget).__name__.startswith("Q") and isinstance(inner, QWidget)
            if own and inner.inherits("QAbstractSpinBox"):
                continue
            if own and inner.inherits("QComboBox"):
                continue
            assert named(widget), (widget, widget.parent())

    full.go("moderation", 2)
    settle()
    view = full.current().view
    for index in range(3):
        view.tabs.setCurrentIndex(index)
        check(full)
    for target in ("journal", "retention"):
        full.go("moderation", target)
        settle()
        check(full)
    full.go("escalations")
    settle()
    check(full)
    full.go("escalations", "register")
    settle()
    check(full)
    full.go("moderation", 2)
    settle()
    for opener in (
        lambda: open_incident(full.shell),
        lambda: view.acts.appeal(),
        lambda: view.acts.escalate(),
        lambda: view.person.edit(),
        lambda: view.compare_comments(),
        lambda: view.show_evidence(),
    ):
        opener()
        dialog = top(QDialog)
        settle()
        check(dialog)
        dialog.reject()
        settle()
        flush_deleted()


def test_the_window_answers_while_a_case_of_many_comments_opens(window, workspace, screen, settle):
    case_id = new_case(workspace)
    for number in range(150):
        workspace.moderation.log_incident(
            case_id, IncidentInput(text=f"{COMMENT} {number} fois de suite, sans autre argument")
        )
    watchdog = Watchdog(0.1)
    watchdog.start()
    screen.open(case_id)
    settle()
    watchdog.stop()
    assert screen.view.sheet.flags.duplicates == 150
    busy = [freeze for freeze in watchdog.freezes if freeze.busy > watchdog.limit]
    assert not busy, busy[0].where


def test_a_language_switch_keeps_the_case(full, settle):
    full.go("moderation", 2)
    settle()
    full.speak("en")
    settle()
    assert full.current().view.case_id == 2
    assert full.current().title() == "Moderation"


def test_the_palette_finds_a_case_by_what_was_said(full, settle):
    assert any("042" in hit.title for hit in find_cases(full.shell, "bronzage"))


# --- What a form asks before it writes -----------------------------------------------------------


def test_a_new_case_says_who_wrote_it_or_that_nobody_knows(window, workspace, screen, settle):
    form = open_incident(window.shell)
    settle()
    form.words.setPlainText("Tout est faux")
    form.submit()
    settle()
    assert workspace.moderation.cases() == [] and not form.banner.isHidden()
    assert form.handle.property("wrong") == "true"
    form.unknown.setChecked(True)
    assert form.banner.isHidden() and form.handle.property("wrong") == "false"
    form.url.setText("pas un lien")
    form.submit()
    settle()
    assert workspace.moderation.cases() == [] and "https://" in form.url.accessibleDescription()
    form.url.setText("https://exemple.org/1")
    form.submit()
    settle()
    (row,) = workspace.moderation.cases()
    assert row.name == "" and workspace.moderation.sheet(row.id).person.accounts == ()
    assert "nobody knows who it is" in screen.view.who.accessibleName() + screen.view.who.text()


def test_a_blank_left_over_is_filled_or_said_to_have_been_sent(
    window, workspace, screen, settle, top
):
    screen.open(new_case(workspace))
    settle()
    dialog = screen.view.climb(Rung.ANSWER)
    settle()
    dialog.words.setPlainText("Bonjour, selon [source] et [sic], voici [lien] de cancer.ca.")
    assert dialog.blanks() == ("[source]", "[lien]")
    dialog.submit()
    top(Dialog).button("fill").click()
    settle()
    assert dialog.words.textCursor().selectedText() == "[source]"
    assert screen.view.sheet.steps == ()
    dialog.submit()
    top(Dialog).button("as_is").click()
    settle()
    assert screen.view.sheet.steps[0].text.startswith("Bonjour, selon [source]")


def test_the_key_for_the_next_step_says_why_there_is_none(window, workspace, screen, settle, top):
    case_id = new_case(workspace)
    for rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE):
        workspace.moderation.climb(case_id, StepInput(rung, "Bonjour"))
    screen.open(case_id)
    settle()
    assert screen.can("climb_next")
    screen.climb_next()
    said = top(Dialog)
    assert "wait and see" in said.accessibleDescription()
    said.button("log").click()
    settle()
    assert top(IncidentForm).case.currentData() == case_id
    top(IncidentForm).reject()
    settle()


def test_after_the_question_the_packet_is_one_key_away(window, workspace, screen, settle, top):
    case_id = new_case(workspace)
    workspace.moderation.climb(case_id, StepInput(Rung.ANSWER, "Bonjour"))
    screen.open(case_id)
    settle()
    screen.ask_affairs()
    form = top(FormDialog)
    settle()
    assert form.widget("not_done").toPlainText().splitlines() == [
        "Delete or hide what they wrote", "Ban the person",
    ]  # fmt: skip
    form.widget("question").setPlainText("Que faire?")
    form.widget("not_done").setPlainText("Aucune réponse donnée")
    form.submit()
    settle()
    assert workspace.moderation.escalations() == [] and form.isVisible()
    form.submit()
    settle()
    (escalation,) = workspace.moderation.escalations()
    newest = timeline(window.shell.tr, screen.view.sheet, {})[0]
    assert newest.key == "escalation"
    assert not screen.view.band.isHidden()
    screen.view.build_packet(escalation.id)
    settle()
    builder = top(PacketBuilder)
    assert not builder.doubt.isHidden()
    builder.correct()
    mending = top(FormDialog)
    settle()
    mending.widget("not_done").setPlainText("Ban the person")
    mending.submit()
    settle()
    assert builder.doubt.isHidden()
    assert workspace.moderation.escalation(escalation.id).not_done == "Ban the person"
    builder.reject()
    settle()


def test_names_stand_beside_labels_unless_the_screen_is_shared(window, workspace, screen, settle):
    new_case(workspace)
    screen.cases.read()
    settle()
    (row,) = workspace.moderation.cases()
    assert screen.cases._cell(row).text == "User 001 (Teint Soleil) – Bronzage"
    workspace.settings.set("look.names", False)
    assert screen.cases._cell(row).text == "User 001 – Bronzage"
    workspace.settings.set("look.names", True)
    (found,) = workspace.moderation.cases(text="user 001")
    assert found.id == row.id


def test_a_moment_is_shown_and_read_on_the_clock_that_the_settings_name(window, workspace, settle):
    workspace.settings.set("zone", "America/Vancouver")
    window.tell_hours()
    settle()
    field = moment_field(window.shell, NOON)
    assert field.text() == "2026-11-23 09:00" and moment_of(window.shell, field) == NOON
    form = FormDialog(
        window.shell,
        "t",
        "",
        "ok",
        lambda v: v,
        fields=(Field("at", "At", "moment", initial=NOON),),
    )
    assert form.widget("at").text() == "2026-11-23 09:00" and form.values()["at"] == NOON
    form.set_values({"at": NOON + dt.timedelta(hours=1)})
    assert form.widget("at").text() == "2026-11-23 10:00"
    assert whole_moment(window.shell.tr, NOON).endswith("(17:00:00 UTC)")
    assert whole_moment(Translator(Language.FR, zone=dt.UTC), NOON).count("17") == 1
    form.reject()


@pytest.mark.parametrize("situation", [Situation.TONE, Situation.SLANDER_OUTSIDER])
def test_the_band_says_when_the_packet_was_exported(workspace, screen, settle, tmp_path, situation):
    case_id = new_case(workspace, situation)
    moderation = workspace.moderation
    number = moderation.escalation(
        moderation.escalate(case_id, EscalationInput("Que répondre?"))
    ).number
    screen.open(case_id)
    settle()
    assert "is prepared" in screen.view.band.accessibleName()
    workspace.export_packet(number, tmp_path, screen.shell.tr)
    screen.refresh(Changes(frozenset({"escalations", "cases"}), case_id=case_id))
    settle()
    said = screen.view.band.accessibleName()
    assert f"{number} was exported on" in said and "is prepared" not in said
    assert screen.shell.actions.run("build_packet")
    settle()
    builder = QApplication.activeModalWidget()
    assert builder.escalation.number == number
    builder.close()


def test_the_packet_of_a_case_that_nobody_was_asked_about_begins_with_the_question(
    workspace, screen, settle
):
    case_id = new_case(workspace, Situation.TONE)
    screen.open(case_id)
    settle()
    assert screen.shell.actions.run("build_packet")
    settle()
    asking = QApplication.activeModalWidget()
    assert isinstance(asking, AskingForm)
    asking.widget("question").setPlainText("Que répondre?")
    asking.submit()
    settle()
    builder = QApplication.activeModalWidget()
    assert isinstance(builder, PacketBuilder) and builder.sheet.case.id == case_id
    assert builder.escalation.question == "Que répondre?"
    builder.close()
    settle()


def test_the_form_says_what_it_made_out_of_a_name(window, workspace, screen, settle):
    form = open_incident(window.shell)
    settle()
    form.handle.setText("Soleil d’or @soleildor")
    form._recognise()
    settle()
    said = form.recognised.text()
    assert "Name shown: Soleil d’or" in said and "account: @soleildor" in said
    assert "Not known yet" in said
    form.words.setPlainText("Tout est faux")
    form.submit()
    settle()
    form = open_incident(window.shell)
    settle()
    form.handle.setText("@soleildor")
    form._recognise()
    settle()
    assert "Known: User 001 (Soleil d’or)." in form.recognised.text()
    form.reject()


@pytest.mark.parametrize("arrow", [False, True])
def test_enter_in_the_list_of_known_accounts_goes_on_to_the_words(
    qtbot, window, workspace, screen, settle, arrow
):
    new_case(workspace)
    form = open_incident(window.shell)
    settle()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    form.handle.setFocus()
    popup = form.handle.completer().popup()
    qtbot.keyClicks(form.handle, "teint")
    qtbot.waitUntil(popup.isVisible)
    if arrow:
        qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyPress(popup, Qt.Key.Key_Return)  # let go of, it is the words that hear it
    qtbot.waitUntil(lambda: QApplication.focusWidget() is form.words)
    settle()
    assert not popup.isVisible()
    assert form.handle.text() == ("Teint Soleil" if arrow else "teint")
    form.reject()
