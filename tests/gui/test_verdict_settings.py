"""The verdict's own settings on screen: rules, lists, packs, the file, the protection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import type_text
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLabel, QPushButton, QWidget

from scc_admin.house import write_file
from scc_admin.keys import Kind, confirm
from scc_admin.model import Severity
from scc_admin.workspace import Workspace
from ui.house import ListsPart, RulesPart, SharePart
from ui.protection import ChangeDialog, CodeDialog, ProtectionPart
from ui.settings import find_settings

PACK = (Path(__file__).parents[1] / "data" / "house_pack.toml").read_text("utf-8")


@pytest.fixture
def part(window, settle) -> Callable[[str, type[QWidget]], QWidget]:
    """Open a part of the settings."""

    def open_part(key: str, kind: type[QWidget]) -> QWidget:
        window.go("settings", key)
        settle()
        # One that was made anew stands behind the one on its way out.
        return window.current().pages.currentWidget().findChildren(kind)[-1]

    return open_part


@pytest.fixture
def row(qtbot, part):
    """The row of a rule, found by the search."""

    def find(rule_id: str):
        rules = part("rules", RulesPart)
        rules.search.setText(rule_id.lower())
        rules.search._now()
        qtbot.waitUntil(lambda: not rules._timer.isActive())
        rows = [
            one
            for one in rules.findChildren(QWidget)
            if type(one).__name__ == "_RuleRow" and one._sheet.rule.id == rule_id
        ]
        return rows[-1]

    return find


def dialog() -> QDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


def press(place: QWidget, words: str) -> None:
    next(b for b in place.findChildren(QPushButton) if b.text() == words).click()


def shown(place: QWidget) -> str:
    return "\n".join(label.text() for label in place.findChildren(QLabel))


# --- Rules ---------------------------------------------------------------------------------------


def test_a_rule_is_switched_graded_and_put_back_by_keyboard(qtbot, row, workspace, settle) -> None:
    one = row("LIS-03")
    assert not one.back.isVisible()
    one.box.setFocus()
    qtbot.keyClick(one.box, Qt.Key.Key_Space)
    one.severity.setFocus()
    qtbot.keyClick(one.severity, Qt.Key.Key_Down)
    settle()
    rule = workspace.house.rules()["LIS-03"]
    assert (rule.on, rule.severity) == (False, Severity.WARNING)
    assert one.back.isVisible()
    one.back.setFocus()
    qtbot.keyClick(one.back, Qt.Key.Key_Space)
    settle()
    rule = workspace.house.rules()["LIS-03"]
    assert (rule.on, rule.severity) == (True, Severity.INFO)
    assert one.box.isChecked() and not one.back.isVisible()


def test_a_number_of_a_rule_reaches_the_verdict(window, row, workspace, settle) -> None:
    one = row("PLAT-02")
    one.numbers["most.x"].setValue(7)
    one.numbers["most.facebook"].setValue(1)
    window.current().flush()
    settle()
    assert workspace.house.rules()["PLAT-02"].thresholds["most.x"] == 7
    assert workspace.house.rules()["PLAT-02"].thresholds["most.facebook"] == 1
    assert row("PLAT-02").numbers["most.x"].value() == 7


def test_every_rule_is_told_whole(qtbot, part) -> None:
    rules = part("rules", RulesPart)
    qtbot.waitUntil(lambda: not rules._timer.isActive())
    told = shown(rules)
    assert "{" not in told
    assert "“123 456 782” looks like a social insurance number" in told


def test_the_list_narrows_to_what_was_changed(qtbot, part, workspace) -> None:
    workspace.house.tune("INT-01", severity=Severity.ERROR)
    rules = part("rules", RulesPart)
    rules.which.setCurrentIndex(rules.which.findData("changed"))
    rules.which.activated.emit(rules.which.currentIndex())
    qtbot.waitUntil(lambda: not rules._timer.isActive())
    boxes = [box.accessibleName() for box in rules.findChildren(QCheckBox) if box.isVisible()]
    assert [name.split()[0] for name in boxes] == ["INT-01"]


# --- Lists ---------------------------------------------------------------------------------------


def test_a_house_list_reaches_the_verdict(window, part, workspace, settle) -> None:
    lists = part("lists", ListsPart)
    lists.field.setPlainText("relaispourlavie.ca\n\n  exemple.org ")
    lists.which.setCurrentIndex(lists.which.findData("places"))
    settle()
    assert workspace.house.own_list("domains") == ["exemple.org", "relaispourlavie.ca"]
    assert lists.field.toPlainText() == ""
    lists.field.setPlainText("Matane")
    window.current().flush()
    settle()
    assert workspace.house.own_list("places") == ["Matane"]


def test_words_added_elsewhere_stand_in_the_list(window, part, workspace, tasks, settle) -> None:
    lists = part("lists", ListsPart)
    lists.which.setCurrentIndex(lists.which.findData("words"))
    window.go("today")
    tasks.mutate(window, lambda: workspace.house.add_to_list("words", "Chloromachin"))
    settle()
    again = part("lists", ListsPart)
    again.which.setCurrentIndex(again.which.findData("words"))
    assert again.field.toPlainText() == "Chloromachin"


# --- The file ------------------------------------------------------------------------------------


@pytest.fixture
def division_file(workspace, tmp_path):
    """The settings of another workspace, as a file."""
    before = workspace.house.read()
    workspace.house.tune("LIS-03", on=False)
    workspace.house.set_list("places", ["Gaspé", "Matane"])
    path = write_file(
        tmp_path / "division.json", workspace.house.read(), at=workspace.clock(), who="Marie Gagnon"
    )
    workspace.house.take(before)
    workspace.house.set_list("places", ["Rimouski"])
    return path


def test_a_file_shows_what_it_changes_before_it_does(
    part, workspace, settle, division_file
) -> None:
    share = part("share", SharePart)
    share.read(division_file)
    settle()
    said = shown(dialog())
    assert "Marie Gagnon" in said and "LIS-03" in said and "as shipped → off" in said
    assert "+ Gaspé, Matane" in said and "− Rimouski" in said
    press(dialog(), "Cancel")
    settle()
    assert workspace.house.own_list("places") == ["Rimouski"]
    assert workspace.house.rules()["LIS-03"].on


def test_a_file_is_taken_and_undone(part, workspace, settle, division_file) -> None:
    share = part("share", SharePart)
    share.read(division_file)
    settle()
    press(dialog(), "Take these settings")
    settle()
    assert workspace.house.own_list("places") == ["Gaspé", "Matane"]
    assert not workspace.house.rules()["LIS-03"].on
    press(share._shell.messages._toast, "Undo")
    settle()
    assert workspace.house.own_list("places") == ["Rimouski"]
    assert workspace.house.rules()["LIS-03"].on


def test_a_file_can_add_to_the_lists_of_the_house(part, workspace, settle, division_file) -> None:
    share = part("share", SharePart)
    share.read(division_file)
    settle()
    dialog().findChild(QCheckBox).click()
    press(dialog(), "Take these settings")
    settle()
    assert workspace.house.own_list("places") == ["Gaspé", "Matane", "Rimouski"]


def test_what_is_no_settings_file_is_refused_in_a_sentence(part, tmp_path, settle) -> None:
    path = tmp_path / "photo.json"
    path.write_bytes(b"\xff\xd8")
    part("share", SharePart).read(path)
    settle()
    assert "holds no settings of the verdict" in shown(dialog())
    dialog().reject()


def test_a_pack_of_the_house_comes_and_goes(part, workspace, tmp_path, settle) -> None:
    share = part("share", SharePart)
    pack = tmp_path / "Nos règles.toml"
    pack.write_text(PACK, "utf-8")
    share.take_pack(pack)
    settle()
    assert workspace.house.rules()["MAISON-01"].on
    assert "MAISON-01" in shown(share)
    share._remove_pack(workspace.house.packs()[0].name)
    settle()
    assert workspace.house.packs() == []
    press(share._shell.messages._toast, "Undo")
    settle()
    assert workspace.house.packs()[0].rules == ("MAISON-01",)


def test_a_pack_with_a_fault_is_named_and_left_out(part, workspace, tmp_path, settle) -> None:
    pack = tmp_path / "faute.toml"
    pack.write_text(PACK.replace('severity = "info"', 'severity = "grave"'), "utf-8")
    part("share", SharePart).take_pack(pack)
    settle()
    assert "MAISON-01" in shown(dialog()) and "severity" in shown(dialog())
    dialog().reject()
    assert workspace.house.packs() == []


# --- Protection ----------------------------------------------------------------------------------


@pytest.fixture
def locked(tmp_path):
    """A workspace behind a passphrase."""
    made = Workspace.create(
        tmp_path / "locked",
        protection=Kind.PASSPHRASE,
        passphrase="quatre mots de passe",
        name="Marie Gagnon",
        settings_file=tmp_path / "settings.json",
    )
    with made.workspace as opened:
        yield opened


@pytest.fixture
def behind(locked, qtbot, theme, tasks, settle):
    """Its settings, at the protection."""
    from scc_admin.model import Language
    from ui.window import Window

    window = Window(locked, theme, tasks, locked.clock, language=Language.EN)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_closing", True))
    window.show()
    window.go("settings", "protection")
    settle()
    return window


def test_another_passphrase_opens_and_the_old_one_does_not(behind, locked, settle) -> None:
    from scc_admin import keys

    part = behind.current().pages.currentWidget().findChild(ProtectionPart)
    part._open_change(keyring=False)
    form = dialog()
    assert isinstance(form, ChangeDialog)
    assert not form.keyring.isEnabled()
    type_text(form.first, "cinq autres mots de passe")
    assert not form.button("yes").isEnabled()
    type_text(form.second, "cinq autres mots")
    assert not form.button("yes").isEnabled()
    type_text(form.second, " de passe")
    form.button("yes").click()
    settle()
    assert keys.unlock(locked.folder, passphrase="cinq autres mots de passe") == locked._key
    with pytest.raises(keys.UserError):
        keys.unlock(locked.folder, passphrase="quatre mots de passe")


def test_a_new_recovery_code_is_typed_from_paper(behind, locked, settle) -> None:
    from scc_admin import keys

    part = behind.current().pages.currentWidget().findChild(ProtectionPart)
    part._ask_renewal()
    press(dialog(), "Make a new code")
    settle()
    form = dialog()
    assert isinstance(form, CodeDialog)
    code = form.code.text()
    assert not form.button("yes").isEnabled()
    form.reject()
    press(dialog(), "Go back to the code")
    assert form.isVisible()
    type_text(form.typed, code.lower())
    assert confirm(code, form.typed.text()) and form.button("yes").isEnabled()
    form.button("yes").click()
    assert keys.unlock(locked.folder, recovery_code=code) == locked._key


# --- Ctrl+K --------------------------------------------------------------------------------------


def test_a_setting_is_found_and_opened_by_its_words(window, settle) -> None:
    hits = {hit.title: hit for hit in find_settings(window.shell, "")}
    hits["Places"].run()
    settle()
    lists = window.current().pages.currentWidget().findChildren(ListsPart)[-1]
    assert lists.which.currentData() == "places"
    hits["Check the spelling"].run()
    settle()
    assert "Check the spelling" in [
        box.text() for box in window.current().pages.currentWidget().findChildren(QCheckBox)
    ]
