"""Windows over the main one: nothing squeezed, messages in sight, F1, one way to choose files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import flush_deleted, open_window
from PySide6.QtCore import QLocale, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QLabel,
    QPushButton,
    QWidget,
)

from scc_admin.model import Language, Network, Rung, Situation
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    IncidentInput,
    PersonInput,
    StepInput,
)
from ui import files
from ui.escalation.packet import PacketBuilder
from ui.files import Purpose
from ui.keyboard import reading
from ui.messages import Dialog, Toast
from ui.moderation.compare import Comparison
from ui.moderation.steps import StepDialog
from ui.moderation.viewer import Viewer
from ui.window import Window

FACEBOOK = AccountInput(Network.FACEBOOK, "Teint Soleil")


@pytest.fixture
def french(qtbot, theme, tasks, workspace) -> Window:
    made = open_window(qtbot, theme, tasks, workspace, Language.FR)
    made.resize(1024, 640)
    made.activateWindow()
    return made


@pytest.fixture
def case(workspace) -> int:
    """A case of which one comment is logged and nothing else is done."""
    return workspace.moderation.report(
        CaseInput("Bronzage", Situation.DUPLICATES, account=FACEBOOK, new_person=PersonInput()),
        IncidentInput(text="Vos chiffres sont faux", account=FACEBOOK),
    ).case_id


def squeezed(root: QWidget) -> list[tuple[str, int, int]]:
    """Parts that are lower than their words need, with the height they have and need."""
    found = []
    for part in reading(root):
        if part.hasHeightForWidth():
            least = part.heightForWidth(part.width())
        else:
            least = part.minimumSizeHint().height()
        if part.height() < least:
            found.append((f"{type(part).__name__} {part.accessibleName()}", part.height(), least))
    return found


def toast(window: QWidget) -> Toast:
    (found,) = (t for t in window.findChildren(Toast) if t.isVisible())
    return found


# --- Room ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps_missing", [True, False])
def test_a_ban_refused_for_lack_of_a_reason_keeps_every_part_its_height(
    qtbot, french, workspace, case, settle, steps_missing
) -> None:
    if not steps_missing:
        for rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE):
            workspace.moderation.climb(case, StepInput(rung, "Bonjour"))
        again = IncidentInput(text="Toujours faux", account=FACEBOOK)
        workspace.moderation.report(case, again)
        workspace.moderation.climb(case, StepInput(Rung.REPETITION, "Encore"))
    dialog = StepDialog(french.shell, workspace.moderation.sheet(case), Rung.BAN)
    low = QRect(0, 0, 1024, 600)
    dialog.screen = lambda: SimpleNamespace(availableGeometry=lambda: low)
    dialog.open()
    settle()
    dialog.submit()
    settle()
    assert dialog.isVisible() and dialog.height() <= low.height()
    qtbot.waitUntil(lambda: not squeezed(dialog))
    boxes = [box for box in dialog.area.findChildren(QCheckBox) if box.isVisible()]
    assert all(box.height() >= box.sizeHint().height() for box in boxes)
    button = dialog.button("yes")  # outside what scrolls, and whole
    assert not dialog.area.isAncestorOf(button)
    assert dialog.rect().contains(button.geometry())
    dialog.reject()
    settle()


# --- Messages ------------------------------------------------------------------------------------


@pytest.fixture
def packet(full, sample, settle) -> Iterator[PacketBuilder]:
    rows = sample.moderation.cases()
    sheet = next(s for row in rows if (s := sample.moderation.sheet(row.id)).escalations)
    made = PacketBuilder(full.shell, sheet.escalations[-1], sheet)
    made.open()
    settle()
    return made


def test_a_message_shows_in_the_window_in_front_and_goes_on_behind_it(full, packet) -> None:
    full.shell.messages.toast("Corrigé.")
    shown = toast(packet)
    assert shown.window() is packet
    assert packet.rect().contains(shown.geometry())
    assert not shown.geometry().intersects(packet.export_button.geometry())
    packet.close()
    assert toast(full).window() is full
    full.shell.messages.toast("Autre chose.")
    assert toast(full).accessibleName() == "Autre chose."


def test_esc_puts_a_message_away_before_the_dialog_it_stands_on(full, packet, qtbot) -> None:
    qtbot.waitUntil(packet.isActiveWindow)
    full.shell.messages.toast("Retiré.", "Annuler", lambda: None)
    shown = toast(packet)
    qtbot.keyClick(packet, Qt.Key.Key_Escape)
    qtbot.waitUntil(shown.isHidden)
    assert packet.isVisible()
    assert full.shell.messages.has_offer(), "its keys still take it up"
    qtbot.keyClick(packet, Qt.Key.Key_Escape)
    qtbot.waitUntil(packet.isHidden)


def test_a_message_covers_no_button_that_the_keyboard_is_on(full, qtbot) -> None:
    buttons = [QPushButton("Exporter", full) for _ in range(2)]
    for place, button in enumerate(buttons):
        button.setGeometry(full.width() // 2 - 60, full.height() - 70 - 300 * place, 120, 32)
        button.show()
    buttons[1].setFocus()
    full.shell.messages.toast("Exporté : rapport.pdf", "Ouvrir le dossier", lambda: None)
    shown = toast(full)
    foot = shown.geometry()
    assert foot.intersects(buttons[0].geometry())
    buttons[0].setFocus()
    qtbot.waitUntil(lambda: not shown.geometry().intersects(buttons[0].geometry()))
    assert full.rect().contains(shown.geometry())
    buttons[1].setFocus()
    qtbot.waitUntil(lambda: shown.geometry() == foot)


def test_a_long_message_wraps_in_a_small_window(full, settle) -> None:
    dialog = full.shell.messages.say("Titre", "Texte")
    full.shell.messages.toast("Une copie a été enregistrée sous un nom vraiment long. " * 3)
    shown = toast(dialog)
    assert shown.x() >= 0 and shown.x() + shown.width() <= dialog.width()
    label = shown.findChild(QLabel)
    assert label.height() >= label.heightForWidth(label.width()) > label.fontMetrics().height()
    dialog.reject()
    flush_deleted()


def test_what_a_message_offers_over_a_dialog_can_be_pressed_there(full, packet) -> None:
    done: list[str] = []
    full.shell.messages.toast("Retiré.", "Annuler", lambda: done.append("undone"))
    shown = toast(packet)
    keys = full.shell.messages.offer_keys
    assert keys not in [label.text() for label in shown.findChildren(QLabel)]
    shown.findChild(QPushButton).click()
    assert done == ["undone"]


# --- Help ----------------------------------------------------------------------------------------


def words_of(dialog: QDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def test_f1_shows_the_keys_of_the_viewer_and_of_the_comparison(full, sample, settle, qtbot) -> None:
    full.go("moderation")
    settle()
    sheets = [sample.moderation.sheet(row.id) for row in sample.moderation.cases()]
    sheet = max(sheets, key=lambda one: len(one.evidence))
    from scc_admin.moderation import alike

    compared = next(s for s in sheets if alike(s.incidents))
    windows = (
        (lambda: Viewer(full.shell, sheet.evidence), "Preuve suivante et précédente"),
        (
            lambda: Comparison(
                full.shell, alike(compared.incidents), {i.id: i for i in compared.incidents}
            ),
            "Paire suivante et précédente",
        ),
    )
    for make, said in windows:
        window = make()
        window.open()
        settle()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.keyClick(window, Qt.Key.Key_F1)
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), Dialog))
        shown = QApplication.activeModalWidget()
        assert said in words_of(shown)
        assert any("Page suiv" in words for words in words_of(shown))
        shown.reject()
        flush_deleted()
        assert window.isVisible()
        window.close()
        settle()


def test_the_keys_of_a_page_go_through_captures_and_pairs_from_wherever_the_focus_is(
    full, sample, settle, qtbot
) -> None:
    from scc_admin.moderation import alike

    sheets = [sample.moderation.sheet(row.id) for row in sample.moderation.cases()]
    sheet = max(sheets, key=lambda one: len(one.evidence))
    pairs = alike(sheet.incidents)
    assert len(sheet.evidence) > 2 and len(pairs) > 2
    incidents = {incident.id: incident for incident in sheet.incidents}
    for made in (
        Viewer(full.shell, sheet.evidence),
        Comparison(full.shell, pairs, incidents),
    ):
        made.open()
        settle()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        parts = (
            [made.picture, made.facts, made.next]
            if isinstance(made, Viewer)
            else [made.left.text, made.right.text, made.next]
        )
        for part in parts:
            part.setFocus()
            before = made._at
            qtbot.keyClick(part, Qt.Key.Key_PageDown)
            settle()
            assert made._at == before + 1
            part.setFocus()
            qtbot.keyClick(part, Qt.Key.Key_PageUp)
            settle()
            assert made._at == before
        made.close()
        settle()


def test_the_key_that_writes_down_bears_the_name_that_our_keyboards_give_it(full) -> None:
    assert QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText) == (
        "Ctrl+Entrée"
    )
    full.speak("en")
    assert "Return" in QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText)


# --- What stays said -----------------------------------------------------------------------------


def test_that_the_journal_verifies_is_still_said_in_the_other_language(window) -> None:
    window.show_journal(1234, True)
    assert window.status.journal.text() == "journal verified (1,234)"
    window.speak("fr")
    assert "journal vérifié" in window.status.journal.text()
    assert not window.status._journal_mark.isHidden()
    window.show_journal(1234, False)
    window.speak("en")
    assert "does not verify" in window.status.journal.text()


def test_the_report_of_last_week_is_two_keys_away(window, settle, qtbot, workspace) -> None:
    window.go("reports")
    settle()
    reports = window.current()
    assert QApplication.focusWidget() is window.header.primary
    keys = window.header.primary.toolTip()
    assert keys and keys in window.status.step.whole()
    qtbot.keyClick(window.header.primary, Qt.Key.Key_Return)
    settle()
    assert list(workspace.exports_folder.glob("*.pdf"))
    for box in reports.formats.values():
        box.setChecked(False)
    reports.focus_first()
    assert QApplication.focusWidget() is reports.formats["pdf"]


# --- Files ---------------------------------------------------------------------------------------


@pytest.fixture
def asked(qtbot):
    """The chooser in front."""

    def find() -> QFileDialog:
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        return QApplication.activeModalWidget()

    return find


def choose(dialog: QFileDialog, path: Path) -> None:
    dialog.selectFile(str(path))
    dialog.accept()


def test_each_purpose_starts_at_its_place_and_then_where_it_ended(
    window, workspace, asked, tmp_path, monkeypatch
) -> None:
    pictures, elsewhere = tmp_path / "Images", tmp_path / "clé"
    pictures.mkdir()
    elsewhere.mkdir()
    (elsewhere / "a.png").write_bytes(b"x")
    documents = tmp_path / "Documents"
    places = {files.QStandardPaths.StandardLocation.PicturesLocation: str(pictures)}
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(
        files.QStandardPaths, "writableLocation", staticmethod(lambda place: places.get(place, ""))
    )
    window.go("today")
    screen = window.current()
    taken: list[list[Path]] = []
    files.open_files(screen, "Preuves", taken.append, purpose=Purpose.EVIDENCE)
    dialog = asked()
    assert Path(dialog.directory().path()) == pictures
    dialog.setDirectory(str(elsewhere))
    choose(dialog, elsewhere / "a.png")
    assert taken == [[elsewhere / "a.png"]]
    files.open_files(screen, "Preuves", taken.append, purpose=Purpose.EVIDENCE)
    dialog = asked()
    assert Path(dialog.directory().path()) == elsewhere
    dialog.reject()
    files.choose_folder(screen, "Où", taken.append)  # another purpose has a memory of its own
    dialog = asked()
    assert Path(dialog.directory().path()) == workspace.exports_folder
    dialog.reject()
    documents.mkdir()
    files.choose_folder(screen, "Où", taken.append)
    dialog = asked()
    assert Path(dialog.directory().path()) == documents
    dialog.reject()
    workspace.settings.set("folders", {"evidence": str(tmp_path / "parti")})
    files.open_files(screen, "Preuves", taken.append, purpose=Purpose.EVIDENCE)
    dialog = asked()
    assert Path(dialog.directory().path()) == pictures
    dialog.reject()


@pytest.mark.parametrize("name", ["Images", "Pictures"])
def test_pictures_are_found_by_their_folder_where_the_system_does_not_say(
    window, workspace, asked, tmp_path, monkeypatch, name
) -> None:
    home = tmp_path / "chez-moi"
    (home / name).mkdir(parents=True)
    (home / "Documents").mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(
        files.QStandardPaths, "writableLocation", staticmethod(lambda _place: str(home))
    )
    window.go("today")
    files.open_files(window.current(), "Preuves", lambda _paths: None, purpose=Purpose.EVIDENCE)
    dialog = asked()
    assert Path(dialog.directory().path()) == home / name
    offered = {Path(url.toLocalFile()) for url in dialog.sidebarUrls()}
    assert {home, home / name, home / "Documents"} <= offered
    dialog.reject()


def test_another_workspace_does_not_export_into_the_folder_of_this_one(
    window, workspace, asked
) -> None:
    window.go("today")
    files.choose_folder(window.current(), "Où", lambda _path: None)
    dialog = asked()
    choose(dialog, workspace.exports_folder)
    assert workspace.settings.get("folders") == {}


@pytest.mark.parametrize(
    ("typed", "made"), [("semaine", "semaine.pdf"), ("rapport.v2", "rapport.v2.pdf")]
)
def test_a_name_without_its_ending_gets_it(window, asked, tmp_path, typed, made) -> None:
    window.go("today")
    saved: list[Path] = []
    files.save_as(window.current(), "Enregistrer", "a.pdf", "PDF (*.pdf)", saved.append)
    choose(asked(), tmp_path / typed)
    assert saved == [tmp_path / made]


def test_a_file_that_an_added_ending_would_replace_is_asked_about(
    window, asked, tmp_path, settle
) -> None:
    (tmp_path / "rapport.v2.pdf").write_bytes(b"avant")
    window.go("today")
    saved: list[Path] = []
    files.save_as(window.current(), "Enregistrer", "a.pdf", "PDF (*.pdf)", saved.append)
    choose(asked(), tmp_path / "rapport.v2")
    question = QApplication.activeModalWidget()
    assert isinstance(question, Dialog)
    assert saved == [] and "rapport.v2.pdf" in question.windowTitle()
    question.button("yes").click()
    assert saved == [tmp_path / "rapport.v2.pdf"]
    flush_deleted()


def test_the_kind_that_is_chosen_is_the_kind_that_is_written(window, asked, tmp_path) -> None:
    window.go("today")
    saved: list[Path] = []
    kinds = "CSV (*.csv);;XLSX (*.xlsx)"
    files.save_as(window.current(), "Enregistrer", "registre.csv", kinds, saved.append)
    dialog = asked()
    dialog.setDirectory(str(tmp_path))
    dialog.selectNameFilter("XLSX (*.xlsx)")
    dialog.filterSelected.emit("XLSX (*.xlsx)")
    dialog.accept()
    assert saved == [tmp_path / "registre.xlsx"]


def test_a_chooser_speaks_the_language_of_the_window(window, asked) -> None:
    window.speak("fr")
    window.go("today")
    files.choose_folder(window.current(), "Où", lambda _path: None)
    dialog = asked()
    words = [label.text().replace("&", "") for label in dialog.findChildren(QLabel) if label.text()]
    assert any(line.startswith("Regarder dans") for line in words)
    # The system's own dialog would speak the system's language.
    ours = QLocale.system().language() == QLocale.Language.French
    assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog) is not ours
    dialog.reject()


def test_no_other_module_makes_a_file_dialog() -> None:
    made = [
        path.name
        for path in Path(files.__file__).parent.rglob("*.py")
        if "QFileDialog(" in path.read_text("utf-8")
    ]
    assert made == ["files.py"]
