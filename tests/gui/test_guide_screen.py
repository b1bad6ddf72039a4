"""The guide on screen: from a finding to its section, by search, and the quiz."""

from __future__ import annotations

import pytest
from conftest import NOON, open_window
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton

from scc_admin.keys import Kind
from scc_admin.model import Language
from scc_admin.workspace import Workspace


@pytest.fixture
def window(tmp_path, monkeypatch, qtbot, theme, tasks):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    made = Workspace.create(
        tmp_path / "w", protection=Kind.NONE, name="Ana Roy", clock=lambda: NOON
    )
    yield open_window(qtbot, theme, tasks, made.workspace, Language.FR, lambda: NOON)
    made.workspace.close()


def words(screen) -> str:
    return "\n".join(label.text() for label in screen.page.findChildren(QLabel))


def test_a_finding_leads_to_its_section(window, settle):
    window.go("guide", ("rule", "DEV-02", (35, 36)))
    settle()
    screen = window.current()
    section = screen._guide.explaining("DEV-02", (35, 36))
    assert section.title in words(screen)
    assert "DEV-02" in words(screen)


def test_search_narrows_and_says_when_nothing_is_found(window, settle):
    window.go("guide")
    screen = window.current()
    screen._fill("calomnie")
    assert screen.tree.topLevelItemCount() >= 1
    screen._fill("xyzzyx")
    assert "xyzzyx" in "\n".join(label.text() for label in screen.page.findChildren(QLabel))


def test_the_quiz_answers_with_a_reason(window):
    window.go("guide", ("section", "quiz"))
    screen = window.current()
    radios = screen.page.findChildren(QRadioButton)
    assert len(radios) >= 20
    radios[0].click()
    assert screen._guide.quiz[0].choices[0].why in words(screen)


def test_the_words_of_an_answer_are_clicked_too_and_fit_a_narrow_window(qtbot, window, settle):
    window.resize(1024, 640)
    window.go("guide", ("section", "quiz"))
    settle()
    screen = window.current()
    page = screen.page.widget()
    assert page.width() <= screen.page.viewport().width()
    radio = screen.page.findChildren(QRadioButton)[1]
    line = radio.parentWidget()
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    assert radio.isChecked()
    assert screen._guide.quiz[0].choices[1].why in words(screen)


def test_the_rule_that_led_here_stands_first_and_the_way_back_beside_it(window, settle):
    window.go("today")
    window.go("guide", ("rule", "INT-12", (36,)))
    settle()
    screen = window.current()
    told = [label.text() for label in screen.page.findChildren(QLabel)]
    assert told.index("INT-12") < told.index("INT-01")
    back = next(
        b for b in screen.page.findChildren(QPushButton) if b.text() == "Revenir où vous étiez"
    )
    back.click()
    assert window.current() is not screen
    window.go("guide", ("section", "dynamism"))
    settle()
    assert not [b for b in screen.page.findChildren(QPushButton) if "Revenir" in b.text()]


def test_chapters_are_read_opened_and_folded_by_keys(qtbot, window, settle):
    window.activateWindow()
    window.go("guide")
    settle()
    screen = window.current()
    qtbot.waitUntil(screen.tree.hasFocus)
    assert screen.tree.visualItemRect(screen.tree.topLevelItem(0)).top() >= 0
    qtbot.keyClick(screen.tree, Qt.Key.Key_Up)
    chapter = screen._guide.chapters[0]
    branch = screen.tree.currentItem()
    assert branch.isSelected() and branch.text(0) == chapter.title
    assert branch.font(0).weight() > screen.tree.font().weight()
    listed = [b.text() for b in screen.page.findChildren(QPushButton)]
    assert listed == [section.title for section in chapter.sections]
    qtbot.keyClick(screen.tree, Qt.Key.Key_Return)
    assert not branch.isExpanded()
    qtbot.keyClick(screen.tree, Qt.Key.Key_Return)
    assert branch.isExpanded()
    qtbot.keyClick(screen.tree, Qt.Key.Key_Down)
    assert chapter.sections[0].title in words(screen)
    qtbot.keyClick(screen.tree, Qt.Key.Key_Return)
    qtbot.waitUntil(screen.page.hasFocus)
    screen.search.setFocus()
    screen.search.setText("calomnie")
    qtbot.keyClick(screen.search, Qt.Key.Key_Return)
    qtbot.waitUntil(screen.tree.hasFocus)


def test_a_chapter_leads_to_its_sections_and_stays_chosen_in_another_language(window, settle):
    window.go("guide")
    screen = window.current()
    screen.tree.setCurrentItem(screen.tree.topLevelItem(1))
    kept = screen.state()
    screen._fill("")
    assert screen.tree.currentItem() is screen.tree.topLevelItem(1) and screen.state() == kept
    links = screen.page.findChildren(QPushButton)
    links[0].click()
    settle()
    section = screen._guide.chapters[1].sections[0]
    assert screen.state() == section.key and section.title in words(screen)
