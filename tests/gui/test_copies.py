"""Backups on screen: a list that says what is sound, and a way back that loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import type_text
from PySide6.QtWidgets import QApplication, QDialog

from scc_admin import backups
from scc_admin.editorial import DraftDetails
from scc_admin.errors import Cancelled
from scc_admin.keys import Kind
from scc_admin.kinds import Language, Target
from scc_admin.workspace import Workspace
from ui.copies import Copies
from ui.main import Program


def dialog() -> QDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


def open_copies(window, settle) -> Copies:
    window.go("settings", "backups")
    settle()
    return window.current().copies


def test_the_list_says_what_is_sound(window, workspace, settle) -> None:
    sound = workspace.back_up()
    broken = workspace.back_up()
    (broken.path / backups.DATABASE).write_bytes(b"cut short")
    copies = open_copies(window, settle)
    said = {copies._found[row].path: copies._cell(row).spoken for row in range(2)}
    assert "verified" in said[sound.path] and "not whole" not in said[sound.path]
    assert "not whole" in said[broken.path]
    assert "Asked for" in said[sound.path]


def test_nothing_is_restored_when_one_turns_away(window, workspace, settle) -> None:
    workspace.back_up()
    before = {path.name for path in (workspace.folder / "backups").iterdir()}
    asked: list[Path] = []
    window.restore_asked.connect(asked.append)
    copies = open_copies(window, settle)
    copies.restore.click()
    settle()
    dialog().button("no").click()
    settle()
    assert asked == []
    assert {path.name for path in (workspace.folder / "backups").iterdir()} == before


def test_the_question_says_what_changed_since(window, workspace, settle) -> None:
    workspace.back_up()
    while int(workspace.clock().timestamp()) == int(workspace.backups()[0].at.timestamp()):
        QApplication.processEvents()  # a backup is known by its second
    workspace.editorial.add_draft(DraftDetails("Depuis"), [(Target.X, Language.FR, "Texte.")])
    copies = open_copies(window, settle)
    copies.restore.click()
    settle()
    assert "1 draft" in dialog().accessibleDescription()
    dialog().button("no").click()


def test_an_export_that_is_stopped_leaves_nothing(window, workspace, settle, tmp_path) -> None:
    copies = open_copies(window, settle)
    out = tmp_path / "out"
    out.mkdir()

    def stop(_progress: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        workspace.export_everything(out, "Vérification", stop)
    assert list(out.iterdir()) == []
    assert not any(entry.step == "everything" for entry in workspace.journal.entries())
    copies.export(out, "Vérification")
    settle()
    (folder,) = out.iterdir()
    assert (folder / "tables" / "drafts.csv").exists()


def test_a_former_folder_whose_disk_is_gone_is_struck_off(
    window, workspace, settle, tmp_path
) -> None:
    key = tmp_path / "key"
    workspace.settings.set("backup.folder", str(key))
    workspace.back_up()
    workspace.settings.set("backup.folder", "")
    key.rename(tmp_path / "drawer")
    copies = open_copies(window, settle)
    assert not copies.lost.isHidden()
    copies.lost.click()
    form = dialog()
    assert form.widget("place").currentText() == str(key)
    form.submit()
    settle()
    assert workspace.backup_places() == {} and copies.lost.isHidden()


# --- The way back, through the whole program -----------------------------------------------------


@pytest.fixture
def program(qapp, monkeypatch, tmp_path):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    monkeypatch.setenv("SCC_ADMIN_LOGS", str(tmp_path / "logs"))
    monkeypatch.setattr(qapp, "quit", lambda: None)
    made = Program(qapp, Language.EN)
    yield made
    if made.window is not None:
        made.window._closing = True
    for window in (made.window, made.welcome):
        if window is not None:
            window.hide()
            window.deleteLater()
    made.end()
    made.theme.deleteLater()
    made.deleteLater()
    qapp.processEvents()


@pytest.fixture
def wait(qtbot, program):
    def settle(until=lambda: True) -> None:
        qtbot.waitUntil(lambda: program.tasks.idle and until())
        QApplication.processEvents()

    return settle


def texts(workspace: Workspace) -> list[str]:
    return [
        variant.text
        for row in workspace.editorial.drafts()
        for variant in workspace.editorial.sheet(row.id).variants
    ]


def test_a_restore_keeps_the_present_and_opens_the_past(program, wait, tmp_path) -> None:
    made = Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Marie")
    with made.workspace as workspace:
        number = workspace.editorial.add_draft(
            DraftDetails("Relais"), [(Target.X, Language.FR, "Avant.")]
        )
        past = workspace.back_up().path
    program.open(tmp_path / "w")
    wait(lambda: program.window is not None)
    window = program.window
    window.go("draft", number)
    wait()
    # Typed, and not yet saved, when the restore is asked for.
    type_text(window.current()._current().editor, " Après.")
    window.go("settings", "backups")
    wait()
    window.current().copies._restore(past)
    wait(lambda: program.window is not None and program.window is not window)
    assert texts(program._workspace) == ["Avant."]
    kept = [b for b in program._workspace.backups() if b.path != past and b.verified]
    assert len(kept) == 1
    program.window.go("settings", "backups")
    wait()
    window = program.window
    window.current().copies._restore(kept[0].path)
    wait(lambda: program.window is not None and program.window is not window)
    assert texts(program._workspace) == ["Avant. Après."]


def test_a_damaged_backup_changes_nothing_and_says_why(program, wait, tmp_path) -> None:
    made = Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Marie")
    with made.workspace as workspace:
        workspace.editorial.add_draft(DraftDetails("Relais"), [(Target.X, Language.FR, "Ici.")])
        past = workspace.back_up().path
    (past / backups.DATABASE).write_bytes(b"cut short")
    program.open(tmp_path / "w")
    wait(lambda: program.window is not None)
    window = program.window
    program._restore(past)
    wait(lambda: program.window is not None and program.window is not window)
    assert texts(program._workspace) == ["Ici."]
    assert "could not be done" in dialog().windowTitle()
    dialog().close()


@pytest.mark.parametrize("what", ["restore", "open"])
def test_a_bug_while_there_is_no_window_is_said_and_leaves_a_way_on(
    program, wait, tmp_path, monkeypatch, what
) -> None:
    made = Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Marie")
    with made.workspace as workspace:
        past = workspace.back_up().path

    def bug(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Workspace, what, bug)
    if what == "open":
        program.open(tmp_path / "w")
        wait(lambda: program.welcome is not None)
        assert program.welcome.isVisible()
    else:
        program.open(tmp_path / "w")
        wait(lambda: program.window is not None)
        window = program.window
        program._restore(past)
        wait(lambda: program.window is not None and program.window is not window)
        assert "report" in dialog().accessibleDescription()
        dialog().close()
    assert len(list((tmp_path / "logs").iterdir())) == 1
