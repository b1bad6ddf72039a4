"""The index of meanings in the background: begun by itself, stopped by one button, switched off."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from scc_admin.model import Changes, Language
from scc_admin.verdict import duplicates
from ui.indexing import WORTH_SHOWING, MeaningIndex

SETTINGS = Changes(frozenset({"settings"}))


def publish(workspace, count: int) -> None:
    with workspace.store.writing() as tx:
        for number in range(count):
            duplicates.remember(
                tx,
                variant_id=None,
                origin="import",
                page="Rimouski",
                title="",
                language=Language.FR,
                day="2026-11-01",
                text=f"Les bénévoles de la rue {number} vendent des jonquilles samedi.",
            )


@pytest.fixture
def index(window, workspace):
    publish(workspace, WORTH_SHOWING + 6)
    return MeaningIndex(window, pause=10)


def test_what_waits_is_read_by_itself_and_seen(qtbot, window, workspace, index) -> None:
    qtbot.waitUntil(lambda: index.reading)
    assert window.status.label.text() == "Reading the posts for their meaning"
    assert window.status.cancel.isVisible()
    qtbot.waitUntil(lambda: not index.reading)
    assert workspace.proofreader.meanings_waiting() == 0
    assert not window.status.label.isVisible()


def test_it_is_stopped_by_its_button_and_stays_so(qtbot, window, workspace, index) -> None:
    qtbot.waitUntil(lambda: index.reading)
    window.status.cancel.click()
    qtbot.waitUntil(lambda: not index.reading)
    assert "Stopped" in window.shell.messages._toast.accessibleName()
    left = workspace.proofreader.meanings_waiting()
    index.look()
    QApplication.processEvents()
    assert not index.reading and workspace.proofreader.meanings_waiting() == left


def test_switched_off_it_reads_nothing(qtbot, window, workspace, tasks, settle) -> None:
    workspace.settings.set("verdict.meaning", False)
    publish(workspace, WORTH_SHOWING + 6)
    index = MeaningIndex(window, pause=10)
    index.look()
    settle()
    assert not index.reading and workspace.proofreader.meanings_waiting() == 0
    workspace.settings.set("verdict.meaning", True)
    assert workspace.proofreader.meanings_waiting() == WORTH_SHOWING + 6
    tasks.changed.emit(SETTINGS)
    qtbot.waitUntil(lambda: index.reading)
    workspace.settings.set("verdict.meaning", False)
    tasks.changed.emit(SETTINGS)
    qtbot.waitUntil(lambda: not index.reading)


def test_a_few_posts_are_not_worth_a_word(window, workspace, settle) -> None:
    publish(workspace, WORTH_SHOWING)
    index = MeaningIndex(window, pause=10)
    index.look()
    settle()
    assert not index.reading
