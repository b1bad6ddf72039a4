"""Pages and settings on screen: what is typed is on disk without a button."""

from __future__ import annotations

import pytest
from conftest import NOON, open_window
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from scc_admin.editorial import PageInput
from scc_admin.keys import Kind
from scc_admin.model import Language, Network
from scc_admin.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    made = Workspace.create(
        tmp_path / "w", protection=Kind.NONE, name="Ana Roy", clock=lambda: NOON
    )
    yield made.workspace
    made.workspace.close()


@pytest.fixture
def window(workspace, qtbot, theme, tasks):
    return open_window(qtbot, theme, tasks, workspace, Language.FR, lambda: NOON)


def test_a_page_saves_itself_and_says_what_is_missing(window, workspace, settle):
    page = workspace.editorial.add_page(PageInput("Rimouski", Network.FACEBOOK))
    window.go("pages", page)
    settle()
    screen = window.current()
    screen.name.setText("<b>Rimouski</b> et environs")
    screen.flush()
    settle()
    assert workspace.editorial.page(page).name == "<b>Rimouski</b> et environs"
    screen.name.setText("  ")
    screen.flush()
    settle()
    assert workspace.editorial.page(page).name == "<b>Rimouski</b> et environs"
    shown = [label.text() for label in screen.sheet.findChildren(QLabel) if label.isVisible()]
    assert any("nom" in text.lower() for text in shown)


def test_a_new_page_opens_to_be_named(window, workspace, settle):
    window.go("pages")
    settle()
    window.current().primary()
    settle()
    assert len(workspace.editorial.pages()) == 1
    assert window.current().name.text()


def test_options_are_kept_as_they_are_typed(window, workspace, settle):
    window.go("settings")
    screen = window.current()
    field = screen.pages.currentWidget().findChildren(QLineEdit)[0]
    field.setText("Luc Gagné")
    screen.flush()
    settle()
    assert workspace.who() == "Luc Gagné"


def test_every_part_of_the_settings_opens(window, settle):
    window.go("settings")
    screen = window.current()
    for row in range(screen.list.count()):
        screen.list.setCurrentRow(row)
        settle()
        page = screen.pages.currentWidget()
        assert [label for label in page.findChildren(QLabel) if label.text()]


def test_everything_leaves_in_open_formats(workspace, tmp_path):
    import csv
    import json

    workspace.editorial.add_page(PageInput("=Rimouski", Network.FACEBOOK))
    staged = workspace.vault.add(b"preuve", "preuve.txt")
    with workspace.store.writing() as tx:
        workspace.vault.commit(tx, staged)
    folder = workspace.export_everything(tmp_path, "Nouvel ordinateur")
    pages = json.loads((folder / "tables" / "pages.json").read_text("utf-8"))
    assert pages[0]["name"] == "=Rimouski"
    with (folder / "tables" / "pages.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["name"] == "'=Rimouski"
    assert [path.read_bytes() for path in (folder / "files").iterdir()] == [b"preuve"]
    assert "key" not in json.loads((folder / "tables" / "blobs.json").read_text("utf-8"))[0]


def test_about_leads_to_the_licences_of_all_parts(window, settle):
    window.about()
    QApplication.activeModalWidget().button("parts").click()
    settle()
    said = [label.text() for label in window.current().findChildren(QLabel) if label.isVisible()]
    assert any("LGPL" in words for words in said) and any("MIT" in words for words in said)
